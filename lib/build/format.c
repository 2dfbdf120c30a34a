/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/build/format.h"

bool rk_format_is_rust(const char *path)
{
	size_t len = strlen(path);

	return len > 3 && strcmp(path + len - 3, ".rs") == 0;
}

int rk_format_find(const struct rk_format_request *request, char **ret,
		   struct rk_error *err)
{
	cleanup_free char *beside = NULL;
	const char *name = rk_path_base(request->rustc);
	const char *suffix = strncmp(name, "rustc", 5) == 0 ? name + 5 : "";
	const char *const names[] = {NULL, "rustfmt"};

	if (rk_format(&beside, err, "%.*srustfmt%s", (int)(name - request->rustc),
		      request->rustc, suffix) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		if (rk_root_find_program(request->root, names[i] ? names[i] : beside, ret,
					 err) == 0)
			return 0;
		if (err->code != RK_ENOTFOUND)
			return -(int)err->code;
	}
	*ret = NULL;
	return 0;
}

/* "Diff in <stdin>:12:" since 1.80, "Diff in stdin at line 12:" before. */
unsigned long rk_format_first_line(const char *output)
{
	const char *at = strstr(output, "Diff in ");
	const char *end = at ? strchr(at, '\n') : NULL;
	const char *digits;

	if (!at)
		return 0;
	digits = end ? end : at + strlen(at);
	while (digits > at && !(digits[-1] >= '0' && digits[-1] <= '9'))
		digits--;
	while (digits > at && digits[-1] >= '0' && digits[-1] <= '9')
		digits--;
	return strtoul(digits, NULL, 10);
}

static void add_finding(const char *path, const char *output,
			struct rk_findings *findings)
{
	unsigned long line = rk_format_first_line(output);
	struct rk_finding *finding =
		rk_findings_add(findings, "not-formatted", "'%s' is not formatted", path);

	if (line)
		rk_finding_where(findings, finding, "%s:%lu", path, line);
	rk_finding_fix(findings, finding,
		       "run 'rustfmt --edition 2021 %s' and git add it", path);
}

static int folder_of(const char *tree, const char *path, char **ret, struct rk_error *err)
{
	return rk_format(ret, err, "%s/%.*s", tree, (int)(rk_path_base(path) - path),
			 path);
}

static int run_rustfmt(const struct rk_format_request *request, const char *rustfmt,
		       const char *dir, int fd, struct rk_spawn_result *result,
		       struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	const struct rk_root_bind bind = {.host_path = request->tree};
	const struct rk_root_run run = {
		.argv = &argv,
		.cwd = dir,
		.binds = &bind,
		.n_binds = 1,
		.spawn = {.stdin_fd = fd,
			  .output = RK_SPAWN_CAPTURE,
			  .timeout_ms = 60000},
	};

	rk_strv_add_all(&argv, rustfmt, "--check", "--edition", "2021", "--color",
			"never", NULL);
	if (rk_strv_check(&argv, err) < 0)
		return -(int)err->code;
	return rk_root_run(request->root, &run, result, err);
}

int rk_format_check(const struct rk_format_request *request, const char *rustfmt,
		    const char *path, struct rk_findings *findings, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_free char *file = NULL;
	cleanup_free char *dir = NULL;
	cleanup_close int fd = -1;

	if (rk_path_join(request->tree, path, &file, err) < 0 ||
	    folder_of(request->tree, path, &dir, err) < 0)
		return -(int)err->code;
	fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (run_rustfmt(request, rustfmt, dir, fd, &result, err) < 0)
		return -(int)err->code;
	if (result.status == 0)
		return 0;
	/* A file with a syntax error has no format: the compiler says what is wrong. */
	if (result.out.len)
		add_finding(path, rk_buf_str(&result.out), findings);
	return 0;
}
