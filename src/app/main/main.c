/*
 * main.c - the program's door; everything else is in the rooms.
 */
#include "app/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
