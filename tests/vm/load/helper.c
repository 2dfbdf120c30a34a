// SPDX-License-Identifier: GPL-2.0-or-later
/* What busybox is too slow for: helper swap A B TIMES MSEC exchanges two files. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 6 || strcmp(argv[1], "swap") != 0)
		return 2;
	for (long i = strtol(argv[4], NULL, 10); i > 0; i--) {
		if (renameat2(AT_FDCWD, argv[2], AT_FDCWD, argv[3], RENAME_EXCHANGE) <
		    0) {
			perror("renameat2");
			return 1;
		}
		usleep((useconds_t)strtol(argv[5], NULL, 10) * 1000);
	}
	return 0;
}
