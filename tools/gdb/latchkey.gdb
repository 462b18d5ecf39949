# Settings and commands for the kernel; `help user-defined` lists these.

set confirm off
set pagination off
set print pretty on
set architecture riscv:rv64
set disassemble-next-line auto
source tools/gdb/latchkey.py
