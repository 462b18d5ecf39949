/* Lab 1: keeps a hart busy for ever. */
int main(void)
{
	for (;;)
		;
}
