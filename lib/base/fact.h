/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_FACT_H
#define RK_BASE_FACT_H

#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/machine.h"

/*
 * What was worked out from a file (a compiler's version text, a struct's size), kept in
 * machine->cache_dir for as long as the file stays the same: path, device, inode, size,
 * mtime and ctime. A cache that cannot be used is never an error, it only costs time.
 */

/**
 * rk_fact_get() - what is kept
 * @kind: names what was worked out, letters and '-' only
 * @path: on the host
 * @ret:  free() it
 * Return: false if nothing is kept, or for another state of the file.
 */
bool rk_fact_get(const struct rk_machine *machine, const char *kind, const char *path,
		 const struct stat *st, char **ret);

/* @text: without newline. One fact per kind and path: a new one replaces the old one. */
void rk_fact_put(const struct rk_machine *machine, const char *kind, const char *path,
		 const struct stat *st, const char *text);

/* For facts of other forms: the two lines that tell the state of a file, and the file
 * that a fact is kept in. */
RK_MUST_CHECK int rk_fact_identity(const char *path, const struct stat *st,
				   struct rk_buf *buf, struct rk_error *err);
RK_MUST_CHECK int rk_fact_file(const struct rk_machine *machine, const char *kind,
			       const char *path, char **ret, struct rk_error *err);

#endif
