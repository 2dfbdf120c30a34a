/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/kernel.h"

struct reason {
	bool (*applies)(const struct rk_kconfig *config);
	const char *text;
};

/* The symbol exists since 6.12; 0 means that nothing ran as rustc. */
static bool has_no_rustc(const struct rk_kconfig *config)
{
	return rk_kconfig_number(config, "CONFIG_RUSTC_VERSION", -1) == 0;
}

static bool has_unfit_tools(const struct rk_kconfig *config)
{
	return rk_kconfig_number(config, "CONFIG_RUSTC_VERSION", -1) > 0 &&
	       !rk_kconfig_is_yes(config, "CONFIG_RUST_IS_AVAILABLE");
}

static bool is_switched_off(const struct rk_kconfig *config)
{
	return rk_kconfig_mentions(config, "CONFIG_RUST");
}

/* Since 6.14 GENDWARFKSYMS lets both be. */
static bool has_modversions(const struct rk_kconfig *config)
{
	return rk_kconfig_is_yes(config, "CONFIG_MODVERSIONS") &&
	       !rk_kconfig_is_yes(config, "CONFIG_GENDWARFKSYMS");
}

static bool has_randstruct(const struct rk_kconfig *config)
{
	return rk_kconfig_is_yes(config, "CONFIG_RANDSTRUCT") ||
	       rk_kconfig_is_yes(config, "CONFIG_GCC_PLUGIN_RANDSTRUCT");
}

static bool has_no_architecture(const struct rk_kconfig *config)
{
	return !rk_kconfig_mentions(config, "CONFIG_HAVE_RUST");
}

static bool always(const struct rk_kconfig *config)
{
	return true;
}

/* "is not set" is written only where all dependencies hold; else the nearest one that
 * does not. */
static const struct reason reasons[] = {
	{is_switched_off, "CONFIG_RUST is possible there and switched off"},
	{has_no_rustc,
	 "there was no rustc when it was configured (CONFIG_RUSTC_VERSION=0)"},
	{has_unfit_tools,
	 "its rustc, bindgen or rust-src did not do (no CONFIG_RUST_IS_AVAILABLE)"},
	{has_modversions, "CONFIG_MODVERSIONS without CONFIG_GENDWARFKSYMS excludes it"},
	{has_randstruct, "CONFIG_RANDSTRUCT excludes it"},
	{has_no_architecture,
	 "there is no Rust for its architecture (no CONFIG_HAVE_RUST)"},
	{always, "a dependency of CONFIG_RUST does not hold"},
};

const char *rk_kernel_why_no_rust(const struct rk_kconfig *config)
{
	const struct reason *reason = reasons;

	while (!reason->applies(config))
		reason++;
	return reason->text;
}
