/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VM_LINES_H
#define RK_VM_LINES_H

#include <stdint.h>

#include "lib/base/buf.h"

/* For lib/vm only: what the guest program said (protocol.h), taken apart. */

enum rk_vm_line_type {
	RK_VM_LINE_FOREIGN, /* not from the guest program: to be ignored */
	RK_VM_LINE_HELLO,
	RK_VM_LINE_BEGIN,
	RK_VM_LINE_KMSG,
	RK_VM_LINE_OUT,
	RK_VM_LINE_END,
	RK_VM_LINE_FAULT,
	RK_VM_LINE_BYE,
};

struct rk_vm_reader {
	const char *nonce; /* borrowed */
	unsigned int next_seq;
};

/**
 * rk_vm_line_read() - one line of the second port
 * @text: emptied, then the line's text without escapes; it may hold any byte
 *
 * Return: 0 with *ret_type; -RK_EFORMAT if the guest program's line is damaged or lines
 * before it are missing; -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_vm_line_read(struct rk_vm_reader *reader, const char *line,
				  enum rk_vm_line_type *ret_type, struct rk_buf *text,
				  struct rk_error *err);

enum rk_vm_how {
	RK_VM_DONE,
	RK_VM_SKIPPED,
	RK_VM_KILLED, /* by the kernel, after an oops */
	RK_VM_TIMEOUT,
};

/* What became of a job. */
struct rk_vm_end {
	size_t job;
	enum rk_vm_how how;
	int error;        /* errno, 0 if it worked */
	int unload_error; /* of try */
	int value;        /* exit status, or the signal */
	unsigned int ms;
	uint64_t taint; /* of the kernel, afterwards */
	char name[64];  /* of the module that is loaded now, or "" */
};

/* @n_jobs: a job beyond is refused. Return: 0, -RK_EFORMAT. */
RK_MUST_CHECK int rk_vm_end_read(const char *text, size_t n_jobs, struct rk_vm_end *ret,
				 struct rk_error *err);

/* A console line begins with "[    1.234567] ", one of kmsg does not. */
const char *rk_vm_skip_time(const char *line);

/**
 * rk_vm_oops_find() - where in a log an oops or a panic begins
 * Return: the first of its lines, pointing into @log; NULL if there is none.
 */
const char *rk_vm_oops_find(const char *log);

#endif
