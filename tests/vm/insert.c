/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: insert FILE [PARAMETERS]
 *
 * finit_module(), and what came of it: "0", or the name of errno. busybox's insmod tells
 * a text that several have.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/module.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int insert(const char *path, const char *params)
{
	const char *end = strrchr(path, '.');
	int flags = strcmp(end, ".ko") == 0 ? 0 : MODULE_INIT_COMPRESSED_FILE;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, params, flags) < 0)
		return errno;
	return 0;
}

int main(int argc, char **argv)
{
	int r;

	if (argc < 2 || !strrchr(argv[1], '.'))
		return 2;
	r = insert(argv[1], argc > 2 ? argv[2] : "");
	puts(r ? strerrorname_np(r) : "0");
	return 0;
}
