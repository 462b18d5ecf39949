# The configuration: which mechanisms come from where, and the names that keep
# the products of one configuration apart from those of another.

two_digits = $(if $(filter 0 1 2 3 4 5 6 7 8 9,$1),0$1,$1)
lab_folder = $(or $(firstword $(wildcard labs/$1-*)),$(error LAB: there is no lab $1; \
	there are: $(patsubst labs/%,%,$(sort $(wildcard labs/[0-9][0-9]-*)))))

# The labs that are about a user program: no part of the kernel, but of the image.
PROGRAM_LABS := $(patsubst labs/%/lab.toml,%,$(shell grep -ls '^program = true' labs/*/lab.toml))

LABS        := $(foreach lab,$(LAB),$(call two_digits,$(lab)))
LAB_FOLDERS := $(foreach lab,$(LABS),$(call lab_folder,$(lab)))
LAB_NAMES   := $(notdir $(LAB_FOLDERS))
MECHANISMS  := $(filter-out $(PROGRAM_LABS),$(notdir $(sort $(wildcard solutions/[0-9][0-9]-*))))
KERNEL_LABS := $(filter-out $(PROGRAM_LABS),$(LAB_NAMES))

# The sources of all mechanisms but those taken from FROM, and these.
MECHANISM_SOURCES = $(wildcard $(addsuffix /*.c,\
	$(addprefix solutions/,$(filter-out $(LAB_NAMES),$(MECHANISMS))) $(addprefix labs/,$(KERNEL_LABS))))
FROM_FILES :=

ifneq ($(FROM),)
ifneq ($(words $(LAB)),1)
$(error FROM=$(FROM) needs LAB= with one lab)
endif
FROM_FOLDER := $(patsubst %/,%,$(if $(filter solutions,$(FROM)),solutions/$(LAB_NAMES),$(FROM)))
# A variant that is a patch of the solution is applied.  Nowhere else are
# patches looked for: a stranger's folder is taken as it is.
FROM_PATCH := $(patsubst $(CURDIR)/%,%,$(patsubst %.patch,%,$(abspath $(FROM_FOLDER))).patch)
FROM_PATCH := $(wildcard $(filter solutions/$(LAB_NAMES)/variants/%,$(FROM_PATCH)))
ifneq ($(FROM_PATCH),)
FROM_FOLDER := $(or $(shell $(PYTHON) tools/variant.py apply $(FROM_PATCH) \
	$(BUILD)/variants/$(firstword $(LABS))-$(basename $(notdir $(FROM_PATCH)))),\
	$(error FROM=$(FROM) cannot be used; see above))
endif
LAB_FILES   := $(notdir $(wildcard $(LAB_FOLDERS)/*.c))
FROM_FILES  := $(filter $(LAB_FILES),$(notdir $(wildcard $(FROM_FOLDER)/*.c)))
OTHER_FILES := $(filter-out $(FROM_FILES),$(LAB_FILES))
# A variant that is a folder has only the files in which it differs.
ifeq ($(and $(FROM_FILES),$(filter solutions/%,$(FROM_FOLDER))),)
$(if $(OTHER_FILES),$(error FROM=$(FROM) lacks $(OTHER_FILES)))
endif
MECHANISM_SOURCES = $(wildcard $(addsuffix /*.c,\
	$(addprefix solutions/,$(filter-out $(LAB_NAMES),$(MECHANISMS))))) \
	$(addprefix solutions/$(KERNEL_LABS)/,$(if $(KERNEL_LABS),$(OTHER_FILES)))
endif

# How transactions keep out of each other's way (kernel/lock/discipline.h).
DISCIPLINE := $(or $(wildcard kernel/lock/discipline/$(LOCKS).c),$(error LOCKS: there is no $(LOCKS); \
	there are: $(basename $(notdir $(sort $(wildcard kernel/lock/discipline/*.c))))))

# Names.

empty :=
space := $(empty) $(empty)
dashed = $(subst $(space),-,$(strip $1))

override DEBUG := $(filter-out 0,$(DEBUG))
override TRACE := $(filter-out 0,$(TRACE) $(DEBUG))
override RACES := $(filter-out 0,$(RACES))
MODE   := $(call dashed,$(if $(DEBUG),debug,release) $(if $(DEBUG),,$(if $(TRACE),trace)) $(if $(RACES),races))
checksum = $(firstword $(shell printf %s '$(abspath $1)' | cksum))
CONFIG := $(call dashed,k $(addprefix lab,$(patsubst 0%,%,$(LABS))) \
	$(if $(FROM),from-$(call checksum,$(FROM))) \
	$(if $(SCENARIO),$(basename $(notdir $(SCENARIO)))-$(call checksum,$(SCENARIO))) \
	$(addprefix locks-,$(filter-out serial,$(LOCKS))) $(if $(DEBUG),debug,$(if $(TRACE),trace)) $(if $(RACES),races))

OBJ    := $(BUILD)/obj-$(MODE)
OUT    ?= $(BUILD)/$(if $(filter k,$(CONFIG)),k-default,$(CONFIG))
KERNEL := $(OUT)/kernel.elf
IMAGE  ?= $(OUT)/boot.img

# $(call remember,TEXT): rewrites the target when TEXT is not what it says, so
# that what depends on it is built again.
remember = @mkdir -p $(@D); echo '$1' | cmp -s - $@ || { echo '$1' >$@.$$$$ && mv -f $@.$$$$ $@; }

$(OUT)/config: FORCE
	$(call remember,$(LAB_NAMES) $(abspath $(FROM)) $(abspath $(SCENARIO)) $(LOCKS) $(MODE) $(abspath $(MANIFEST)))
