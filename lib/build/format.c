/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/build/format.h"

enum {
	FILE_LIMIT = 16 << 20,
	SETTINGS_LIMIT = 1 << 20,
	TIMEOUT_MS = 60000,
};

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

void rk_format_result_release(struct rk_format_result *result)
{
	rk_buf_release(&result->text);
	rk_buf_release(&result->said);
}

/* ---- settings ---- */

bool rk_format_names_edition(const char *toml)
{
	static const char key[] = "edition";

	while (*toml) {
		toml += strspn(toml, " \t");
		if (strncmp(toml, key, strlen(key)) == 0) {
			toml += strlen(key);
			toml += strspn(toml, " \t");
			if (*toml == '=')
				return true;
		}
		toml += strcspn(toml, "\n");
		toml += *toml == '\n';
	}
	return false;
}

/* Opens nothing that could keep us waiting. */
static int open_regular(const char *path, int *ret, struct rk_error *err)
{
	cleanup_close int fd =
		open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (!S_ISREG(st.st_mode))
		return rk_error_set(err, RK_EREFUSED, "'%s' is no regular file", path);
	*ret = rk_steal_fd(&fd);
	return 0;
}

/* What cannot be read is for rustfmt to complain about. */
static bool read_settings(const char *dir, struct rk_buf *ret)
{
	static const char *const names[] = {".rustfmt.toml", "rustfmt.toml"};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_free char *path = NULL;
		cleanup_close int fd = -1;
		struct rk_error err = RK_ERROR_INIT;

		if (rk_path_join(dir, names[i], &path, &err) == 0 &&
		    open_regular(path, &fd, &err) == 0 &&
		    rk_file_read_fd(fd, SETTINGS_LIMIT, ret, &err) == 0)
			return true;
	}
	return false;
}

/* The nearest settings count, and those alone. */
static bool has_edition(const char *tree, char *dir)
{
	cleanup_buf struct rk_buf toml = RK_BUF_INIT;
	size_t top = strlen(tree);
	bool found = read_settings(dir, &toml);

	while (!found && strlen(dir) > top) {
		*strrchr(dir, '/') = '\0';
		found = read_settings(dir, &toml);
	}
	return found && rk_format_names_edition(rk_buf_str(&toml));
}

/* ---- running it ---- */

static int folder_of(const char *tree, const char *path, char **ret, struct rk_error *err)
{
	size_t len = (size_t)(rk_path_base(path) - path);

	return len ? rk_format(ret, err, "%s/%.*s", tree, (int)len - 1, path)
		   : rk_strdup(tree, ret, err);
}

static int make_command(const struct rk_format_request *request, const char *rustfmt,
			const char *dir, struct rk_strv *ret, struct rk_error *err)
{
	cleanup_free char *at = NULL;

	if (rk_strdup(dir, &at, err) < 0)
		return -(int)err->code;
	rk_strv_add_all(ret, rustfmt, "--color", "never", NULL);
	if (!has_edition(request->tree, at))
		rk_strv_add_all(ret, "--edition", "2021", NULL);
	return rk_strv_check(ret, err);
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
			  .timeout_ms = TIMEOUT_MS},
	};

	if (make_command(request, rustfmt, dir, &argv, err) < 0)
		return -(int)err->code;
	return rk_root_run(request->root, &run, result, err);
}

/* ---- what it says ---- */

static bool ends_with_cr(const struct rk_buf *text)
{
	const char *newline = text->len ? memchr(text->data, '\n', text->len) : NULL;

	return newline && newline > text->data && newline[-1] == '\r';
}

/* rustfmt forgets about them where it reads stdin. */
int rk_format_end_lines(struct rk_buf *text, const struct rk_buf *like,
			struct rk_error *err)
{
	cleanup_buf struct rk_buf ended = RK_BUF_INIT;
	const char *at = rk_buf_str(text);
	const char *end = at + text->len;

	if (!ends_with_cr(like) || ends_with_cr(text))
		return 0;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		rk_buf_add(&ended, at, (size_t)((newline ? newline : end) - at));
		if (newline)
			rk_buf_adds(&ended, "\r\n");
		at = newline ? newline + 1 : end;
	}
	if (rk_buf_check(&ended, err) < 0)
		return -(int)err->code;
	rk_buf_release(text);
	*text = ended;
	ended = (struct rk_buf)RK_BUF_INIT;
	return 0;
}

size_t rk_format_first_line(const struct rk_buf *a, const struct rk_buf *b)
{
	size_t line = 1;

	for (size_t i = 0; i < a->len && i < b->len && a->data[i] == b->data[i]; i++)
		line += a->data[i] == '\n';
	return line;
}

static int compare(const struct rk_buf *file, struct rk_format_result *result,
		   struct rk_error *err)
{
	struct rk_buf *text = &result->text;

	if (rk_format_end_lines(text, file, err) < 0)
		return -(int)err->code;
	if (file->len == text->len &&
	    memcmp(rk_buf_str(file), rk_buf_str(text), text->len) == 0) {
		result->answer = RK_FORMAT_SAME;
		return 0;
	}
	result->answer = RK_FORMAT_OTHER;
	result->line = rk_format_first_line(file, text);
	return 0;
}

static int ask(const struct rk_format_request *request, const char *rustfmt,
	       const char *dir, int fd, struct rk_format_result *result,
	       struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result ran = RK_SPAWN_RESULT_INIT;
	cleanup_buf struct rk_buf file = RK_BUF_INIT;

	if (rk_file_read_fd(fd, FILE_LIMIT, &file, err) < 0)
		return -(int)err->code;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return rk_error_sys(err, errno, "cannot go back");
	if (run_rustfmt(request, rustfmt, dir, fd, &ran, err) < 0)
		return -(int)err->code;
	result->text = ran.out;
	result->said = ran.err;
	ran.out = (struct rk_buf)RK_BUF_INIT;
	ran.err = (struct rk_buf)RK_BUF_INIT;
	/* It also fails on what it could not make better, and prints the rest. */
	if (ran.status == 0 || (ran.status == 1 && result->text.len))
		return compare(&file, result, err);
	result->answer = RK_FORMAT_UNKNOWN;
	return 0;
}

int rk_format_file(const struct rk_format_request *request, const char *rustfmt,
		   const char *path, struct rk_format_result *result,
		   struct rk_error *err)
{
	cleanup_free char *file = NULL;
	cleanup_free char *dir = NULL;
	cleanup_close int fd = -1;

	*result = (struct rk_format_result){.answer = RK_FORMAT_UNKNOWN};
	if (rk_path_join(request->tree, path, &file, err) < 0 ||
	    folder_of(request->tree, path, &dir, err) < 0 ||
	    open_regular(file, &fd, err) < 0)
		return -(int)err->code;
	if (ask(request, rustfmt, dir, fd, result, err) == 0)
		return 0;
	return rk_error_prefix(err, "'%s'", path);
}

int rk_format_check(const struct rk_format_request *request, const char *rustfmt,
		    const char *path, struct rk_findings *findings, struct rk_error *err)
{
	cleanup(rk_format_result_release) struct rk_format_result result = {0};
	struct rk_finding *finding;

	if (rk_format_file(request, rustfmt, path, &result, err) < 0)
		return -(int)err->code;
	if (result.answer != RK_FORMAT_OTHER)
		return 0;
	finding =
		rk_findings_add(findings, "not-formatted", "'%s' is not formatted", path);
	rk_finding_where(findings, finding, "%s:%zu", path, result.line);
	rk_finding_fix(findings, finding, "run 'rkmod fmt %s'%s", path,
		       request->staged ? " and git add it" : "");
	return 0;
}

int rk_format_write(const struct rk_format_request *request, const char *path,
		    const struct rk_format_result *result, struct rk_error *err)
{
	cleanup_free char *file = NULL;
	struct stat st;

	if (rk_path_join(request->tree, path, &file, err) < 0)
		return -(int)err->code;
	if (lstat(file, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	return rk_file_write(file, rk_buf_str(&result->text), result->text.len,
			     st.st_mode & 07777, err);
}
