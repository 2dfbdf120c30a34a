/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_ERROR_H
#define RK_BASE_ERROR_H

#include "lib/base/cleanup.h"

/* What a caller may act on. The text is in struct rk_error. */
enum rk_code {
	RK_OK = 0,
	RK_ENOMEM,    /* out of memory */
	RK_ESYS,      /* a system call failed, sys_errno says how */
	RK_ENOTFOUND, /* what was asked for is not there */
	RK_EFORMAT,   /* bytes or a command line that make no sense */
	RK_ETOOL,     /* a program that was run failed, or a library cannot be used */
	RK_EREFUSED,  /* it could be done, and rkmod declines to */
};

/*
 * Lives on the caller's stack, owns no memory, needs no release. All text is one
 * line without newline, cut off if longer.
 */
struct rk_error {
	enum rk_code code;
	int sys_errno;   /* errno value, or 0 */
	const char *id;  /* stable code of lib/finding's catalogue, or NULL; static */
	char msg[1024];  /* what, where and why */
	char cure[1024]; /* what to do next, "" if there is nothing to say */
};

#define RK_ERROR_INIT                                                                    \
	{                                                                                \
		0                                                                        \
	}

/**
 * rk_error_set() - say what failed
 * @err: filled; every field of an earlier failure is forgotten
 *
 * Return: -code, so that a failure is one line: `return rk_error_set(err, ...)`.
 */
int rk_error_set(struct rk_error *err, enum rk_code code, const char *fmt, ...)
	RK_PRINTF(3, 4);

/* As rk_error_set() with RK_ESYS (RK_ENOTFOUND for ENOENT); appends strerror. */
int rk_error_sys(struct rk_error *err, int sys_errno, const char *fmt, ...)
	RK_PRINTF(3, 4);

/* Puts "<text>: " before the message. Return: -code of what is there. */
int rk_error_prefix(struct rk_error *err, const char *fmt, ...) RK_PRINTF(2, 3);

/**
 * rk_error_cure() - name the failure and say what to do next
 * @id:  code of the catalogue (lib/finding/catalogue.h); static; NULL keeps the old one
 *
 * The innermost cure wins: a cure that is already there stays.
 * Return: -code of what is there.
 */
int rk_error_cure(struct rk_error *err, const char *id, const char *fmt, ...)
	RK_PRINTF(3, 4);

/* Return: -RK_ENOMEM. */
int rk_error_nomem(struct rk_error *err);

/* The analyser sees one file at a time and would follow paths where these return 0. */
#ifdef __clang_analyzer__
#define RK_FAILS(call)                                                                   \
	__extension__({                                                                  \
		int rk_failed = (call);                                                  \
		if (rk_failed >= 0)                                                      \
			__builtin_unreachable();                                         \
		rk_failed;                                                               \
	})
#define rk_error_set(...)    RK_FAILS(rk_error_set(__VA_ARGS__))
#define rk_error_sys(...)    RK_FAILS(rk_error_sys(__VA_ARGS__))
#define rk_error_prefix(...) RK_FAILS(rk_error_prefix(__VA_ARGS__))
#define rk_error_cure(...)   RK_FAILS(rk_error_cure(__VA_ARGS__))
#define rk_error_nomem(...)  RK_FAILS(rk_error_nomem(__VA_ARGS__))
#endif

#endif
