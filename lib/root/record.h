/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_RECORD_H
#define RK_ROOT_RECORD_H

#include "lib/base/buf.h"
#include "lib/base/strv.h"

/*
 * Only for lib/root: what a tree was made for, in rkmod-root.json beside it. The tree is
 * <data_dir>/roots/NAME/tree; a folder NAME without the file counts for nothing.
 */
struct rk_record {
	char *request; /* all that was asked for, as a line; equal lines, equal requests
			*/
	char *suite;
	char *headers; /* "" for a plain tree */
	char *version;
	char *release; /* of the kernel, "" for a plain tree */
};

/* @packages: what mmdebstrap was told to include. */
RK_MUST_CHECK int rk_record_write(const char *dir, const struct rk_record *record,
				  const struct rk_strv *packages, struct rk_error *err);
/* Return: 0, -RK_ENOTFOUND, -RK_EFORMAT, -RK_ESYS, -RK_ENOMEM. */
RK_MUST_CHECK int rk_record_read(const char *dir, struct rk_record *ret,
				 struct rk_error *err);
void rk_record_release(struct rk_record *record);

#endif
