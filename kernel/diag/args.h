/* Boot arguments: words of the form name=value, or just name. */
#pragma once

#include <base/types.h>

/* The decimal value of the argument, or `otherwise` if it is not given. */
u64 arg_number(const char *name, u64 otherwise);
