"""The serial line of a running `make debug`: console.py FOLDER.

What was printed so far comes first.  Ctrl-] leaves; the machine goes on.
"""

import os
import select
import socket
import sys
import termios
import tty

LEAVE = b"\x1d"


def copy(line):
    """Keys to the line and the line to the terminal, until either ends."""
    while True:
        ready, _, _ = select.select([line, 0], [], [])
        if line in ready:
            output = line.recv(4096)
            if not output:
                return "The machine has ended."
            os.write(1, output)
        if 0 in ready:
            keys = os.read(0, 64)
            if not keys or LEAVE in keys:
                return "Left; the machine goes on."
            line.sendall(keys)


def show_log(path):
    with open(path, "rb") as log:
        sys.stdout.buffer.write(log.read())
    sys.stdout.flush()


def main(folder):
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(os.path.join(folder, "serial.sock"))
    except OSError:
        sys.exit("console: nothing is running; start `make debug` in another terminal first")
    print("Ctrl-] leaves.")
    show_log(os.path.join(folder, "serial.log"))
    settings = termios.tcgetattr(0) if os.isatty(0) else None
    try:
        if settings:
            tty.setraw(0)
        end = copy(line)
    finally:
        if settings:
            termios.tcsetattr(0, termios.TCSADRAIN, settings)
    print(f"\n{end}")


if __name__ == "__main__":
    main(sys.argv[1])
