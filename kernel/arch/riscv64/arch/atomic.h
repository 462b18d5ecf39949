/* The accessors promised by hal/atomic.h, on the A extension. */
#pragma once

/* GCC would make an exchange of an atomic store; a plain one is as atomic. */
#define ATOMIC_STORE(a, value) (*(volatile __typeof__((a)->v) *)&(a)->v = (value))

#define ATOMIC_ACCESS(name, type)                                           \
	static inline type name##_load_relaxed(const struct name *a)        \
	{                                                                   \
		return __atomic_load_n(&a->v, __ATOMIC_RELAXED);            \
	}                                                                   \
	static inline type name##_load_acquire(const struct name *a)        \
	{                                                                   \
		return __atomic_load_n(&a->v, __ATOMIC_ACQUIRE);            \
	}                                                                   \
	static inline void name##_store_relaxed(struct name *a, type value) \
	{                                                                   \
		ATOMIC_STORE(a, value);                                     \
	}                                                                   \
	static inline void name##_store_release(struct name *a, type value) \
	{                                                                   \
		__atomic_thread_fence(__ATOMIC_RELEASE);                    \
		ATOMIC_STORE(a, value);                                     \
	}

#define ATOMIC_MODIFY(name, type)                                           \
	static inline type name##_swap_acquire(struct name *a, type value)  \
	{                                                                   \
		return __atomic_exchange_n(&a->v, value, __ATOMIC_ACQUIRE); \
	}                                                                   \
	static inline type name##_add_relaxed(struct name *a, type value)   \
	{                                                                   \
		return __atomic_fetch_add(&a->v, value, __ATOMIC_RELAXED);  \
	}                                                                   \
	static inline type name##_add_release(struct name *a, type value)   \
	{                                                                   \
		return __atomic_fetch_add(&a->v, value, __ATOMIC_RELEASE);  \
	}                                                                   \
	static inline type name##_or_relaxed(struct name *a, type value)    \
	{                                                                   \
		return __atomic_fetch_or(&a->v, value, __ATOMIC_RELAXED);   \
	}                                                                   \
	static inline type name##_and_relaxed(struct name *a, type value)   \
	{                                                                   \
		return __atomic_fetch_and(&a->v, value, __ATOMIC_RELAXED);  \
	}                                                                   \
	static inline bool name##_cas_acquire(struct name *a, type old,     \
					      type new)                     \
	{                                                                   \
		return __atomic_compare_exchange_n(&a->v, &old, new, false, \
						   __ATOMIC_ACQUIRE,        \
						   __ATOMIC_RELAXED);       \
	}                                                                   \
	static inline bool name##_cas_relaxed(struct name *a, type old,     \
					      type new)                     \
	{                                                                   \
		return __atomic_compare_exchange_n(&a->v, &old, new, false, \
						   __ATOMIC_RELAXED,        \
						   __ATOMIC_RELAXED);       \
	}

ATOMIC_ACCESS(atomic32, u32)
ATOMIC_ACCESS(atomic64, u64)
ATOMIC_ACCESS(atomic_ptr, void *)
ATOMIC_MODIFY(atomic32, u32)
ATOMIC_MODIFY(atomic64, u64)

#undef ATOMIC_ACCESS
#undef ATOMIC_MODIFY

static inline void fence_full(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Zihintpause's PAUSE, spelled out for assemblers that do not know it. */
static inline void spin_hint(void)
{
	asm volatile(".insn i 0x0f, 0, x0, x0, 0x10" ::: "memory");
}
