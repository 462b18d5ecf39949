/*
 * The model: a machine for the explorer (grade/explore/), on which the
 * mechanisms of the kernel, unchanged, run as they would on harts.
 *
 * Each hart is a coroutine.  Wherever a real machine is free (which hart goes
 * on, whether another hart's store is seen yet, whether an interrupt comes
 * now) the model asks model_choose().  So a run is a sequence of answers, and
 * the same answers give the same run.
 *
 * Memory.  A store goes into its hart's buffer and reaches memory later:
 *  1. in order with the hart's other stores to the same word;
 *  2. a release store, or a modify with release, after all older ones of its
 *     hart; before a full fence ends, all of them;
 *  3. a modify nothing comes in the middle of; with acquire, and a compare and
 *     swap, it is in memory at once, else like a store;
 *  4. otherwise in any order.
 * When it does can be told only by another hart that looks at the word: so
 * that is when the question is asked.  Loads are executed in program order;
 * what a machine may reorder among them is caught as a data race of the plain
 * accesses that an acquire should have ordered (races.c).
 *
 * What a choice costs.  Nothing for what has to happen anyway: who goes on
 * after a hart that cannot.  One for each thing out of the ordinary: taking a
 * hart away that could go on, a store seen late, an interrupt in the kernel.
 */
#pragma once

#include <base/types.h>

enum model_order { MODEL_RELAXED, MODEL_ACQUIRE, MODEL_RELEASE };
enum model_modify { MODEL_SWAP, MODEL_ADD, MODEL_OR, MODEL_AND };

/* Behind hal/atomic.h and hal/io.h; `size` is that of the word, in bytes. */
u64 model_load(const void *word, u32 size, enum model_order order);
void model_store(void *word, u32 size, u64 value, enum model_order order);
u64 model_modify(void *word, u32 size, enum model_modify how, u64 operand,
		 enum model_order order);
bool model_cas(void *word, u32 size, u64 old, u64 new, enum model_order order);
void model_fence(void);
void model_spin(void);

/* The scenario's, if anything in it has registers: each access is one. */
u32 model_register_read(u64 address);
void model_register_write(u64 address, u32 value);
