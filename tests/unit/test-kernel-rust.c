/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/kernel.h"
#include "tests/unit/tap.h"

static void expect_reason(const char *text, const char *words)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_kconfig_parse(text, strlen(text), &config, &err), 0);
	EXPECT_HAS(rk_kernel_why_no_rust(config), words);
}

static void a_line_means_that_it_could_be(void)
{
	expect_reason("# CONFIG_RUST is not set\nCONFIG_RUSTC_VERSION=0\n",
		      "switched off");
}

static void debian_13_had_no_rustc(void)
{
	expect_reason(
		"CONFIG_RUSTC_VERSION=0\nCONFIG_MODVERSIONS=y\nCONFIG_HAVE_RUST=y\n",
		"no rustc");
}

static void tools_that_do_not_do(void)
{
	expect_reason("CONFIG_RUSTC_VERSION=107000\nCONFIG_HAVE_RUST=y\n", "bindgen");
}

static void other_options_exclude_it(void)
{
	expect_reason("CONFIG_MODVERSIONS=y\nCONFIG_HAVE_RUST=y\n", "CONFIG_MODVERSIONS");
	expect_reason("CONFIG_RANDSTRUCT=y\nCONFIG_HAVE_RUST=y\n", "CONFIG_RANDSTRUCT");
	expect_reason(
		"CONFIG_MODVERSIONS=y\nCONFIG_GENDWARFKSYMS=y\nCONFIG_HAVE_RUST=y\n",
		"a dependency");
}

static void an_architecture_without_rust(void)
{
	expect_reason("", "architecture");
}

static const struct test tests[] = {
	TEST(a_line_means_that_it_could_be), TEST(debian_13_had_no_rustc),
	TEST(tools_that_do_not_do),          TEST(other_options_exclude_it),
	TEST(an_architecture_without_rust),
};
TAP_MAIN(tests)
