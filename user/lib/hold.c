#include <bank.h>
#include <hold.h>
#include <invoke.h>
#include <object.h>

static u64 make_meter(u64 instance, unsigned entry)
{
	captable_get(entry, CAP_SCRATCH);
	if (cap_type_of(CAP_SCRATCH, NULL) == CT_NODE)
		return RC_OK;
	TRY(bank_buy(OK_NODE, instance, CAP_SCRATCH));
	TRY(process_make_start(CAP_SELF, (u16)instance, CAP_OBJECT));
	TRY(node_set(CAP_SCRATCH, METER_KEEPER, CAP_OBJECT));
	TRY(node_set_number(CAP_SCRATCH, METER_TICKS, 0));
	return captable_put(entry, CAP_SCRATCH);
}

u64 hold_begin(u64 instance, unsigned entry)
{
	TRY(make_meter(instance, entry));
	TRY(node_meter(CAP_SCRATCH, CAP_OBJECT));
	return process_set_slot(CAP_PROCESS, PS_METER, CAP_OBJECT);
}

void hold_park(unsigned entry, unsigned resume)
{
	captable_get(entry, CAP_SCRATCH);
	node_set(CAP_SCRATCH, HOLD_PARKED, resume);
}

/* It may not have noticed yet that it was held: then nothing is parked. */
void hold_end(unsigned entry)
{
	process_set_slot(CAP_PROCESS, PS_METER, CAP_VOID);
	captable_get(entry, CAP_SCRATCH);
	node_get(CAP_SCRATCH, HOLD_PARKED, CAP_OBJECT);
	node_set(CAP_SCRATCH, HOLD_PARKED, CAP_VOID);
	message_send(CAP_OBJECT, &(struct message){ .w = { RC_OK } });
}
