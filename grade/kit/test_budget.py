"""The table of the tests' sizes."""

import pytest

from grade import budget


def test_the_budget_chooses_the_column(monkeypatch):
    for value, column in (("", 0), ("fixed", 0), ("full", 1)):
        monkeypatch.setenv("LATCHKEY_BUDGET", value)
        assert [budget.size(name) for name in budget.SIZES] == [row[column] for row in budget.SIZES.values()]


def test_a_budget_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("LATCHKEY_BUDGET", "huge")
    with pytest.raises(ValueError, match="'huge'; there are: fixed, full"):
        budget.size("lab.seeds")


def test_the_published_size_is_the_larger(monkeypatch):
    assert all(0 < fixed <= full for fixed, full in budget.SIZES.values())
    assert list(budget.SIZES) == sorted(budget.SIZES)
    monkeypatch.delenv("LATCHKEY_BUDGET", raising=False)
    assert budget.seeds("stress.seeds") == range(1, 3)
