/*
 * The CRC of everything from 0 to SIZE bytes, from any of 8 bytes on, by the
 * machine's multiplication and by tables: where do they differ?
 */
#include <base/crc32c.h>
#include <base/rand.h>
#include <boot/scenario.h>
#include <clmul.h>
#include <csr.h>
#include <hal/platform.h>

#define SIZE 4104

/* Not static: read from outside. */
u64 crc_compared, crc_differ;
u64 crc_folded, crc_by_tables; /* cycles for 4 KiB */

static u8 data[SIZE + 8];

static u32 timed(u64 *cycles, size_t from, size_t n)
{
	u64 begun = csr_read(cycle);
	u32 crc = crc32c(data + from, n);
	*cycles = csr_read(cycle) - begun;
	return crc;
}

static void compare(size_t from, size_t n)
{
	crc32c_use(clmul_fold);
	u32 folded = timed(&crc_folded, from, n);
	crc32c_use(NULL);
	crc_differ += timed(&crc_by_tables, from, n) != folded;
	crc_compared++;
}

void scenario_boot(void)
{
	struct rand r;
	rand_seed(&r, 1);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (u8)(rand_next(&r) >> 56);
	for (size_t n = 0; n < 300; n++)
		compare(n % 8, n);
	for (size_t from = 0; from < 8; from++)
		compare(from, SIZE);
	compare(0, 4096);
	platform_exit(0);
}
