/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What in a configuration keeps CONFIG_RUST off, by the dependencies in init/Kconfig. */
#include <stdlib.h>

#include "lib/kernel/kernel.h"

/* Stable releases take dependencies over from later ones, so 6.1 is the only old series
 * that has some of these. */
enum {
	V6_1 = 601,
	V6_3 = 603,
	V6_9 = 609,
	V6_12 = 612,
	V7_1 = 701,
	V7_2 = 702,
	NEVER = 9999,
	RUSTC_1_81 = 108100,
	RUSTC_1_83 = 108300,
	RUSTC_1_96 = 109600,
};

struct row {
	bool (*applies)(const struct rk_kconfig *config);
	int since;
	int until; /* the first version without it, NEVER */
	struct rk_rust_obstacle obstacle;
};

static bool yes(const struct rk_kconfig *config, const char *name)
{
	return rk_kconfig_is_yes(config, name);
}

/* -1: the symbol, which 6.12 brought, is not there. */
static long rustc_version(const struct rk_kconfig *config)
{
	return rk_kconfig_number(config, "CONFIG_RUSTC_VERSION", -1);
}

static bool older_rustc(const struct rk_kconfig *config, long than)
{
	return rustc_version(config) > 0 && rustc_version(config) < than;
}

static bool has_no_architecture(const struct rk_kconfig *config)
{
	return !yes(config, "CONFIG_HAVE_RUST");
}

static bool has_no_rustc(const struct rk_kconfig *config)
{
	return rustc_version(config) == 0;
}

static bool has_unfit_tools(const struct rk_kconfig *config)
{
	return rustc_version(config) > 0 && !yes(config, "CONFIG_RUST_IS_AVAILABLE");
}

/* Before 6.12 nothing tells whether rustc or something else was missing. */
static bool has_no_tools(const struct rk_kconfig *config)
{
	return rustc_version(config) < 0 && !yes(config, "CONFIG_RUST_IS_AVAILABLE");
}

static bool has_modversions(const struct rk_kconfig *config)
{
	return yes(config, "CONFIG_MODVERSIONS") && !yes(config, "CONFIG_GENDWARFKSYMS");
}

static bool has_gcc_plugins(const struct rk_kconfig *config)
{
	return yes(config, "CONFIG_GCC_PLUGINS");
}

static bool has_randstruct(const struct rk_kconfig *config)
{
	return yes(config, "CONFIG_RANDSTRUCT") ||
	       yes(config, "CONFIG_RANDSTRUCT_FULL") ||
	       yes(config, "CONFIG_RANDSTRUCT_PERFORMANCE") ||
	       yes(config, "CONFIG_GCC_PLUGIN_RANDSTRUCT");
}

static bool has_btf(const struct rk_kconfig *config)
{
	return yes(config, "CONFIG_DEBUG_INFO_BTF");
}

/* Of 6.1 the first releases allow no BTF at all, later ones where pahole can leave Rust
 * out: the symbol tells which one it is. */
static bool has_btf_of_old_pahole(const struct rk_kconfig *config)
{
	return has_btf(config) && !yes(config, "CONFIG_PAHOLE_HAS_LANG_EXCLUDE");
}

static bool has_btf_and_lto(const struct rk_kconfig *config)
{
	return has_btf(config) && yes(config, "CONFIG_LTO");
}

static bool has_cfi(const struct rk_kconfig *config)
{
	return (yes(config, "CONFIG_CFI") || yes(config, "CONFIG_CFI_CLANG")) &&
	       !yes(config, "CONFIG_HAVE_CFI_ICALL_NORMALIZE_INTEGERS_RUSTC");
}

static bool has_shadow_call_stack(const struct rk_kconfig *config)
{
	return yes(config, "CONFIG_SHADOW_CALL_STACK");
}

static bool has_call_padding(const struct rk_kconfig *config)
{
	return yes(config, "CONFIG_CALL_PADDING") && older_rustc(config, RUSTC_1_81);
}

static bool has_rethunk_and_kasan(const struct rk_kconfig *config)
{
	return yes(config, "CONFIG_MITIGATION_RETHUNK") && yes(config, "CONFIG_KASAN") &&
	       older_rustc(config, RUSTC_1_83);
}

static bool has_kasan_of_gcc(const struct rk_kconfig *config)
{
	return yes(config, "CONFIG_KASAN") && !yes(config, "CONFIG_CC_IS_CLANG");
}

static bool has_kasan_sw_tags(const struct rk_kconfig *config)
{
	return yes(config, "CONFIG_KASAN_SW_TAGS");
}

static bool has_kasan_sw_tags_of_old_rustc(const struct rk_kconfig *config)
{
	return has_kasan_sw_tags(config) && older_rustc(config, RUSTC_1_96);
}

static bool is_switched_off(const struct rk_kconfig *config)
{
	return rk_kconfig_mentions(config, "CONFIG_RUST") && !yes(config, "CONFIG_RUST");
}

/* "is not set" is written only where all dependencies hold. */
static const struct rk_rust_obstacle switched_off = {
	"CONFIG_RUST", "CONFIG_RUST is possible there and switched off",
	"switch CONFIG_RUST on"};

/* clang-format off */
static const struct row rows[] = {
	{has_no_architecture, 0, NEVER,
	 {"CONFIG_HAVE_RUST", "there is no Rust for its architecture (no CONFIG_HAVE_RUST)",
	  "use an architecture that has it"}},
	{has_no_rustc, 0, NEVER,
	 {"CONFIG_RUSTC_VERSION", "there was no rustc when it was configured (CONFIG_RUSTC_VERSION=0)",
	  "configure it where rustc, bindgen and rust-src are installed"}},
	{has_unfit_tools, 0, NEVER,
	 {"CONFIG_RUST_IS_AVAILABLE", "its rustc, bindgen or rust-src did not do (no CONFIG_RUST_IS_AVAILABLE)",
	  "'make rustavailable' in the kernel's source says which of them"}},
	{has_no_tools, 0, NEVER,
	 {"CONFIG_RUST_IS_AVAILABLE", "there were no rustc, bindgen and rust-src that fit when it was configured (no CONFIG_RUST_IS_AVAILABLE)",
	  "'make rustavailable' in the kernel's source says which of them"}},
	{has_modversions, 0, NEVER,
	 {"CONFIG_MODVERSIONS", "CONFIG_MODVERSIONS without CONFIG_GENDWARFKSYMS excludes it",
	  "since 6.14 both can be, with CONFIG_GENDWARFKSYMS; before, switch CONFIG_MODVERSIONS off"}},
	{has_gcc_plugins, 0, V6_12,
	 {"CONFIG_GCC_PLUGINS", "CONFIG_GCC_PLUGINS excludes it",
	  "switch it off; since 6.12 only the plugin for CONFIG_RANDSTRUCT has to be"}},
	{has_randstruct, 0, NEVER,
	 {"CONFIG_RANDSTRUCT", "CONFIG_RANDSTRUCT excludes it: rustc does not know the layout of structs",
	  "choose CONFIG_RANDSTRUCT_NONE"}},
	{has_btf, V6_1 + 1, V6_3,
	 {"CONFIG_DEBUG_INFO_BTF", "CONFIG_DEBUG_INFO_BTF excludes it",
	  "switch it off, or use 6.3 or later with pahole 1.24"}},
	{has_btf_of_old_pahole, 0, NEVER,
	 {"CONFIG_DEBUG_INFO_BTF", "CONFIG_DEBUG_INFO_BTF excludes it without CONFIG_PAHOLE_HAS_LANG_EXCLUDE",
	  "use pahole 1.24 or later, or switch CONFIG_DEBUG_INFO_BTF off"}},
	{has_btf_and_lto, 0, NEVER,
	 {"CONFIG_LTO", "CONFIG_LTO together with CONFIG_DEBUG_INFO_BTF excludes it",
	  "choose CONFIG_LTO_NONE, or switch CONFIG_DEBUG_INFO_BTF off"}},
	{has_cfi, V6_9, NEVER,
	 {"CONFIG_CFI", "CONFIG_CFI (before 6.17 CONFIG_CFI_CLANG) excludes it without CONFIG_HAVE_CFI_ICALL_NORMALIZE_INTEGERS_RUSTC",
	  "since 6.12 a newer rustc and clang do, before switch it off"}},
	{has_cfi, V6_1, V6_1 + 1,
	 {"CONFIG_CFI_CLANG", "CONFIG_CFI_CLANG excludes it", "switch it off"}},
	{has_shadow_call_stack, 0, V6_12,
	 {"CONFIG_SHADOW_CALL_STACK", "CONFIG_SHADOW_CALL_STACK excludes it", "switch it off"}},
	{has_call_padding, V6_12, V7_1,
	 {"CONFIG_CALL_PADDING", "CONFIG_CALL_PADDING excludes it with a rustc before 1.81", "use a later rustc"}},
	{has_rethunk_and_kasan, V6_12, V7_1,
	 {"CONFIG_MITIGATION_RETHUNK", "CONFIG_MITIGATION_RETHUNK together with CONFIG_KASAN excludes it with a rustc before 1.83",
	  "use a later rustc"}},
	{has_kasan_of_gcc, V6_12, NEVER,
	 {"CONFIG_KASAN", "CONFIG_KASAN excludes it in a kernel that gcc builds", "build it with LLVM=1"}},
	{has_kasan_sw_tags, V6_12, V7_2,
	 {"CONFIG_KASAN_SW_TAGS", "CONFIG_KASAN_SW_TAGS excludes it", "choose CONFIG_KASAN_GENERIC"}},
	{has_kasan_sw_tags_of_old_rustc, V7_2, NEVER,
	 {"CONFIG_KASAN_SW_TAGS", "CONFIG_KASAN_SW_TAGS excludes it with a rustc before 1.96", "use a later rustc"}},
};
/* clang-format on */

/* Its other symbols mislead: they tell of the tools that were there. */
static const struct rk_rust_obstacle unknown = {
	"CONFIG_RUST",
	"a dependency of CONFIG_RUST does not hold (CONFIG_RUST_IS_AVAILABLE and CONFIG_RUSTC_VERSION only tell that tools were there)",
	"'make menuconfig' in the kernel's source, '/RUST', shows which one"};

int rk_version_number(const char *text)
{
	char *end = NULL;
	long version = strtol(text, &end, 10);
	long patchlevel = *end == '.' ? strtol(end + 1, NULL, 10) : -1;

	if (version < 1 || version > 90 || patchlevel < 0 || patchlevel > 99)
		return 0;
	return (int)(version * 100 + patchlevel);
}

static bool holds_for(const struct row *row, int version)
{
	return !version || (version >= row->since && version < row->until);
}

size_t rk_rust_obstacles(const struct rk_kconfig *config, const char *version,
			 const struct rk_rust_obstacle *ret[RK_MAX_RUST_OBSTACLES])
{
	int number = rk_version_number(version);
	size_t n = 0;

	_Static_assert(RK_ARRAY_LEN(rows) <= RK_MAX_RUST_OBSTACLES, "room for all");
	if (yes(config, "CONFIG_RUST"))
		return 0;
	if (is_switched_off(config)) {
		ret[0] = &switched_off;
		return 1;
	}
	for (size_t i = 0; i < RK_ARRAY_LEN(rows); i++)
		if (holds_for(&rows[i], number) && rows[i].applies(config))
			ret[n++] = &rows[i].obstacle;
	if (!n)
		ret[n++] = &unknown;
	return n;
}

const char *rk_kernel_why_no_rust(const struct rk_kernel *kernel)
{
	const struct rk_rust_obstacle *obstacles[RK_MAX_RUST_OBSTACLES];

	return rk_rust_obstacles(kernel->config,
				 kernel->source_version ? kernel->source_version : "",
				 obstacles)
		       ? obstacles[0]->why
		       : "";
}
