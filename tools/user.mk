# User land: a small library, one program for each .c, and the boot image.

USER := $(BUILD)/user
USER_SCRIPT := user/user.ld
USER_FLAGS = $(MACHINE_FLAGS) $(C_FLAGS) $(WARNINGS) -ffunction-sections -fdata-sections \
	-Iuser/lib -Ikernel

USER_LIBRARY := $(sort $(wildcard user/lib/*.c user/lib/*.S)) kernel/base/fmt.c kernel/base/string.c
USER_SOURCES := $(sort $(wildcard user/servers/*.c user/programs/*.c user/tests/*.c \
	$(patsubst %,solutions/%/*.c,$(PROGRAM_LABS))))
USER_NAMES := $(basename $(notdir $(USER_SOURCES)))
USER_PROGRAMS := $(patsubst %,$(USER)/%.elf,$(USER_NAMES))
LIBRARY_OBJECTS := $(call objects,$(USER)/obj,$(USER_LIBRARY))

ifneq ($(words $(USER_NAMES)),$(words $(sort $(USER_NAMES))))
$(error two user programs have the same name: $(USER_SOURCES))
endif

$(USER)/obj/flags: FORCE
	$(call remember,$(CC) $(USER_FLAGS))

$(USER)/obj/kernel/base/string.o: USER_FLAGS += $(STRING_FLAGS)

$(USER)/obj/%.o: %.c $(USER)/obj/flags
	$(Q)$(call tell,CC,$<) mkdir -p $(@D) && $(call compile,$(USER_FLAGS))

$(USER)/obj/%.o: %.S $(USER)/obj/flags
	$(Q)$(call tell,AS,$<) mkdir -p $(@D) && $(call compile,$(USER_FLAGS))

link_program = $(CC) $(MACHINE_FLAGS) $(LINK_FLAGS) -Wl,--gc-sections -T $(USER_SCRIPT) \
	-o $@.$$$$ $(filter %.o,$^) && mv -f $@.$$$$ $@

# A program is its source and the parts in the folder of its name.
program_parts = $1 $(sort $(wildcard $(basename $1)/*.c))

# $(call program_rule,FOLDER,OBJECTS), named by the first object
define program_rule
$1/$(basename $(notdir $(firstword $2))).elf: $2 $(LIBRARY_OBJECTS) $(USER_SCRIPT)
	$$(Q)$$(call tell,LINK,$$@) mkdir -p $$(@D) && $$(link_program)
endef
$(foreach source,$(USER_SOURCES),$(eval $(call program_rule,$(USER),$(call objects,$(USER)/obj,\
	$(call program_parts,$(source))))))

# The programs that LAB and FROM choose: in a folder of this configuration,
# which the image is looked for in first.
LAB_SOURCES := $(if $(FROM),,$(wildcard $(patsubst %,labs/%/*.c,$(filter $(PROGRAM_LABS),$(LAB_NAMES)))))
LAB_OBJECTS := $(call objects,$(USER)/obj,$(LAB_SOURCES)) $(if $(KERNEL_LABS),,$(FROM_OBJECTS))
LAB_PROGRAMS := $(patsubst %.o,$(OUT)/programs/%.elf,$(notdir $(LAB_OBJECTS)))
$(foreach object,$(LAB_OBJECTS),$(eval $(call program_rule,$(OUT)/programs,$(object))))

-include $(patsubst %.c,$(USER)/obj/%.d,$(LAB_SOURCES) \
	$(foreach source,$(USER_SOURCES),$(call program_parts,$(source)))) $(LIBRARY_OBJECTS:.o=.d)

# The boot image: the manifest says what goes in.

IMAGE_TOOLS := $(addprefix tools/,image.py capexpr.py checkimage.py crc32c.py diskformat.py \
	diskimage.py diskread.py diskrefs.py \
	diskroot.py elf.py layout.py manifest.py space.py)

$(OUT)/boot.img: $(MANIFEST) $(USER_PROGRAMS) $(LAB_PROGRAMS) $(IMAGE_TOOLS) $(OUT)/config
	$(Q)$(call tell,IMAGE,$@) mkdir -p $(@D) && $(PYTHON) tools/image.py build $(MANIFEST) \
		--programs $(OUT)/programs $(USER) --out $@ --depfile $@.d

-include $(OUT)/boot.img.d
