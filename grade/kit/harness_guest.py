"""Tiny guests for the tests of the harness: a few lines of assembly, no kernel."""

import subprocess

from grade.harness.artefacts import Artefacts
from grade.harness.build import tool
from grade.harness.machine import Machine
from grade.harness.qemu import Config

# Macros a guest is written with.  `print` busy-waits for the UART, as a kernel
# does; `exit` writes to the machine's test device.
PRELUDE = """
	.option norelax
.macro putc reg
991:	lbu t5, 5(s11)
	andi t5, t5, 0x20
	beqz t5, 991b
	sb \\reg, 0(s11)
.endm
.macro print label
	la t3, \\label
992:	lbu t4, 0(t3)
	beqz t4, 993f
	putc t4
	addi t3, t3, 1
	j 992b
993:
.endm
.macro exit code
	li t0, 0x100000
	li t1, (\\code << 16) | 0x3333
	sw t1, 0(t0)
994:	j 994b
.endm
.globl _start
_start:
	li s11, 0x10000000
"""


def flags():
    """How a guest is compiled and linked, by any RISC-V compiler."""
    return [*tool("MARCH").split(), "-mabi=lp64", "-mcmodel=medany", "-g", "-ffreestanding",
            "-fno-stack-protector", "-fno-pic", "-no-pie", "-nostdlib", "-static", "-Wl,--no-relax",
            "-Wl,--build-id=none", "-Wl,-Ttext=0x80200000", "-Wl,-N"]


def says(*texts, status=0):
    """A guest that prints these lines and ends with the status."""
    return f"\tprint text\n\texit {status}\n{lines('text', texts)}"


def lines(label, texts):
    """Text to print, under a label."""
    ascii = "".join(f"\t.ascii {quoted(text)}\n" for text in texts)
    return f"\t.section .rodata\n{label}:\n{ascii}\t.byte 0\n\t.text\n"


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '\\n"'


def build(folder, assembly, c=""):
    """Assembles a guest, with some C beside it, and gives its ELF file."""
    source, elf = folder / "guest.S", folder / "guest.elf"
    source.write_text(PRELUDE + assembly)
    sources = [source]
    if c:
        (folder / "data.c").write_text(c)
        sources.append(folder / "data.c")
    subprocess.run([tool("CROSS") + "gcc", *flags(), "-o", elf, *sources], check=True)
    return elf


def start(folder, elf, **options):
    """Starts a machine with its artefacts in `folder`."""
    live, backstop = options.pop("live", None), options.pop("backstop", 120.0)
    config = Config(kernel=elf, **{"limit": 2000, **options})
    return Machine(config, Artefacts(folder / "run"), live=live, backstop=backstop)
