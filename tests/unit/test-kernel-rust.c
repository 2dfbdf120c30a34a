/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/kernel.h"
#include "tests/unit/tap.h"

/* What Kconfig writes where nothing of a configuration stands in the way. */
#define GOOD                                                                             \
	"CONFIG_HAVE_RUST=y\nCONFIG_RUST_IS_AVAILABLE=y\nCONFIG_RUSTC_VERSION=108501\n"  \
	"CONFIG_PAHOLE_HAS_LANG_EXCLUDE=y\n"
/* The same before 6.12. */
#define GOOD_OLD                                                                         \
	"CONFIG_HAVE_RUST=y\nCONFIG_RUST_IS_AVAILABLE=y\n"                               \
	"CONFIG_PAHOLE_HAS_LANG_EXCLUDE=y\n"
#define UNKNOWN "CONFIG_RUST"

/* The options of all obstacles, each with a blank before it. */
static void expect(const char *version, const char *text, const char *options)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config = NULL;
	const struct rk_rust_obstacle *obstacles[RK_MAX_RUST_OBSTACLES];
	cleanup_buf struct rk_buf got = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	size_t n;

	EXPECT_INT(rk_kconfig_parse(text, strlen(text), &config, &err), 0);
	n = rk_rust_obstacles(config, version, obstacles);
	for (size_t i = 0; i < n; i++) {
		rk_buf_addf(&got, "%s%s", i ? " " : "", obstacles[i]->option);
		EXPECT(obstacles[i]->why[0] && obstacles[i]->cure[0]);
	}
	EXPECT_STR(rk_buf_str(&got), options);
}

static void with_rust_there_is_none(void)
{
	expect("7.2.11-1", "CONFIG_RUST=y\nCONFIG_MODVERSIONS=y\n", "");
}

static void a_line_means_that_it_could_be(void)
{
	expect("6.12.107-1", "# CONFIG_RUST is not set\nCONFIG_MODVERSIONS=y\n",
	       "CONFIG_RUST");
}

static void debian_12_has_modversions_and_no_tools(void)
{
	expect("6.1.176-1",
	       "CONFIG_HAVE_RUST=y\nCONFIG_MODVERSIONS=y\nCONFIG_DEBUG_INFO_BTF=y\n"
	       "CONFIG_PAHOLE_HAS_LANG_EXCLUDE=y\nCONFIG_RETHUNK=y\n",
	       "CONFIG_RUST_IS_AVAILABLE CONFIG_MODVERSIONS");
}

static void debian_13_had_no_rustc(void)
{
	expect("6.12.107-1",
	       "CONFIG_RUSTC_VERSION=0\nCONFIG_MODVERSIONS=y\nCONFIG_HAVE_RUST=y\n"
	       "CONFIG_DEBUG_INFO_BTF=y\nCONFIG_PAHOLE_HAS_LANG_EXCLUDE=y\n"
	       "CONFIG_CALL_PADDING=y\nCONFIG_MITIGATION_RETHUNK=y\n",
	       "CONFIG_RUSTC_VERSION CONFIG_MODVERSIONS");
}

static void tools_that_do_not_do(void)
{
	expect("6.12", "CONFIG_RUSTC_VERSION=107000\nCONFIG_HAVE_RUST=y\n",
	       "CONFIG_RUST_IS_AVAILABLE");
}

static void an_architecture_without_rust(void)
{
	expect("7.2", "CONFIG_RUSTC_VERSION=108501\nCONFIG_RUST_IS_AVAILABLE=y\n",
	       "CONFIG_HAVE_RUST");
}

/* The tools' own symbols look as if Rust were on. */
static void what_is_not_known_is_said(void)
{
	expect("6.12", GOOD, UNKNOWN);
	expect("", "CONFIG_HAVE_RUST=y\nCONFIG_RUST_IS_AVAILABLE=y\n", UNKNOWN);
}

static void modversions_need_gendwarfksyms(void)
{
	expect("6.12", GOOD "CONFIG_MODVERSIONS=y\n", "CONFIG_MODVERSIONS");
	expect("6.14", GOOD "CONFIG_MODVERSIONS=y\n# CONFIG_GENDWARFKSYMS is not set\n",
	       "CONFIG_MODVERSIONS");
	expect("6.14", GOOD "CONFIG_MODVERSIONS=y\nCONFIG_GENDWARFKSYMS=y\n", UNKNOWN);
}

static void gcc_plugins_count_before_6_12(void)
{
	expect("6.11.11", GOOD_OLD "CONFIG_GCC_PLUGINS=y\n", "CONFIG_GCC_PLUGINS");
	expect("6.1", GOOD_OLD "CONFIG_GCC_PLUGINS=y\n", "CONFIG_GCC_PLUGINS");
	expect("6.12", GOOD "CONFIG_GCC_PLUGINS=y\n", UNKNOWN);
}

static void randstruct_counts_always(void)
{
	expect("6.1", GOOD_OLD "CONFIG_RANDSTRUCT=y\n", "CONFIG_RANDSTRUCT");
	expect("7.2", GOOD "CONFIG_RANDSTRUCT_FULL=y\nCONFIG_RANDSTRUCT=y\n",
	       "CONFIG_RANDSTRUCT");
	expect("6.12", GOOD "CONFIG_GCC_PLUGIN_RANDSTRUCT=y\n", "CONFIG_RANDSTRUCT");
	expect("6.12", GOOD "CONFIG_RANDSTRUCT_NONE=y\n", UNKNOWN);
}

static void btf_needs_a_pahole_that_leaves_rust_out(void)
{
	static const char without[] = "CONFIG_HAVE_RUST=y\nCONFIG_RUST_IS_AVAILABLE=y\n"
				      "CONFIG_DEBUG_INFO_BTF=y\n";

	expect("6.2", GOOD_OLD "CONFIG_DEBUG_INFO_BTF=y\n", "CONFIG_DEBUG_INFO_BTF");
	expect("6.1.176", GOOD_OLD "CONFIG_DEBUG_INFO_BTF=y\n", UNKNOWN);
	expect("6.1.0", without, "CONFIG_DEBUG_INFO_BTF");
	expect("6.6", without, "CONFIG_DEBUG_INFO_BTF");
	expect("6.6", GOOD_OLD "CONFIG_DEBUG_INFO_BTF=y\n", UNKNOWN);
}

static void btf_and_lto_exclude_it(void)
{
	expect("6.14", GOOD "CONFIG_DEBUG_INFO_BTF=y\nCONFIG_LTO=y\n", "CONFIG_LTO");
	expect("6.14", GOOD "CONFIG_LTO=y\n", UNKNOWN);
}

static void cfi_needs_what_rustc_normalizes(void)
{
	static const char normalizes[] =
		GOOD "CONFIG_CFI=y\nCONFIG_HAVE_CFI_ICALL_NORMALIZE_INTEGERS_RUSTC=y\n";

	expect("6.9", GOOD_OLD "CONFIG_CFI_CLANG=y\n", "CONFIG_CFI");
	expect("6.1.176", GOOD_OLD "CONFIG_CFI_CLANG=y\n", "CONFIG_CFI_CLANG");
	expect("6.6", GOOD_OLD "CONFIG_CFI_CLANG=y\n", UNKNOWN);
	expect("7.2", GOOD "CONFIG_CFI=y\n", "CONFIG_CFI");
	expect("7.2", normalizes, UNKNOWN);
}

static void shadow_call_stack_counts_before_6_12(void)
{
	expect("6.11.11", GOOD_OLD "CONFIG_SHADOW_CALL_STACK=y\n",
	       "CONFIG_SHADOW_CALL_STACK");
	expect("6.12", GOOD "CONFIG_SHADOW_CALL_STACK=y\n", UNKNOWN);
}

static void mitigations_need_a_newer_rustc(void)
{
	static const char old[] =
		"CONFIG_HAVE_RUST=y\nCONFIG_RUST_IS_AVAILABLE=y\nCONFIG_RUSTC_VERSION=107800\n";
	cleanup_buf struct rk_buf padding = RK_BUF_INIT;
	cleanup_buf struct rk_buf rethunk = RK_BUF_INIT;

	rk_buf_addf(&padding, "%sCONFIG_CALL_PADDING=y\n", old);
	rk_buf_addf(&rethunk,
		    "%sCONFIG_MITIGATION_RETHUNK=y\nCONFIG_KASAN=y\n"
		    "CONFIG_CC_IS_CLANG=y\n",
		    old);
	expect("6.12", rk_buf_str(&padding), "CONFIG_CALL_PADDING");
	expect("7.1", rk_buf_str(&padding), UNKNOWN);
	expect("6.12", GOOD "CONFIG_CALL_PADDING=y\n", UNKNOWN);
	expect("6.12", rk_buf_str(&rethunk), "CONFIG_MITIGATION_RETHUNK");
	expect("6.12",
	       GOOD "CONFIG_MITIGATION_RETHUNK=y\nCONFIG_KASAN=y\nCONFIG_CC_IS_CLANG=y\n",
	       UNKNOWN);
}

static void kasan_needs_clang(void)
{
	expect("7.2", GOOD "CONFIG_KASAN=y\n", "CONFIG_KASAN");
	expect("7.2", GOOD "CONFIG_KASAN=y\nCONFIG_CC_IS_CLANG=y\n", UNKNOWN);
	expect("6.6", GOOD_OLD "CONFIG_KASAN=y\n", UNKNOWN);
}

static void kasan_sw_tags_need_a_newer_rustc_or_kernel(void)
{
	static const char newer[] =
		"CONFIG_HAVE_RUST=y\nCONFIG_RUST_IS_AVAILABLE=y\nCONFIG_RUSTC_VERSION=109701\n"
		"CONFIG_KASAN_SW_TAGS=y\n";

	expect("6.12", GOOD "CONFIG_KASAN_SW_TAGS=y\n", "CONFIG_KASAN_SW_TAGS");
	expect("7.1", newer, "CONFIG_KASAN_SW_TAGS");
	expect("7.2", GOOD "CONFIG_KASAN_SW_TAGS=y\n", "CONFIG_KASAN_SW_TAGS");
	expect("7.2", newer, UNKNOWN);
}

/* "6.1.0-50-cloud-amd64", "7.3~rc2-1", and what is none. */
static void versions_are_read_from_their_beginning(void)
{
	expect("6.1.0-50-cloud-amd64", GOOD_OLD "CONFIG_GCC_PLUGINS=y\n",
	       "CONFIG_GCC_PLUGINS");
	expect("7.3~rc2-1", GOOD "CONFIG_GCC_PLUGINS=y\n", UNKNOWN);
	expect("nothing", GOOD "CONFIG_GCC_PLUGINS=y\n", "CONFIG_GCC_PLUGINS");
	expect("99999999999999999999.5", GOOD "CONFIG_GCC_PLUGINS=y\n",
	       "CONFIG_GCC_PLUGINS");
}

static const struct test tests[] = {
	TEST(with_rust_there_is_none),
	TEST(a_line_means_that_it_could_be),
	TEST(debian_12_has_modversions_and_no_tools),
	TEST(debian_13_had_no_rustc),
	TEST(tools_that_do_not_do),
	TEST(an_architecture_without_rust),
	TEST(what_is_not_known_is_said),
	TEST(modversions_need_gendwarfksyms),
	TEST(gcc_plugins_count_before_6_12),
	TEST(randstruct_counts_always),
	TEST(btf_needs_a_pahole_that_leaves_rust_out),
	TEST(btf_and_lto_exclude_it),
	TEST(cfi_needs_what_rustc_normalizes),
	TEST(shadow_call_stack_counts_before_6_12),
	TEST(mitigations_need_a_newer_rustc),
	TEST(kasan_needs_clang),
	TEST(kasan_sw_tags_need_a_newer_rustc_or_kernel),
	TEST(versions_are_read_from_their_beginning),
};
TAP_MAIN(tests)
