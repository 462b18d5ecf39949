"""The graders of Latchkey: the harness, the tests of each lab, and their own."""
