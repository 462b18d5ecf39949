#include <keys.h>

/* The control character for a sequence's last character and number. */
static u8 function_key(u8 last, u8 parameter)
{
	static const struct {
		u8 last, parameter, key;
	} keys[] = {
		{ 'A', 0, CTRL('P') }, { 'B', 0, CTRL('N') },
		{ 'C', 0, CTRL('F') }, { 'D', 0, CTRL('B') },
		{ 'H', 0, CTRL('A') }, { 'F', 0, CTRL('E') },
		{ '~', 1, CTRL('A') }, { '~', 7, CTRL('A') },
		{ '~', 4, CTRL('E') }, { '~', 8, CTRL('E') },
		{ '~', 3, CTRL('D') },
	};
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].last == last && keys[i].parameter == parameter)
			return keys[i].key;
	return 0;
}

u8 keys_decode(struct keys *k, u8 byte)
{
	if (byte == KEY_ESCAPE) {
		k->escape = 1;
		return 0;
	}
	if (k->escape == 0)
		return byte;
	if (k->escape == 1) {
		k->escape = byte == '[' || byte == 'O' ? 2 : 0;
		k->parameter = 0;
		return 0;
	}
	if (byte >= '@') {
		k->escape = 0;
		return function_key(byte, k->parameter);
	}
	k->parameter = byte >= '0' && byte <= '9'
			       ? (u8)(10 * k->parameter + byte - '0')
			       : 0xff;
	return 0;
}
