/*
 * The space of a program: 1 MiB, a root node of span 16 over nodes of span 12.
 *
 *      0x00000   nothing, so that a null pointer faults
 *      0x10000   text, data, bss; behind them zero pages on demand
 *      0xc0000   devices, where the manifest or the factory put them
 *      0xe0000   nothing; the last page is the stack's guard
 *      0xf8000   the stack, which grows down on demand
 */
#pragma once

#define PROGRAM_START 0x10000
#define ZERO_END 0xc0000
#define WINDOW 0xc0000
#define WINDOW_END 0xe0000
#define STACK_LIMIT 0xf8000
#define STACK_TOP 0x100000

#define ROOT_SPAN 16
#define LEAF_SPAN 12
#define ROOT_SLOT(address) ((address) >> ROOT_SPAN)
#define LEAF_SLOT(address) (((address) >> LEAF_SPAN) & (NODE_SLOTS - 1))

/* Room for a program's command line, at the very top of its stack. */
#define ARGS_MAX 256
