#include <frozen.h>

void frozen_name(u64 letters, char name[FROZEN_LETTERS + 1])
{
	int i = 0;
	for (; i < FROZEN_LETTERS && letters; i++, letters >>= 8) {
		char c = (char)letters;
		name[i] = c > ' ' && c <= '~' ? c : '?';
	}
	name[i] = 0;
}
