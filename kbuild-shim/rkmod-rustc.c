/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kbuild-shim/rewrite.h"

/*
 * What Kbuild runs as rustc (RUSTC=) and as clippy-driver (CLIPPY_DRIVER=). argv[0] is
 * the path that Kbuild was given; the file "<argv[0]>.conf" names the real compiler and
 * the Rust metadata. No environment variable tells it anything, so that two builds
 * beside each other never mix, and Kbuild's saved command names all that decided.
 */

enum {
	STATUS_FAILED = 2, /* could not be done; rustc itself ends with 0, 1 or 101 */
	CONF_LIMIT = 64 << 10,
};

static int fail(const char *what, const char *path, const char *why)
{
	fprintf(stderr, "rkmod-rustc: %s '%s': %s\n", what, path, why);
	return STATUS_FAILED;
}

static ssize_t read_all(int fd, char *text, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, text + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

static int read_conf(const char *path, char text[CONF_LIMIT], struct shim_conf *conf)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read_all(fd, text, CONF_LIMIT);
	const char *why = size < 0 ? strerror(errno) : NULL;

	if (fd >= 0)
		close(fd);
	if (why)
		return fail("cannot read", path, why);
	if (size == CONF_LIMIT)
		return fail("cannot use", path, "it is too long");
	text[size] = '\0';
	why = shim_conf_parse(text, (size_t)size, conf);
	return why ? fail("cannot use", path, why) : 0;
}

int main(int argc, char **argv)
{
	static char text[CONF_LIMIT];
	struct shim_command command;
	struct shim_conf conf;
	char *path = NULL;

	if (argc < 1 || !strchr(argv[0], '/'))
		return fail("run by rkmod only, as RUSTC of a build, not as",
			    argc < 1 ? "" : argv[0], "it needs the path of its file");
	if (asprintf(&path, "%s.conf", argv[0]) < 0)
		return fail("cannot read the file of", argv[0], "out of memory");
	if (read_conf(path, text, &conf) != 0)
		return STATUS_FAILED;
	if (!shim_rewrite(&conf, argv, getenv("OBJTREE"), &command) ||
	    (command.objtree && setenv("OBJTREE", command.objtree, 1) < 0))
		return fail("cannot run", conf.compiler, "out of memory");
	execv(conf.compiler, command.argv);
	return fail("cannot run", conf.compiler, strerror(errno));
}
