"""The table of what there is: every scenario is in it, and its figures are those
of the search."""

from grade.explore import table
from grade.explore.build import HERE
from grade.explore.test_litmus import ALLOWED, write


def test_no_scenario_is_forgotten(monkeypatch):
    there = {path.stem for path in (HERE / "scenarios").glob("*.c")}
    assert {table.split(case)[0] for case in table.all_cases()} == there
    monkeypatch.setattr(table, "CASES", {"hooks harts=3": 1})
    assert table.all_cases() == {"hooks harts=3": 1, **{name: 2 for name in there - {"hooks"}}}


def test_its_figures_are_those_of_the_search(explore, capsys):
    status = table.print_table(explore, bound=1, cases=["hooks", "hooks harts=3"])
    heads, _, *rows = [line.strip("| ").split(" | ") for line in capsys.readouterr().out.splitlines()]
    assert status == 0 and tuple(heads) == table.COLUMNS
    for cells, harts in zip(rows, ("2", "3")):
        result = explore("hooks", bound=1, options={"harts": harts})
        assert cells[1:5] == [harts, "1", f"{result.distinct:,}", f"{result.runs:,}"]
        assert cells[6] == f"{result.states:,}"


def test_what_fails_is_said(explore, tmp_path, capsys):
    path = write(tmp_path, *ALLOWED["lost update"])
    assert table.print_table(explore, bound=1, cases=[str(path)]) == 1
    assert "wrong: it does not hold" in capsys.readouterr().out
