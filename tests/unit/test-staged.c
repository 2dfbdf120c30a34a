/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/spawn.h"
#include "lib/finding/finding.h"
#include "lib/repo/staged.h"
#include "tests/unit/tap.h"

/* Real repositories, made by the real git in a folder of their own each. */
static char *place;
static int n_repositories;

enum { NO_LIMIT = 1 << 30 };

/* ---- git ---- */

/* git WORDS..., blanks between them; the output is thrown away */
static int git(const char *words)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_free char *output = NULL;
	cleanup_free char *copy = NULL;
	struct rk_error err = RK_ERROR_INIT;
	char *rest;

	rk_strv_add(&argv, "git");
	if (rk_strdup(words, &copy, &err) < 0)
		abort();
	for (char *word = strtok_r(copy, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest))
		rk_strv_add(&argv, word);
	if (rk_spawn_capture(&argv, &output, &err) == 0)
		return 0;
	printf("# git %s: %s\n", words, err.msg);
	return -1;
}

static void write_text(const char *path, const char *text)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *dir = NULL;
	char *slash;

	if (rk_strdup(path, &dir, &err) < 0)
		abort();
	slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	if ((slash && rk_dir_make(dir, 0700, &err) < 0) ||
	    rk_file_write(path, text, strlen(text), 0600, &err) < 0)
		abort();
}

/* Enters a new empty repository; the environment is as outside of any hook. */
static void new_repository(void)
{
	struct rk_error err = RK_ERROR_INIT;
	char name[600];

	unsetenv("GIT_INDEX_FILE");
	unsetenv("GIT_DIR");
	snprintf(name, sizeof(name), "%s/%d", place, n_repositories++);
	if (rk_dir_make(name, 0700, &err) < 0 || chdir(name) < 0 || git("init -q .") < 0)
		abort();
}

/* One with a first commit of a.txt and b/c.txt. */
static void new_repository_with_commit(void)
{
	new_repository();
	write_text("a.txt", "one\n");
	write_text("b/c.txt", "two\n");
	if (git("add .") < 0 ||
	    git("-c user.name=t -c user.email=t@t commit -q -m first") < 0)
		abort();
}

static struct rk_staged *staged;

static int read_it(struct rk_error *err)
{
	rk_staged_free(staged);
	staged = NULL;
	return rk_staged_read(".", &staged, err);
}

/* "path:mode:changed path:..." */
static const char *listed(void)
{
	static struct rk_buf text;
	static struct rk_error err;

	rk_buf_release(&text);
	if (read_it(&err) < 0 || rk_staged_compare(staged, NULL, &err) < 0)
		return err.msg;
	for (size_t i = 0; i < staged->n_entries; i++)
		rk_buf_addf(&text, "%s%s:%o:%d", i ? " " : "", staged->entries[i].path,
			    staged->entries[i].mode, staged->entries[i].changed);
	for (size_t i = 0; i < staged->removed.n_items; i++)
		rk_buf_addf(&text, " -%s", staged->removed.items[i]);
	return rk_buf_str(&text);
}

static void expect_refused(int code, const char *words, const char *cure)
{
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(read_it(&err), -code);
	EXPECT_HAS(err.msg, words);
	EXPECT_HAS(err.cure, cure);
	EXPECT(rk_finding_kind(err.id) != NULL);
}

/* ---- reading ---- */

static void what_is_staged_is_told_from_head(void)
{
	new_repository_with_commit();
	write_text("a.txt", "changed\n");
	write_text("new.txt", "new\n");
	write_text("unstaged.txt", "not added\n");
	git("add a.txt new.txt");
	EXPECT_STR(listed(), "a.txt:100644:1 b/c.txt:100644:0 new.txt:100644:1");
}

static void changes_that_are_not_staged_are_not_seen(void)
{
	new_repository_with_commit();
	write_text("a.txt", "changed\n");
	EXPECT_STR(listed(), "a.txt:100644:0 b/c.txt:100644:0");
}

static void a_removed_file_is_named(void)
{
	new_repository_with_commit();
	git("rm -q b/c.txt");
	EXPECT_STR(listed(), "a.txt:100644:0 -b/c.txt");
}

static void before_the_first_commit_everything_is_new(void)
{
	new_repository();
	EXPECT_STR(listed(), "");
	write_text("a.txt", "one\n");
	git("add .");
	EXPECT_STR(listed(), "a.txt:100644:1");
}

static void modes_and_links_are_told(void)
{
	new_repository();
	write_text("run", "#!/bin/sh\n");
	EXPECT_INT(chmod("run", 0755), 0);
	EXPECT_INT(symlink("/etc/passwd", "link"), 0);
	git("add .");
	EXPECT_STR(listed(), "link:120000:1 run:100755:1");
}

static void a_file_that_is_only_announced_is_not_staged(void)
{
	new_repository_with_commit();
	write_text("later.txt", "later\n");
	git("add -N later.txt");
	EXPECT_STR(listed(), "a.txt:100644:0 b/c.txt:100644:0");
}

/* git commit FILE and git commit -a name an index of their own. */
static void the_index_of_a_hook_is_read(void)
{
	new_repository_with_commit();
	write_text("a.txt", "for the hook\n");
	setenv("GIT_INDEX_FILE", ".git/hook-index", 1);
	git("read-tree HEAD");
	git("add a.txt");
	EXPECT_STR(listed(), "a.txt:100644:1 b/c.txt:100644:0");
	unsetenv("GIT_INDEX_FILE");
	EXPECT_STR(listed(), "a.txt:100644:0 b/c.txt:100644:0");
}

static void a_work_tree_of_its_own_has_its_own_index(void)
{
	new_repository_with_commit();
	git("worktree add -q ../linked");
	EXPECT_INT(chdir("../linked"), 0);
	write_text("a.txt", "in the other tree\n");
	git("add a.txt");
	EXPECT_STR(listed(), "a.txt:100644:1 b/c.txt:100644:0");
	EXPECT_HAS(staged->git_dir, "/worktrees/linked");
	EXPECT(!strstr(staged->common_dir, "/worktrees/"));
}

static void forms_that_libgit2_cannot_read_are_refused_with_the_command_that_helps(void)
{
	new_repository_with_commit();
	git("update-index --split-index");
	expect_refused(RK_EREFUSED, "is split", "git update-index --no-split-index");
	git("update-index --no-split-index");
	git("sparse-checkout init --cone --sparse-index");
	expect_refused(RK_EREFUSED, "is sparse",
		       "git sparse-checkout reapply --no-sparse-index");
	git("sparse-checkout reapply --no-sparse-index");
	EXPECT_STR(listed(), "a.txt:100644:0 b/c.txt:100644:0");
}

static void objects_named_by_sha256_are_refused(void)
{
	new_repository();
	if (rk_dir_remove(".git", &(struct rk_error)RK_ERROR_INIT) < 0 ||
	    git("init -q --object-format=sha256 .") < 0)
		abort();
	expect_refused(RK_EREFUSED, "SHA-256", "--no-verify");
}

static void a_damaged_index_is_said(void)
{
	new_repository_with_commit();
	write_text(".git/index", "DIRC is not enough");
	expect_refused(RK_EFORMAT, "cannot be read", "git status");
}

static void what_is_not_merged_is_refused(void)
{
	new_repository_with_commit();
	write_text("info", "0 0000000000000000000000000000000000000000\ta.txt\n");
	git("config user.name t");
	git("config user.email t@t");
	git("checkout -q -b other");
	write_text("a.txt", "theirs\n");
	git("commit -q -a -m theirs");
	git("checkout -q -");
	write_text("a.txt", "ours\n");
	git("commit -q -a -m ours");
	EXPECT_INT(git("merge -q other"), -1);
	expect_refused(RK_EREFUSED, "'a.txt' is not merged", "resolve the conflict");
}

static void a_folder_in_no_repository_is_said(void)
{
	EXPECT_INT(chdir("/"), 0);
	expect_refused(RK_ENOTFOUND, "is in no git repository", "git work tree");
}

static void only_the_named_paths_are_compared(void)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;

	new_repository_with_commit();
	write_text("b/d.txt", "three\n");
	EXPECT_INT(git("add ."), 0);
	EXPECT_INT(git("-c user.name=t -c user.email=t@t commit -q -m second"), 0);
	write_text("a.txt", "changed\n");
	write_text("b/c.txt", "changed\n");
	EXPECT_INT(git("add ."), 0);
	EXPECT_INT(git("rm -q b/d.txt"), 0);
	EXPECT_STR(listed(), "a.txt:100644:1 b/c.txt:100644:1 -b/d.txt");
	rk_strv_add_all(&paths, "b/c.txt", "b/e.txt", NULL);
	EXPECT_INT(rk_staged_compare(staged, &paths, &err), 0);
	EXPECT(!staged->entries[0].changed && staged->entries[1].changed);
	EXPECT_INT(staged->removed.n_items, 0);
	rk_strv_add(&paths, "b/d.txt");
	EXPECT_INT(rk_staged_compare(staged, &paths, &err), 0);
	EXPECT_INT(staged->removed.n_items, 1);
	rk_strv_release(&paths);
	EXPECT_INT(rk_staged_compare(staged, &paths, &err), 0);
	EXPECT(!staged->entries[1].changed && staged->removed.n_items == 0);
}

/* ---- checking out ---- */

static int check_out_as(const char *form, uint64_t limit, struct rk_error *err)
{
	char out[600];

	snprintf(out, sizeof(out), "%s/out", place);
	if (read_it(err) < 0)
		return -(int)err->code;
	return rk_staged_checkout(staged, out, form, limit, err);
}

static void check_out(void)
{
	struct rk_error err = RK_ERROR_INIT;

	if (!EXPECT_INT(check_out_as("form", NO_LIMIT, &err), 0))
		printf("# %s\n", err.msg);
}

/* A new place for each test: it is beside the repositories. */
static void new_place(void)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_dir_remove("../out", &err) < 0)
		abort();
}

static const char *text_of(const char *path)
{
	static struct rk_buf text;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_release(&text);
	return rk_file_read(path, 4096, &text, &err) == 0 ? rk_buf_str(&text) : NULL;
}

static int64_t time_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec
				    : -1;
}

static void the_index_is_checked_out_and_not_the_work_tree(void)
{
	new_repository_with_commit();
	new_place();
	write_text("a.txt", "staged\n");
	git("add a.txt");
	write_text("a.txt", "not staged\n");
	write_text("unknown.txt", "not staged\n");
	check_out();
	EXPECT_STR(text_of("../out/tree/a.txt"), "staged\n");
	EXPECT_STR(text_of("../out/tree/b/c.txt"), "two\n");
	EXPECT(!text_of("../out/tree/unknown.txt"));
}

static void files_that_did_not_change_keep_their_times(void)
{
	int64_t before;

	new_repository_with_commit();
	new_place();
	check_out();
	before = time_of("../out/tree/b/c.txt");
	write_text("../out/tree/a.o", "built\n");
	write_text("a.txt", "changed\n");
	git("add a.txt");
	check_out();
	EXPECT_STR(text_of("../out/tree/a.txt"), "changed\n");
	EXPECT(time_of("../out/tree/b/c.txt") == before);
	EXPECT_STR(text_of("../out/tree/a.o"), "built\n");
}

static void removed_files_go(void)
{
	new_repository_with_commit();
	new_place();
	check_out();
	git("rm -q b/c.txt");
	check_out();
	EXPECT(!text_of("../out/tree/b/c.txt"));
}

static void what_the_build_changed_in_a_file_is_undone(void)
{
	new_repository_with_commit();
	new_place();
	check_out();
	write_text("../out/tree/a.txt", "changed by a makefile\n");
	check_out();
	EXPECT_STR(text_of("../out/tree/a.txt"), "one\n");
}

static void another_form_starts_from_nothing(void)
{
	struct rk_error err = RK_ERROR_INIT;

	new_repository_with_commit();
	new_place();
	check_out();
	write_text("../out/tree/a.o", "built\n");
	EXPECT_INT(check_out_as("another form", NO_LIMIT, &err), 0);
	EXPECT(!text_of("../out/tree/a.o"));
	EXPECT_STR(text_of("../out/tree/a.txt"), "one\n");
}

static void a_checkout_that_was_cut_off_is_made_anew(void)
{
	new_repository_with_commit();
	new_place();
	check_out();
	write_text("../out/tree/a.o", "half\n");
	write_text("../out/index.lock", "");
	EXPECT_INT(unlink("../out/whole"), 0);
	check_out();
	EXPECT(!text_of("../out/tree/a.o"));
	EXPECT_STR(text_of("../out/tree/a.txt"), "one\n");
}

static void attributes_and_modes_are_those_of_the_index(void)
{
	struct stat st;
	char target[64] = "";

	new_repository();
	new_place();
	write_text(".gitattributes", "*.txt text eol=crlf\n");
	write_text("a.txt", "one\n");
	write_text("run", "#!/bin/sh\n");
	EXPECT_INT(chmod("run", 0755), 0);
	EXPECT_INT(symlink("/nowhere", "link"), 0);
	git("add .");
	write_text(".gitattributes", "*.txt text eol=lf\n");
	check_out();
	EXPECT_STR(text_of("../out/tree/a.txt"), "one\r\n");
	EXPECT(stat("../out/tree/run", &st) == 0 && (st.st_mode & 0100));
	EXPECT(readlink("../out/tree/link", target, sizeof(target) - 1) > 0);
	EXPECT_STR(target, "/nowhere");
	git("add .gitattributes");
	check_out();
	EXPECT_STR(text_of("../out/tree/a.txt"), "one\n");
}

/* As git itself checks the path out of the same index. */
static void expect_as_git(const char *path)
{
	char ours[300];
	char theirs[300];
	char *text;

	snprintf(ours, sizeof(ours), "../out/tree/%s", path);
	snprintf(theirs, sizeof(theirs), "../git-out/%s", path);
	if (git("checkout-index -a -f --prefix=../git-out/") < 0)
		abort();
	text = strdup(text_of(theirs));
	EXPECT_STR(text_of(ours), text);
	free(text);
}

static void ident_and_ends_of_lines_are_as_git_has_them(void)
{
	new_repository();
	new_place();
	write_text(".gitattributes", "a.txt ident eol=crlf\nb.txt text\nc.txt -text\n");
	write_text("a.txt", "$Id$\n");
	write_text("b.txt", "one\ntwo\n");
	write_text("c.txt", "one\r\ntwo\n");
	git("add .");
	check_out();
	expect_as_git("a.txt");
	EXPECT_STR(text_of("../out/tree/b.txt"), "one\ntwo\n");
	EXPECT_STR(text_of("../out/tree/c.txt"), "one\r\ntwo\n");
	EXPECT_INT(strlen(text_of("../out/tree/a.txt")), strlen("$Id:  $\r\n") + 40);
}

static void a_changed_setting_of_git_changes_the_checkout(void)
{
	cleanup_free char *before = NULL;

	new_repository();
	new_place();
	write_text(".gitattributes", "b.txt text\n");
	write_text("b.txt", "one\n");
	git("add .");
	check_out();
	EXPECT_STR(text_of("../out/tree/b.txt"), "one\n");
	before = strdup(staged->conversion);
	git("config core.autocrlf true");
	check_out();
	EXPECT_STR(text_of("../out/tree/b.txt"), "one\r\n");
	EXPECT(strcmp(before, staged->conversion) != 0);
	git("config --unset core.autocrlf");
	check_out();
	EXPECT_STR(text_of("../out/tree/b.txt"), "one\n");
	EXPECT_STR(staged->conversion, before);
	write_text(".git/info/attributes", "b.txt eol=crlf\n");
	check_out();
	EXPECT_STR(text_of("../out/tree/b.txt"), "one\r\n");
}

/* "-" if it is not found. */
static const char *staged_text(const char *path)
{
	static struct rk_buf text;
	static struct rk_error err;
	bool found = false;

	rk_buf_release(&text);
	if (read_it(&err) < 0 || rk_staged_text(staged, path, &text, &found, &err) < 0)
		return err.msg;
	return found ? rk_buf_str(&text) : "-";
}

static void a_small_file_is_read_as_it_is_staged(void)
{
	cleanup_free char *large = calloc(1, (1 << 20) + 2);

	new_repository_with_commit();
	write_text("b/c.txt", "staged\n");
	git("add .");
	write_text("b/c.txt", "not staged\n");
	EXPECT_STR(staged_text("b/c.txt"), "staged\n");
	EXPECT_STR(staged_text("b"), "-");
	EXPECT_STR(staged_text("c.txt"), "-");
	EXPECT(symlink("a.txt", "link") == 0);
	git("add .");
	EXPECT_STR(staged_text("link"), "-");
	if (!large)
		abort();
	memset(large, 'x', (1 << 20) + 1);
	write_text("large", large);
	git("add .");
	EXPECT_STR(staged_text("large"), "'large' is longer than 1 MiB");
}

static void a_filter_of_the_repository_is_run_as_git_runs_it(void)
{
	new_repository();
	new_place();
	write_text(".gitattributes", "*.txt filter=loud\n");
	write_text("a.txt", "one\n");
	git("add .");
	write_text(".git/config",
		   "[core]\n\tbare = false\n[filter \"loud\"]\n\tsmudge = tr a-z A-Z\n");
	check_out();
	EXPECT_STR(text_of("../out/tree/a.txt"), "ONE\n");
}

/* Names and contents of .git, without what git itself may refresh at any time. */
static const char *state_of_repository(void)
{
	static char *text;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	free(text);
	text = NULL;
	rk_strv_add_all(&argv, "find", ".", "-printf", "%p %y %s %m %T@ %l\\n", NULL);
	return rk_spawn_capture(&argv, &text, &err) == 0 ? text : NULL;
}

static void nothing_of_the_repository_is_written(void)
{
	cleanup_free char *before = NULL;
	struct rk_error err = RK_ERROR_INIT;

	new_repository_with_commit();
	new_place();
	write_text("a.txt", "staged\n");
	git("add a.txt");
	if (rk_strdup(state_of_repository(), &before, &err) < 0)
		abort();
	check_out();
	EXPECT_STR(state_of_repository(), before);
	EXPECT_STR(text_of("../out/tree/a.txt"), "staged\n");
}

static void no_hook_of_the_repository_runs(void)
{
	char hook[700];

	new_repository_with_commit();
	new_place();
	snprintf(hook, sizeof(hook), "#!/bin/sh\n: >'%s/hook-ran'\n", place);
	write_text(".git/hooks/post-index-change", hook);
	EXPECT_INT(chmod(".git/hooks/post-index-change", 0755), 0);
	check_out();
	EXPECT(!text_of("../hook-ran"));
	/* It would have. */
	write_text("a.txt", "staged\n");
	git("add a.txt");
	EXPECT(text_of("../hook-ran") != NULL);
}

static void more_than_the_limit_is_refused(void)
{
	struct rk_error err = RK_ERROR_INIT;

	new_repository_with_commit();
	new_place();
	EXPECT_INT(check_out_as("form", 7, &err), -RK_EREFUSED);
	EXPECT_HAS(err.msg, "counted up to 'b/c.txt'");
	EXPECT_STR(err.id, "staged-size");
	EXPECT(rk_finding_kind("staged-size") != NULL);
	EXPECT_INT(check_out_as("form", 8, &err), 0);
	/* Now sizes of what is checked out are known without the objects. */
	EXPECT_INT(check_out_as("form", 7, &err), -RK_EREFUSED);
	write_text("b/c.txt", "larger\n");
	git("add .");
	EXPECT_INT(check_out_as("form", 10, &err), -RK_EREFUSED);
	EXPECT_INT(check_out_as("form", 11, &err), 0);
}

static void a_name_like_an_option_is_a_file(void)
{
	new_repository();
	new_place();
	write_text("-rf", "a name like an option\n");
	git("add -- -rf");
	check_out();
	EXPECT_STR(text_of("../out/tree/-rf"), "a name like an option\n");
}

static const struct test tests[] = {
	TEST(what_is_staged_is_told_from_head),
	TEST(changes_that_are_not_staged_are_not_seen),
	TEST(a_removed_file_is_named),
	TEST(before_the_first_commit_everything_is_new),
	TEST(modes_and_links_are_told),
	TEST(a_file_that_is_only_announced_is_not_staged),
	TEST(the_index_of_a_hook_is_read),
	TEST(a_work_tree_of_its_own_has_its_own_index),
	TEST(forms_that_libgit2_cannot_read_are_refused_with_the_command_that_helps),
	TEST(objects_named_by_sha256_are_refused),
	TEST(a_damaged_index_is_said),
	TEST(what_is_not_merged_is_refused),
	TEST(a_folder_in_no_repository_is_said),
	TEST(only_the_named_paths_are_compared),
	TEST(the_index_is_checked_out_and_not_the_work_tree),
	TEST(files_that_did_not_change_keep_their_times),
	TEST(removed_files_go),
	TEST(what_the_build_changed_in_a_file_is_undone),
	TEST(another_form_starts_from_nothing),
	TEST(a_checkout_that_was_cut_off_is_made_anew),
	TEST(attributes_and_modes_are_those_of_the_index),
	TEST(ident_and_ends_of_lines_are_as_git_has_them),
	TEST(a_changed_setting_of_git_changes_the_checkout),
	TEST(a_small_file_is_read_as_it_is_staged),
	TEST(a_filter_of_the_repository_is_run_as_git_runs_it),
	TEST(nothing_of_the_repository_is_written),
	TEST(no_hook_of_the_repository_runs),
	TEST(more_than_the_limit_is_refused),
	TEST(a_name_like_an_option_is_a_file),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	int status;

	setenv("HOME", "/nonexistent", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	if (rk_dir_make_temp("/tmp/test-staged", &place, &err) < 0)
		return 1;
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	rk_staged_free(staged);
	text_of("/");
	if (chdir("/") < 0 || rk_dir_remove(place, &err) < 0)
		return 1;
	free(place);
	return status;
}
