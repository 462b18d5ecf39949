/* The debug build (diag/check.h). */
#pragma once

#define DEBUG_BUILD 1
#define kassert(condition)                                                   \
	((condition) ? (void)0                                               \
		     : panic(__func__, "assertion failed at %s:%d: %s",      \
			     __FILE__, __LINE__, #condition))
#define kassert_that(statement) statement
