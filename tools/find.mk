# Finds tools, each when it is first needed: $(CROSS) is what tools/find says,
# kept for the rest of this make.  Set on the command line, it is taken as is.

find_tool = $(eval $1 := $$(or $$(shell tools/find $2),$$(error $3)))$($1)

CROSS  = $(call find_tool,CROSS,cross,there is no RISC-V compiler; see above)
MARCH  = $(call find_tool,MARCH,march '$(CROSS)gcc',$(CROSS)gcc does not work)
QEMU   = $(call find_tool,QEMU,qemu,there is no emulator; see above)
GDB    = $(call find_tool,GDB,gdb,there is no debugger; see above)
PYTHON = $(call find_tool,PYTHON,python,there is no suitable Python; see above)

CC = $(CROSS)gcc

# One short line for each command, with V=1 the command itself, with -s neither.
Q = $(if $(V),,@)
silent = $(findstring s,$(filter-out -%,$(firstword $(MAKEFLAGS))))
tell = $(if $(V)$(silent),,printf '  %-5s %s\n' $1 $2;)
