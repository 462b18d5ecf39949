/*
 * The name directory: names for capabilities.
 *
 * Which facet of it a client holds decides what he may do: with the look-up
 * facet, which every program gets, he can fetch and list; to bind and unbind
 * takes the other one.  What is fetched is what was bound: no right is added
 * and none is lost.  The directory never invokes what it keeps.
 */
#pragma once

#include <abi/captypes.h>
#include <abi/invoke.h>
#include <base/types.h>

enum names_order {
	NAMES_LOOK_UP = 0, /* str = name -> c0; or NAMES_UNKNOWN */
	NAMES_LIST = 1,    /* w1 = place, 0 to NAMES_MOST - 1 -> w1 = enum
	                      cap_type, str = name; NAMES_UNKNOWN: none there;
	                      RC_LIMIT: past the last */
	NAMES_BIND = 2,    /* str = name, c0; or NAMES_TAKEN */
	NAMES_UNBIND = 3,  /* str = name; or NAMES_UNKNOWN */
};

/* RC_STRING: that is no name.  RC_VOID: what names nothing is not bound.
   RC_LIMIT: the table is full.  RC_RIGHTS: not with this facet. */
enum names_result {
	NAMES_UNKNOWN = RC_SERVER,
	NAMES_TAKEN,
};

/* The facets: the badge of the start capability. */
enum names_badge {
	NAMES_LOOK = 0, /* look up and list */
	NAMES_ALL = 1,  /* that, bind and unbind */
};

#define NAMES_MOST 48
#define NAMES_LETTERS 15 /* of a name: no blank, nothing unprintable */

/* On CAP_NAMES. */
u64 names_look_up(const char *name, unsigned to);
u64 names_list(u64 place, char name[NAMES_LETTERS + 1], enum cap_type *type);
u64 names_bind(const char *name, unsigned from);
u64 names_unbind(const char *name);
