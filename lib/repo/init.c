/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/gitvars.h"
#include "lib/base/spawn.h"
#include "lib/repo/init.h"

static int run_git(const char *const *words, const char *dir, char **ret,
		   struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_strv struct rk_strv remove = RK_STRV_INIT;
	const struct rk_spawn spawn = {.argv = &argv,
				       .cwd = dir,
				       .env_remove = &remove,
				       .stdin_fd = -1,
				       .output = RK_SPAWN_CAPTURE};

	rk_strv_add(&argv, "git");
	for (; *words; words++)
		rk_strv_add(&argv, *words);
	for (size_t i = 0; rk_git_local_variables[i]; i++)
		rk_strv_add(&remove, rk_git_local_variables[i]);
	if (rk_strv_check(&argv, err) < 0 || rk_strv_check(&remove, err) < 0 ||
	    rk_spawn_run(&spawn, &result, err) < 0)
		return -(int)err->code;
	return rk_spawn_take(&result, "git", ret, err);
}

int rk_repo_init(const char *dir, struct rk_error *err)
{
	static const char *const words[] = {"init", "-q", NULL};
	cleanup_free char *nothing = NULL;

	if (run_git(words, dir, &nothing, err) == 0)
		return 0;
	return rk_error_cure(err, NULL,
			     err->code == RK_ENOTFOUND
				     ? "install git, or give --no-git"
				     : "see what git init says there, or give --no-git");
}

/* The first of the fields between commas is the name. */
static void add_user(struct rk_buf *to)
{
	const struct passwd *user = getpwuid(geteuid()); // NOLINT(concurrency-mt-unsafe)
	size_t len = user && user->pw_gecos ? strcspn(user->pw_gecos, ",") : 0;

	if (len)
		rk_buf_add(to, user->pw_gecos, len);
	else
		rk_buf_addf(to, "%s", user && user->pw_name ? user->pw_name : "nobody");
}

/* The bytes of one sign: ASCII that can be printed and is neither '"' nor '\', or a
 * sequence of UTF-8; 0: neither. */
static size_t sign_len(const char *text)
{
	unsigned char c = (unsigned char)text[0];
	size_t len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (c < ' ' || c == 0x7f || c == '"' || c == '\\' || c > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong ones, surrogates and those behind the last. */
	if ((c == 0xe0 && (unsigned char)text[1] < 0xa0) ||
	    (c == 0xed && (unsigned char)text[1] > 0x9f) ||
	    (c == 0xf0 && (unsigned char)text[1] < 0x90) ||
	    (c == 0xf4 && (unsigned char)text[1] > 0x8f))
		return 0;
	return len;
}

static void add_plain(struct rk_buf *to, const char *text)
{
	while (*text) {
		size_t len = sign_len(text);

		rk_buf_add(to, text, len);
		text += len ? len : 1;
	}
}

int rk_repo_author(char **ret, struct rk_error *err)
{
	static const char *const words[] = {"config", "--get", "user.name", NULL};
	cleanup_buf struct rk_buf raw = RK_BUF_INIT;
	cleanup_buf struct rk_buf name = RK_BUF_INIT;
	cleanup_free char *configured = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (run_git(words, NULL, &configured, &ignored) == 0)
		rk_buf_adds(&raw, configured);
	if (!raw.len)
		add_user(&raw);
	if (rk_buf_check(&raw, err) < 0)
		return -(int)err->code;
	add_plain(&name, rk_buf_str(&raw));
	if (!name.len)
		rk_buf_adds(&name, "nobody");
	return rk_buf_take(&name, ret, err);
}
