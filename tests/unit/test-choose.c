/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/root/apt.h"
#include "lib/root/choose.h"
#include "lib/root/record.h"
#include "lib/root/strap.h"
#include "tests/unit/tap.h"

static void expect_mirror(const char *lines, const char *expected)
{
	cleanup_free char *mirror = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_apt_pick_mirror(lines, &mirror, &err),
		   expected ? 0 : -RK_ENOTFOUND);
	EXPECT_STR(mirror, expected);
}

static void the_mirror_is_debians_and_not_the_security_one(void)
{
	expect_mirror("https://packages.example/apt/|Example|Example\n"
		      "http://a.example/debian-security/|Debian|Debian-Security\n"
		      "http://security.example/debian/|Debian|Debian\n"
		      "http://a.example/debian/|Debian|Debian\n"
		      "http://b.example/debian/|Debian|Debian\n",
		      "http://a.example/debian/");
	expect_mirror("mirror+file:/etc/apt/mirrors/debian.list|Debian|Debian",
		      "mirror+file:/etc/apt/mirrors/debian.list");
	expect_mirror("http://a.example/ubuntu/|Ubuntu|Ubuntu\n", NULL);
	expect_mirror("cdrom:[Debian]/|Debian|Debian\n", NULL);
}

static void before_the_first_update_the_path_tells(void)
{
	expect_mirror("http://a.example/x/debian/|$(ORIGIN)|$(LABEL)\n",
		      "http://a.example/x/debian/");
	expect_mirror("http://a.example/debian|||\n", "http://a.example/debian");
	expect_mirror("http://a.example/debian-security/||\n", NULL);
	expect_mirror("http://a.example/xdebian/||\n", NULL);
}

static void damaged_lines_hold_no_mirror(void)
{
	expect_mirror("", NULL);
	expect_mirror("\n\n|\n||\n", NULL);
	expect_mirror("http://a.example/debian/|Debian\n", NULL);
	expect_mirror("debian", NULL);
}

static void the_default_mirror_is_the_first_in_sources(void)
{
	static const char *const good[] = {
		"deb http://a.example/debian stable main\ndeb http://b.example/x s main\n",
		"# deb http://no.example/ x\n\ndeb [signed-by=/k arch=x] http://a.example/debian stable main",
	};
	static const char *const bad[] = {"",
					  "deb",
					  "deb ",
					  "deb [",
					  "deb []",
					  "deb [x] \n",
					  "debx http://a.example/ s\n"};
	struct rk_error err = RK_ERROR_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(good); i++) {
		cleanup_free char *mirror = NULL;

		EXPECT_INT(rk_strap_pick_mirror(good[i], &mirror, &err), 0);
		EXPECT_STR(mirror, "http://a.example/debian");
	}
	for (size_t i = 0; i < RK_ARRAY_LEN(bad); i++) {
		char *mirror = NULL;

		EXPECT_INT(rk_strap_pick_mirror(bad[i], &mirror, &err), -RK_ENOTFOUND);
	}
}

static void settings_for_downloads_are_passed_on_and_others_not(void)
{
	static const char dump[] = "APT::Architecture \"amd64\";\n"
				   "Acquire::http \"\";\n"
				   "Acquire::http::Proxy \"http://proxy:3128\";\n"
				   "Acquire::Check-Valid-Until \"false\";\n"
				   "Acquire::Retries \"3\";\n"
				   "Acquire::AllowInsecureRepositories \"0\";\n"
				   "DPkg::Post-Invoke:: \"rm -rf /\";\n"
				   "Acquire::https::Verify-Peer \"true\"";
	cleanup_strv struct rk_strv settings = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_apt_pick_settings(dump, &settings, &err), 0);
	EXPECT_INT(settings.n_items, 4);
	EXPECT_STR(settings.items[0], "Acquire::http::Proxy \"http://proxy:3128\"");
	EXPECT_STR(settings.items[1], "Acquire::Check-Valid-Until \"false\"");
	EXPECT_STR(settings.items[3], "Acquire::https::Verify-Peer \"true\"");
}

static void expect_real(const char *depends, const char *name, const char *version)
{
	cleanup_free char *real = NULL;
	cleanup_free char *at = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_choose_real(depends, &real, &at, &err), name ? 0 : -RK_ENOTFOUND);
	EXPECT_STR(real, name);
	EXPECT_STR(at, version);
}

static void a_meta_package_leads_to_headers_of_one_version(void)
{
	expect_real("linux-base-cloud-amd64 (= 7.2.11-1), "
		    "linux-headers-7.2.11+deb13-cloud-amd64 (= 7.2.11-1~bpo13+1)",
		    "linux-headers-7.2.11+deb13-cloud-amd64", "7.2.11-1~bpo13+1");
	expect_real("linux-headers-6.1.0-49-amd64 (= 6.1.1-1)\n",
		    "linux-headers-6.1.0-49-amd64", "6.1.1-1");
}

static void other_dependencies_lead_nowhere(void)
{
	expect_real("", NULL, NULL);
	expect_real("linux-headers-7.2 (>= 7.2), x (= 1)", NULL, NULL);
	expect_real("linux-headers-amd64 (= 7.2)", NULL, NULL);
	expect_real("linux-headers-7.2, x (= 7.2)", NULL, NULL);
	expect_real(",,, ,(= 1", NULL, NULL);
	expect_real("linux-headers-7/../x (= 1)", NULL, NULL);
}

static int check(const char *kernel_package, const char *extra)
{
	cleanup_strv struct rk_strv list = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_root_create create = {.kernel_package = kernel_package,
					.extra_packages = &list};

	if (extra)
		rk_strv_add(&list, extra);
	return rk_choose_check(&create, &err);
}

/* mmdebstrap would take "?essential", "~n" or "./x.deb" as patterns and files. */
static void only_packages_pass_as_packages(void)
{
	static const char *const bad[] = {
		"",   "a b", "a,b", "?essential", "~nmake", "./x.deb", "/x.deb",
		"-o", "A",   "ab=", "ab= 1",      "ab=1,c", "ab=\n",   "ab/stable",
	};

	EXPECT_INT(check("linux-headers-7.2.9+deb13-amd64=7.2.9-1~bpo13+1", "meson=1:2"),
		   0);
	for (size_t i = 0; i < RK_ARRAY_LEN(bad); i++) {
		EXPECT_INT(check(bad[i], NULL), -RK_EFORMAT);
		EXPECT_INT(check(NULL, bad[i]), -RK_EFORMAT);
	}
}

static void a_record_is_read_as_it_was_written(void)
{
	struct rk_record record = {.request = (char *)"suite \"x\", äöü",
				   .suite = (char *)"stable",
				   .headers = (char *)"linux-headers-7",
				   .version = (char *)"7-1",
				   .release = (char *)"7"};
	cleanup(rk_record_release) struct rk_record read = {0};
	cleanup_strv struct rk_strv packages = RK_STRV_INIT;
	cleanup_free char *dir = NULL;
	struct rk_error err = RK_ERROR_INIT;

	rk_strv_add(&packages, "make");
	EXPECT_INT(rk_dir_make_temp("/tmp/rkmod-test-record", &dir, &err), 0);
	EXPECT_INT(rk_record_write(dir, &record, &packages, &err), 0);
	EXPECT_INT(rk_record_read(dir, &read, &err), 0);
	EXPECT_STR(read.request, record.request);
	EXPECT_STR(read.release, "7");
	EXPECT_INT(rk_dir_remove(dir, &err), 0);
}

static void damaged_records_are_refused(void)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{}",
		"{\"request\": 1, \"suite\": \"s\"}",
		"{\"request\":\"r\",\"suite\":\"s\",\"headers\":\"\",\"version\":\"\"}",
		"[[[[[[[[[[]]]]]]]]]]",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(bad); i++) {
		struct rk_record record = {0};
		cleanup_free char *dir = NULL;
		cleanup_free char *path = NULL;
		struct rk_error err = RK_ERROR_INIT;

		EXPECT_INT(rk_dir_make_temp("/tmp/rkmod-test-record", &dir, &err), 0);
		EXPECT_INT(rk_path_join(dir, "rkmod-root.json", &path, &err), 0);
		EXPECT_INT(rk_file_write(path, bad[i], strlen(bad[i]), 0644, &err), 0);
		EXPECT_INT(rk_record_read(dir, &record, &err), -RK_EFORMAT);
		EXPECT_HAS(err.msg, "rkmod-root.json'");
		EXPECT_INT(rk_dir_remove(dir, &err), 0);
	}
}

static const struct test tests[] = {
	TEST(the_mirror_is_debians_and_not_the_security_one),
	TEST(before_the_first_update_the_path_tells),
	TEST(damaged_lines_hold_no_mirror),
	TEST(the_default_mirror_is_the_first_in_sources),
	TEST(settings_for_downloads_are_passed_on_and_others_not),
	TEST(a_meta_package_leads_to_headers_of_one_version),
	TEST(other_dependencies_lead_nowhere),
	TEST(only_packages_pass_as_packages),
	TEST(a_record_is_read_as_it_was_written),
	TEST(damaged_records_are_refused),
};
TAP_MAIN(tests)
