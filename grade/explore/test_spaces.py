"""Loading a space while another hart frees it: no lock, but two fences and two
looks (kernel/space/space.c, table.c); without any of them it must fail."""

import pytest

from grade.harness.verdict import Failure

SPACE, TABLE = "kernel/space/space.c", "kernel/space/table.c"
WHO_FREES = {"given back": {}, "destroyed": {"destroy": 1}}

# name: options, file, old text, new text, what the failure says
MUTANTS = {
    "the hart looks before its store is seen": (
        {}, SPACE, "\tfence_full();\n", "", "a table is freed that hart 0 has in its root"),
    "the hart does not look again": (
        {}, SPACE, "\tif (unlikely(root_of(top) != root ||\n"
        "\t\t     atomic_ptr_load_acquire(&root->space) != s))\n\t\treturn false;\n", "",
        "a table is loaded that was freed"),
    "the hart looks at the root alone": (
        {"destroy": 1}, SPACE, "root_of(top) != root ||\n\t\t     ", "",
        "hart 0 has the space of another version of the node"),
    "who frees looks before its store is seen": (
        {}, TABLE, "\tfence_full();\n", "", "a table is freed that hart 0 has in its root"),
    "who frees does not look at what is being loaded": (
        {}, TABLE, "atomic_ptr_load_acquire(&harts[i].loading) == s ||\n\t\t    ", "",
        "a table is freed that hart 0 has in its root"),
}


@pytest.mark.parametrize("who", WHO_FREES)
def test_no_loaded_space_is_freed(explore, who):
    print(explore("spaces", bound=11, random=2000, least=3000000, complete=True, options=WHO_FREES[who], reference=True))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(explore, name):
    options, file, old, new, says = MUTANTS[name]
    with pytest.raises(Failure) as caught:
        explore("spaces", bound=4, options=options, mutant=(file, old, new))
    assert says in caught.value.happened
