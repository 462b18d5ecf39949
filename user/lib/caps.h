/*
 * Which capability register holds what, by convention.  Register 0 is void.
 *
 * The factory fills these for every program it makes, the manifest for the
 * first processes, each of which lacks those it does not need.
 */
#pragma once

enum cap_register {
	CAP_VOID = 0,
	CAP_CONSOLE = 1, /* console.h; or a conlog capability */
	CAP_BANK = 2,    /* bank.h */
	CAP_WAIT = 3,    /* the kernel's timed sleep */
	CAP_DISCRIM = 4, /* the kernel's discriminator */
	CAP_FACTORY = 5, /* factory.h: starts others, ends oneself */
	CAP_CLOCK = 6,   /* clock.h */
	CAP_GIFT = 7,    /* whatever the starter passed on, or void */
	CAP_GRANT = 8,   /* the devices this program is granted, or void */
	CAP_NAMES = 9,   /* names.h; its look-up facet */

	/* 10 to 15 are the program's own; by habit: */
	CAP_SELF = 9,   /* a process capability to oneself, in servers */
	CAP_IN = 14,    /* first capability received */
	CAP_REPLY = 15, /* resume capability of whom to answer */
};
