"""The sandbox: what a command inside sees, and what it can not do."""

import os
import subprocess
import sys

import pytest

from grade.harness import sandbox
from grade.harness.verdict import Infrastructure

needed = pytest.mark.skipif(not sandbox.available(), reason="no bubblewrap here")


@pytest.fixture
def tree(tmp_path):
    for name in ("tree/secret/answer", "tree/open", "out/old", "outside"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("42")
    return tmp_path


def inside(tree, script):
    """Runs a shell script in the sandbox, with `out` to write to."""
    mounts = [sandbox.read(tree / "tree"), sandbox.hide(tree / "tree" / "secret"),
              sandbox.write(tree / "out")]
    command = sandbox.wrap(["sh", "-c", script], mounts, tree / "tree")
    return subprocess.run(command, capture_output=True, text=True, preexec_fn=sandbox.limits())


@needed
@pytest.mark.parametrize("script", [
    "cat secret/answer", "cat ../outside", "cat /etc/passwd", "echo 1 >open", "echo 1 >new",
    "echo 1 >/usr/new", "test -n \"$HOME\"", "test $(ls -d /proc/[0-9]* | wc -l) -gt 9",
    "test $(tail -n +3 /proc/net/dev | grep -cv lo:) -gt 0",
])
def test_what_must_fail_inside(tree, script):
    assert inside(tree, script).returncode != 0


@needed
def test_what_works_inside(tree):
    done = inside(tree, "cat open ../out/old && echo new >../out/new && pwd && awk 'BEGIN { print 1 }'")
    assert done.stdout.splitlines() == ["4242" + str(tree / "tree"), "1"]
    assert (tree / "out" / "new").read_text() == "new\n"
    assert sorted(os.listdir(tree / "tree")) == ["open", "secret"]


def test_without_a_sandbox_the_command_runs_as_it_is(monkeypatch):
    monkeypatch.setenv("LATCHKEY_SANDBOX", "off")
    sandbox.available.cache_clear()
    assert sandbox.wrap(["true"], [sandbox.read("/")]) == ["true"]
    sandbox.available.cache_clear()


def test_a_sandbox_that_is_required_and_not_there_is_infrastructure(monkeypatch, tmp_path):
    monkeypatch.setenv("LATCHKEY_SANDBOX", "require")
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox.available.cache_clear()
    with pytest.raises(Infrastructure, match="bubblewrap"):
        sandbox.available()
    sandbox.available.cache_clear()


def test_a_process_that_uses_too_much_processor_time_is_ended():
    done = subprocess.run([sys.executable, "-c", "while True: pass"],
                          preexec_fn=sandbox.limits(cpu=1), timeout=60)
    assert done.returncode < 0


def test_a_file_that_grows_too_long_is_cut(tmp_path):
    program = f"open({str(tmp_path / 'long')!r}, 'wb').write(b'x' * 9999)"
    done = subprocess.run([sys.executable, "-c", program], preexec_fn=sandbox.limits(file=4096),
                          stderr=subprocess.DEVNULL)
    assert done.returncode != 0
    assert (tmp_path / "long").stat().st_size <= 4096
