/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/toolchain/crateid.h"
#include "tests/unit/tap.h"

static const char debian_13[] =
	"rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)";

static void debians_compiler_gives_the_tags_of_debians_kernel(void)
{
	EXPECT_STR(rk_crate_tags("core", debian_13).sip13, "Cs2lKf6AS60Zg");
	EXPECT_STR(rk_crate_tags("kernel", debian_13).sip13, "Csb5MLIFMWygY");
	EXPECT_STR(rk_crate_tags("bindings", debian_13).sip13, "CsebvPM9VZv4X");
}

static void old_compilers_use_more_rounds(void)
{
	EXPECT_STR(rk_crate_tags("core", debian_13).sip24, "Cs93VG1DgUMY4");
	EXPECT_STR(rk_crate_tags("core", "rustc 1.63.0").sip24, "Cs30YITssOn10");
	EXPECT_STR(rk_crate_tags("core", "rustc 1.63.0").sip13, "CskvIbjgQKgU2");
}

static void the_word_rustc_does_not_count_and_the_rest_does(void)
{
	EXPECT_STR(rk_crate_tags("core", debian_13 + strlen("rustc ")).sip13,
		   "Cs2lKf6AS60Zg");
	EXPECT(strcmp(rk_crate_tags("core", "rustc 1.85.1 (4eb161250 2025-03-15)").sip13,
		      "Cs2lKf6AS60Zg") != 0);
}

static void every_length_of_text_is_hashed(void)
{
	/* From the reference: the tail of the last word is 0 to 7 bytes. */
	EXPECT_STR(rk_crate_tags("a", "x").sip13, "CslSlN5WzlFFQ");
	EXPECT_STR(rk_crate_tags("a", "").sip13, "CseUzJtRaksFf");
	EXPECT_STR(rk_crate_tags("a", "xy").sip13, "CskjXBbbYgVzT");
	EXPECT_STR(rk_crate_tags("a", "xyzt").sip13, "CsjvkrLIradPS");
}

static void finds_the_tag_of_a_crate_in_a_symbol(void)
{
	static const char symbol[] =
		"_RNvMs_NtCsb5MLIFMWygY_6kernel5printNtNtCs2lKf6AS60Zg_4core3fmt5write";
	char tag[RK_CRATE_TAG_SIZE] = "";

	EXPECT(rk_crate_tag_of(symbol, "core", tag));
	EXPECT_STR(tag, "Cs2lKf6AS60Zg");
	EXPECT(rk_crate_tag_of(symbol, "kernel", tag));
	EXPECT_STR(tag, "Csb5MLIFMWygY");
	EXPECT(!rk_crate_tag_of(symbol, "cor", tag));
	EXPECT(!rk_crate_tag_of(symbol, "bindings", tag));
	EXPECT(rk_crate_tag_of("_RNvCs1_2__x1y", "_x", tag));
	EXPECT_STR(tag, "Cs1");
}

static void other_names_and_damaged_ones_have_no_tag(void)
{
	static const char *const symbols[] = {
		"",
		"_R",
		"CsA_4core",
		"_RCs",
		"_RCsA",
		"_RCsA_",
		"_RCsA_4",
		"_RCsA_4cor",
		"_RCsA_99999999999999999999999999core",
		"_RCs2lKf6AS60Zg2lKf6AS60Zg_4core",
		"_RCs2l-f6AS60Zg_4core",
		"_RCs12345678901234_4core",
	};
	char tag[RK_CRATE_TAG_SIZE] = "";

	for (size_t i = 0; i < RK_ARRAY_LEN(symbols); i++)
		EXPECT(!rk_crate_tag_of(symbols[i], "core", tag));
	EXPECT_STR(tag, "");
}

static void a_second_chance_after_a_lookalike(void)
{
	char tag[RK_CRATE_TAG_SIZE] = "";

	EXPECT(rk_crate_tag_of("_RNvCsCs_Cs9_4core", "core", tag));
	EXPECT_STR(tag, "Cs9");
}

static struct rk_symvers *parse(const char *text)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_symvers *symvers = NULL;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_adds(&buf, text);
	EXPECT_INT(rk_symvers_parse(&buf, &symvers, &err), 0);
	return symvers;
}

static void the_kernels_own_tag_is_vmlinuxs(void)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers =
		parse("0x0\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n"
		      "0x0\t_RNvCs1_4core1a\tdrivers/x\tEXPORT_SYMBOL_GPL\t\n"
		      "0x0\t_RNvCs2_4core1a\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");
	char tag[RK_CRATE_TAG_SIZE] = "";

	EXPECT(rk_crate_tag_of_kernel(symvers, "core", tag));
	EXPECT_STR(tag, "Cs2");
	EXPECT(!rk_crate_tag_of_kernel(symvers, "kernel", tag));
}

static const struct test tests[] = {
	TEST(debians_compiler_gives_the_tags_of_debians_kernel),
	TEST(old_compilers_use_more_rounds),
	TEST(the_word_rustc_does_not_count_and_the_rest_does),
	TEST(every_length_of_text_is_hashed),
	TEST(finds_the_tag_of_a_crate_in_a_symbol),
	TEST(other_names_and_damaged_ones_have_no_tag),
	TEST(a_second_chance_after_a_lookalike),
	TEST(the_kernels_own_tag_is_vmlinuxs),
};
TAP_MAIN(tests)
