/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_GZIP_H
#define RK_BASE_GZIP_H

#include "lib/base/buf.h"

/* The one user of zlib, for lib/module. The kernel and kmod differ in what they look at,
 * and libarchive does not look at checks at all. */
enum rk_gzip_end {
	RK_GZIP_WHOLE, /* and everything is right; other bytes behind it do not matter */
	RK_GZIP_CUT,   /* the bytes ended before the packed data */
	RK_GZIP_DAMAGED,
	RK_GZIP_CHECK,   /* the data is whole, its checksum or length or the member that
			    follows is wrong */
	RK_GZIP_OPTIONS, /* whole, with more in its header than a file name */
};

/**
 * rk_gzip_unpack() - the members of @data, one behind the other
 * @limit:   more plain bytes than this are -RK_EFORMAT
 * @ret:     what could be unpacked is added, whatever the end
 * @ret_end: set on success
 *
 * Return: 0, -RK_ETOOL (no zlib), -RK_EFORMAT, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_gzip_unpack(const void *data, size_t size, size_t limit,
				 struct rk_buf *ret, enum rk_gzip_end *ret_end,
				 struct rk_error *err);

/* The version of the zlib that is used, added to @ret. */
RK_MUST_CHECK int rk_zlib_version(struct rk_buf *ret, struct rk_error *err);

#endif
