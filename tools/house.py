"""House rules that can be read off the text of a file."""

import ast
import re

FUNCTION_LINES = 40
FILE_LINES = 400
TEST_LINES = 480  # of user/tests: one table of cases for each topic

# What only arch/ may say: shared words, fences and RISC-V have accessors in
# hal/, so that the explorer sees every one of them.
_WORDS = re.compile(r"\b(volatile|_Atomic|__atomic\w*|__sync\w*|asm|__asm__|riscv\w*)\b")
_CONDITIONAL = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif|else)\b")
_COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)


def sources(root, *folders):
    """The C files of these folders, in order, without what was built."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.[ch]")):
            yield path


def is_program(root, path):
    """Whether a file belongs to a lab that is about a user program."""
    parts = path.relative_to(root).parts
    if parts[0] not in ("labs", "solutions"):
        return False
    described = root / "labs" / parts[1] / "lab.toml"
    return described.is_file() and bool(re.search(r"^program = true", described.read_text(), re.MULTILINE))


def without_comments(text):
    """The text with comments and strings blanked out, line for line."""
    return _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def _outside_arch(root):
    for path in sources(root, "kernel", "solutions", "labs"):
        name = path.relative_to(root)
        if name.parts[:2] != ("kernel", "arch"):
            yield name, without_comments(path.read_text()).splitlines()


def check_words(root):
    """Atomics, volatile, assembly and RISC-V by name stand in arch/ only."""
    for name, lines in _outside_arch(root):
        for number, line in enumerate(lines, 1):
            for match in _WORDS.finditer(line):
                yield f"{name}:{number}: {match.group()} outside arch/"


def check_conditionals(root):
    """No conditional compilation outside arch/; headers say #pragma once."""
    for name, lines in _outside_arch(root):
        for number, line in enumerate(lines, 1):
            if _CONDITIONAL.match(line):
                yield f"{name}:{number}: conditional compilation outside arch/"


def _c_functions(lines):
    """(first line, lines) of each body: a brace alone in the first column
    opens a function, the next one there closes it."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            yield start, number - start - 1
            start = None


def _python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            yield node.lineno, body[-1].end_lineno - body[0].lineno + 1


def check_lengths(root):
    """Functions have at most 40 lines, files 400, tables of tests 480."""
    python = [path for folder in ("tools", "grade") for path in sorted((root / folder).rglob("*.py"))]
    for path in [*sources(root, "kernel", "solutions", "labs", "user", "grade"), *python]:
        name, text = path.relative_to(root), path.read_text()
        lines = text.splitlines()
        most = TEST_LINES if name.parts[:2] == ("user", "tests") else FILE_LINES
        if len(lines) > most:
            yield f"{name}:{most}: the file has {len(lines)} lines, {most} at most"
        functions = _python_functions(text) if path.suffix == ".py" else _c_functions(lines)
        for start, length in functions:
            if length > FUNCTION_LINES:
                yield f"{name}:{start}: the function has {length} lines, {FUNCTION_LINES} at most"
