/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BUILD_FORMAT_H
#define RK_BUILD_FORMAT_H

#include "lib/finding/finding.h"
#include "lib/root/root.h"

struct rk_format_request {
	const struct rk_root *root;
	const char *rustc; /* inside; the rustfmt beside it is taken first */
	const char
		*tree; /* a folder, absolute: settings in or above a file's own count */
};

bool rk_format_is_rust(const char *path); /* *.rs */

/**
 * rk_format_find() - the rustfmt that belongs to a rustc
 * @ret: inside; NULL if there is none, which is no failure; free() it
 */
RK_MUST_CHECK int rk_format_find(const struct rk_format_request *request, char **ret,
				 struct rk_error *err);

/* The first line that rustfmt --check names in its output; 0 if none. */
unsigned long rk_format_first_line(const char *output);

/**
 * rk_format_check() - is a file as rustfmt would write it
 * @rustfmt: from rk_format_find()
 * @path:    below the tree, relative
 * @findings: gets not-formatted, with the first line that is not
 *
 * The file alone: rustfmt would follow its modules to files that nobody asked about. The
 * settings are the repository's own (rustfmt.toml), else the kernel's: edition 2021.
 * Return: 0, -RK_ETOOL (rustfmt cannot read the file), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_format_check(const struct rk_format_request *request,
				  const char *rustfmt, const char *path,
				  struct rk_findings *findings, struct rk_error *err);

#endif
