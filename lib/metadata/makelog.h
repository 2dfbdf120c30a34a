/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_MAKELOG_H
#define RK_METADATA_MAKELOG_H

#include <stdint.h>

#include "lib/base/buf.h"

/* What make says: kept in a file, watched for progress and for the reason of a failure.
 */
struct rk_makelog {
	int fd;       /* the log file, -1: none */
	bool full;    /* the disk is: a line could not be written, or a tool said so */
	char *reason; /* the first line that tells an error, or NULL */
	char *tool;   /* a program that a shell or make did not find, or NULL */
	int percent;
	int64_t start_ms;
};

void rk_makelog_init(struct rk_makelog *log, int fd);
void rk_makelog_release(struct rk_makelog *log);

/* One line, as rk_spawn's on_line; @data is the log. */
void rk_makelog_line(void *data, const char *line, size_t len, bool is_stderr);

#endif
