/*
 * The pin handshake (kernel/obj/pin.h) as a protocol, store buffers and all.
 * For spin; grade/models/run.py runs it.
 *
 *	-DPINNERS=2	harts that pin (1)
 *	-DROUNDS=2	transactions of each (1)
 *	-DIDLE		then it idles; else it goes on to the next one
 *	-DOWN		the ager has pinned the object itself, in the
 *			transaction before
 *
 * What must hold: what is pinned stays; and the ager gets the object in the end
 * (there is no invalid end state).
 *
 * A store goes into a queue of its word and hart, and from there to memory at
 * any time, in order for each word, those of a release after all older ones of
 * the hart; a fence waits until all are empty.  Loads are made in order, each
 * a step of its own.
 *
 * Wrong designs, as the variants in solutions/02-transient-pins/variants:
 *
 *	-DPINNER_WITHOUT_FENCE -DAGER_WITHOUT_FENCE -DLOOKS_THEN_MARKS
 *	-DPINS_BLINDLY -DNO_NEW_NUMBER -DODD_FOR_EVER -DOWN_PINS_DO_NOT_COUNT
 */
#ifndef PINNERS
#define PINNERS 1
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif

#define HARTS (PINNERS + 1) /* hart 0 is the ager */
#define FIRST 7
#define NEXT 8

#define ABSENT 0
#define HERE 1
#define LEAVING 2
#define HERE_AGAIN 3 /* HERE, stored with release when the tenant has changed */

byte residency = HERE, tenant = FIRST;
byte pin[HARTS], txn[HARTS];

chan late_pin[HARTS] = [2] of { byte };
chan late_txn[HARTS] = [2] of { byte, byte }; /* and pins stored before */
byte pins_stored[HARTS], pins_arrived[HARTS];
chan late_residency = [3] of { byte };
chan late_tenant = [2] of { byte };

#define IS_PINNED_BY(h) ((pin[h] & 1) && pin[h] == txn[h])

/* Stores reach memory. */

proctype memory_of_pin(byte h)
{
	byte value;
end:	do
	:: atomic { late_pin[h]?value -> pin[h] = value; pins_arrived[h]++ }
	od
}

/* Released: not before the pins that were stored before. */
proctype memory_of_txn(byte h)
{
	byte value, before;
end:	do
	:: late_txn[h]?<value, before> ->
		atomic {
			pins_arrived[h] >= before;
			late_txn[h]?value, before;
			txn[h] = value
		}
	od
}

active proctype memory_of_tenant()
{
	byte value;
end:	do
	:: atomic { late_tenant?value -> tenant = value }
	od
}

active proctype memory_of_residency()
{
	byte value;
end:	do
	:: late_residency?<value> ->
		(value != HERE_AGAIN || empty(late_tenant));
		atomic {
			late_residency?value;
			residency = (value == HERE_AGAIN -> HERE : value)
		}
	od
}

/* Pinners. */

inline set_number(h)
{
	late_txn[h]!mine, pins_stored[h]
}

inline begin(h)
{
#ifdef NO_NEW_NUMBER
	mine = mine | 1;
#else
	mine = (mine + 1) | 1;
#endif
	set_number(h)
}

inline end_of_work(h)
{
#ifndef ODD_FOR_EVER
	mine = (mine + 1) & 254;
#endif
	set_number(h)
}

inline fence(h)
{
	empty(late_pin[h]) && empty(late_txn[h])
}

proctype pinner(byte h)
{
	byte mine, round;
	do
	:: round < ROUNDS ->
		begin(h);
		atomic { late_pin[h]!mine; pins_stored[h]++ };
#ifndef PINNER_WITHOUT_FENCE
		fence(h);
#endif
		if
#ifdef PINS_BLINDLY
		:: true ->
#else
		:: residency == HERE ->
#endif
			if
			:: tenant == FIRST ->
				/* It is pinned: it is used, twice. */
				assert(tenant == FIRST);
				assert(tenant == FIRST)
			:: else
			fi
		:: else
		fi;
		round++
	:: else -> break
	od;
#ifdef IDLE
	end_of_work(h)
#else
	begin(h)
#endif
}

/* The ager. */

byte i, number; /* of its look */
bool held;

inline look()
{
	held = false;
	i = 0;
	do
	:: i < HARTS ->
		number = pin[i];
		if
#ifdef OWN_PINS_DO_NOT_COUNT
		:: i > 0 && (number & 1) && txn[i] == number -> held = true
#else
		:: (number & 1) && txn[i] == number -> held = true
#endif
		:: else
		fi;
		i++
	:: else -> break
	od
}

inline mark()
{
	late_residency!LEAVING;
#ifndef AGER_WITHOUT_FENCE
	empty(late_residency) && empty(late_tenant)
#endif
}

/* held says whether it has to stay. */
inline exclude()
{
#ifdef LOOKS_THEN_MARKS
	look();
	if
	:: !held -> mark()
	:: else
	fi
#else
	mark();
	look();
	if
	:: held -> late_residency!HERE
	:: else
	fi
#endif
}

inline take()
{
	late_tenant!0;
	late_residency!ABSENT;
	late_tenant!NEXT;
	late_residency!HERE_AGAIN
}

#if PINNERS == 1
#define NOBODY_PINS (!IS_PINNED_BY(0) && !IS_PINNED_BY(1))
#else
#define NOBODY_PINS (!IS_PINNED_BY(0) && !IS_PINNED_BY(1) && !IS_PINNED_BY(2))
#endif

proctype ager()
{
#ifdef OWN
	exclude();
	assert(held);
	txn[0] = 3; /* it is dispatched again */
#endif
	do
	:: exclude();
		if
		:: held -> NOBODY_PINS /* what it saw has to change */
		:: else -> break
		fi
	od;
	take()
}

init {
	byte h;
	atomic {
#ifdef OWN
		pin[0] = 1;
		txn[0] = 1;
#endif
		run ager();
		h = 1;
		do
		:: h < HARTS ->
			run memory_of_pin(h);
			run memory_of_txn(h);
			run pinner(h);
			h++
		:: else -> break
		od
	}
}
