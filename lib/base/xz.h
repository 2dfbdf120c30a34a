/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_XZ_H
#define RK_BASE_XZ_H

#include "lib/base/buf.h"

/*
 * The one user of liblzma. For archive.c: xz with one thread per block. Distributions
 * pack kernel sources in many blocks, so two cores halve the time of what costs most in
 * unpacking them. For lib/module: one stream, as the kernel unpacks a module.
 */
struct rk_xz;

/**
 * rk_xz_open() - a decoder over a source of compressed bytes
 * @read: hands out the next bytes: *ret points at them; 0 at the end, negative failed
 *
 * Return: 0, -RK_ETOOL if liblzma is missing or too old for threads (before 5.4): then
 * libarchive's own xz does it, -RK_ENOMEM.
 */
typedef ssize_t (*rk_xz_read_fn)(void *data, const void **ret);
RK_MUST_CHECK int rk_xz_open(rk_xz_read_fn read, void *data, unsigned int n_threads,
			     struct rk_xz **ret, struct rk_error *err);
/* The next plain bytes, valid until the next call. Return: their number, 0 at the end,
 * -1 with @err set (unless it was @read that failed). */
ssize_t rk_xz_read(struct rk_xz *xz, const void **ret, struct rk_error *err);
void rk_xz_free(struct rk_xz *xz); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_xz *, rk_xz_free);

/* How a stream in memory ended. */
enum rk_xz_end {
	RK_XZ_WHOLE,   /* bytes behind it are not looked at */
	RK_XZ_CUT,     /* the bytes ended before the stream */
	RK_XZ_DAMAGED, /* its checks or its structure are wrong */
	RK_XZ_OPTIONS, /* it asks for what the decoder does not know */
};

/**
 * rk_xz_unpack() - the first stream of @data
 * @limit:   more plain bytes than this are -RK_EFORMAT
 * @ret:     what could be unpacked is added, whatever the end
 * @ret_end: set on success
 *
 * Return: 0, -RK_ETOOL (no liblzma), -RK_EFORMAT, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_xz_unpack(const void *data, size_t size, size_t limit,
			       struct rk_buf *ret, enum rk_xz_end *ret_end,
			       struct rk_error *err);

/* The version of the liblzma that is used, added to @ret. */
RK_MUST_CHECK int rk_liblzma_version(struct rk_buf *ret, struct rk_error *err);

#endif
