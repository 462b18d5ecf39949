/*
 * A process waits for one thing at a time.  A server that must hear of events
 * while it waits for its clients has a relay for each source of them: a
 * process that calls the source, with order 0 (which answers when there is an
 * event), and then the server, for ever.
 *
 * Relays are what carries news upward: calls between servers go down only
 * (shell, factory, pager, bank, console), so no two ever wait for each other.
 */
#pragma once

enum relay_register {
	RELAY_SOURCE = 1,
	RELAY_SERVER = 2, /* a start capability whose badge says what this is */
};

/* What the server gets: w1 = the source's result code, w2 and w3 its words 1
   and 2.  It answers soon, whatever it does. */
#define RELAY_EVENT 0
