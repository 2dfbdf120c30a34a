/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_LOAD_SPLIT_H
#define RK_LOAD_SPLIT_H

#include "lib/base/buf.h"

/* What is left of the right to change the kernel: another process that has it. */
struct rk_rights {
	int socket; /* to the inserting process, -1: there is none */
	int kmsg;   /* /dev/kmsg for reading, without waiting; -1: could not be opened */
	int kmsg_errno;
};

#define RK_RIGHTS_NONE                                                                   \
	{                                                                                \
		.socket = -1, .kmsg = -1                                                 \
	}

/**
 * rk_split() - part the process that may change the kernel from the one that does the
 * rest
 *
 * To be called before anything else is done. Without CAP_SYS_MODULE nothing happens.
 * With it the process becomes two. The parent keeps CAP_SYS_MODULE alone, serves the
 * requests of wire.h until the child ends, and ends as the child did: it does not return.
 * The child returns. It has the ids, groups and home of the user who called sudo or
 * pkexec, no capabilities (for uid 0 itself: CAP_DAC_READ_SEARCH), a clean environment,
 * no inherited descriptors, and cannot be traced by others of that user.
 *
 * Return: 0; -RK_EREFUSED (set-user-ID program, a standard descriptor is closed, SUDO_UID
 * makes no sense), -RK_ESYS.
 */
RK_MUST_CHECK int rk_split(struct rk_rights *ret, struct rk_error *err);

/**
 * rk_split_call() - do something with the rights of the user who called sudo or pkexec
 * @work:       adds what the rest of this process needs to know to its second argument;
 *              it returns an exit status
 * @answer:     that; as untrusted as what @work reads
 * @ret_status: what @work returned
 *
 * uid 0 for somebody else: another process does it, as that user, with his groups and
 * home and a clean environment; standard descriptors are shared. Otherwise it is simply
 * called.
 * Return: 0; -RK_EREFUSED (set-user-ID program, SUDO_UID makes no sense, it was ended by
 * a signal), -RK_EFORMAT (too long an answer), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_split_call(int (*work)(void *data, struct rk_buf *answer),
				void *data, struct rk_buf *answer, int *ret_status,
				struct rk_error *err);

/* For split.c: serves until the other end is closed. */
void rk_inserter_serve(int socket);

#endif
