"""Checksums by the machine's own multiplication (kernel/arch/riscv64/clmul.c),
where it has one, and by tables where it has none."""

import re
import subprocess
from pathlib import Path

import pytest

from grade.harness import build, expect_equal, expect_that

HERE = Path(__file__).parent


def hart(zbc):
    """QEMU's options for harts with or without it; it was an experiment before QEMU 7."""
    said = subprocess.run([build.tool("QEMU"), "--version"], capture_output=True, text=True).stdout
    name = "zbc" if int(re.search(r"version (\d+)", said)[1]) >= 7 else "x-zbc"
    return "-cpu", f"rv64,{name}={zbc}"


def test_both_ways_give_the_same_and_one_is_quick(boot):
    machine = boot(reference=True, debug=False, scenario=HERE / "crc.c", image="user/image.toml", shift=0,
                   extra=hart("on"))
    machine.finish()
    expect_equal("CRCs that were compared", machine.symbol("crc_compared"), 309)
    expect_equal("CRCs that differ", machine.symbol("crc_differ"), 0)
    folded, tables = machine.symbol("crc_folded"), machine.symbol("crc_by_tables")
    expect_that(folded < 4000, "the CRC of a page to take less than 4,000 instructions", f"it takes {folded}")
    expect_that(tables > 4 * folded, "tables to take several times as long", f"{tables} and {folded}",
                look="crc32c_use")


@pytest.mark.parametrize("zbc", ["on", "off"])
def test_a_machine_without_it_uses_tables(boot, zbc):
    machine = boot(reference=True, debug=False, image="user/tests/tests.toml", smp=2, append="chaos=30",
                   extra=hart(zbc), limit=20_000)
    machine.finish()
    expect_equal("whether the kernel multiplies", bool(machine.symbol("machine_fold")), zbc == "on")
