"""The reader of write logs, on logs that are right, cut short, and none."""

import pytest

from grade.kit import harness_guest
from grade.store import writelog
from grade.store.writelog import DISCARD, FLUSH, FUA, MARK, Entry, LogError

HEAD = 512  # bytes of an entry's head, and of the super block
ENTRIES = (
    Entry(8192, b"a" * 4096, 0, 4096),
    Entry(0, b"", FLUSH, 0),
    Entry(512, b"b" * 512, FUA, 512),
    Entry(4096, b"", DISCARD, 8192),
    Entry(0, b"round 7", MARK, 0),
    Entry(65536, b"c" * 12288, FLUSH | FUA, 12288),
)
LOG = writelog.pack(ENTRIES)


@pytest.mark.parametrize("sector", [512, 4096])
def test_what_was_written_is_read(sector, tmp_path):
    entries = [entry for entry in ENTRIES if len(entry.data) % sector == 0 and entry.offset % sector == 0]
    path = tmp_path / "log"
    path.write_bytes(writelog.pack(entries, sector))
    log = writelog.read(path)
    assert log.entries == tuple(entries) and not log.cut


def test_a_log_cut_anywhere_is_good_up_to_there():
    ends = [i for i in range(len(LOG) + 1) if not writelog_is_cut(LOG[:i])]
    assert ends == [len(LOG)]
    for end in range(HEAD, len(LOG), 100):
        entries = writelog.parse(LOG[:end]).entries
        assert entries == ENTRIES[: len(entries)]


def writelog_is_cut(data):
    """Whether the reader says so, by a word or by an error."""
    try:
        return bool(writelog.parse(data).cut)
    except LogError:
        return len(data) < 28


def test_the_super_blocks_count_may_lag_behind():
    log = bytearray(LOG)
    log[16] = 2
    assert writelog.parse(bytes(log)).entries == ENTRIES


def test_a_hole_is_where_a_killed_log_ends():
    """QEMU had given out the place of an entry, and did not come to fill it."""
    at = HEAD + HEAD + 4096 + HEAD
    log = writelog.parse(LOG[:at] + bytes(HEAD + 512) + LOG[at + HEAD + 512 :])
    assert log.entries == ENTRIES[:2] and "entry 2 of 6 was not written" in log.cut


def test_up_to_the_last_flush():
    entries = (*ENTRIES, ENTRIES[0], ENTRIES[2])
    assert writelog.parse(writelog.pack(entries)).flushed().entries == ENTRIES
    assert writelog.parse(writelog.pack(ENTRIES[2:4])).flushed().entries == ()


@pytest.mark.parametrize(
    "at, byte, message",
    [
        (0, 1, "no log of writes: its magic is"),
        (8, 2, "a log of version 2, not 1"),
        (24, 1, "its sectors have 513 bytes"),
        (HEAD + 16, 0x40, "entry 0 at byte 512 has flags 0x40, which do not exist"),
        (HEAD + 24, 7, "entry 0 at byte 512 says 8 sectors and 7 bytes"),
        (HEAD + 8, 0, "entry 0 at byte 512 writes nothing"),
    ],
)
def test_garbage_is_one_error(at, byte, message, tmp_path):
    log = bytearray(LOG)
    log[at] = byte
    (tmp_path / "log").write_bytes(log)
    with pytest.raises(LogError, match=message) as found:
        writelog.read(tmp_path / "log")
    assert str(tmp_path / "log") in str(found.value)


@pytest.mark.parametrize("data, message", [(b"", "the log is empty"), (b"x" * 20, "it has 20 bytes")])
def test_no_log_at_all(data, message):
    with pytest.raises(LogError, match=message):
        writelog.parse(data)


def test_qemus_own_log(tmp_path):
    """What QEMU's monitor writes to the disk of a machine that does nothing,
    until its plug is pulled."""
    device = "/machine/peripheral-anon/device[0]"
    (tmp_path / "disk").write_bytes(bytes(1 << 20))
    idle = harness_guest.build(tmp_path, "1:\tj 1b\n")
    with harness_guest.start(tmp_path, idle, disk=tmp_path / "disk", writes=tmp_path / "log") as machine:
        for command in ("write -P 65 8192 4096", "write -P 66 512 1024", "flush", "write -P 67 0 8192"):
            machine.monitor.human(f'qemu-io -d {device} "{command}"')
        machine.kill()
    log = writelog.read(tmp_path / "log")
    assert log.entries == (
        Entry(8192, b"A" * 4096, 0, 4096),
        Entry(512, b"B" * 1024, 0, 1024),
        Entry(0, b"", FLUSH, 0),
        Entry(0, b"C" * 8192, 0, 8192),
    )
    assert log.flushed().entries == log.entries[:3]
