// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What busybox is too slow for, or has not:
 *
 *   helper swap A B TIMES MSEC   exchanges two files
 *   helper with-cap NUMBER UID COMMAND...   as that user, with one capability
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int swap(char **argv)
{
	for (long i = strtol(argv[2], NULL, 10); i > 0; i--) {
		if (renameat2(AT_FDCWD, argv[0], AT_FDCWD, argv[1], RENAME_EXCHANGE) <
		    0) {
			perror("renameat2");
			return 1;
		}
		usleep((useconds_t)strtol(argv[3], NULL, 10) * 1000);
	}
	return 0;
}

static int run_with_cap(char **argv)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};
	int cap = (int)strtol(argv[0], NULL, 10);
	uid_t uid = (uid_t)strtol(argv[1], NULL, 10);

	data[CAP_TO_INDEX(cap)].effective = CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].permitted = CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].inheritable = CAP_TO_MASK(cap);
	if (prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS, 0, 0, 0) == 0 &&
	    setresuid(uid, uid, uid) == 0 && syscall(SYS_capset, &header, data) == 0 &&
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) == 0)
		execvp(argv[2], argv + 2);
	perror("with-cap");
	return 1;
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "swap") == 0)
		return swap(argv + 2);
	if (argc > 4 && strcmp(argv[1], "with-cap") == 0)
		return run_with_cap(argv + 2);
	return 2;
}
