/* The accessors promised by hal/atomic.h: each asks the model. */
#pragma once

#include "../model.h"

#define ATOMIC_ACCESS(name, type)                                            \
	static inline type name##_load_relaxed(const struct name *a)         \
	{                                                                    \
		return (type)model_load(&a->v, sizeof(a->v), MODEL_RELAXED); \
	}                                                                    \
	static inline type name##_load_acquire(const struct name *a)         \
	{                                                                    \
		return (type)model_load(&a->v, sizeof(a->v), MODEL_ACQUIRE); \
	}                                                                    \
	static inline void name##_store_relaxed(struct name *a, type value)  \
	{                                                                    \
		model_store(&a->v, sizeof(a->v), (u64)value, MODEL_RELAXED); \
	}                                                                    \
	static inline void name##_store_release(struct name *a, type value)  \
	{                                                                    \
		model_store(&a->v, sizeof(a->v), (u64)value, MODEL_RELEASE); \
	}

#define MODIFY(name, type, verb, op, order, suffix)                           \
	static inline type name##_##verb##_##suffix(struct name *a, type v)   \
	{                                                                     \
		return (type)model_modify(&a->v, sizeof(a->v), op, v, order); \
	}

#define ATOMIC_MODIFY(name, type)                                       \
	MODIFY(name, type, swap, MODEL_SWAP, MODEL_ACQUIRE, acquire)    \
	MODIFY(name, type, add, MODEL_ADD, MODEL_RELAXED, relaxed)      \
	MODIFY(name, type, add, MODEL_ADD, MODEL_RELEASE, release)      \
	MODIFY(name, type, or, MODEL_OR, MODEL_RELAXED, relaxed)        \
	MODIFY(name, type, and, MODEL_AND, MODEL_RELAXED, relaxed)      \
	static inline bool name##_cas_acquire(struct name *a, type old, \
					      type new)                 \
	{                                                               \
		return model_cas(&a->v, sizeof(a->v), old, new,         \
				 MODEL_ACQUIRE);                        \
	}                                                               \
	static inline bool name##_cas_relaxed(struct name *a, type old, \
					      type new)                 \
	{                                                               \
		return model_cas(&a->v, sizeof(a->v), old, new,         \
				 MODEL_RELAXED);                        \
	}

ATOMIC_ACCESS(atomic32, u32)
ATOMIC_ACCESS(atomic64, u64)
ATOMIC_ACCESS(atomic_ptr, void *)
ATOMIC_MODIFY(atomic32, u32)
ATOMIC_MODIFY(atomic64, u64)

#undef ATOMIC_ACCESS
#undef ATOMIC_MODIFY
#undef MODIFY

static inline void fence_full(void)
{
	model_fence();
}

static inline void spin_hint(void)
{
	model_spin();
}
