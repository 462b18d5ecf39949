/* Greets whom it is told to. */
#include <console.h>
#include <program.h>

int main(int argc, char **argv)
{
	print("Hello");
	for (int i = 1; i < argc; i++)
		printf(" %s", argv[i]);
	print(argc > 1 ? "!\n" : ", world!\n");
	return 0;
}
