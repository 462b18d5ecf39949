/*
 * Keys, as a terminal sends them: a byte each, or for function keys a
 * sequence of ESC, '[' or 'O', a number or nothing, and one character from '@'
 * on.
 */
#pragma once

#include <base/types.h>

#define CTRL(letter) ((letter) - '@')
#define KEY_ESCAPE 0x1b
#define KEY_BACKSPACE 0x7f

/* How far inside a sequence; all zero to begin with. */
struct keys {
	u8 escape;
	u8 parameter; /* the number in it */
};

/*
 * The key to obey: the byte itself, or the control character that does what a
 * function key asks for (Ctrl-P and Ctrl-N: up and down; B and F: left and
 * right; A and E: to the ends; D: delete).  0 inside a sequence and for a key
 * that means nothing, so that no part of one ever turns into text.
 */
u8 keys_decode(struct keys *k, u8 byte);
