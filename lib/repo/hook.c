/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/repo/hook.h"
#include "lib/repo/libgit2.h"

enum {
	HOOK_LIMIT = 1 << 20,
};

/* By this line ours is known again. */
static const char mark[] =
	"# The pre-commit hook of rkmod: 'rkmod hook uninstall' takes it away.\n";

void rk_hook_release(struct rk_hook *hook)
{
	free(hook->path);
	free(hook->kept);
	*hook = (struct rk_hook){0};
}

/* ---- where ---- */

struct reading {
	const struct rk_libgit2 *git;
	git_repository *repository;
	git_config *config;
	git_buf configured;
};

static void end_reading(struct reading *reading)
{
	const struct rk_libgit2 *git = reading->git;

	if (!git)
		return;
	git->git_buf_dispose(&reading->configured);
	git->git_config_free(reading->config);
	git->git_repository_free(reading->repository);
}

static int open_repository(struct reading *reading, const char *dir, struct rk_error *err)
{
	const struct rk_libgit2 *git;
	int r;

	if (rk_libgit2_begin(&reading->git, err) < 0)
		return -(int)err->code;
	git = reading->git;
	r = git->git_repository_open_ext(&reading->repository, dir,
					 GIT_REPOSITORY_OPEN_FROM_ENV, NULL);
	if (r == 0)
		r = git->git_repository_config_snapshot(&reading->config,
							reading->repository);
	return r == 0 ? 0 : rk_libgit2_refuse(git, dir, r, err);
}

/* core.hooksPath, relative to the top of the work tree as git says; NULL if not set. */
static int configured_folder(struct reading *reading, char **ret, struct rk_error *err)
{
	const struct rk_libgit2 *git = reading->git;
	const char *workdir = git->git_repository_workdir(reading->repository);

	*ret = NULL;
	if (git->git_config_get_path(&reading->configured, reading->config,
				     "core.hooksPath") != 0)
		return 0;
	if (reading->configured.ptr[0] == '/')
		return rk_strdup(reading->configured.ptr, ret, err);
	return rk_path_join(workdir ? workdir : "", reading->configured.ptr, ret, err);
}

/* Links resolved where it exists, so that two names of a folder compare. */
static int resolve(const char *path, char **ret, struct rk_error *err)
{
	if (rk_path_real(path, ret, err) == 0)
		return 0;
	return err->code == RK_ENOTFOUND ? rk_path_absolute(path, ret, err)
					 : -(int)err->code;
}

static int find_folder(struct reading *reading, char **ret, bool *ret_elsewhere,
		       struct rk_error *err)
{
	cleanup_free char *common = NULL;
	cleanup_free char *configured = NULL;
	cleanup_free char *dir = NULL;
	const struct rk_libgit2 *git = reading->git;

	if (resolve(git->git_repository_commondir(reading->repository), &common, err) <
		    0 ||
	    configured_folder(reading, &configured, err) < 0)
		return -(int)err->code;
	if (!configured)
		return rk_path_join(common, "hooks", ret, err);
	if (resolve(configured, &dir, err) < 0)
		return -(int)err->code;
	*ret_elsewhere = !rk_path_is_below(dir, common);
	*ret = RK_STEAL(dir);
	return 0;
}

/* ---- what is there ---- */

static enum rk_hook_state look_at(const char *path)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct stat st;

	if (lstat(path, &st) < 0)
		return RK_HOOK_NONE;
	if (rk_file_read(path, HOOK_LIMIT, &text, &err) == 0 &&
	    strstr(rk_buf_str(&text), mark))
		return RK_HOOK_OURS;
	return RK_HOOK_OTHER;
}

int rk_hook_find(const char *dir, struct rk_hook *hook, struct rk_error *err)
{
	cleanup(end_reading) struct reading reading = {.git = NULL};
	cleanup_free char *folder = NULL;

	*hook = (struct rk_hook){0};
	if (open_repository(&reading, dir, err) < 0 ||
	    find_folder(&reading, &folder, &hook->elsewhere, err) < 0 ||
	    rk_path_join(folder, "pre-commit", &hook->path, err) < 0 ||
	    rk_path_join(folder, "pre-commit.before-rkmod", &hook->kept, err) < 0) {
		rk_hook_release(hook);
		return -(int)err->code;
	}
	hook->state = look_at(hook->path);
	hook->has_kept = access(hook->kept, F_OK) == 0;
	return 0;
}

/* ---- the script ---- */

/* For sh: in single quotes, which end before each one in the text. */
static void add_quoted(struct rk_buf *buf, const char *text)
{
	rk_buf_addc(buf, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			rk_buf_adds(buf, "'\\'");
		rk_buf_addc(buf, *text);
	}
	rk_buf_addc(buf, '\'');
}

int rk_hook_text(const char *program, char **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	rk_buf_adds(&text, "#!/bin/sh\n");
	rk_buf_adds(&text, mark);
	rk_buf_adds(
		&text,
		"# RKMOD_HOOK=0 git commit, or git commit --no-verify, goes past it.\n"
		"before=$(dirname \"$0\")/pre-commit.before-rkmod\n"
		"if [ -x \"$before\" ]; then\n"
		"\t\"$before\" \"$@\" || exit\n"
		"fi\n"
		"[ \"${RKMOD_HOOK:-1}\" != 0 ] || exit 0\n"
		"rkmod=");
	add_quoted(&text, program);
	rk_buf_adds(&text,
		    "\n[ -x \"$rkmod\" ] || rkmod=$(command -v rkmod) || {\n"
		    "\techo 'rkmod: the pre-commit hook finds no rkmod; install it, or "
		    "git commit --no-verify' >&2\n"
		    "\texit 1\n"
		    "}\n"
		    "exec \"$rkmod\" check --staged --hook\n");
	return rk_buf_take(&text, ret, err);
}

/* ---- changing it ---- */

static int refuse_elsewhere(const struct rk_hook *hook, struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED,
		     "core.hooksPath leads to '%.*s', outside of this repository's .git",
		     (int)(strrchr(hook->path, '/') - hook->path), hook->path);
	return rk_error_cure(
		err, "hook-elsewhere",
		"add this line to its pre-commit: rkmod check --staged --hook || exit");
}

static int keep_other(const struct rk_hook *hook, struct rk_error *err)
{
	if (hook->state != RK_HOOK_OTHER)
		return 0;
	if (hook->has_kept) {
		rk_error_set(err, RK_EREFUSED, "'%s' is somebody's hook, and so is '%s'",
			     hook->path, hook->kept);
		return rk_error_cure(err, "hook-kept",
				     "make one of the two, and install again");
	}
	if (rename(hook->path, hook->kept) < 0)
		return rk_error_sys(err, errno, "'%s'", hook->path);
	return 0;
}

int rk_hook_install(struct rk_hook *hook, const char *program, struct rk_error *err)
{
	cleanup_free char *text = NULL;
	cleanup_free char *dir = NULL;

	if (hook->elsewhere)
		return refuse_elsewhere(hook, err);
	if (rk_hook_text(program, &text, err) < 0 ||
	    rk_format(&dir, err, "%.*s", (int)(strrchr(hook->path, '/') - hook->path),
		      hook->path) < 0 ||
	    rk_dir_make(dir, 0755, err) < 0 || keep_other(hook, err) < 0 ||
	    rk_file_write(hook->path, text, strlen(text), 0755, err) < 0)
		return -(int)err->code;
	hook->has_kept |= hook->state == RK_HOOK_OTHER;
	hook->state = RK_HOOK_OURS;
	return 0;
}

int rk_hook_uninstall(struct rk_hook *hook, struct rk_error *err)
{
	if (hook->state != RK_HOOK_OURS)
		return 0;
	if (hook->elsewhere)
		return refuse_elsewhere(hook, err);
	if (hook->has_kept ? rename(hook->kept, hook->path) < 0 : unlink(hook->path) < 0)
		return rk_error_sys(err, errno, "'%s'", hook->path);
	hook->state = hook->has_kept ? RK_HOOK_OTHER : RK_HOOK_NONE;
	hook->has_kept = false;
	return 0;
}
