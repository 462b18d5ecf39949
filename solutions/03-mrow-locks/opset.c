#include <cap/opset.h>
#include <diag/check.h>
#include <lock/discipline.h>

unsigned opset_add(struct opset *s, const struct mcap *c, bool write)
{
	kassert(s->count < OPSET_MAX);
	s->member[s->count].cap = c;
	s->member[s->count].write = write;
	s->member[s->count].obj = NULL;
	return s->count++;
}

/* The member with the lowest address above `last`, or NULL. */
static struct obj *next_above(const struct opset *s, const struct obj *last)
{
	struct obj *best = NULL;
	for (unsigned i = 0; i < s->count; i++) {
		struct obj *o = s->member[i].obj;
		if (o > last && (!best || o < best))
			best = o;
	}
	return best;
}

static bool wanted_for_writing(const struct opset *s, const struct obj *o)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->member[i].obj == o && s->member[i].write)
			return true;
	return false;
}

void opset_lock(struct opset *s)
{
	struct obj *o = NULL;
	for (unsigned i = 0; i < s->count; i++)
		s->member[i].obj = mcap_find(s->member[i].cap);
	while ((o = next_above(s, o))) {
		if (wanted_for_writing(s, o))
			discipline_write(&o->lock);
		else
			discipline_read(&o->lock);
	}
	for (unsigned i = 0; i < s->count; i++)
		if (s->member[i].obj &&
		    !mcap_is_valid(s->member[i].cap, s->member[i].obj))
			s->member[i].obj = NULL;
}
