"""kernel/base/crc32c.c, compiled for this machine, against the plain way: one
byte after the other, from the polynomial (tools/crc32c.py)."""

import ctypes
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from crc32c import by_bytes

SEED = 5


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    """crc32c_more() of the kernel, of (crc, address, size)."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "a C compiler for this machine is needed: install gcc"
    library = tmp_path_factory.mktemp("crc32c") / "crc32c.so"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", f"-I{ROOT}/kernel", "-o", library,
                    ROOT / "kernel/base/crc32c.c"], check=True)
    function = ctypes.CDLL(str(library)).crc32c_more
    function.argtypes = ctypes.c_uint32, ctypes.c_void_p, ctypes.c_size_t
    function.restype = ctypes.c_uint32
    return function


@pytest.fixture
def data():
    """4 KiB and some more, at an address that is a multiple of 8: (bytes, address)."""
    text = random.Random(SEED).randbytes(4120)
    kept = (ctypes.c_uint64 * (len(text) // 8)).from_buffer_copy(text)
    yield text, ctypes.addressof(kept)
    del kept


def plain(text, crc=0):
    return by_bytes(text, crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def test_every_length_at_every_alignment(kernels, data):
    text, address = data
    for start in range(8):
        for size in (*range(70), 4095, 4096, 4097):
            found = kernels(0, address + start, size)
            assert found == plain(text[start : start + size]), f"{size} bytes from {start} on, seed {SEED}"


def test_every_byte_at_every_place(kernels):
    """Each entry of each of the tables."""
    for place in range(8):
        for byte in range(256):
            word = ctypes.c_uint64(byte << 8 * place)
            text = word.value.to_bytes(8, "little")
            assert kernels(0, ctypes.addressof(word), 8) == plain(text), f"{byte} at {place}"


def test_in_parts(kernels, data):
    text, address = data
    whole = plain(text[:4096])
    for cut in (0, 1, 7, 8, 513, 4095, 4096):
        first = kernels(0, address, cut)
        assert kernels(first, address + cut, 4096 - cut) == whole, f"cut at {cut}, seed {SEED}"
