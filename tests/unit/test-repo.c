/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/base/gitvars.h"
#include "lib/base/spawn.h"
#include "lib/repo/repo.h"
#include "tests/unit/tap.h"

static char *place;

/* What git init makes, as far as a repository is told by it. */
static void make_repository(const char *path, const char *config)
{
	struct rk_error err = RK_ERROR_INIT;
	char name[512];

	snprintf(name, sizeof(name), "%s/.git/objects", path);
	if (rk_dir_make(name, 0700, &err) < 0)
		abort();
	snprintf(name, sizeof(name), "%s/.git/refs", path);
	if (rk_dir_make(name, 0700, &err) < 0)
		abort();
	snprintf(name, sizeof(name), "%s/.git/HEAD", path);
	if (rk_file_write(name, "ref: refs/heads/main\n", 21, 0600, &err) < 0)
		abort();
	snprintf(name, sizeof(name), "%s/.git/config", path);
	if (rk_file_write(name, config, strlen(config), 0600, &err) < 0)
		abort();
}

static const char *top_of(const char *dir)
{
	static char *top;
	struct rk_error err = RK_ERROR_INIT;

	free(top);
	top = NULL;
	EXPECT_INT(rk_repo_top(dir, &top, &err), 0);
	return top ? top + strlen(place) : NULL;
}

static void make_folder(const char *path)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_dir_make(path, 0700, &err) < 0)
		abort();
}

static void the_top_is_found_from_below(void)
{
	make_repository("a", "[core]\n\tbare = false\n");
	make_folder("a/b/c");
	EXPECT_STR(top_of("a/b/c"), "/a");
	EXPECT_STR(top_of("a"), "/a");
}

static void a_repository_inside_another_is_its_own(void)
{
	make_repository("a/inner", "");
	make_folder("a/inner/x");
	EXPECT_STR(top_of("a/inner/x"), "/a/inner");
}

static void a_folder_outside_has_no_top(void)
{
	make_folder("free");
	EXPECT(!top_of("free"));
}

static void a_dot_git_that_is_no_repository_is_passed_over(void)
{
	make_folder("a/odd/.git");
	EXPECT_STR(top_of("a/odd"), "/a");
}

static void a_bare_repository_has_no_top(void)
{
	make_repository("bare", "[core]\n\tbare = true\n");
	EXPECT(!top_of("bare"));
}

static void a_work_tree_elsewhere_is_not_this_folder_s(void)
{
	make_repository("far", "[core]\n\tworktree = /usr\n");
	EXPECT(!top_of("far"));
}

static void a_repository_that_libgit2_cannot_read_has_its_top_at_dot_git(void)
{
	make_repository(
		"sha256",
		"[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = none\n");
	EXPECT_STR(top_of("sha256"), "/sha256");
}

static void write_text(const char *path, const char *text)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_file_write(path, text, strlen(text), 0600, &err) < 0)
		abort();
}

static void link_worktree(const char *main, const char *back)
{
	char text[1024];
	char path[512];

	snprintf(path, sizeof(path), "%s/.git/worktrees/tree", main);
	make_folder(path);
	snprintf(path, sizeof(path), "%s/.git/worktrees/tree/HEAD", main);
	write_text(path, "ref: refs/heads/main\n");
	snprintf(path, sizeof(path), "%s/.git/worktrees/tree/commondir", main);
	write_text(path, "../..\n");
	snprintf(text, sizeof(text), "%s/%s/.git\n", place, back);
	snprintf(path, sizeof(path), "%s/.git/worktrees/tree/gitdir", main);
	write_text(path, text);
}

static void a_linked_work_tree_is_its_own_top(void)
{
	char text[1024];

	make_repository("main", "[core]\n\tbare = false\n");
	link_worktree("main", "linked");
	make_folder("linked/below");
	snprintf(text, sizeof(text), "gitdir: %s/main/.git/worktrees/tree\n", place);
	write_text("linked/.git", text);
	EXPECT_STR(top_of("linked/below"), "/linked");
}

/* What the plain look does not understand is libgit2's to say. */
static void a_work_tree_elsewhere_is_seen_among_plain_lines(void)
{
	make_repository("odd", "[core]\n\tbare = false\n\tWorkTree = /usr\n");
	EXPECT(!top_of("odd"));
}

static void a_missing_folder_is_said(void)
{
	struct rk_error err = RK_ERROR_INIT;
	char *top = NULL;

	EXPECT_INT(rk_repo_top("nowhere", &top, &err), -RK_ENOTFOUND);
	EXPECT(!top);
}

static bool is_listed(const char *name)
{
	for (const char *const *known = rk_git_local_variables; *known; known++)
		if (strcmp(*known, name) == 0)
			return true;
	return false;
}

static void every_variable_that_git_names_is_in_the_list(void)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_free char *text = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT(is_listed("GIT_DIR") && is_listed("GIT_INDEX_FILE"));
	rk_strv_add_all(&argv, "git", "rev-parse", "--local-env-vars", NULL);
	if (rk_spawn_capture(&argv, &text, &err) < 0)
		return; /* no git here */
	for (char *name = strtok(text, "\n"); name; name = strtok(NULL, "\n"))
		if (!EXPECT(is_listed(name)))
			printf("# %s\n", name);
}

static const struct test tests[] = {
	TEST(the_top_is_found_from_below),
	TEST(a_repository_inside_another_is_its_own),
	TEST(a_folder_outside_has_no_top),
	TEST(a_dot_git_that_is_no_repository_is_passed_over),
	TEST(a_bare_repository_has_no_top),
	TEST(a_work_tree_elsewhere_is_not_this_folder_s),
	TEST(a_repository_that_libgit2_cannot_read_has_its_top_at_dot_git),
	TEST(a_linked_work_tree_is_its_own_top),
	TEST(a_work_tree_elsewhere_is_seen_among_plain_lines),
	TEST(a_missing_folder_is_said),
	TEST(every_variable_that_git_names_is_in_the_list),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	int status;

	if (rk_dir_make_temp("/tmp/test-repo", &place, &err) < 0 || chdir(place) < 0)
		return 1;
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	top_of("/");
	if (chdir("/") < 0 || rk_dir_remove(place, &err) < 0)
		return 1;
	free(place);
	return status;
}
