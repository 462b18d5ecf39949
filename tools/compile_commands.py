"""Reads what `make -nB V=1` would do, writes compile_commands.json."""

import json
import os
import re
import sys

_COMPILE = re.compile(r"(?P<compiler>\S*gcc\b.*?) -MMD .* -c (?P<file>\S+) -o (?P<output>\S+\.o)")


def entries(lines):
    for line in lines:
        found = _COMPILE.search(line)
        if found:
            compiler, file, output = found.groups()
            command = f"{compiler} -c {file} -o {output}"
            yield {"directory": os.getcwd(), "command": command, "file": file}


def main(out):
    with open(out, "w") as file:
        json.dump(list(entries(sys.stdin)), file, indent=1)


if __name__ == "__main__":
    main(sys.argv[1])
