/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_KMSG_H
#define RK_BASE_KMSG_H

#include <stdint.h>

#include "lib/base/buf.h"

enum {
	RK_KMSG_MAX = 8192, /* bytes of a record, the kernel's CONSOLE_EXT_LOG_MAX */
};

/**
 * rk_kmsg_read() - a record of /dev/kmsg
 * @record: without its dictionary: up to the first newline
 * @text: emptied, then the message; lines of one record are joined by newlines
 * Return: 0 with the record's number, -RK_EFORMAT, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_kmsg_read(const char *record, uint64_t *ret_seq, struct rk_buf *text,
			       struct rk_error *err);

/* Adds @from with each \xNN as a byte; what is no escape stays as it is. */
RK_MUST_CHECK int rk_kmsg_unescape(const char *from, struct rk_buf *to,
				   struct rk_error *err);

#endif
