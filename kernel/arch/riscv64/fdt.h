/*
 * A reader of flattened device trees (Devicetree Specification 0.4, chapter
 * 5).  A cursor walks the nodes in the order they stand in:
 *
 *      struct fdt_node n = FDT_START;
 *      while (fdt_next(&n))
 *              ...
 *
 * The tree is the firmware's and is believed, once its header is right.
 */
#pragma once

#include <base/types.h>

#define FDT_DEPTH_MAX 8

struct fdt_node {
	const u32 *props; /* the tokens of this node, behind its name */
	const char *name; /* with the unit address: "cpu@0" */
	unsigned depth;   /* of this node; 1 the root, 0 before it */
	/* by depth: cells of an address and of a size in reg of its children */
	u8 address_cells[FDT_DEPTH_MAX];
	u8 size_cells[FDT_DEPTH_MAX];
};
#define FDT_START ((struct fdt_node){ 0 })

/* False if there is no device tree at `blob`, or not one of version 17. */
bool fdt_open(const void *blob);

/* Goes to the next node; false past the last one. */
bool fdt_next(struct fdt_node *n);

/* Goes on to the next node that is compatible with `model`, or named `name`
   (unit address left out). */
bool fdt_next_compatible(struct fdt_node *n, const char *model);
bool fdt_next_named(struct fdt_node *n, const char *name);

/* The value of a property and its size in bytes, or NULL and 0. */
const void *fdt_get(const struct fdt_node *n, const char *property, u32 *size);

/* A property that is one string; "" if there is none. */
const char *fdt_string(const struct fdt_node *n, const char *property);

/* A property that is one number of one or two cells. */
bool fdt_number(const struct fdt_node *n, const char *property, u64 *value);

/* True if the property is a list of strings and `text` one of them. */
bool fdt_has_string(const struct fdt_node *n, const char *property,
		    const char *text);

/* The first pair in reg; false if there is none. */
bool fdt_reg(const struct fdt_node *n, u64 *address, u64 *size);

/* The i-th cell of a property's value. */
u32 fdt_cell(const void *value, u32 i);
