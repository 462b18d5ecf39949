/*
 * The accessors of hal/atomic.h as calls, for an arch/atomic.h that wants to
 * see each of them.  It defines before
 *
 *      ATOMIC_CALL(verb)   the function: of load, store, modify, cas
 *      ATOMIC_AS(WORD)     the constant: of RELAXED, ACQUIRE, RELEASE, and of
 *                          what a modify does: SWAP, ADD, OR, AND
 *
 * Each function is given the word and its size, 4 or 8 bytes; values are u64.
 */
#pragma once

#define ATOMIC_ACCESS(name, type)                                           \
	static inline type name##_load_relaxed(const struct name *a)        \
	{                                                                   \
		return (type)ATOMIC_CALL(load)(&a->v, sizeof(a->v),         \
					       ATOMIC_AS(RELAXED));         \
	}                                                                   \
	static inline type name##_load_acquire(const struct name *a)        \
	{                                                                   \
		return (type)ATOMIC_CALL(load)(&a->v, sizeof(a->v),         \
					       ATOMIC_AS(ACQUIRE));         \
	}                                                                   \
	static inline void name##_store_relaxed(struct name *a, type value) \
	{                                                                   \
		ATOMIC_CALL(store)                                          \
		(&a->v, sizeof(a->v), (u64)value, ATOMIC_AS(RELAXED));      \
	}                                                                   \
	static inline void name##_store_release(struct name *a, type value) \
	{                                                                   \
		ATOMIC_CALL(store)                                          \
		(&a->v, sizeof(a->v), (u64)value, ATOMIC_AS(RELEASE));      \
	}

#define MODIFY(name, type, verb, op, order, suffix)                         \
	static inline type name##_##verb##_##suffix(struct name *a, type v) \
	{                                                                   \
		return (type)ATOMIC_CALL(modify)(&a->v, sizeof(a->v),       \
						 ATOMIC_AS(op), v,          \
						 ATOMIC_AS(order));         \
	}

#define ATOMIC_MODIFY(name, type)                                       \
	MODIFY(name, type, swap, SWAP, ACQUIRE, acquire)                \
	MODIFY(name, type, add, ADD, RELAXED, relaxed)                  \
	MODIFY(name, type, add, ADD, RELEASE, release)                  \
	MODIFY(name, type, or, OR, RELAXED, relaxed)                    \
	MODIFY(name, type, and, AND, RELAXED, relaxed)                  \
	static inline bool name##_cas_acquire(struct name *a, type old, \
					      type new)                 \
	{                                                               \
		return ATOMIC_CALL(cas)(&a->v, sizeof(a->v), old, new,  \
					ATOMIC_AS(ACQUIRE));            \
	}                                                               \
	static inline bool name##_cas_relaxed(struct name *a, type old, \
					      type new)                 \
	{                                                               \
		return ATOMIC_CALL(cas)(&a->v, sizeof(a->v), old, new,  \
					ATOMIC_AS(RELAXED));            \
	}

ATOMIC_ACCESS(atomic32, u32)
ATOMIC_ACCESS(atomic64, u64)
ATOMIC_ACCESS(atomic_ptr, void *)
ATOMIC_MODIFY(atomic32, u32)
ATOMIC_MODIFY(atomic64, u64)

#undef ATOMIC_ACCESS
#undef ATOMIC_MODIFY
#undef MODIFY
