/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/metadata/makelog.h"

/*
 * How far it is when Kbuild begins a step, measured on two processors. A step that is
 * not here moves nothing; one that another kernel does not have is missed by nobody.
 */
static const struct milestone {
	const char *step;
	int percent;
} milestones[] = {
	{"HOSTCC scripts/basic/", 1},
	{"HOSTCC scripts/mod/", 4},
	{"HOSTRUSTC scripts/generate_rust_target", 5},
	{"RUSTC L rust/core.o", 8},
	{"BINDGEN rust/bindings/bindings_generated.rs", 8},
	{"RUSTC PL rust/libproc_macro2.rlib", 18},
	{"BINDGEN rust/uapi/uapi_generated.rs", 18},
	{"RUSTC PL rust/libsyn.rlib", 24},
	{"RUSTC L rust/compiler_builtins.o", 33},
	{"RUSTC L rust/zerocopy.o", 35},
	{"RUSTC P rust/libmacros.so", 40},
	{"RUSTC P rust/libzerocopy_derive.so", 46},
	{"RUSTC L rust/pin_init.o", 52},
	{"RUSTC L rust/bindings.o", 54},
	{"RUSTC L rust/uapi.o", 58},
	{"EXPORTS rust/exports_bindings_generated.h", 86},
	{"RUSTC L rust/kernel.o", 88},
	{"EXPORTS rust/exports_kernel_generated.h", 100},
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void rk_makelog_init(struct rk_makelog *log, int fd)
{
	*log = (struct rk_makelog){.fd = fd, .start_ms = now_ms()};
}

void rk_makelog_release(struct rk_makelog *log)
{
	free(log->reason);
	free(log->tool);
	log->reason = NULL;
	log->tool = NULL;
}

static int eta(const struct rk_makelog *log)
{
	int64_t elapsed = now_ms() - log->start_ms;

	if (log->percent < 5)
		return -1;
	return (int)(elapsed * (100 - log->percent) / log->percent / 1000);
}

/* Blanks between words differ: "CC      init/main.o". */
static bool is_step(const char *line, const char *step)
{
	line += strspn(line, " ");
	for (; *step; step++) {
		if (*line++ != *step)
			return false;
		if (*step == ' ')
			line += strspn(line, " ");
	}
	return true;
}

static void watch_progress(struct rk_makelog *log, const char *line)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(milestones); i++)
		if (milestones[i].percent > log->percent &&
		    is_step(line, milestones[i].step))
			log->percent = milestones[i].percent;
	if (strncmp(line, "  ", 2) == 0)
		rk_log_progress(log->percent, eta(log), "making Rust metadata: %s",
				line + strspn(line, " "));
}

/* "/bin/sh: 1: flex: not found", "make[1]: bison: No such file or directory". */
static char *missing_tool(const char *line)
{
	static const char *const ends[] = {": not found", ": command not found",
					   ": No such file or directory"};
	bool by_make = strncmp(line, "make", 4) == 0;

	if (!by_make && !strstr(line, "sh: "))
		return NULL;
	for (size_t i = 0; i < RK_ARRAY_LEN(ends); i++) {
		const char *end = strstr(line, ends[i]);
		const char *name = end;

		if (!end || end[strlen(ends[i])] || (i == 2 && !by_make))
			continue;
		while (name > line && name[-1] != ' ')
			name--;
		return name < end ? strndup(name, (size_t)(end - name)) : NULL;
	}
	return NULL;
}

static bool tells_error(const char *line)
{
	return strncmp(line, "error", 5) == 0 || strstr(line, "rror: ") ||
	       strstr(line, "*** ") || strstr(line, ": not found");
}

void rk_makelog_line(void *data, const char *line, size_t len, bool is_stderr)
{
	struct rk_makelog *log = data;
	struct rk_error ignored = RK_ERROR_INIT;

	if (log->fd >= 0 && (rk_file_write_fd(log->fd, line, len, &ignored) < 0 ||
			     rk_file_write_fd(log->fd, "\n", 1, &ignored) < 0)) {
		log->full = true;
		log->fd = -1; /* the caller's to close */
	}
	rk_log(RK_LOG_DEBUG, "%s", line);
	watch_progress(log, line);
	if (strstr(line, "No space left on device"))
		log->full = true;
	if (!log->tool)
		log->tool = missing_tool(line);
	if (!log->reason && is_stderr && tells_error(line))
		log->reason = strdup(line);
}
