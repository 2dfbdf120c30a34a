/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/kernel.h"
#include "tests/unit/tap.h"

static void expect_vermagic(const char *config_text, enum rk_arch arch,
			    const char *expected)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config = NULL;
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *vermagic = NULL;

	EXPECT_INT(rk_kconfig_parse(config_text, strlen(config_text), &config, &err), 0);
	EXPECT_INT(rk_vermagic_expected("7.2", config, arch, &vermagic, &err), 0);
	EXPECT_STR(vermagic, expected);
}

static void a_release_and_a_blank_are_always_there(void)
{
	expect_vermagic("", RK_ARCH_X86_64, "7.2 ");
}

static void debian_on_x86_ends_in_a_blank(void)
{
	expect_vermagic("CONFIG_SMP=y\nCONFIG_PREEMPT_BUILD=y\nCONFIG_MODULE_UNLOAD=y\n"
			"# CONFIG_MODVERSIONS is not set\n",
			RK_ARCH_X86_64, "7.2 SMP preempt mod_unload ");
}

static void real_time_wins_over_preempt(void)
{
	expect_vermagic("CONFIG_PREEMPT_RT=y\nCONFIG_PREEMPT_BUILD=y\n"
			"CONFIG_MODVERSIONS=y\n",
			RK_ARCH_X86_64, "7.2 preempt_rt modversions ");
}

static void other_architectures_add_their_name(void)
{
	expect_vermagic("CONFIG_SMP=y\n", RK_ARCH_ARM64, "7.2 SMP aarch64");
	expect_vermagic("CONFIG_SMP=y\n", RK_ARCH_RISCV, "7.2 SMP riscv");
}

static void an_unknown_architecture_has_no_known_vermagic(void)
{
	expect_vermagic("CONFIG_SMP=y\n", RK_ARCH_OTHER, "");
}

static const struct test tests[] = {
	TEST(a_release_and_a_blank_are_always_there),
	TEST(debian_on_x86_ends_in_a_blank),
	TEST(real_time_wins_over_preempt),
	TEST(other_architectures_add_their_name),
	TEST(an_unknown_architecture_has_no_known_vermagic),
};
TAP_MAIN(tests)
