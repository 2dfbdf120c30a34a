/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_BUF_H
#define RK_BASE_BUF_H

#include "lib/base/error.h"

/*
 * A growing string of bytes, always NUL-terminated once something was added.
 * Adding never fails on the spot: rk_buf_take() or rk_buf_check() reports it once.
 */
struct rk_buf {
	char *data;  /* NULL while nothing was added */
	size_t len;  /* bytes, without the NUL */
	size_t cap;  /* bytes allocated */
	bool failed; /* memory ran out; nothing is added any more */
};

#define RK_BUF_INIT                                                                      \
	{                                                                                \
		0                                                                        \
	}

void rk_buf_add(struct rk_buf *buf, const void *data, size_t size);
void rk_buf_adds(struct rk_buf *buf, const char *text);
void rk_buf_addc(struct rk_buf *buf, char c);
void rk_buf_addf(struct rk_buf *buf, const char *fmt, ...) RK_PRINTF(2, 3);

/* Makes room for @size more bytes at once. Failure is told as that of an addition. */
void rk_buf_reserve(struct rk_buf *buf, size_t size);

/* Keeps the memory; len becomes @len, which is at most what it was. */
void rk_buf_truncate(struct rk_buf *buf, size_t len);

/* The text, "" if nothing was added; owned by @buf. */
const char *rk_buf_str(const struct rk_buf *buf);

/* Return: 0, or -RK_ENOMEM if an addition failed. */
RK_MUST_CHECK int rk_buf_check(const struct rk_buf *buf, struct rk_error *err);

/**
 * rk_buf_take() - hand over the text
 * @ret: on success, a NUL-terminated string owned by the caller, free() it; never NULL
 *
 * @buf is empty and usable afterwards, also on failure.
 * Return: 0, or -RK_ENOMEM if an addition failed.
 */
RK_MUST_CHECK int rk_buf_take(struct rk_buf *buf, char **ret, struct rk_error *err);

void rk_buf_release(struct rk_buf *buf);
#define cleanup_buf cleanup(rk_buf_release)

/* printf into new memory. Return: 0, or -RK_ENOMEM. */
RK_MUST_CHECK int rk_format(char **ret, struct rk_error *err, const char *fmt, ...)
	RK_PRINTF(3, 4);

/* strdup() that reports. Return: 0, or -RK_ENOMEM. */
RK_MUST_CHECK int rk_strdup(const char *text, char **ret, struct rk_error *err);

#endif
