/*
 * The capability types, in one table: X(enumerator, number, name).
 *
 * The numbers are part of the disk format (store/format.h), so they never
 * change meaning; a new type takes a new number.
 */
#pragma once

#define CAP_TYPES(X)                                                          \
	X(CT_VOID, 0, "void")              /* names nothing, answers RC_VOID */ \
	X(CT_NUMBER, 1, "number")          /* a 64-bit value */               \
	X(CT_PAGE, 2, "page")              /* 4 KiB of data */                \
	X(CT_NODE, 3, "node")              /* 16 capability slots */          \
	X(CT_PROCESS, 4, "process")        /* every right over a process */   \
	X(CT_START, 5, "start")            /* entry to an available process */ \
	X(CT_RESUME, 6, "resume")          /* one answer to a waiting one */  \
	X(CT_SCHEDULE, 7, "schedule")      /* a priority and a quantum */     \
	X(CT_METER, 8, "meter")            /* a node read as a time budget */ \
	X(CT_RANGE, 9, "range")            /* makes and destroys by OID */    \
	X(CT_IRQ, 10, "irq")               /* one interrupt line */           \
	X(CT_DEVPAGE, 11, "devpage")       /* 4 KiB of device registers */    \
	X(CT_WAIT, 12, "wait")             /* timed sleep */                  \
	X(CT_CHECKPOINT, 13, "checkpoint") /* the single-level store */       \
	X(CT_CONLOG, 14, "conlog")         /* the kernel's console log */     \
	X(CT_INSPECTOR, 15, "inspector")   /* a read-only view of the kernel */ \
	X(CT_DISCRIM, 16, "discrim")       /* tells capability types apart */ \
	X(CT_HOOK, 17, "hook")             /* kernel only: a stalled process */

enum cap_type {
#define X(id, n, name) id = n,
	CAP_TYPES(X)
#undef X
	CT_COUNT
};

/*
 * Rights that a page or node capability may lack.  Weak: whatever is fetched
 * through it comes out read-only and weak, so a whole tree can be shown to a
 * stranger with one capability.
 */
enum cap_rights {
	CR_READONLY = 1 << 2,
	CR_WEAK = 1 << 3,
};

/* The kinds of object a range can hold; the disk's name of each is its OID. */
#define OBJ_KINDS(X)                 \
	X(OK_PAGE, 0, "page")        \
	X(OK_NODE, 1, "node")        \
	X(OK_PROCESS, 2, "process")

enum obj_kind {
#define X(id, n, name) id = n,
	OBJ_KINDS(X)
#undef X
	OK_COUNT
};
