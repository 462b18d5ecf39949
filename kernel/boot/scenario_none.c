#include <boot/scenario.h>

void scenario_boot(void)
{
}
