/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/kernel.h"

/* Before 6.5 the header asks PREEMPT_BUILD first, but PREEMPT_RT excludes it there. */
static const char *preempt_part(const struct rk_kconfig *config)
{
	if (rk_kconfig_is_yes(config, "CONFIG_PREEMPT_RT"))
		return "preempt_rt ";
	if (rk_kconfig_is_yes(config, "CONFIG_PREEMPT_BUILD"))
		return "preempt ";
	return "";
}

/* arch/<srcarch>/include/asm/vermagic.h */
static const char *arch_part(enum rk_arch arch)
{
	switch (arch) {
	case RK_ARCH_ARM64:
		return "aarch64";
	case RK_ARCH_RISCV:
		return "riscv";
	case RK_ARCH_X86_64:
	case RK_ARCH_OTHER:
		break;
	}
	return "";
}

int rk_vermagic_expected(const char *release, const struct rk_kconfig *config,
			 enum rk_arch arch, char **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	if (arch == RK_ARCH_OTHER)
		return rk_strdup("", ret, err);
	rk_buf_addf(&buf, "%s ", release);
	if (rk_kconfig_is_yes(config, "CONFIG_SMP"))
		rk_buf_adds(&buf, "SMP ");
	rk_buf_adds(&buf, preempt_part(config));
	if (rk_kconfig_is_yes(config, "CONFIG_MODULE_UNLOAD"))
		rk_buf_adds(&buf, "mod_unload ");
	if (rk_kconfig_is_yes(config, "CONFIG_MODVERSIONS"))
		rk_buf_adds(&buf, "modversions ");
	rk_buf_adds(&buf, arch_part(arch));
	return rk_buf_take(&buf, ret, err);
}
