/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_LOAD_WIRE_H
#define RK_LOAD_WIRE_H

#include <stdint.h>

/*
 * For lib/load only: what the judging process asks of the inserting one. Packets of a
 * socket, one request and one reply at a time; a request is its header and the bytes of
 * its text with their NUL. The inserting process looks at nothing but these fields: it
 * opens no path and reads no byte of a module.
 */
enum rk_wire_verb {
	RK_WIRE_NEW = 1, /* an empty file in memory; comes with the reply */
	RK_WIRE_INSERT,  /* the file of that index, which must be sealed; text: parameters
			  */
	RK_WIRE_REMOVE,  /* text: name of a module */
};

enum rk_wire_how {
	RK_WIRE_DONE = 1, /* the kernel answered: sys_errno, 0 for yes */
	RK_WIRE_KILLED,   /* the caller of the system call died: the kernel fell over */
	RK_WIRE_TIMEOUT,  /* no answer yet; the call may still be going on */
	RK_WIRE_REFUSED,  /* the request makes no sense, or a file is not sealed */
};

enum {
	RK_WIRE_TEXT_MAX = 32 << 10, /* with its NUL */
	RK_WIRE_MAX_FILES = 256,
	RK_WIRE_MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000,
};

struct rk_wire_request {
	uint32_t verb;
	uint32_t index; /* RK_WIRE_INSERT: of a file, in the order in which they were made
			 */
	uint32_t timeout_ms;
	uint32_t unused;
};

struct rk_wire_reply {
	uint32_t how;
	uint32_t index; /* RK_WIRE_NEW */
	int32_t sys_errno;
	uint32_t usec; /* RK_WIRE_DONE: of the system call */
};

#endif
