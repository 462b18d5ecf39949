#include "fdt.h"

#include <base/string.h>

#define MAGIC 0xd00dfeedu
#define VERSION 17u

/* Cells of the header. */
#define HEADER_MAGIC 0
#define HEADER_STRUCTS 2
#define HEADER_STRINGS 3
#define HEADER_OLDEST_READER 6

#define TOKEN_NODE 1u
#define TOKEN_NODE_END 2u
#define TOKEN_PROPERTY 3u
#define TOKEN_NOP 4u
#define TOKEN_END 9u

static const u32 *structs;
static const char *strings;

u32 fdt_cell(const void *value, u32 i)
{
	const u8 *b = (const u8 *)value + 4 * i;
	return (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3];
}

static u64 cells(const void *value, u32 first, u32 count)
{
	u64 n = 0;
	for (u32 i = first; i < first + count; i++)
		n = n << 32 | fdt_cell(value, i);
	return n;
}

bool fdt_open(const void *blob)
{
	if (fdt_cell(blob, HEADER_MAGIC) != MAGIC ||
	    fdt_cell(blob, HEADER_OLDEST_READER) > VERSION)
		return false;
	const char *base = blob;
	structs = (const u32 *)(base + fdt_cell(blob, HEADER_STRUCTS));
	strings = base + fdt_cell(blob, HEADER_STRINGS);
	return true;
}

/* The token behind the one at t. */
static const u32 *skip(const u32 *t)
{
	u32 bytes = 0;
	if (fdt_cell(t, 0) == TOKEN_PROPERTY)
		bytes = 8 + fdt_cell(t, 1);
	else if (fdt_cell(t, 0) == TOKEN_NODE)
		bytes = (u32)strlen((const char *)(t + 1)) + 1;
	return t + 1 + ROUND_UP(bytes, 4u) / 4;
}

static u8 count_of(const struct fdt_node *n, const char *property, u8 def)
{
	u64 value;
	return fdt_number(n, property, &value) ? (u8)value : def;
}

static void enter(struct fdt_node *n, const u32 *t)
{
	n->name = (const char *)(t + 1);
	n->props = skip(t);
	n->depth++;
	if (n->depth < FDT_DEPTH_MAX) {
		n->address_cells[n->depth] = count_of(n, "#address-cells", 2);
		n->size_cells[n->depth] = count_of(n, "#size-cells", 1);
	}
}

bool fdt_next(struct fdt_node *n)
{
	const u32 *t = n->props ? n->props : structs;
	for (;; t = skip(t)) {
		u32 token = fdt_cell(t, 0);
		if (token == TOKEN_NODE) {
			enter(n, t);
			return true;
		}
		if (token == TOKEN_NODE_END)
			n->depth--;
		else if (token != TOKEN_PROPERTY && token != TOKEN_NOP)
			return false;
	}
}

bool fdt_next_compatible(struct fdt_node *n, const char *model)
{
	while (fdt_next(n))
		if (fdt_has_string(n, "compatible", model))
			return true;
	return false;
}

bool fdt_next_named(struct fdt_node *n, const char *name)
{
	size_t size = strlen(name);
	while (fdt_next(n))
		if (strncmp(n->name, name, size) == 0 &&
		    (n->name[size] == 0 || n->name[size] == '@'))
			return true;
	return false;
}

const void *fdt_get(const struct fdt_node *n, const char *property, u32 *size)
{
	for (const u32 *t = n->props;; t = skip(t)) {
		u32 token = fdt_cell(t, 0);
		if (token == TOKEN_NOP)
			continue;
		if (token != TOKEN_PROPERTY)
			break;
		if (strcmp(strings + fdt_cell(t, 2), property) == 0) {
			*size = fdt_cell(t, 1);
			return t + 3;
		}
	}
	*size = 0;
	return NULL;
}

const char *fdt_string(const struct fdt_node *n, const char *property)
{
	u32 size;
	const char *value = fdt_get(n, property, &size);
	return size ? value : "";
}

bool fdt_number(const struct fdt_node *n, const char *property, u64 *value)
{
	u32 size;
	const void *p = fdt_get(n, property, &size);
	if (size != 4 && size != 8)
		return false;
	*value = cells(p, 0, size / 4);
	return true;
}

bool fdt_has_string(const struct fdt_node *n, const char *property,
		    const char *text)
{
	u32 size;
	const char *s = fdt_get(n, property, &size), *end = s + size;
	for (; s < end; s += strlen(s) + 1)
		if (strcmp(s, text) == 0)
			return true;
	return false;
}

bool fdt_reg(const struct fdt_node *n, u64 *address, u64 *size)
{
	if (n->depth < 2 || n->depth > FDT_DEPTH_MAX)
		return false;
	u32 na = n->address_cells[n->depth - 1], bytes;
	u32 ns = n->size_cells[n->depth - 1];
	const void *reg = fdt_get(n, "reg", &bytes);
	if (bytes == 0 || bytes < 4 * (na + ns))
		return false;
	*address = cells(reg, 0, na);
	*size = cells(reg, na, ns);
	return true;
}
