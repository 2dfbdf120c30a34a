/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/root/distro.h"
#include "lib/root/dpkg.h"
#include "lib/root/package.h"
#include "lib/root/record.h"
#include "tests/unit/tap.h"

static const char good_status[] = "Package: linux-headers-7.2.11+deb13-cloud-amd64\n"
				  "Status: install ok installed\n"
				  "Architecture: amd64\n"
				  "Source: linux (7.2.11-1)\n"
				  "Version: 7.2.11-1~bpo13+1\n"
				  "Depends: linux-base (>= 4.12~),\n"
				  " linux-kbuild-7.2.11 (= 7.2.11-1~bpo13+1)\n"
				  "Description: headers\n"
				  " Version: 9.9 in a description is none\n"
				  "\n"
				  "Package: libc6\n"
				  "Status: install ok installed\n"
				  "Architecture: amd64\n"
				  "Multi-Arch: same\n"
				  "Version: 2.41-12\n"
				  "\n"
				  "Package: libc6\n"
				  "Status: install ok installed\n"
				  "Architecture: i386\n"
				  "Version: 2.41-12\n"
				  "\n"
				  "Package: linux-old\n"
				  "Status: deinstall ok config-files\n"
				  "Architecture: all\n"
				  "Version: 1\n"
				  "\n"
				  "Package: linux-triggered\n"
				  "Status: install ok triggers-pending\n"
				  "Architecture: all\n"
				  "Version: 2\n";

/* A tree with a status file and lists of files. */
struct fake {
	char *dir;
	struct rk_root *root;
	struct rk_error err;
};

static void put(struct fake *fake, const char *path, const char *text, size_t size)
{
	cleanup_free char *full = NULL;
	char *slash;

	EXPECT_INT(rk_path_join(fake->dir, path, &full, &fake->err), 0);
	slash = strrchr(full, '/');
	*slash = '\0';
	EXPECT_INT(rk_dir_make(full, 0755, &fake->err), 0);
	*slash = '/';
	EXPECT_INT(rk_file_write(full, text, size, 0644, &fake->err), 0);
}

static void setup(struct fake *fake, const char *status, size_t size)
{
	struct rk_machine machine = {0};

	memset(fake, 0, sizeof(*fake));
	EXPECT_INT(rk_dir_make_temp("/tmp/rkmod-test-package", &fake->dir, &fake->err),
		   0);
	put(fake, "usr/bin/apt-get", "", 0);
	if (status)
		put(fake, "var/lib/dpkg/status", status, size);
	EXPECT_INT(rk_root_open(&machine, fake->dir, &fake->root, &fake->err), 0);
}

static void setup_good(struct fake *fake)
{
	static const char headers[] = "/.\n/lib\n/lib/modules\n/lib/modules/7.2\n"
				      "/lib/modules/7.2/build\n/usr/src/h\n";
	static const char libc[] = "/.\n/usr/lib/libc.so.6\n";

	setup(fake, good_status, strlen(good_status));
	put(fake, "var/lib/dpkg/info/linux-headers-7.2.11+deb13-cloud-amd64.list",
	    headers, strlen(headers));
	put(fake, "var/lib/dpkg/info/libc6:amd64.list", libc, strlen(libc));
	put(fake, "var/lib/dpkg/info/linux-old.list", "/.\n/usr/old\n", 12);
	put(fake, "var/lib/dpkg/info/linux-old.postrm", "/usr/lib/libc.so.6\n", 19);
}

static void teardown(struct fake *fake)
{
	rk_root_free(fake->root);
	EXPECT_INT(rk_dir_remove(fake->dir, &fake->err), 0);
	free(fake->dir);
}

static void finds_an_installed_package_with_all_its_fields(void)
{
	cleanup(rk_package_release) struct rk_package package = {0};
	struct fake fake;

	setup_good(&fake);
	EXPECT_INT(rk_package_find(fake.root, "linux-headers-7.2.11+deb13-cloud-amd64",
				   &package, &fake.err),
		   0);
	EXPECT_STR(package.version, "7.2.11-1~bpo13+1");
	EXPECT_STR(package.arch, "amd64");
	EXPECT_STR(package.source, "linux");
	EXPECT_STR(package.source_version, "7.2.11-1");
	EXPECT_STR(package.depends,
		   "linux-base (>= 4.12~),\n linux-kbuild-7.2.11 (= 7.2.11-1~bpo13+1)");
	teardown(&fake);
}

static void without_source_field_the_source_is_the_package(void)
{
	cleanup(rk_package_release) struct rk_package package = {0};
	struct fake fake;

	setup_good(&fake);
	EXPECT_INT(rk_package_find(fake.root, "libc6:amd64", &package, &fake.err), 0);
	EXPECT_STR(package.source, "libc6");
	EXPECT_STR(package.source_version, "2.41-12");
	EXPECT_STR(package.depends, "");
	teardown(&fake);
}

static void removed_and_unknown_packages_are_not_found(void)
{
	struct rk_package package = {0};
	struct fake fake;

	setup_good(&fake);
	EXPECT_INT(rk_package_find(fake.root, "linux-old", &package, &fake.err),
		   -RK_ENOTFOUND);
	EXPECT_INT(rk_package_find(fake.root, "linux-headers", &package, &fake.err),
		   -RK_ENOTFOUND);
	EXPECT_HAS(fake.err.msg, "package 'linux-headers' is not installed");
	teardown(&fake);
}

static void without_a_database_nothing_is_installed(void)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	struct rk_package package = {0};
	struct fake fake;

	setup(&fake, NULL, 0);
	EXPECT_INT(rk_package_find(fake.root, "libc6", &package, &fake.err),
		   -RK_ENOTFOUND);
	EXPECT_INT(rk_package_owner(fake.root, "/usr", &package, &fake.err),
		   -RK_ENOTFOUND);
	EXPECT_INT(rk_package_list(fake.root, "", &names, &fake.err), 0);
	EXPECT_INT(names.n_items, 0);
	teardown(&fake);
}

static void lists_by_prefix_sorted_and_once(void)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	struct fake fake;

	setup_good(&fake);
	EXPECT_INT(rk_package_list(fake.root, "li", &names, &fake.err), 0);
	EXPECT_INT(names.n_items, 3);
	EXPECT_STR(names.items[0], "libc6");
	EXPECT_STR(names.items[1], "linux-headers-7.2.11+deb13-cloud-amd64");
	EXPECT_STR(names.items[2], "linux-triggered");
	teardown(&fake);
}

static void owner_knows_both_spellings_of_merged_usr(void)
{
	static const char *const paths[] = {"/lib/modules/7.2/build",
					    "/usr/lib/modules/7.2/build", "/usr/src/h"};
	struct fake fake;

	setup_good(&fake);
	for (size_t i = 0; i < RK_ARRAY_LEN(paths); i++) {
		cleanup(rk_package_release) struct rk_package package = {0};

		EXPECT_INT(rk_package_owner(fake.root, paths[i], &package, &fake.err), 0);
		EXPECT_STR(package.name, "linux-headers-7.2.11+deb13-cloud-amd64");
	}
	teardown(&fake);
}

static void owner_wants_the_whole_line_of_an_installed_package(void)
{
	static const char *const paths[] = {"/lib/modules/7.2/buil", "/modules/7.2/build",
					    "/usr/old", "", "/usr/lib/libc.so"};
	struct rk_package package = {0};
	struct fake fake;

	setup_good(&fake);
	for (size_t i = 0; i < RK_ARRAY_LEN(paths); i++)
		EXPECT_INT(rk_package_owner(fake.root, paths[i], &package, &fake.err),
			   -RK_ENOTFOUND);
	EXPECT_INT(rk_package_owner(fake.root, "/usr/lib/libc.so.6", &package, &fake.err),
		   0);
	EXPECT_STR(package.name, "libc6");
	rk_package_release(&package);
	teardown(&fake);
}

static void files_of_a_package_come_without_the_top(void)
{
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	struct fake fake;

	setup_good(&fake);
	EXPECT_INT(rk_package_files(fake.root, "libc6", &files, &fake.err), 0);
	EXPECT_INT(files.n_items, 1);
	EXPECT_STR(files.items[0], "/usr/lib/libc.so.6");
	teardown(&fake);
}

/* Each must be survived; none may yield a package or leave the tree. */
static void damaged_and_hostile_paragraphs_are_skipped(void)
{
	static const char *const bad[] = {
		"Package",
		"Package:\nStatus: install ok installed\nVersion: 1\n",
		"Package: x-y\nStatus: install ok installed\n",
		"Package: x-y\nStatus: installed\nVersion: 1\n",
		"Package: x-y\nStatus: install ok half-installed\nVersion: 1\n",
		"Package: ../../x-y\nStatus: install ok installed\nVersion: 1\n",
		"Package: x-y/..\nStatus: install ok installed\nVersion: 1\n",
		" Package: x-y\nStatus: install ok installed\nVersion: 1\n",
		"Package: x-y\n\nStatus: install ok installed\nVersion: 1\n",
		":::\n:\n \n\t\nStatus: install ok installed",
	};
	struct rk_package package = {0};

	for (size_t i = 0; i < RK_ARRAY_LEN(bad); i++) {
		struct fake fake;

		setup(&fake, bad[i], strlen(bad[i]));
		EXPECT_INT(rk_package_find(fake.root, "x-y", &package, &fake.err),
			   -RK_ENOTFOUND);
		EXPECT_INT(rk_package_find(fake.root, "../../x-y", &package, &fake.err),
			   -RK_ENOTFOUND);
		teardown(&fake);
	}
}

static void a_nul_ends_no_paragraph_early(void)
{
	static const char text[] = "Package: a\0b\nStatus: install ok installed\n"
				   "Version: 1\n\nPackage: good\n"
				   "Status: install ok installed\nVersion: 2\n";
	cleanup(rk_package_release) struct rk_package package = {0};
	struct fake fake;

	setup(&fake, text, sizeof(text) - 1);
	EXPECT_INT(rk_package_find(fake.root, "good", &package, &fake.err), 0);
	EXPECT_STR(package.version, "2");
	teardown(&fake);
}

/* The bytes are in memory of exactly their size, for the sanitizer to watch. */
static void every_cut_of_the_status_is_survived(void)
{
	size_t whole = strlen(good_status);

	for (size_t len = 0; len < whole; len++) {
		cleanup_free char *copy = malloc(len + !len);
		struct rk_dpkg_iter iter = {.next = copy, .end = copy + len};
		struct rk_dpkg_span paragraph;
		size_t n = 0;

		memcpy(copy, good_status, len);
		while (rk_dpkg_next(&iter, &paragraph)) {
			struct rk_package package = {0};
			struct rk_error err = RK_ERROR_INIT;

			if (rk_dpkg_package(&paragraph, &package, &err) == 0)
				rk_package_release(&package);
			n++;
		}
		EXPECT(n <= 5);
	}
}

static void advice_is_the_command_that_works_there(void)
{
	cleanup_free char *path_tree = NULL;
	cleanup_free char *named = NULL;
	struct rk_root made = {.path = (char *)"/x", .name = (char *)"one", .fd = -1};
	struct fake fake;

	setup_good(&fake);
	EXPECT_INT(rk_package_advice(fake.root, "make gcc", &path_tree, &fake.err), 0);
	EXPECT_HAS(path_tree, "' apt install make gcc");
	EXPECT_HAS(path_tree, "chroot '/tmp/");
	EXPECT_INT(rk_package_advice(&made, "make gcc", &named, &fake.err), 0);
	EXPECT_HAS(named, "rkmod root create one");
	EXPECT_HAS(named, " --include make --include gcc");
	teardown(&fake);
}

static void expect_advice(const struct rk_root *root, const char *packages,
			  const char *expected)
{
	cleanup_free char *advice = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_package_advice(root, packages, &advice, &err), 0);
	EXPECT_STR(advice, expected);
}

static void advice_for_a_made_tree_keeps_what_it_was_made_for(void)
{
	struct rk_record record = {
		.request =
			(char *)"suite sid, kernel package linux-headers-7, with bc make",
		.suite = (char *)"sid",
		.headers = (char *)"linux-headers-7",
		.version = (char *)"7-1",
		.release = (char *)"7"};
	struct rk_strv packages = RK_STRV_INIT;
	struct rk_root made = {.name = (char *)"one", .fd = -1};
	struct fake fake;

	setup_good(&fake);
	EXPECT_INT(rk_path_join(fake.dir, "usr", &made.path, &fake.err), 0);
	EXPECT_INT(rk_record_write(fake.dir, &record, &packages, &fake.err), 0);
	expect_advice(&made, "gcc",
		      "rkmod root remove one && rkmod root create one --include gcc"
		      " --include bc --include make"
		      " --kernel-package linux-headers-7=7-1 --suite sid");
	expect_advice(&made, "linux-headers-8",
		      "rkmod root remove one && rkmod root create one"
		      " --kernel-package linux-headers-8 --include bc --include make"
		      " --suite sid");
	free(made.path);
	teardown(&fake);
}

static const struct test tests[] = {
	TEST(finds_an_installed_package_with_all_its_fields),
	TEST(without_source_field_the_source_is_the_package),
	TEST(removed_and_unknown_packages_are_not_found),
	TEST(without_a_database_nothing_is_installed),
	TEST(lists_by_prefix_sorted_and_once),
	TEST(owner_knows_both_spellings_of_merged_usr),
	TEST(owner_wants_the_whole_line_of_an_installed_package),
	TEST(files_of_a_package_come_without_the_top),
	TEST(damaged_and_hostile_paragraphs_are_skipped),
	TEST(a_nul_ends_no_paragraph_early),
	TEST(every_cut_of_the_status_is_survived),
	TEST(advice_is_the_command_that_works_there),
	TEST(advice_for_a_made_tree_keeps_what_it_was_made_for),
};
TAP_MAIN(tests)
