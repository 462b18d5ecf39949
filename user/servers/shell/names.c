/* The name directory, as the shell shows and uses it. */
#include "shell.h"

#include <invoke.h>
#include <names.h>

static const char *type_name(enum cap_type type)
{
	static const char *const names_of_types[] = {
#define X(id, n, name) [id] = name,
		CAP_TYPES(X)
#undef X
	};
	return type < CT_COUNT ? names_of_types[type] : "?";
}

void print_names_error(const char *name, u64 result)
{
	if (result == NAMES_UNKNOWN)
		printf("Nothing is called %s; see `names`.\n", name);
	else if (result == NAMES_TAKEN)
		printf("%s names something already; `unbind` it first.\n",
		       name);
	else if (result == RC_STRING)
		printf("A name has 1 to %u letters, and no blanks.\n",
		       NAMES_LETTERS);
	else if (result == RC_LIMIT)
		printf("The directory is full: %u names.\n", NAMES_MOST);
	else
		printf("%s: %s.\n", name, result_name(result));
}

void names(int argc, char **argv)
{
	char name[NAMES_LETTERS + 1];
	enum cap_type type;
	u64 result;
	(void)argc, (void)argv;
	print("name             type\n");
	for (u64 i = 0; (result = names_list(i, name, &type)) != RC_LIMIT;
	     i++) {
		if (result != NAMES_UNKNOWN && result != RC_OK)
			return;
		if (result == RC_OK)
			printf("%-16s %s\n", name,
			       type == CT_VOID ? "void: it is gone"
					       : type_name(type));
	}
}

void unbind(int argc, char **argv)
{
	u64 result;
	if (argc != 2) {
		print("unbind which name?  `names` shows them.\n");
		return;
	}
	result = names_unbind(argv[1]);
	if (result != RC_OK)
		print_names_error(argv[1], result);
}
