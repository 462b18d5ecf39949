#include <captable.h>
#include <object.h>

u64 captable_put(unsigned entry, unsigned from)
{
	u64 result = node_get(CAP_TABLE, entry / NODE_SLOTS, CAP_TABLE_LEAF);
	return result == RC_OK
		       ? node_set(CAP_TABLE_LEAF, entry % NODE_SLOTS, from)
		       : result;
}

u64 captable_get(unsigned entry, unsigned to)
{
	u64 result = node_get(CAP_TABLE, entry / NODE_SLOTS, CAP_TABLE_LEAF);
	return result == RC_OK
		       ? node_get(CAP_TABLE_LEAF, entry % NODE_SLOTS, to)
		       : result;
}
