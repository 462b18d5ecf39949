# Latchkey.  `make` lists the targets, `make start` does everything.

ifneq ($(filter 0 1 2 3,$(firstword $(subst ., ,$(MAKE_VERSION)))),)
$(error GNU make 4 or later is needed, this is $(MAKE_VERSION).  macOS: `brew install make`, then type gmake)
endif

# What the user may set.

LAB      ?=
FROM     ?=
SMP      ?= 2
DEBUG    ?=
TRACE    ?= $(DEBUG)
LOCKS    ?= serial
RACES    ?=
APPEND   ?=
SCENARIO ?=
MANIFEST ?= user/image.toml
WERROR   ?=
FRESH    ?=
SIZE     ?= 256M
V        ?=

# Where things go.  BUILD holds the objects, which configurations share; OUT
# the kernel and the image of this configuration.

BUILD    ?= build

.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
PROCESSORS := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)
ifeq ($(MAKELEVEL)$(filter -j% --jobserver%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(PROCESSORS)
endif

# `make grade` only hands these on; the grader judges what they name.
GRADED := $(LAB)
GRADED_FROM := $(FROM)
ifneq ($(filter grade,$(MAKECMDGOALS)),)
override LAB :=
override FROM :=
endif

include tools/find.mk
include tools/config.mk
include tools/kernel.mk
include tools/user.mk

# Building.  The first comment of a target is its line in `make help`.

.PHONY: help kernel user image
help: ## show this list
	@sed -n 's/^\([a-z_.-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "  make %-22s %s\n", $$1, $$2 }'
	@sed -n 's/^#> \{0,1\}//p' Makefile
#>
#> Variables:
#>   LAB="1 4"           take these mechanisms from labs/, all others from solutions/
#>   FROM=folder         take the files of the one LAB from this folder
#>   SMP=2               harts
#>   DEBUG=1             a kernel that checks itself at every entry and exit (implies TRACE=1)
#>   TRACE=1             build the trace ring in
#>   LOCKS=one           another locking discipline: one, shared, clusters, spin, serial (the usual), marked
#>   RACES=1             build the data-race detector in: a race is a panic that names both places
#>   APPEND="..."        boot arguments
#>   SCENARIO=file.c     link this scenario into the kernel
#>   MANIFEST=file.toml  build the boot image from this manifest
#>   IMAGE=file          boot this image instead of building one
#>   DISK=file           the disk of run and debug; made when there is none, never written over;
#>                       DISK=ram: the image in memory, forgotten at the end
#>   SIZE=256M           how large a disk is made
#>   FRESH=1             check-full: forget the results of earlier runs; disk: keep the old one as .old
#>   V=1                 show the commands

kernel: $(KERNEL) ## build the kernel
user: $(USER_PROGRAMS) $(LAB_PROGRAMS) ## build the user programs
image: $(IMAGE) ## build the boot image

# Running.

# What a lab, a scenario or an image of one's own is tried with is forgotten at
# the end; but lab 6 is about what is not.
DISK ?= $(if $(filter 06,$(LABS)),$(OUT)/latchkey.disk,$(if $(strip $(LAB) $(SCENARIO) \
	$(filter-out user/image.toml,$(MANIFEST)) $(filter-out $(OUT)/boot.img,$(IMAGE))),ram,$(BUILD)/latchkey.disk))

# QEMU writes to the host's page cache and syncs when the kernel says flush: so
# a killed QEMU loses nothing, and a host that loses power no more than a
# machine would.  (writethrough would sync each write, which nobody asks for.)
DISK_FLAGS = -global virtio-mmio.force-legacy=false \
	-drive file=$(DISK),if=none,format=raw,id=disk,cache=writeback -device virtio-blk-device,drive=disk
BOOT_FLAGS = $(if $(filter ram,$(DISK)),-initrd $(IMAGE),$(DISK_FLAGS))
CHECK_DISK = $(if $(filter ram,$(DISK)),,$(PYTHON) tools/bootdisk.py ready $(DISK) $(IMAGE) $(SIZE))

.PHONY: start run debug console disk
QEMU_FLAGS = -M virt -m 128M -smp $(SMP) -display none -monitor none -no-reboot -rtc base=utc \
	-kernel $(KERNEL) $(BOOT_FLAGS) -append '$(APPEND)'

start: ## set up what is missing, build, run
	@tools/setup --install
	@$(MAKE) run

run: $(KERNEL) $(IMAGE) ## build and run, from where it was when it stopped last
	$(Q)$(CHECK_DISK)
	@echo 'Starting.  To quit: Ctrl-A, then X.  Ctrl-C goes to Latchkey.'
	$(Q)$(QEMU) $(QEMU_FLAGS) -serial mon:stdio

debug: $(KERNEL) $(IMAGE) ## run under GDB, stopped at the first instruction
	$(Q)$(CHECK_DISK)
	$(Q)QEMU='$(QEMU)' GDB='$(GDB)' tools/debug $(BUILD)/debug $(KERNEL) $(QEMU_FLAGS)

disk: $(IMAGE) ## make a new disk to run from; FRESH=1 where there is one, which is kept as .old
	$(if $(filter ram,$(DISK)),$(error DISK=ram is no file))
	$(Q)$(PYTHON) tools/bootdisk.py new $(DISK) $(IMAGE) $(SIZE) $(if $(FRESH),--fresh)

console: ## the serial line of a running `make debug`, from another terminal
	$(Q)$(PYTHON) tools/console.py $(BUILD)/debug

# Grading and testing.  These start a make of their own, which must not
# inherit this one's variables and job slots.

.PHONY: grade replay explore check check-full
ALONE = env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL
unexport LAB FROM SMP DEBUG TRACE RACES LOCKS APPEND SCENARIO MANIFEST IMAGE OUT FRESH DISK SIZE

grade: ## grade a lab: LAB=3, optionally FROM=folder
	$(if $(filter 1,$(words $(GRADED))),,$(error say which lab: make grade LAB=3))
	$(Q)$(ALONE) $(PYTHON) -m grade.harness grade --lab $(GRADED) $(addprefix --from ,$(GRADED_FROM))

replay: ## repeat one test exactly: T=id, as the failed test printed it
	$(if $(T),,$(error say which test: make replay T=id))
	$(Q)$(ALONE) $(PYTHON) -m grade.harness replay $(T)

# Asks for Python only when the set-up is done.
TESTS = "$${PYTHON:-$$(tools/find python)}" -m pytest grade -n $(PROCESSORS)

explore: ## all interleavings of a scenario: S="stalls harts=3 --bound 3", or S=table
	$(if $(S),,$(error say which scenario: make explore S=stalls; they are in grade/explore/scenarios))
	$(Q)$(ALONE) $(PYTHON) -m grade.explore $(S)

check: ## set up what is missing, then run every test
	@tools/setup --install
	$(Q)$(ALONE) $(TESTS)

check-full: ## the same at the published sizes; killed, it goes on where it was (FRESH=1 starts over)
	@tools/setup --install
	$(Q)$(ALONE) LATCHKEY_BUDGET=full $(TESTS) -o console_output_style=classic \
		--resume $(BUILD)/check-full.jsonl $(if $(FRESH),--fresh)

# Cutting the power.

.PHONY: crash-sweep
crash-sweep: ## cut the power at every disk write of a workload: W=busy STATES=20000 SEED=1 BOOTS=4
	$(Q)$(ALONE) $(PYTHON) -m grade.store $(W) $(addprefix --states ,$(STATES)) \
		$(addprefix --seed ,$(SEED)) $(addprefix --boots ,$(BOOTS))

# Measuring.

.PHONY: bench bench-harts profile
bench: ## measure the kernel in guest instructions: a table, build/bench.json; V=1 explains
	$(Q)$(ALONE) $(PYTHON) -m grade.bench $(if $(V),--explain)

bench-harts: ## the part of bench about 1 to 8 harts, with each of LOCKS=; build/bench-harts.json
	$(Q)$(ALONE) $(PYTHON) -m grade.bench.harts

profile: ## instructions of each kernel function: OP="call null", or a list of all operations
	$(Q)$(ALONE) $(PYTHON) -m grade.bench.profile $(OP)

.PHONY: where
where: ## function and line of addresses in the kernel: PC="ffffffc080204f6e", and what it was built with
	$(Q)$(CROSS)addr2line -p -f -i -s -e $(KERNEL) $(PC)

# The rest.

.PHONY: doctor handouts clean format
doctor: ## test compiler, emulator and the rest, and say what to install
	$(Q)tools/doctor/doctor $(BUILD)/doctor

handouts: ## build the handouts as web pages (needs Sphinx)
	$(Q)$(PYTHON) -c 'import sphinx' 2>/dev/null || { tools/find sphinx; exit 1; }
	$(Q)$(PYTHON) -m sphinx -q -b html handouts $(BUILD)/handouts
	@echo 'Open $(BUILD)/handouts/index.html.'

clean: ## remove everything that was built; disks stay
	$(Q)test ! -d $(BUILD) || find $(BUILD) -depth ! -name '*.disk*' ! -type d -delete
	$(Q)test ! -d $(BUILD) || find $(BUILD) -depth -type d -empty -delete

format: ## lay out the C files as .clang-format says
	$(Q)git ls-files '*.[ch]' | xargs clang-format -i

.PHONY: compile_commands.json
compile_commands.json: ## for editors that understand C
	$(Q)$(MAKE) -nB V=1 kernel user | $(PYTHON) tools/compile_commands.py $@
	@echo 'Wrote $@.'

# What a variable is: make -s print-CROSS, for the grader.
print-%:
	@echo '$($*)'

FORCE:
