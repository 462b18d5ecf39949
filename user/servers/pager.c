/*
 * The pager (pager.h).  A frozen program is shared by all its instances,
 * read-only.  At the first write to one of its nodes or pages the writer gets
 * a copy of his own; where nothing is, but memory is allowed (lib/layout.h),
 * he gets zeros.  Any other fault is the end of him.
 *
 * The space it walks, and even the message, may be a client's own work.  So
 * nothing that came from there is invoked before the discriminator has said
 * that it is a kernel object; and a walk has two steps, whatever it finds.
 */
#include <abi/captypes.h>
#include <bank.h>
#include <caps.h>
#include <console.h>
#include <faults.h>
#include <frozen.h>
#include <invoke.h>
#include <layout.h>
#include <object.h>
#include <pager.h>
#include <program.h>

enum pager_register {
	CAP_ROOT = 6,
	CAP_LEAF = 7,
	CAP_PAGE = 8,
	CAP_NEW = 10,
	CAP_BRAND = 11,
	CAP_NUMBER = 12,
	CAP_DEATHS = 13, /* resume capability of the relay, when parked */
};

static bool deaths_parked;
static u16 dead[BANK_ACCOUNTS]; /* instance, or 0 */
static u8 dead_fault[BANK_ACCOUNTS];

static bool zero_allowed(u64 address)
{
	return (address >= PROGRAM_START && address < ZERO_END) ||
	       (address >= STACK_LIMIT && address < STACK_TOP);
}

/*
 * Sees to it that `slot` of the writable node `node` holds a writable object
 * of the kind, and fetches it to `to`: a copy of what is there read-only, or
 * a fresh one.
 */
static u64 make_own(unsigned node, unsigned slot, enum obj_kind kind,
		    u64 account, unsigned to)
{
	u64 rights = 0, result = node_get(node, slot, to);
	enum cap_type type, wanted = kind == OK_NODE ? CT_NODE : CT_PAGE;
	if (result != RC_OK)
		return result;
	type = cap_type_of(to, &rights);
	if (type == wanted && !(rights & CR_READONLY))
		return RC_OK;
	if (type != CT_VOID && type != wanted)
		return RC_CAPTYPE;
	result = bank_buy(kind, account, CAP_NEW);
	if (result == RC_OK && kind == OK_NODE)
		result = node_set_span(CAP_NEW, LEAF_SPAN);
	if (result == RC_OK && type != CT_VOID)
		result = kind == OK_NODE ? node_copy(CAP_NEW, to)
					 : page_copy(CAP_NEW, to);
	if (result == RC_OK)
		result = node_set(node, slot, CAP_NEW);
	return result == RC_OK ? node_get(node, slot, to) : result;
}

/* Makes the page at the address writable; a page that is there by now is
   fine: the fault was old news. */
static u64 make_writable(u64 account, u64 address)
{
	u64 rights = 0, span = 0;
	if (process_get_slot(CAP_IN, PS_SPACE, CAP_ROOT) != RC_OK ||
	    cap_type_of(CAP_ROOT, &rights) != CT_NODE ||
	    (rights & CR_READONLY) || node_span(CAP_ROOT, &span) != RC_OK ||
	    span != ROOT_SPAN)
		return RC_CAPTYPE;
	u64 result = make_own(CAP_ROOT, ROOT_SLOT(address), OK_NODE, account,
			      CAP_LEAF);
	if (result != RC_OK)
		return result;
	return make_own(CAP_LEAF, LEAF_SLOT(address), OK_PAGE, account,
			CAP_PAGE);
}

static bool is_memory_fault(u64 fault, u64 address)
{
	if (fault == FAULT_READONLY)
		return address < STACK_TOP;
	return (fault == FAULT_READ || fault == FAULT_WRITE) &&
	       zero_allowed(address);
}

/* The program's name, from the node that the factory left as brand. */
static void get_name(char name[FROZEN_LETTERS + 1])
{
	u64 letters = 0;
	if (process_get_slot(CAP_IN, PS_BRAND, CAP_BRAND) != RC_OK ||
	    cap_type_of(CAP_BRAND, NULL) != CT_NODE ||
	    node_get(CAP_BRAND, FROZEN_NAME, CAP_NUMBER) != RC_OK ||
	    number_read(CAP_NUMBER, &letters) != RC_OK)
		letters = '?';
	frozen_name(letters, name);
}

/* What happened; `why` no memory was bought, if that was the reason. */
static void report(const struct message *m, u64 fault, u64 why)
{
	static const char *const kinds[] = {
#define X(id, n, name) [id] = name,
		OBJ_KINDS(X)
#undef X
	};
	char name[FROZEN_LETTERS + 1];
	get_name(name);
	printf("%s#%u: %s ", name, BANK_INDEX(m->badge), fault_name(fault));
	if (fault == FAULT_DISK && m->w[3] < OK_COUNT)
		printf("(%s %lu, pc 0x%lx)", kinds[m->w[3]], m->w[1], m->w[2]);
	else
		printf("at 0x%lx (pc 0x%lx)", m->w[1], m->w[2]);
	if (why != RC_OK)
		printf(", no memory bought: %s", result_name(why));
	print(": ended\n");
}

static void tell_death(void)
{
	for (unsigned i = 0; deaths_parked && i < BANK_ACCOUNTS; i++) {
		if (!dead[i])
			continue;
		struct message m = { .w = { RC_OK, dead[i], dead_fault[i] } };
		message_send(CAP_DEATHS, &m);
		dead[i] = 0;
		deaths_parked = false;
	}
}

/* Whoever kept a capability to the pager may go on using it when its instance
   is gone; but he is not reported any more. */
static bool account_is_open(u16 account)
{
	return call4(CAP_BANK, BANK_STATUS, OK_PAGE, account, 0).w0 == RC_OK;
}

/* Each of these tells whether the caller is answered now. */

static bool keep(struct message *m, u64 fault)
{
	u64 result = RC_OK;
	if (cap_type_of(CAP_IN, NULL) != CT_PROCESS) {
		message_answer(m, RC_CAPTYPE);
		return true;
	}
	if (is_memory_fault(fault, m->w[1])) {
		result = make_writable(m->badge, m->w[1]);
		if (result == RC_OK) {
			message_answer(m, RC_OK);
			return true;
		}
	}
	if (!account_is_open(m->badge)) {
		message_answer(m, RC_STATE);
		return true;
	}
	report(m, fault, result);
	dead[BANK_INDEX(m->badge)] = m->badge;
	dead_fault[BANK_INDEX(m->badge)] = (u8)fault;
	return false;
}

static bool mint(struct message *m)
{
	u64 instance = m->w[1];
	message_answer(m, process_make_start(CAP_SELF, (u16)instance, CAP_NEW));
	m->send[0] = CAP_NEW;
	return true;
}

static bool handle(struct message *m)
{
	u64 fault;
	if (m->badge == PAGER_MASTER && m->w[0] == PAGER_MINT)
		return mint(m);
	if (m->badge == PAGER_DEATHS) {
		deaths_parked = true;
		process_set_cap(CAP_SELF, CAP_DEATHS, CAP_REPLY);
		return false;
	}
	if (m->badge != PAGER_MASTER && fault_of_order(m->w[0], &fault))
		return keep(m, fault);
	message_answer(m, RC_ORDER);
	return true;
}

int main(void)
{
	struct message m = { .receive = { CAP_IN }, .resume = CAP_REPLY };
	bool answer = false;
	for (;;) {
		if (answer)
			message_reply_wait(CAP_REPLY, &m);
		else
			message_wait(&m);
		answer = handle(&m);
		tell_death();
	}
}
