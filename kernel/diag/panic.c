#include <base/fmt.h>
#include <diag/log.h>
#include <hal/atomic.h>
#include <hal/hart.h>
#include <hal/platform.h>
#include <hal/upcall.h>
#include <stdarg.h>

static struct atomic32 panicking;

/* The first hart to panic speaks; the others would only garble it. */
void panic(const char *who, const char *format, ...)
{
	char text[256];
	va_list args;
	if (atomic32_swap_acquire(&panicking, 1))
		for (;;)
			spin_hint();
	va_start(args, format);
	fmt_vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_emergency();
	log_printf("\npanic: hart %u: %s: %s\n", hart_self()->id, who, text);
	platform_exit(PANIC_STATUS);
}
