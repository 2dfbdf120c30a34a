/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/install/place.h"
#include "lib/install/record.h"
#include "tests/unit/tap.h"

#define RELEASE "7.2.12-x"
#define UPDATES "lib/modules/" RELEASE "/updates/"
#define HASH    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A folder that modules are installed below, and one with what was staged. */
struct fixture {
	char *dir;
	struct rk_install_plan plan;
	struct rk_install_result result;
	struct rk_error err;
};

static char *path_of(const struct fixture *f, const char *name)
{
	struct rk_error err = RK_ERROR_INIT;
	char *path = NULL;

	if (rk_path_join(f->dir, name, &path, &err) < 0)
		abort();
	return path;
}

static void put(const struct fixture *f, const char *name, const char *text)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *path = path_of(f, name);
	cleanup_free char *dir = NULL;

	if (rk_format(&dir, &err, "%s/%.*s", f->dir, (int)(rk_path_base(name) - name),
		      name) < 0 ||
	    rk_dir_make(dir, 0755, &err) < 0 ||
	    rk_file_write(path, text, strlen(text), 0644, &err) < 0)
		abort();
}

static bool is_there(const struct fixture *f, const char *name)
{
	cleanup_free char *path = path_of(f, name);
	struct stat st;

	return lstat(path, &st) == 0;
}

static void expect_text(const struct fixture *f, const char *name, const char *text)
{
	cleanup_free char *path = path_of(f, name);
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_file_read(path, 1 << 16, &buf, &err), 0);
	EXPECT_STR(rk_buf_str(&buf), text);
}

static void setup(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	if (rk_dir_make_temp("/tmp/rk-install", &f->dir, &f->err) < 0)
		abort();
	f->plan.kind = RK_INSTALL_FOLDER;
	f->plan.prefix = path_of(f, "prefix");
	f->plan.stage = path_of(f, "stage");
	if (rk_strdup(RELEASE, &f->plan.release, &f->err) < 0 ||
	    rk_dir_make(f->plan.prefix, 0755, &f->err) < 0 ||
	    rk_dir_make(f->plan.stage, 0755, &f->err) < 0)
		abort();
}

static void teardown(struct fixture *f)
{
	rk_install_plan_release(&f->plan);
	rk_install_result_release(&f->result);
	EXPECT_INT(rk_dir_remove(f->dir, &f->err), 0);
	free(f->dir);
}
#define cleanup_fixture cleanup(teardown)

/* Staged with this text, judged with it as well. */
static void stage(struct fixture *f, const char *target, const char *text)
{
	cleanup_free char *name = NULL;
	cleanup_free char *path = NULL;
	char hash[RK_SHA256_HEX_SIZE];

	if (rk_format(&name, &f->err, "stage/%s", target) < 0)
		abort();
	put(f, name, text);
	path = path_of(f, name);
	EXPECT_INT(rk_sha256_file(path, hash, &f->err), 0);
	rk_strv_add(&f->plan.targets, target);
	rk_strv_add(&f->plan.hashes, hash);
}

static int place(struct fixture *f)
{
	int r = rk_install_place(&f->plan, false, &f->result, &f->err);

	rk_strv_release(&f->plan.targets);
	rk_strv_release(&f->plan.hashes);
	return r;
}

static int take_away(struct fixture *f, const char *name, bool force)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;

	rk_strv_add(&names, name);
	return rk_install_remove(&f->plan, &names, force, &f->result, &f->err);
}

/* ---- in and out ---- */

static void what_was_installed_goes_again_with_its_folders(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	stage(&f, UPDATES "sub/one-a.ko.xz", "1");
	EXPECT_INT(place(&f), 0);
	expect_text(&f, "prefix/" UPDATES "sub/one-a.ko.xz", "1");
	EXPECT(!f.result.depmod);
	EXPECT_INT(take_away(&f, "one-a", false), 0);
	EXPECT(!is_there(&f, "prefix/lib"));
	EXPECT(!is_there(&f, "prefix/var"));
}

static void a_folder_of_two_modules_goes_with_the_last(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	stage(&f, UPDATES "one.ko", "1");
	EXPECT_INT(place(&f), 0);
	stage(&f, UPDATES "two.ko", "2");
	EXPECT_INT(place(&f), 0);
	EXPECT_INT(take_away(&f, "one", false), 0);
	expect_text(&f, "prefix/" UPDATES "two.ko", "2");
	EXPECT_INT(take_away(&f, "two", false), 0);
	EXPECT(!is_there(&f, "prefix/lib"));
}

static void folders_that_were_there_stay(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	put(&f, "prefix/" UPDATES "other.txt", "");
	stage(&f, UPDATES "one.ko", "1");
	EXPECT_INT(place(&f), 0);
	EXPECT_INT(take_away(&f, "one", false), 0);
	EXPECT(is_there(&f, "prefix/" UPDATES "other.txt"));
}

static void a_new_one_replaces_the_old_one_also_elsewhere(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	stage(&f, UPDATES "one.ko", "1");
	EXPECT_INT(place(&f), 0);
	stage(&f, UPDATES "sub/one.ko.xz", "2");
	EXPECT_INT(place(&f), 0);
	EXPECT(!is_there(&f, "prefix/" UPDATES "one.ko"));
	expect_text(&f, "prefix/" UPDATES "sub/one.ko.xz", "2");
	EXPECT_INT(take_away(&f, "one", false), 0);
	EXPECT(!is_there(&f, "prefix/lib"));
}

/* ---- what is refused ---- */

static void other_bytes_than_those_judged_are_not_installed(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	stage(&f, UPDATES "one.ko", "1");
	put(&f, "stage/" UPDATES "one.ko", "2");
	EXPECT_INT(place(&f), -RK_EREFUSED);
	EXPECT_STR(f.err.id, "install-changed");
	EXPECT(!is_there(&f, "prefix/" UPDATES "one.ko"));
	EXPECT(!is_there(&f, "prefix/" UPDATES ".one.ko.rkmod-new"));
}

static void a_link_in_the_stage_is_not_followed(void)
{
	cleanup_fixture struct fixture f;
	cleanup_free char *path = NULL;
	cleanup_free char *moved = NULL;

	setup(&f);
	stage(&f, UPDATES "one.ko", "1");
	path = path_of(&f, "stage/" UPDATES "one.ko");
	moved = path_of(&f, "moved");
	EXPECT_INT(rename(path, moved), 0);
	EXPECT_INT(symlink(moved, path), 0);
	EXPECT(place(&f) < 0);
	EXPECT(!is_there(&f, "prefix/" UPDATES "one.ko"));
}

static void files_of_somebody_else_stay(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	put(&f, "prefix/" UPDATES "one.ko", "mine");
	stage(&f, UPDATES "one.ko", "1");
	EXPECT_INT(place(&f), -RK_EREFUSED);
	EXPECT_STR(f.err.id, "install-exists");
	expect_text(&f, "prefix/" UPDATES "one.ko", "mine");
}

static void changed_files_stay_unless_forced(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	stage(&f, UPDATES "one.ko", "1");
	EXPECT_INT(place(&f), 0);
	put(&f, "prefix/" UPDATES "one.ko", "changed");
	EXPECT_INT(take_away(&f, "one", false), -RK_EREFUSED);
	EXPECT_STR(f.err.id, "install-changed");
	expect_text(&f, "prefix/" UPDATES "one.ko", "changed");
	EXPECT_INT(take_away(&f, "one", true), 0);
	EXPECT(!is_there(&f, "prefix/lib"));
}

static void what_is_not_recorded_cannot_be_removed(void)
{
	static const char *const names[] = {"two", "../../two", "..", ""};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_fixture struct fixture f;

		setup(&f);
		stage(&f, UPDATES "one.ko", "1");
		EXPECT_INT(place(&f), 0);
		put(&f, "prefix/" UPDATES "two.ko", "2");
		EXPECT_INT(take_away(&f, names[i], false), -RK_ENOTFOUND);
		EXPECT_STR(f.err.id, "install-unknown");
		EXPECT(is_there(&f, "prefix/" UPDATES "two.ko"));
	}
}

/* ---- runs that were cut off ---- */

static void a_run_that_was_cut_off_can_be_undone(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	stage(&f, UPDATES "one.ko", "1");
	EXPECT_INT(place(&f), 0);
	/* Before the rename: the new name is there, the old file still in place. */
	put(&f, "prefix/" UPDATES ".one.ko.rkmod-new", "ha");
	EXPECT_INT(take_away(&f, "one", false), 0);
	EXPECT(!is_there(&f, "prefix/lib"));
}

static void a_run_that_was_cut_off_can_be_repeated(void)
{
	cleanup_fixture struct fixture f;
	cleanup_free char *path = NULL;

	setup(&f);
	stage(&f, UPDATES "one.ko", "1");
	EXPECT_INT(place(&f), 0);
	/* After the record, before the file: it has none. */
	path = path_of(&f, "prefix/" UPDATES "one.ko");
	EXPECT_INT(unlink(path), 0);
	put(&f, "prefix/" UPDATES ".one.ko.rkmod-new", "ha");
	stage(&f, UPDATES "one.ko", "2");
	EXPECT_INT(place(&f), 0);
	expect_text(&f, "prefix/" UPDATES "one.ko", "2");
	EXPECT(!is_there(&f, "prefix/" UPDATES ".one.ko.rkmod-new"));
	EXPECT_INT(take_away(&f, "one", false), 0);
	EXPECT(!is_there(&f, "prefix/lib"));
}

/* ---- texts ---- */

#define HEAD "rkmod-install 1\nkind tree\nprefix /t\nrelease " RELEASE "\nstage /s\n"

static void a_plan_is_read_as_it_was_written(void)
{
	static const char text[] = HEAD "file " HASH " " UPDATES "one.ko.zst\n";
	cleanup_plan struct rk_install_plan plan = {.prefix = NULL};
	cleanup_buf struct rk_buf again = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_install_plan_parse(text, &plan, &err), 0);
	EXPECT_INT(plan.kind, RK_INSTALL_TREE);
	EXPECT_INT(rk_install_plan_print(&plan, &again, &err), 0);
	EXPECT_STR(rk_buf_str(&again), text);
}

static void plans_that_lead_elsewhere_are_refused(void)
{
	static const char *const texts[] = {
		"",
		"rkmod-install 2\n",
		"rkmod-install 1\nkind moon\nprefix /t\nrelease x\nstage /s\n",
		"rkmod-install 1\nkind tree\nprefix t\nrelease x\nstage /s\n",
		"rkmod-install 1\nkind tree\nprefix /t\nrelease ../x\nstage /s\n",
		"rkmod-install 1\nkind tree\nprefix /t\nrelease x\nstage s\n",
		"rkmod-install 1\nkind tree\nprefix /t\nrelease x\nstage /s",
		HEAD "file " HASH " " UPDATES "one.ko",
		HEAD "file " HASH " " UPDATES "one.so\n",
		HEAD "file " HASH " " UPDATES "../one.ko\n",
		HEAD "file " HASH " " UPDATES "/one.ko\n",
		HEAD "file " HASH " " UPDATES ".one.ko\n",
		HEAD "file " HASH " " UPDATES "o ne.ko\n",
		HEAD "file " HASH " /" UPDATES "one.ko\n",
		HEAD "file " HASH " lib/modules/" RELEASE "/one.ko\n",
		HEAD "file " HASH " lib/modules/other/updates/one.ko\n",
		HEAD "file " HASH " lib/modules/" RELEASE "more/updates/one.ko\n",
		HEAD "file " HASH " etc/one.ko\n",
		HEAD "file 12 " UPDATES "one.ko\n",
		HEAD "more\n",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(texts); i++) {
		cleanup_plan struct rk_install_plan plan = {.prefix = NULL};
		struct rk_error err = RK_ERROR_INIT;

		if (!EXPECT(rk_install_plan_parse(texts[i], &plan, &err) == -RK_EFORMAT))
			printf("# %s\n", texts[i]);
	}
}

static void records_that_lead_elsewhere_are_refused(void)
{
	static const char *const texts[] = {
		"",
		"rkmod-installed 2\n",
		"rkmod-installed 1\ndir etc\n",
		"rkmod-installed 1\ndir lib/modules/../../etc\n",
		"rkmod-installed 1\ndir lib/modules/other\n",
		"rkmod-installed 1\nfile " HASH " etc/passwd\n",
		"rkmod-installed 1\nfile " HASH " lib/modules/other/updates/x.ko\n",
		"rkmod-installed 1\nfile x " UPDATES "x.ko\n",
		"rkmod-installed 1\nfile " HASH " " UPDATES "x.ko",
		"rkmod-installed 1\nlink " UPDATES "x.ko\n",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(texts); i++) {
		cleanup_record struct rk_install_record record = {0};
		struct rk_error err = RK_ERROR_INIT;

		if (!EXPECT(rk_install_record_parse(texts[i], RELEASE, &record, &err) ==
			    -RK_EFORMAT))
			printf("# %s\n", texts[i]);
	}
}

static void a_module_has_the_name_that_the_kernel_knows(void)
{
	static const char *const rows[][2] = {{"a/b-c.ko.xz", "b_c"},
					      {"x.ko", "x"},
					      {"my-mod", "my_mod"},
					      {"../x.ko.gz", "x"}};
	struct rk_error err = RK_ERROR_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(rows); i++) {
		cleanup_free char *name = NULL;

		EXPECT_INT(rk_install_module_name(rows[i][0], &name, &err), 0);
		EXPECT_STR(name, rows[i][1]);
	}
}

static const struct test tests[] = {
	TEST(what_was_installed_goes_again_with_its_folders),
	TEST(a_folder_of_two_modules_goes_with_the_last),
	TEST(folders_that_were_there_stay),
	TEST(a_new_one_replaces_the_old_one_also_elsewhere),
	TEST(other_bytes_than_those_judged_are_not_installed),
	TEST(a_link_in_the_stage_is_not_followed),
	TEST(files_of_somebody_else_stay),
	TEST(changed_files_stay_unless_forced),
	TEST(what_is_not_recorded_cannot_be_removed),
	TEST(a_run_that_was_cut_off_can_be_undone),
	TEST(a_run_that_was_cut_off_can_be_repeated),
	TEST(a_plan_is_read_as_it_was_written),
	TEST(plans_that_lead_elsewhere_are_refused),
	TEST(records_that_lead_elsewhere_are_refused),
	TEST(a_module_has_the_name_that_the_kernel_knows),
};

TAP_MAIN(tests)
