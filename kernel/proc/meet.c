#include <diag/check.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <lock/spin.h>
#include <proc/meet.h>

struct atomic32 meet_called own_line;

static struct spinlock lock own_line = SPINLOCK(LR_MEET);
static u32 members;              /* harts that take part: under lock */
static u32 arrived;              /* of them, in this meeting: under lock */
static bool complete;            /* all are there: under lock */
static struct atomic32 over;     /* meetings that are over */
static void (*work_to_do)(void); /* whoever called; then the last to come */

/* Whoever comes when a meeting is complete is not to disturb it. */
void meet_join(void)
{
	spin_lock(&lock);
	while (complete) {
		spin_unlock(&lock);
		spin_hint();
		spin_lock(&lock);
	}
	members++;
	spin_unlock(&lock);
}

void meet_call(void (*work)(void))
{
	struct hart *self = hart_self();
	kassert(!atomic32_load_relaxed(&meet_called));
	work_to_do = work;
	atomic32_store_release(&meet_called, 1);
	atomic32_store_relaxed(&self->need_resched, 1);
	for (u32 i = 0; i < hart_count(); i++)
		if (&harts[i] != self && !harts[i].chaos)
			ipi_send(i);
}

/* True: this hart is the last. */
static bool arrive(void)
{
	spin_lock(&lock);
	arrived++;
	complete = arrived == members;
	bool last = complete;
	spin_unlock(&lock);
	return last;
}

static void end_meeting(void)
{
	spin_lock(&lock);
	arrived = 0;
	complete = false;
	atomic32_store_relaxed(&meet_called, 0);
	atomic32_add_release(&over, 1);
	spin_unlock(&lock);
}

void meet_attend(void)
{
	u32 before = atomic32_load_acquire(&over);
	kassert(!hart_self()->current);
	/* It may have been over before the look. */
	if (!atomic32_load_acquire(&meet_called))
		return;
	if (arrive()) {
		work_to_do();
		end_meeting();
		return;
	}
	while (atomic32_load_acquire(&over) == before)
		spin_hint();
}
