"""QMP, the monitor protocol of QEMU, over a socket that is already connected.

One JSON object a line; the greeting comes first.  See QEMU's documentation,
"QEMU Machine Protocol".
"""

import json

_UNITS = {1: "b", 2: "h", 4: "w", 8: "g"}


class QmpError(Exception):
    """QEMU refused a command, did not answer in time, or is gone."""


class Qmp:
    """A client.  Nothing is read before it is needed, and the greeting can
    still be read after QEMU has gone: `greeted` is the proof that it ran."""

    def __init__(self, sock, timeout=10.0):
        sock.settimeout(timeout)
        self._sock = sock
        self._received = b""
        self._greeted = False
        self._ready = False
        self._count = 0

    def greeted(self):
        """Whether QEMU came up far enough to greet.  Waits for it."""
        if not self._greeted:
            try:
                self._greeted = "QMP" in self._read()
            except QmpError:
                return False
        return self._greeted

    def command(self, name, **arguments):
        """Executes a command and gives what it returns.  QmpError."""
        if not self._ready:
            if not self.greeted():
                raise QmpError("QEMU did not greet")
            self._ready = True
            self.command("qmp_capabilities")
        self._count += 1
        self._write({"execute": name, "arguments": arguments, "id": self._count})
        while True:
            answer = self._read()
            if answer.get("id") != self._count:
                continue  # an event, or the late answer to a command given up
            if "error" in answer:
                raise QmpError(f"{name}: {answer['error']['desc']}")
            return answer["return"]

    def human(self, line):
        """Executes a line of the human monitor and gives its text."""
        return self.command("human-monitor-command", **{"command-line": line})

    def read_word(self, address, size=4):
        """One naturally aligned word of 1, 2, 4 or 8 bytes at a physical
        address, device registers included."""
        text = self.human(f"xp /1{_UNITS[size]}x {address:#x}")
        try:
            return int(text.split(":")[1], 16)
        except (IndexError, ValueError) as error:
            raise QmpError(f"no word at {address:#x}: {text.strip()}") from error

    def close(self):
        self._sock.close()

    def _write(self, message):
        try:
            self._sock.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise QmpError(f"QEMU is gone: {error}") from error

    def _read(self):
        """The next message; one that comes too late stays to be read later."""
        while b"\n" not in self._received:
            try:
                more = self._sock.recv(65536)
            except OSError as error:
                raise QmpError(f"no answer: {error}") from error
            if not more:
                raise QmpError("QEMU is gone")
            self._received += more
        line, self._received = self._received.split(b"\n", 1)
        return json.loads(line)
