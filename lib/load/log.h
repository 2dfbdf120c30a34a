/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_LOAD_LOG_H
#define RK_LOAD_LOG_H

#include <stdint.h>

#include "lib/base/buf.h"

/* Whose a line of the kernel log is, most interesting first. */
enum rk_log_line_kind {
	RK_LINE_MODULE,   /* begins with the module's name: its own, or the loader's */
	RK_LINE_KERNEL,   /* somebody else's, in the same time */
	RK_LINE_HARMLESS, /* the module's, and comes with every module of its sort */
};

struct rk_log_line {
	char *text; /* lines of one record are joined by newlines; no other controls */
	enum rk_log_line_kind kind;
	const char *note; /* why it is harmless; static, NULL for the others */
};

/* What the kernel said from one moment to another. */
struct rk_kernel_log {
	struct rk_log_line *items; /* in the order of the log */
	size_t n_items;
	uint64_t n_lost;   /* records that were overwritten before they could be read */
	uint64_t next_seq; /* number that the next record should have */
	bool has_seq;
	const char *module; /* borrowed; whose lines are kept whatever the others say */
	uint64_t n_dropped; /* lines that were read and are not kept */
};
#define RK_KERNEL_LOG_INIT                                                               \
	{                                                                                \
		0                                                                        \
	}

/* Everything before now is passed over, and is not lost. @log: may have lines already.
 * @fd: /dev/kmsg, not waiting; -1: none. */
void rk_kernel_log_start(struct rk_kernel_log *log, int fd);

/* Adds what is there, but goes not on for ever while the log grows. Return: 0,
 * -RK_ENOMEM. */
RK_MUST_CHECK int rk_kernel_log_read(struct rk_kernel_log *log, int fd,
				     struct rk_error *err);

/* The last line of the module that says something, else the last of all that is no
 * oops; NULL: none. */
const char *rk_kernel_log_reason(const struct rk_kernel_log *log);

void rk_kernel_log_release(struct rk_kernel_log *log);

#endif
