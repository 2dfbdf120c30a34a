/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/root/package-db.h"
#include "tests/unit/tap.h"

#define LOCAL "var/lib/pacman/local/"

/* A tree with pacman's database. */
struct fake {
	char *dir;
	struct rk_root *root;
	struct rk_error err;
};

static void put(struct fake *fake, const char *path, const char *text)
{
	cleanup_free char *full = NULL;
	cleanup_free char *dir = NULL;

	EXPECT_INT(rk_path_join(fake->dir, path, &full, &fake->err), 0);
	EXPECT_INT(rk_format(&dir, &fake->err, "%.*s",
			     (int)(rk_path_base(full) - full - 1), full),
		   0);
	EXPECT_INT(rk_dir_make(dir, 0755, &fake->err), 0);
	EXPECT_INT(rk_file_write(full, text, strlen(text), 0644, &fake->err), 0);
}

static void setup(struct fake *fake)
{
	struct rk_machine machine = {0};

	*fake = (struct fake){0};
	EXPECT_INT(rk_dir_make_temp("/tmp/rk-package-db", &fake->dir, &fake->err), 0);
	put(fake, "usr/x", "");
	put(fake, LOCAL "ALPM_DB_VERSION", "9\n");
	put(fake, LOCAL "linux-headers-7.1.6.arch1-1/desc",
	    "%NAME%\nlinux-headers\n\n%VERSION%\n7.1.6.arch1-1\n\n%BASE%\nlinux\n\n"
	    "%DESC%\n%NAME%\n\n%ARCH%\nx86_64\n\n%DEPENDS%\npahole\nbash>=5\n\n");
	put(fake, LOCAL "linux-headers-7.1.6.arch1-1/files",
	    "%FILES%\nusr/\nusr/lib/modules/7.1.6/build/\n"
	    "usr/lib/modules/7.1.6/build/Makefile\n\n%BACKUP%\netc/x\tabc\n");
	put(fake, LOCAL "linux-headers-lts-6.12-1/desc",
	    "%NAME%\nlinux-headers-lts\n\n%VERSION%\n6.12-1\n");
	EXPECT_INT(rk_root_open(&machine, fake->dir, &fake->root, &fake->err), 0);
}

static void teardown(struct fake *fake)
{
	rk_root_free(fake->root);
	EXPECT_INT(rk_dir_remove(fake->dir, &fake->err), 0);
	free(fake->dir);
}

static void a_package_of_pacman_has_all_its_fields(void)
{
	struct rk_package package = {0};
	struct fake fake;
	struct stat st;

	setup(&fake);
	EXPECT(rk_package_state(fake.root, &st));
	EXPECT_INT(rk_package_find(fake.root, "linux-headers", &package, &fake.err), 0);
	EXPECT_STR(package.name, "linux-headers");
	EXPECT_STR(package.version, "7.1.6.arch1-1");
	EXPECT_STR(package.arch, "x86_64");
	EXPECT_STR(package.source, "linux");
	EXPECT_STR(package.source_version, "7.1.6.arch1-1");
	EXPECT_STR(package.depends, "pahole, bash>=5");
	rk_package_release(&package);
	EXPECT_INT(rk_package_find(fake.root, "linux", &package, &fake.err),
		   -RK_ENOTFOUND);
	EXPECT_HAS(fake.err.msg, "package 'linux' is not installed in root tree");
	teardown(&fake);
}

static void files_of_pacman_have_their_owner(void)
{
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	struct rk_package package = {0};
	struct fake fake;

	setup(&fake);
	EXPECT_INT(rk_package_files(fake.root, "linux-headers", &files, &fake.err), 0);
	EXPECT_INT(files.n_items, 3);
	if (files.n_items == 3)
		EXPECT_STR(files.items[1], "/usr/lib/modules/7.1.6/build");
	EXPECT_INT(rk_package_owner(fake.root, "/usr/lib/modules/7.1.6/build", &package,
				    &fake.err),
		   0);
	EXPECT_STR(package.name, "linux-headers");
	rk_package_release(&package);
	EXPECT_INT(rk_package_owner(fake.root, "/usr/lib/modules/7.1.6/buil", &package,
				    &fake.err),
		   -RK_ENOTFOUND);
	EXPECT_INT(rk_package_owner(fake.root, "/lib", &package, &fake.err),
		   -RK_ENOTFOUND);
	EXPECT_INT(rk_package_owner(fake.root, "/", &package, &fake.err), -RK_ENOTFOUND);
	EXPECT_INT(rk_package_owner(fake.root, "usr", &package, &fake.err),
		   -RK_ENOTFOUND);
	teardown(&fake);
}

static void names_of_pacman_are_listed_sorted(void)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	struct fake fake;

	setup(&fake);
	EXPECT_INT(rk_package_list(fake.root, "linux-", &names, &fake.err), 0);
	EXPECT_INT(names.n_items, 2);
	if (names.n_items == 2)
		EXPECT_STR(names.items[1], "linux-headers-lts");
	teardown(&fake);
}

static void damaged_entries_of_pacman_are_skipped(void)
{
	static const char *const texts[] = {
		"",
		"%NAME%",
		"%NAME%\n",
		"%NAME%\nx",
		"%NAME%\nx\n",
		"%NAME%\n\n%VERSION%\n1\n",
		"%VERSION%\n1\n",
	};
	struct rk_package package = {0};
	struct fake fake;

	setup(&fake);
	put(&fake, LOCAL "x-2-1/files", "%FILES%\n\n");
	EXPECT_INT(rk_package_find(fake.root, "x", &package, &fake.err), -RK_ENOTFOUND);
	for (size_t i = 0; i < RK_ARRAY_LEN(texts); i++) {
		put(&fake, LOCAL "x-1-1/desc", texts[i]);
		put(&fake, LOCAL "x-1-1/files", texts[i]);
		EXPECT_INT(rk_package_find(fake.root, "x", &package, &fake.err),
			   -RK_ENOTFOUND);
		EXPECT_INT(rk_package_owner(fake.root, "/x", &package, &fake.err),
			   -RK_ENOTFOUND);
	}
	EXPECT_INT(rk_package_find(fake.root, "../../../etc", &package, &fake.err),
		   -RK_ENOTFOUND);
	teardown(&fake);
}

static void a_line_of_rpm_is_a_package(void)
{
	struct rk_package package = {0};
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_rpm_package("kernel-devel\t7.1.8-200.fc44\tx86_64\t"
				  "kernel-7.1.8-200.fc44.src.rpm\nnext",
				  &package, &err),
		   0);
	EXPECT_STR(package.name, "kernel-devel");
	EXPECT_STR(package.version, "7.1.8-200.fc44");
	EXPECT_STR(package.arch, "x86_64");
	EXPECT_STR(package.source, "kernel");
	EXPECT_STR(package.source_version, "7.1.8-200.fc44");
	rk_package_release(&package);
	EXPECT_INT(rk_rpm_package("key\t1-1\t(none)\t(none)", &package, &err), 0);
	EXPECT_STR(package.source, "key");
	EXPECT_STR(package.source_version, "1-1");
	rk_package_release(&package);
}

static void other_lines_of_rpm_are_refused(void)
{
	static const char *const lines[] = {"",     "\n",        "\t\t\t",
					    "name", "name\t1\n", "error: rpmdb: damaged"};
	static const char *const sources[] = {"-", "--", "-1-2.src.rpm", ".src.rpm",
					      "a-b.src.rpm"};
	struct rk_package package = {0};
	struct rk_error err = RK_ERROR_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(lines); i++)
		EXPECT_INT(rk_rpm_package(lines[i], &package, &err), -RK_EFORMAT);
	for (size_t i = 0; i < RK_ARRAY_LEN(sources); i++) {
		cleanup_free char *line = NULL;

		EXPECT_INT(rk_format(&line, &err, "n\t1-1\tnoarch\t%s", sources[i]), 0);
		EXPECT_INT(rk_rpm_package(line, &package, &err), 0);
		rk_package_release(&package);
	}
}

static const struct test tests[] = {
	TEST(a_package_of_pacman_has_all_its_fields),
	TEST(files_of_pacman_have_their_owner),
	TEST(names_of_pacman_are_listed_sorted),
	TEST(damaged_entries_of_pacman_are_skipped),
	TEST(a_line_of_rpm_is_a_package),
	TEST(other_lines_of_rpm_are_refused),
};
TAP_MAIN(tests)
