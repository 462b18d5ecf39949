#include "sbi.h"

#include <hal/upcall.h>

#define EXT_LEGACY_PUTC 0x01
#define EXT_BASE 0x10
#define EXT_TIME 0x54494d45
#define EXT_IPI 0x735049
#define EXT_HSM 0x48534d
#define EXT_RESET 0x53525354

#define BASE_PROBE 3

struct sbi_result {
	i64 error;
	u64 value;
};

static struct sbi_result call(u64 extension, u64 function, u64 arg0, u64 arg1,
			      u64 arg2)
{
	register u64 a0 asm("a0") = arg0;
	register u64 a1 asm("a1") = arg1;
	register u64 a2 asm("a2") = arg2;
	register u64 a6 asm("a6") = function;
	register u64 a7 asm("a7") = extension;
	asm volatile("ecall"
		     : "+r"(a0), "+r"(a1)
		     : "r"(a2), "r"(a6), "r"(a7)
		     : "memory");
	return (struct sbi_result){ (i64)a0, a1 };
}

static void require(u64 extension, const char *name)
{
	struct sbi_result r = call(EXT_BASE, BASE_PROBE, extension, 0, 0);
	if (r.error || r.value == 0)
		panic("sbi",
		      "the firmware has no %s extension; "
		      "OpenSBI 0.8 or later is needed",
		      name);
}

void sbi_init(void)
{
	require(EXT_TIME, "TIME");
	require(EXT_IPI, "IPI");
	require(EXT_HSM, "HSM (hart state management)");
}

i64 sbi_hart_start(u64 hw_id, paddr_t start, u64 argument)
{
	return call(EXT_HSM, 0, hw_id, start.raw, argument).error;
}

void sbi_send_ipi(u64 hw_id)
{
	call(EXT_IPI, 0, 1, hw_id, 0);
}

void sbi_set_timer(u64 when)
{
	call(EXT_TIME, 0, when, 0, 0);
}

void sbi_putc(char c)
{
	call(EXT_LEGACY_PUTC, 0, (u8)c, 0, 0);
}

void sbi_shutdown(void)
{
	call(EXT_RESET, 0, 0, 0, 0);
}
