#include <base/string.h>
#include <diag/check.h>
#include <space/umem.h>

/* Where the byte at va stands, or NULL with a fault.  Devices are no memory. */
static char *reach(struct cap *top, u64 va, enum access access,
		   struct fault *f)
{
	struct walk w;
	if (!space_walk(top, VADDR(va), access, &w, f))
		return NULL;
	if (!w.page) {
		f->code = FAULT_ACCESS;
		return NULL;
	}
	return (char *)direct(w.frame) + (va & (PAGE_SIZE - 1));
}

/* Bytes from va to the end of its page, or n if that is less. */
static size_t piece_size(u64 va, size_t n)
{
	return MIN(n, PAGE_SIZE - (va & (PAGE_SIZE - 1)));
}

bool umem_read(struct cap *top, u64 va, void *to, size_t n, struct fault *f)
{
	for (char *t = to; n;) {
		size_t size = piece_size(va, n);
		char *from = reach(top, va, ACCESS_READ, f);
		if (!from)
			return false;
		memcpy(t, from, size);
		t += size;
		va += size;
		n -= size;
	}
	return true;
}

bool umem_open(struct cap *top, u64 va, size_t n, struct umem_window *w,
	       struct fault *f)
{
	*w = (struct umem_window){ 0 };
	kassert(n <= PAGE_SIZE);
	for (unsigned i = 0; n; i++) {
		size_t size = piece_size(va, n);
		char *at = reach(top, va, ACCESS_WRITE, f);
		if (!at)
			return false;
		w->piece[i].at = at;
		w->piece[i].size = size;
		w->size += size;
		va += size;
		n -= size;
	}
	return true;
}

size_t umem_fill(const struct umem_window *w, const void *from, size_t n)
{
	const char *f = from;
	size_t left = MIN(n, w->size), total = left;
	for (unsigned i = 0; left; i++) {
		size_t size = MIN(left, w->piece[i].size);
		memcpy(w->piece[i].at, f, size);
		f += size;
		left -= size;
	}
	return total;
}
