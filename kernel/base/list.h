/*
 * A circular doubly linked list.  The head has the shape of a link, and an
 * unlinked link points to itself.  No locking: whoever owns the list has it.
 */
#pragma once

#include <base/types.h>

struct link {
	struct link *next, *prev;
};

static inline void link_init(struct link *l)
{
	l->next = l->prev = l;
}

/* True for a link on no list, and for a head without members. */
static inline bool link_is_alone(const struct link *l)
{
	return l->next == l;
}

/* Puts l just before `at`: at the tail, if `at` is the head. */
static inline void link_insert_before(struct link *at, struct link *l)
{
	l->next = at;
	l->prev = at->prev;
	at->prev->next = l;
	at->prev = l;
}

/* Puts l just behind `at`: at the front, if `at` is the head. */
static inline void link_insert_after(struct link *at, struct link *l)
{
	link_insert_before(at->next, l);
}

/* All members of one list to the tail of another, which leaves it empty. */
static inline void link_move_all(struct link *to, struct link *from)
{
	if (link_is_alone(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	link_init(from);
}

static inline void link_remove(struct link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	link_init(l);
}
