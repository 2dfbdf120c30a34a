/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_SPAWN_H
#define RK_BASE_SPAWN_H

#include <sys/types.h>

#include "lib/base/buf.h"
#include "lib/base/strv.h"

/* Where a child's stdout and stderr go. */
enum rk_spawn_output {
	RK_SPAWN_PASS,    /* the caller's own stdout and stderr */
	RK_SPAWN_CAPTURE, /* stdout into result.out, stderr into result.err */
	RK_SPAWN_LINES,   /* both, line by line, to on_line */
	RK_SPAWN_NULL,    /* nowhere */
};

struct rk_spawn {
	const struct rk_strv *argv; /* argv[0] is searched in PATH unless it has a '/' */
	const char *cwd;            /* NULL: the caller's */
	/* Environment: the caller's, minus env_remove, plus env_set ("NAME=VALUE"); or,
	 * with env_clear, env_set alone. */
	const struct rk_strv *env_remove; /* or NULL */
	const struct rk_strv *env_set;    /* or NULL */
	bool env_clear;
	int stdin_fd; /* -1: /dev/null */
	enum rk_spawn_output output;
	size_t capture_limit; /* bytes per stream; 0 means 16 MiB; more fails */
	/* RK_SPAWN_LINES. @line has no newline and is NUL-terminated; lines over 64 KiB
	 * come in parts. @is_stderr tells the stream. */
	void (*on_line)(void *data, const char *line, size_t len, bool is_stderr);
	void *data;
	/* How an interrupt or the time limit ends it; NULL: SIGTERM to its group. What is
	 * left after three seconds gets SIGKILL. */
	void (*end)(void *end_data, pid_t pid);
	void *end_data;
	const int *keep_fds; /* descriptors that the child inherits besides 0-2 */
	size_t n_keep_fds;
	int timeout_ms; /* 0: none */
};

struct rk_spawn_result {
	int status; /* exit status 0-255, or 128+N after signal N, as a shell says it */
	int signal; /* the signal that ended it, or 0 */
	bool timed_out;
	struct rk_buf out; /* RK_SPAWN_CAPTURE */
	struct rk_buf err;
};

#define RK_SPAWN_RESULT_INIT                                                             \
	{                                                                                \
		.status = -1                                                             \
	}

void rk_spawn_result_release(struct rk_spawn_result *result);
#define cleanup_spawn_result cleanup(rk_spawn_result_release)

/**
 * rk_spawn_run() - run a program and wait for it
 *
 * The child leads a process group of its own. SIGINT, SIGTERM and SIGHUP to this
 * process end that group (SIGTERM, then SIGKILL after three seconds), and the call
 * returns -RK_EREFUSED with sys_errno EINTR; rk_spawn_interrupted() then tells the
 * signal, and main ends with it. The same happens at the time limit, with
 * result.timed_out set and 0 returned. If this process dies, the child gets SIGTERM.
 *
 * A program that ran and failed is no failure of this call: look at result.status.
 * Return: 0, -RK_ENOTFOUND (no such program), -RK_ESYS, -RK_EREFUSED (interrupted),
 * -RK_EFORMAT (captured more than the limit), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_spawn_run(const struct rk_spawn *spawn,
			       struct rk_spawn_result *result, struct rk_error *err);

/* The signal that interrupted a run in this process, or 0. */
int rk_spawn_interrupted(void);

/**
 * rk_spawn_take() - stdout of a captured run that should have ended with status 0
 * @program: for the message of -RK_ETOOL, which holds the last line of stderr
 * @ret:     stdout, trailing newlines removed; free() it
 */
RK_MUST_CHECK int rk_spawn_take(struct rk_spawn_result *result, const char *program,
				char **ret, struct rk_error *err);

/**
 * rk_spawn_capture() - run, expect status 0, hand over stdout
 * @ret: stdout, trailing newlines removed; free() it
 *
 * The environment has LC_ALL=C. The message of -RK_ETOOL holds the last line of stderr.
 */
RK_MUST_CHECK int rk_spawn_capture(const struct rk_strv *argv, char **ret,
				   struct rk_error *err);

/* The last line of captured text that says something, for a message; cuts @text off
 * behind it. Valid as long as @text is. */
const char *rk_spawn_last_line(struct rk_buf *text);

/**
 * rk_spawn_find() - where in PATH a program is
 * @path: colon-separated folders, NULL for the environment's PATH
 * @ret:  absolute path, free() it
 * Return: 0, -RK_ENOTFOUND, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_spawn_find(const char *name, const char *path, char **ret,
				struct rk_error *err);

#endif
