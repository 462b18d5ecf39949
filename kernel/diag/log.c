#include <base/fmt.h>
#include <diag/log.h>
#include <hal/atomic.h>
#include <hal/platform.h>
#include <stdarg.h>

/*
 * A lock of its own, the last leaf: lock/ stands above this room, and a lock
 * that fails its own check must still be able to say so.
 */
static struct atomic32 taken;
static struct atomic32 emergency;

static void log_lock(void)
{
	while (!atomic32_load_relaxed(&emergency) &&
	       atomic32_swap_acquire(&taken, 1))
		spin_hint();
}

static void log_unlock(void)
{
	atomic32_store_release(&taken, 0);
}

void log_emergency(void)
{
	atomic32_store_relaxed(&emergency, 1);
}

static void put(void *to, char c)
{
	(void)to;
	platform_write(&c, 1);
}

void log_write(const char *text, size_t n)
{
	log_lock();
	platform_write(text, n);
	log_unlock();
}

void log_printf(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_lock();
	fmt_format(put, NULL, format, args);
	log_unlock();
	va_end(args);
}
