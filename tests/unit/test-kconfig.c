/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/kconfig.h"
#include "tests/unit/tap.h"

static struct rk_kconfig *parse_good(const char *text)
{
	struct rk_kconfig *config = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_kconfig_parse(text, strlen(text), &config, &err), 0);
	EXPECT_STR(err.msg, "");
	return config;
}

static void expect_refused(const char *text, size_t size, const char *words)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_kconfig_parse(text, size, &config, &err), -RK_EFORMAT);
	EXPECT(!config);
	EXPECT_HAS(err.msg, words);
}

static void reads_values_strings_and_not_set(void)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config =
		parse_good("#\n# Automatically generated file; DO NOT EDIT.\n#\n\n"
			   "CONFIG_RUST=y\n# CONFIG_MODVERSIONS is not set\n"
			   "CONFIG_TEXT=\"a \\\"b\\\" \\\\c\"\nCONFIG_EMPTY=\"\"\n"
			   "# end of General setup\n# CONFIG_ options follow\n"
			   "CONFIG_9P_FS=m\r\nCONFIG_BARE=");

	EXPECT(rk_kconfig_is_yes(config, "CONFIG_RUST"));
	EXPECT(!rk_kconfig_is_yes(config, "CONFIG_9P_FS"));
	EXPECT_STR(rk_kconfig_get(config, "CONFIG_9P_FS"), "m");
	EXPECT_STR(rk_kconfig_get(config, "CONFIG_TEXT"), "a \"b\" \\c");
	EXPECT_STR(rk_kconfig_get(config, "CONFIG_EMPTY"), "");
	EXPECT_STR(rk_kconfig_get(config, "CONFIG_BARE"), "");
	EXPECT_STR(rk_kconfig_get(config, "CONFIG_MODVERSIONS"), NULL);
	EXPECT(rk_kconfig_mentions(config, "CONFIG_MODVERSIONS"));
	EXPECT(!rk_kconfig_mentions(config, "CONFIG_MISSING"));
	EXPECT_STR(rk_kconfig_get(config, "CONFIG_MISSING"), NULL);
}

static void the_last_of_two_lines_counts(void)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config =
		parse_good("CONFIG_A=y\nCONFIG_B=m\n# CONFIG_A is not set\nCONFIG_B=y\n");

	EXPECT(!rk_kconfig_is_yes(config, "CONFIG_A"));
	EXPECT(rk_kconfig_is_yes(config, "CONFIG_B"));
}

static void numbers_are_decimal_or_hexadecimal(void)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config = parse_good(
		"CONFIG_D=108501\nCONFIG_H=0xffff\nCONFIG_N=-5\nCONFIG_Z=010\nCONFIG_Y=y\n"
		"CONFIG_BIG=99999999999999999999\nCONFIG_E=\n");

	EXPECT_INT(rk_kconfig_number(config, "CONFIG_D", -1), 108501);
	EXPECT_INT(rk_kconfig_number(config, "CONFIG_H", -1), 0xffff);
	EXPECT_INT(rk_kconfig_number(config, "CONFIG_N", -1), -5);
	EXPECT_INT(rk_kconfig_number(config, "CONFIG_Z", -1), 10);
	EXPECT_INT(rk_kconfig_number(config, "CONFIG_Y", -1), -1);
	EXPECT_INT(rk_kconfig_number(config, "CONFIG_BIG", -1), -1);
	EXPECT_INT(rk_kconfig_number(config, "CONFIG_E", -1), -1);
	EXPECT_INT(rk_kconfig_number(config, "CONFIG_MISSING", 7), 7);
}

static void an_empty_text_sets_nothing(void)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config = parse_good("");

	EXPECT(!rk_kconfig_mentions(config, "CONFIG_RUST"));
}

static void refuses_what_is_no_configuration(void)
{
	static const char nul[] = "CONFIG_A=y\nCONFIG_B\0=y\n";

	expect_refused("CONFIG_A=y\nobj-m := x.o\n", 24, "line 2 is neither");
	expect_refused("CONFIG_A\n", 9, "line 1 is neither");
	expect_refused("CONFIG_=y\n", 10, "line 1 is neither");
	expect_refused("CONFIG_A =y\n", 12, "line 1 is neither");
	expect_refused("CONFIG_A=\"x\n", 12, "closing quote");
	expect_refused("CONFIG_A=\"x\\\"\n", 14, "closing quote");
	expect_refused("CONFIG_A=\"x\\", 12, "closing quote");
	expect_refused("CONFIG_A=\"x\"y\n", 14, "closing quote");
	expect_refused("CONFIG_A=\"", 10, "closing quote");
	expect_refused(nul, sizeof(nul) - 1, "NUL");
}

static void survives_every_cut_and_every_changed_byte(void)
{
	static const char good[] = "# CONFIG_A is not set\nCONFIG_B=\"x\\\"y\"\n";

	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		for (int byte = 0; byte < 256; byte++) {
			cleanup(rk_kconfig_free_p) struct rk_kconfig *config = NULL;
			struct rk_error err = RK_ERROR_INIT;
			char text[sizeof(good)];
			int r;

			memcpy(text, good, sizeof(good));
			text[i] = (char)byte;
			r = rk_kconfig_parse(text, sizeof(good) - 1 - i, &config, &err);
			EXPECT(r == 0 || r == -RK_EFORMAT);
		}
	}
}

static bool ignore_version_text(const char *name)
{
	return strcmp(name, "CONFIG_CC_VERSION_TEXT") == 0;
}

static void add_difference(void *data, const char *name, const char *a, const char *b)
{
	rk_buf_addf(data, "%s:%s:%s ", name, a ? a : "-", b ? b : "-");
}

static void the_difference_names_what_either_side_has(void)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *a =
		parse_good("CONFIG_A=n\nCONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\n"
			   "CONFIG_CC_VERSION_TEXT=\"1\"\nCONFIG_E=y\n");
	cleanup(rk_kconfig_free_p) struct rk_kconfig *b =
		parse_good("CONFIG_B=y\nCONFIG_A=y\nCONFIG_CC_VERSION_TEXT=\"2\"\n"
			   "CONFIG_D=0\nCONFIG_D=1\n# CONFIG_E is not set\n");
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	EXPECT_INT(rk_kconfig_diff(a, b, ignore_version_text, add_difference, &buf), 3);
	EXPECT_STR(rk_buf_str(&buf), "CONFIG_B:m:y CONFIG_E:y:- CONFIG_D:-:1 ");
	EXPECT_INT(rk_kconfig_diff(a, b, NULL, NULL, NULL), 4);
	EXPECT_INT(rk_kconfig_diff(a, a, NULL, NULL, NULL), 0);
}

static const struct test tests[] = {
	TEST(reads_values_strings_and_not_set),
	TEST(the_last_of_two_lines_counts),
	TEST(numbers_are_decimal_or_hexadecimal),
	TEST(an_empty_text_sets_nothing),
	TEST(refuses_what_is_no_configuration),
	TEST(survives_every_cut_and_every_changed_byte),
	TEST(the_difference_names_what_either_side_has),
};
TAP_MAIN(tests)
