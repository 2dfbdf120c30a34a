/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_LOAD_CHANNEL_H
#define RK_LOAD_CHANNEL_H

#include "lib/load/log.h"
#include "lib/load/split.h"

/* What the judging process can ask for (wire.h). */

enum rk_call_result {
	RK_CALL_DONE,    /* the kernel answered, see sys_errno */
	RK_CALL_KILLED,  /* the kernel fell over during the call */
	RK_CALL_TIMEOUT, /* no answer within the limit */
};

struct rk_call {
	enum rk_call_result result;
	int sys_errno; /* RK_CALL_DONE: 0 if it worked */
	uint32_t usec; /* of the system call */
};

/* An empty file in memory that can be inserted when it is filled and sealed. */
RK_MUST_CHECK int rk_channel_new_file(const struct rk_rights *rights, int *ret_fd,
				      uint32_t *ret_index, struct rk_error *err);

struct rk_insertion {
	uint32_t index;     /* of a sealed file */
	const char *params; /* as the kernel takes them */
	int timeout_ms;
};

/**
 * rk_channel_insert() - finit_module
 * @log:    added to while it runs, so that little is overwritten
 * Return: 0 whatever the kernel says; -RK_EREFUSED (not sealed), -RK_ESYS (the inserting
 * process is gone), -RK_EFORMAT (parameters are too long), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_channel_insert(const struct rk_rights *rights,
				    const struct rk_insertion *insertion,
				    struct rk_kernel_log *log, struct rk_call *ret,
				    struct rk_error *err);

/* delete_module, without waiting for references to go. */
RK_MUST_CHECK int rk_channel_remove(const struct rk_rights *rights, const char *name,
				    int timeout_ms, struct rk_kernel_log *log,
				    struct rk_call *ret, struct rk_error *err);

/* Says that the right to load modules is missing, and how to get it: @words are those of
 * the command line from the command on. Return: -RK_EREFUSED (not-privileged). */
int rk_rights_missing(char *const *words, struct rk_error *err);

#endif
