/* The release build (diag/check.h): operands are parsed, never evaluated. */
#pragma once

#define DEBUG_BUILD 0
#define kassert(condition) ((void)sizeof(!(condition)))
#define kassert_that(statement) ((void)0)
