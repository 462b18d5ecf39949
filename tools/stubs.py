"""Stub and solution of a lab define the same functions, with one signature."""

import re
import subprocess
import tempfile
from pathlib import Path

import house

TOOLS = Path(__file__).resolve().parent

# GCC's -aux-info; the F says that it is a definition:
# /* file:line:NF */ extern int f (int a, char *b); /* (a, b) int a; char *b; */
_DEFINITION = re.compile(
    r"^/\* (?P<file>[^:]*):\d+:[NO]F \*/ extern (?P<function>.*?) \((?P<parameters>.*)\);"
    r" /\* \((?P<names>[^)]*)\)"
)

# Where headers are, for each of the two kinds of lab.
_KERNEL = ("kernel", "kernel/arch/riscv64", "kernel/diag/debug", "kernel/diag/trace_on")
_PROGRAM = ("user/lib", "kernel")


def _compiler():
    def find(*arguments):
        found = subprocess.run([TOOLS / "find", *arguments], capture_output=True, text=True)
        if found.returncode:
            raise RuntimeError(found.stderr)
        return found.stdout.strip()

    gcc = find("cross") + "gcc"
    return [gcc, *find("march", gcc).split(), "-mabi=lp64", "-std=gnu11", "-ffreestanding", "-w"]


def _split(parameters):
    """The parameters: cut at commas, but not at those inside parentheses."""
    return re.split(r",\s*(?![^()]*\))", parameters)


def _prototype(match):
    """The function with the types of its parameters, without their names."""
    types = _split(match["parameters"])
    for i, name in enumerate(match["names"].split(", ") if match["names"] else ()):
        types[i] = re.sub(rf"\b{name}\b(?!.*\b{name}\b)", "", types[i]).strip()
    return f"{match['function']} ({', '.join(types)})"


def definitions(path, root, compiler=None):
    """Prototypes of the functions that `path` defines for others, sorted.

    RuntimeError, with the compiler's first complaint: it does not compile.
    """
    folders = _PROGRAM if house.is_program(root, path) else _KERNEL
    flags = [f"-I{root / folder}" for folder in folders]
    with tempfile.TemporaryDirectory() as folder:
        proto = Path(folder) / "prototypes"
        command = [*(compiler or _compiler()), *flags, "-fsyntax-only", "-aux-info", proto, path]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if "error:" in line]
            raise RuntimeError(errors[0] if errors else done.stderr.strip())
        matches = (_DEFINITION.match(line) for line in proto.read_text().splitlines())
        return sorted(_prototype(m) for m in matches if m and m["file"] == str(path))


def check_stubs(root):
    """Every .c of labs/NN-name has its twin in solutions/NN-name, and back."""
    folders = sorted((root / "labs").glob("[0-9]*"))
    compiler = _compiler() if folders else None
    for folder in folders:
        twins = root / "solutions" / folder.name
        names = {path.name for path in folder.glob("*.c")}
        for name in sorted(names ^ {path.name for path in twins.glob("*.c")}):
            where, missing = (folder, twins) if name in names else (twins, folder)
            yield f"{where.relative_to(root) / name}:1: {missing.relative_to(root)} has no such file"
        for name in sorted(names):
            if (twins / name).is_file():
                yield from _compare(folder / name, twins / name, root, compiler)


def _compare(stub, solution, root, compiler):
    name = stub.relative_to(root)
    try:
        ours, theirs = (definitions(path, root, compiler) for path in (stub, solution))
    except RuntimeError as error:
        yield f"{name}:1: does not compile: {error}"
        return
    for prototype in sorted(set(theirs) - set(ours)):
        yield f"{name}:1: does not define {prototype}, as the solution does"
    for prototype in sorted(set(ours) - set(theirs)):
        yield f"{name}:1: defines {prototype}, which the solution does not"
