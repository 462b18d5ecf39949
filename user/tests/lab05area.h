/*
 * Lab 5: one place in memory, whose page is exchanged while others use it.
 */
#pragma once

#include "lab05user.h"

#define AREA PLACE

static u64 promised, stop, reads[THREADS_MAX], done;

/* The leaf node of AREA in C, and two pages in A and B. */
static void area_new(void)
{
	place_new(AREA, CAP_C);
	page_new(CAP_A);
	page_new(CAP_B);
	place(AREA, CAP_C, CAP_A);
	store(&promised, 0);
	store(&stop, 0);
	store(&done, 0);
}

/* The page that is not mapped now gets the word, and takes the place. */
static void change(u64 to)
{
	unsigned page = to & 1 ? CAP_B : CAP_A;
	page_set_word(page, 0, to);
	place(AREA, CAP_C, page);
	store(&promised, to);
}

static void readers_end(u64 n)
{
	store(&stop, 1);
	AWAIT(load(&done) == n);
}
