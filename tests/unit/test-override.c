/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/toolchain/override.h"
#include "tests/unit/tap.h"

#define TEXT "rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)"

static void expect_channel(const char *text, const char *expected)
{
	cleanup_free char *channel = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_override_channel(text, &channel, &err), 0);
	EXPECT_STR(channel, expected);
}

static void both_forms_of_the_file_are_read(void)
{
	expect_channel("1.80.0\n", "1.80.0");
	expect_channel("  nightly-2025-01-01", "nightly-2025-01-01");
	expect_channel("[toolchain]\nchannel = \"1.80\"\nprofile = \"minimal\"\n",
		       "1.80");
	expect_channel("[toolchain]\n\tchannel='stable' # the newest\n", "stable");
	expect_channel("[toolchain]\npath = \"/opt/rust\"\n", "");
}

static void damaged_files_name_no_channel(void)
{
	expect_channel("", "");
	expect_channel("\n \n", "");
	expect_channel("channel = ", "");
	expect_channel("channel = \"", "");
	expect_channel("channel = \"1.80\n\"", "");
	expect_channel("channel = \"1.80'\n", "");
	expect_channel("channel = \"a\x1b[0m\"\n", "");
	expect_channel("channels = \"1.80\"\n", "");
	expect_channel("two words\n", "");
}

static void a_channel_contradicts_only_what_it_cannot_mean(void)
{
	EXPECT(!rk_override_contradicts("1.85.1", TEXT));
	EXPECT(!rk_override_contradicts("1.85", TEXT));
	EXPECT(!rk_override_contradicts("1.85-x86_64-unknown-linux-gnu", TEXT));
	EXPECT(!rk_override_contradicts("stable", TEXT));
	EXPECT(!rk_override_contradicts("", TEXT));
	EXPECT(!rk_override_contradicts("my-own", TEXT));
	EXPECT(!rk_override_contradicts("nightly",
					"rustc 1.97.0-nightly (e50 2026-05-19)"));
	EXPECT(rk_override_contradicts("1.8", TEXT));
	EXPECT(rk_override_contradicts("1.85.0", TEXT));
	EXPECT(rk_override_contradicts("1.85.10", TEXT));
	EXPECT(rk_override_contradicts("nightly-2025-01-01", TEXT));
	EXPECT(rk_override_contradicts("beta", TEXT));
	EXPECT(rk_override_contradicts("stable",
				       "rustc 1.97.0-nightly (e50 2026-05-19)"));
	EXPECT(!rk_override_contradicts("1.80", ""));
	EXPECT(!rk_override_contradicts("1.80", "rustc "));
}

static void put(const char *dir, const char *name, const char *text)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_path_join(dir, name, &path, &err), 0);
	EXPECT_INT(rk_file_write(path, text, strlen(text), 0644, &err), 0);
}

static void expect_found(const char *dir, const char *top, const char *channel)
{
	struct rk_override override = {0};
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_override_find(dir, top, &override, &err), 0);
	if (channel)
		EXPECT_STR(override.channel, channel);
	else
		EXPECT(!override.path);
	rk_override_release(&override);
}

static void the_nearest_file_up_to_the_top_counts(void)
{
	cleanup_free char *above = NULL;
	cleanup_free char *top = NULL;
	cleanup_free char *dir = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_dir_make_temp("/tmp/rk-override", &above, &err), 0);
	EXPECT_INT(rk_path_join(above, "top", &top, &err), 0);
	EXPECT_INT(rk_path_join(top, "a/b", &dir, &err), 0);
	EXPECT_INT(rk_dir_make(dir, 0755, &err), 0);
	put(above, "rust-toolchain", "1.1\n");
	expect_found(dir, top, NULL);
	expect_found(dir, NULL, NULL);
	put(top, "rust-toolchain.toml", "[toolchain]\nchannel = \"1.2\"\n");
	expect_found(dir, top, "1.2");
	expect_found(top, top, "1.2");
	expect_found(dir, NULL, NULL);
	put(dir, "rust-toolchain.toml", "channel = \"1.4\"\n");
	put(dir, "rust-toolchain", "1.3\n");
	expect_found(dir, top, "1.3");
	EXPECT_INT(rk_dir_remove(above, &err), 0);
}

static const struct test tests[] = {
	TEST(both_forms_of_the_file_are_read),
	TEST(damaged_files_name_no_channel),
	TEST(a_channel_contradicts_only_what_it_cannot_mean),
	TEST(the_nearest_file_up_to_the_top_counts),
};
TAP_MAIN(tests)
