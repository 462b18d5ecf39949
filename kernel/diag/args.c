#include <base/string.h>
#include <diag/args.h>
#include <hal/platform.h>
#include <hal/upcall.h>

/* Just behind "name=" in the arguments, or NULL. */
static const char *find(const char *name)
{
	size_t n = strlen(name);
	const char *s = platform.bootargs;
	while (*s) {
		while (*s == ' ')
			s++;
		if (strncmp(s, name, n) == 0 && s[n] == '=')
			return s + n + 1;
		while (*s && *s != ' ')
			s++;
	}
	return NULL;
}

u64 arg_number(const char *name, u64 otherwise)
{
	const char *s = find(name);
	u64 value = 0;
	if (!s)
		return otherwise;
	do {
		if (*s < '0' || *s > '9')
			panic("boot arguments", "%s is not a number", name);
		value = value * 10 + (u64)(*s++ - '0');
	} while (*s && *s != ' ');
	return value;
}
