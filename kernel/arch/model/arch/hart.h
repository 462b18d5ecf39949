/*
 * A hart is a coroutine.  On each the answer is always the same, so the
 * compiler may ask once for a whole function.
 */
#pragma once

struct hart *hart_self(void) __attribute__((const));
