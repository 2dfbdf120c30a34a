/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/repo/libgit2.h"
#include "lib/repo/repo.h"

static bool has_dot_git(const char *dir)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	return rk_path_join(dir, ".git", &path, &err) == 0 && access(path, F_OK) == 0;
}

/* Hands over @path without its trailing slash if @dir is in it; else leaves NULL. */
static int take_top(const char *path, const char *dir, char **ret, struct rk_error *err)
{
	cleanup_free char *top = NULL;

	if (rk_path_real(path, &top, err) < 0)
		return -(int)err->code;
	if (rk_path_is_below(dir, top))
		*ret = RK_STEAL(top);
	return 0;
}

static bool read_small(const char *dir, const char *name, struct rk_buf *ret)
{
	enum { LIMIT = 65536 };
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	return rk_path_join(dir, name, &path, &err) == 0 &&
	       rk_file_read(path, LIMIT, ret, &err) == 0;
}

static bool is_own_dir(const char *dir, const char *name)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct stat st;

	return rk_path_join(dir, name, &path, &err) == 0 && lstat(path, &st) == 0 &&
	       S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

/* Nothing in it that says where the work tree is, or could. */
static bool is_plain_config(const char *text)
{
	static const char bare[] = "bare = false";

	if (strcasestr(text, "worktree") || strcasestr(text, "include") ||
	    strcasestr(text, "extensions"))
		return false;
	while ((text = strcasestr(text, "bare"))) {
		if (strncmp(text, bare, strlen(bare)) != 0)
			return false;
		text += strlen(bare);
	}
	return true;
}

/*
 * Most repositories are as git init makes them, and of the caller: that is seen here.
 * Setting up libgit2 takes longer than judging a module (it reads all CA certificates).
 */
static bool is_plain_repository(const char *place)
{
	cleanup_buf struct rk_buf head = RK_BUF_INIT;
	cleanup_buf struct rk_buf config = RK_BUF_INIT;

	return is_own_dir(place, "") && is_own_dir(place, ".git") &&
	       is_own_dir(place, ".git/objects") && is_own_dir(place, ".git/refs") &&
	       read_small(place, ".git/HEAD", &head) &&
	       strncmp(rk_buf_str(&head), "ref: refs/", strlen("ref: refs/")) == 0 &&
	       read_small(place, ".git/config", &config) &&
	       is_plain_config(rk_buf_str(&config));
}

/* One that git worktree add made: .git names a folder which names this .git. */
static bool is_plain_worktree(const char *place)
{
	static const char prefix[] = "gitdir: ";
	cleanup_buf struct rk_buf link = RK_BUF_INIT;
	cleanup_buf struct rk_buf back = RK_BUF_INIT;
	cleanup_buf struct rk_buf config = RK_BUF_INIT;
	size_t len = strlen(place);
	const char *dir;

	if (is_own_dir(place, ".git") || !is_own_dir(place, "") ||
	    !read_small(place, ".git", &link))
		return false;
	dir = rk_buf_str(&link);
	if (strncmp(dir, prefix, strlen(prefix)) != 0)
		return false;
	dir += strlen(prefix);
	link.data[strcspn(link.data, "\n")] = '\0';
	return dir[0] == '/' && is_own_dir(dir, "") && read_small(dir, "gitdir", &back) &&
	       strncmp(rk_buf_str(&back), place, len) == 0 &&
	       strcmp(rk_buf_str(&back) + len, "/.git\n") == 0 &&
	       read_small(dir, "../../config", &config) &&
	       is_plain_config(rk_buf_str(&config));
}

/* What libgit2 has open. */
struct opened {
	const struct rk_libgit2 *git;
	git_repository *repository;
};

static void close_opened(struct opened *opened)
{
	if (opened->repository)
		opened->git->git_repository_free(opened->repository);
}

/*
 * @place has a .git. *ret stays NULL if that is no repository, has no work tree or
 * belongs to somebody else. One that libgit2 does not understand (SHA-256 objects) has
 * its top where the .git is.
 */
static int top_at(const char *place, const char *dir, char **ret, struct rk_error *err)
{
	cleanup(close_opened) struct opened opened = {.git = NULL};
	const char *workdir;
	int r;

	if (is_plain_repository(place) || is_plain_worktree(place))
		return rk_strdup(place, ret, err);
	if (rk_libgit2_begin(&opened.git, err) < 0)
		return -(int)err->code;
	r = opened.git->git_repository_open_ext(&opened.repository, place,
						GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (r == 0) {
		workdir = opened.git->git_repository_workdir(opened.repository);
		return workdir ? take_top(workdir, dir, ret, err) : 0;
	}
	rk_log(RK_LOG_DEBUG, "git repository in '%s': %s", place,
	       rk_libgit2_why(opened.git));
	if (r == GIT_ENOTFOUND || r == GIT_EOWNER)
		return 0;
	return take_top(place, dir, ret, err);
}

int rk_repo_top(const char *dir, char **ret, struct rk_error *err)
{
	cleanup_free char *real = NULL;
	cleanup_free char *place = NULL;
	char *slash;

	*ret = NULL;
	if (rk_path_real(dir, &real, err) < 0 || rk_strdup(real, &place, err) < 0)
		return -(int)err->code;
	for (;;) {
		if (has_dot_git(place) && top_at(place, real, ret, err) < 0)
			return -(int)err->code;
		slash = strrchr(place, '/');
		if (*ret || !slash || !place[1])
			return 0;
		slash[slash == place] = '\0';
	}
}
