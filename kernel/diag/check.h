/*
 * Checking.  The debug build asserts and looks over every object at each
 * kernel entry and exit; the release build compiles the same sources with
 * checks that are empty.  Which one is chosen by the include path:
 * diag/debug/ or diag/release/, each with a diag_check.h that defines
 *
 *      kassert(condition)       the kernel is wrong if this does not hold
 *      kassert_that(statement)  a statement of the debug build alone
 *      DEBUG_BUILD              0 or 1
 */
#pragma once

#include <base/types.h>
#include <hal/upcall.h>

#include <diag_check.h>
