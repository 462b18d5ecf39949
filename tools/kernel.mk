# The kernel: every .c of a room, the platform's, and the chosen mechanisms.

ARCH := riscv64
DIAG := $(if $(DEBUG),debug,release)
TRACING := $(if $(TRACE),trace_on,trace_off)

# GCC may turn a loop into a call of memcpy or strlen, but not inside these.
STRING_FLAGS := -fno-tree-loop-distribute-patterns

MACHINE_FLAGS = $(MARCH) -mabi=lp64 -mcmodel=medany
C_FLAGS = -std=gnu11 -O2 -g -ffreestanding -fno-common -fno-pic -fno-stack-protector \
	-fno-asynchronous-unwind-tables
WARNINGS = -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wundef \
	-Werror=implicit-function-declaration
LINK_FLAGS = -nostdlib -static -Wl,--build-id=none -Wl,-z,max-page-size=4096

KERNEL_INCLUDES = $(RACING) -Ikernel -Ikernel/arch/$(ARCH) -Ikernel/diag/$(DIAG) -Ikernel/diag/$(TRACING)
KERNEL_FLAGS = $(MACHINE_FLAGS) $(C_FLAGS) $(WARNINGS) $(WATCHED) $(KERNEL_INCLUDES)

# The race detector (kernel/diag/races_on/races.h) puts its own accessors in
# front of arch/'s, and looks at all but what these hold.
RACING = $(if $(RACES),-Ikernel/diag/races_on)
WATCHED := $(if $(RACES),-fsanitize=thread --param tsan-distinguish-volatile=1 \
	--param tsan-instrument-func-entry-exit=0 -fno-optimize-sibling-calls)
UNWATCHED := kernel/base/% kernel/arch/$(ARCH)/% kernel/diag/races_on/% kernel/boot/chaos

KERNEL_SCRIPT := kernel/arch/$(ARCH)/kernel.ld

KERNEL_SOURCES := $(sort $(wildcard kernel/*/*.c kernel/arch/$(ARCH)/*.c kernel/arch/$(ARCH)/*.S \
	kernel/diag/$(DIAG)/*.c kernel/diag/$(TRACING)/*.c $(if $(RACES),kernel/diag/races_on/*.c)) $(DISCIPLINE))
ifneq ($(SCENARIO),)
KERNEL_SOURCES := $(filter-out kernel/boot/scenario_none.c,$(KERNEL_SOURCES))
endif

# A scenario that defines __wrap_NAME stands in front of NAME.
comma := ,
WRAPPED := $(if $(SCENARIO),$(sort $(shell \
	sed -n 's/^.*\b__wrap_\([a-z0-9_]*\).*$$/\1/p' $(SCENARIO))))

objects = $(addprefix $1/,$(addsuffix .o,$(basename $2)))
KERNEL_OBJECTS := $(call objects,$(OBJ),$(KERNEL_SOURCES) $(MECHANISM_SOURCES))
SCENARIO_OBJECT := $(if $(SCENARIO),$(OUT)/scenario/$(basename $(notdir $(SCENARIO))).o)
FROM_OBJECTS := $(call objects,$(OUT)/from,$(FROM_FILES))
FROM_FLAGS = $(if $(KERNEL_LABS),$(KERNEL_FLAGS),$(USER_FLAGS))

# Written under another name and moved into place: two makes at once disturb
# each other no more than that both do the work.
compile = $(CC) $1 $(if $(WERROR),-Werror) -MMD -MP -MT $@ -MF $(@:.o=.d).$$$$ -c $< -o $@.$$$$ \
	&& mv -f $(@:.o=.d).$$$$ $(@:.o=.d) && mv -f $@.$$$$ $@

$(OBJ)/flags: FORCE
	$(call remember,$(CC) $(KERNEL_FLAGS))

$(OBJ)/kernel/base/string.o: KERNEL_FLAGS += $(STRING_FLAGS)
$(patsubst %,$(OBJ)/%.o,$(UNWATCHED)): WATCHED :=
$(OBJ)/kernel/diag/races_on/%.o: RACING :=

$(OBJ)/%.o: %.c $(OBJ)/flags
	$(Q)$(call tell,CC,$<) mkdir -p $(@D) && $(call compile,$(KERNEL_FLAGS))

$(OBJ)/%.o: %.S $(OBJ)/flags
	$(Q)$(call tell,AS,$<) mkdir -p $(@D) && $(call compile,$(KERNEL_FLAGS))

ifneq ($(SCENARIO),)
$(SCENARIO_OBJECT): $(SCENARIO) $(OBJ)/flags $(OUT)/config
	$(Q)$(call tell,CC,$<) mkdir -p $(@D) && $(call compile,$(KERNEL_FLAGS))
endif

# No dependency file of a file that may be a stranger's is read: it is
# compiled again whenever any header is newer.
HEADERS := $(wildcard kernel/*/*.h kernel/*/*/*.h kernel/*/*/*/*.h user/lib/*.h)
$(OUT)/from/%.o: $(FROM_FOLDER)/%.c $(HEADERS) $(OBJ)/flags $(OUT)/config
	$(Q)$(call tell,CC,$<) mkdir -p $(@D) && $(call compile,$(FROM_FLAGS) -iquote $(LAB_FOLDERS))

$(KERNEL): $(KERNEL_OBJECTS) $(if $(KERNEL_LABS),$(FROM_OBJECTS)) $(SCENARIO_OBJECT) $(KERNEL_SCRIPT) $(OUT)/config
	$(Q)$(call tell,LINK,$@) mkdir -p $(@D) && $(CC) $(MACHINE_FLAGS) $(LINK_FLAGS) \
		$(addprefix -Wl$(comma)--wrap=,$(WRAPPED)) \
		-T $(KERNEL_SCRIPT) -o $@.$$$$ $(filter %.o,$^) && mv -f $@.$$$$ $@

-include $(KERNEL_OBJECTS:.o=.d) $(SCENARIO_OBJECT:.o=.d)
