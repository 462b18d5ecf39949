/*
 * Halting (kernel/proc/halt.h) as a protocol: N processes, each on a hart of
 * its own, halt each other.  For spin; grade/models/run.py runs it.
 *
 *	-DN=4		processes (3)
 *	-DROUNDS=2	halts that each makes (1)
 *	-DGANG		all halt process 0, which makes none; else each halts
 *			the next, and the last the first
 *	-DQUEUES=1	stop queues: target t has queue t % QUEUES (N)
 *	-DFICKLE	whoever was woken may want nothing any more (GANG only)
 *	-DCOARSE	dispatch looks and loads in one step: fewer states
 *
 * What must hold: every run ends, with all halts made (there is no invalid end
 * state; and it does end, for all that could go round is counted: nobody backs
 * out more often than it is halted); a gang is served in the order in which it
 * stalled.
 *
 * An atomic step is what one lock makes one in the code.  A lock that is taken
 * and let go with nothing awaited in between is one step, too: who would find
 * it taken can only wait.
 *
 * Wrong designs, named as the variants in solutions/05-halting/variants:
 *
 *	-DNO_GLOBAL_LOCK -DNO_BACK_OUT -DCLAIM_KEPT -DWAKES_NOBODY
 *	-DWAKES_THE_LAST -DNO_PROMISE -DPROMISE_FOR_EVER -DNO_INTERRUPT
 *	-DINTERRUPT_FIRST
 */
#ifndef N
#define N 3
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef QUEUES
#define QUEUES N
#endif
#define NOBODY 255

bool loaded[N];  /* process i: its hart has its lock */
bool claimed[N]; /* process i: dispatch passes it by */
bool ipi[N];     /* hart i was interrupted, and has not dispatched since */
bool woken[N];
byte made[N], backed[N];

/* Of each stop queue. */
chan waiting[QUEUES] = [N] of { byte };
bool taken[QUEUES]; /* a process of it is claimed */
byte next[QUEUES];  /* whom it is promised to */

/* Of a gang: numbers in the order of stalling, and the last one served. */
byte ticket[N], tickets, served;

#ifdef GANG
#define TARGET(i) 0
#define WANTED(i) (i == 0 -> 0 : ROUNDS)
#else
#define TARGET(i) ((i + 1) % N)
#define WANTED(i) ROUNDS
#endif

#ifdef NO_PROMISE
#define ITS_TURN(i, q) (!taken[q])
#define AWAITED(q) false
#else
#define ITS_TURN(i, q) (!taken[q] && (next[q] == i || \
				      next[q] == NOBODY && len(waiting[q]) == 0))
#define AWAITED(q) (taken[q] || next[q] != NOBODY || len(waiting[q]))
#endif

/* To the tail; who has a number keeps nothing of it. */
inline enqueue(i, q)
{
	waiting[q]!i;
#ifdef GANG
	tickets++;
	ticket[i] = tickets;
#endif
	loaded[i] = false
}

/* Whoever was woken comes first, and in order. */
inline check_turn(i, q)
{
#ifdef GANG
	assert(ticket[i] == served + 1 ||
	       ticket[i] == 0 && len(waiting[q]) == 0 && tickets == served);
	if
	:: ticket[i] -> served = ticket[i]; ticket[i] = 0
	:: else
	fi
#else
	skip
#endif
}

inline make_claim(t, q)
{
	claimed[t] = true;
	taken[q] = true;
	next[q] = NOBODY
}

inline wake(q)
{
	if
	:: len(waiting[q]) == 0 -> next[q] = NOBODY
	:: else ->
#ifdef WAKES_THE_LAST
		n = len(waiting[q]);
		do
		:: n > 1 -> waiting[q]?who; waiting[q]!who; n--
		:: else -> break
		od;
#endif
		waiting[q]?who;
		next[q] = who;
		woken[who] = true;
		who = 0
	fi
}

inline drop_claim(t, q)
{
#ifndef CLAIM_KEPT
	claimed[t] = false;
	taken[q] = false;
#ifndef WAKES_NOBODY
	wake(q)
#endif
#else
	skip
#endif
}

proctype process(byte i)
{
	byte t = TARGET(i), q = TARGET(i) % QUEUES, who, n;
	bool sent;

	/* What came before this look is seen by it; what comes later is
	   noted, and looked at on the way to user mode. */
dispatch:
#ifdef COARSE
	atomic { !claimed[i] -> ipi[i] = false; loaded[i] = true };
#else
	atomic { !claimed[i] -> ipi[i] = false };
	loaded[i] = true;
#endif

	/* On the way to user mode, in it, and in the kernel: try first. */
user:
	atomic {
		if
		:: ipi[i] -> loaded[i] = false; goto dispatch
		:: else
		fi;
		if
		:: made[i] == WANTED(i) ->
end_done:		ipi[i] -> loaded[i] = false; goto dispatch
		:: made[i] < WANTED(i) && !loaded[t] && !AWAITED(q) ->
			made[i]++; goto user
		:: else
		fi
	};
#ifdef INTERRUPT_FIRST
	ipi[t] = true;
	sent = true;
#endif
claim:
#ifdef NO_GLOBAL_LOCK
	if
	:: claimed[i] -> loaded[i] = false; goto dispatch
	:: else
	fi;
	if
	:: atomic { !ITS_TURN(i, q) -> enqueue(i, q); goto stalled }
	:: ITS_TURN(i, q)
	fi;
	atomic { make_claim(t, q) };
#else
	atomic {
		if
#ifndef NO_BACK_OUT
		:: claimed[i] ->
			backed[i]++;
			assert(backed[i] <= N * ROUNDS);
			loaded[i] = false;
			goto dispatch
#endif
		:: else
		fi;
		if
		:: !ITS_TURN(i, q) -> enqueue(i, q); goto stalled
		:: else
		fi;
		check_turn(i, q);
		make_claim(t, q)
	};
#endif
	/* Waits for the lock; an interrupt is noted, and waits. */
	do
#ifndef NO_INTERRUPT
	:: atomic { !sent && loaded[t] -> ipi[t] = true; sent = true }
#endif
	:: atomic {
		!loaded[t] -> made[i]++; sent = false;
		drop_claim(t, q);
		goto user
	}
	od;

stalled:
	atomic {
		woken[i] -> woken[i] = false; sent = false;
#ifdef FICKLE
		if
		:: made[i] = WANTED(i)
		:: true
		fi
#endif
	};
	goto dispatch
}

/* Whoever was woken does not come: when all else rests, the next is woken. */
proctype worrier()
{
	byte who, n;
end_worry:
	do
	:: atomic {
#ifdef PROMISE_FOR_EVER
		false ->
#endif
		timeout && next[0] != NOBODY ->
		served = ticket[next[0]];
		ticket[next[0]] = 0;
		wake(0)
	}
	od
}

init {
	byte i;
	atomic {
		for (i : 0 .. QUEUES - 1) { next[i] = NOBODY };
		for (i : 0 .. N - 1) { run process(i) };
		run worrier()
	}
}
