/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/log.h"
#include "lib/toolchain/internal.h"

/*
 * All C flags come from the kernel's configuration, so the compiler family must be the
 * kernel's; make's LLVM= chooses compiler, linker and binutils at once.
 */
struct family {
	bool clang; /* CONFIG_CC_IS_CLANG */
	bool lld;   /* CONFIG_LD_IS_LLD */
	long major; /* of clang, 0 unknown */
};

static struct family family_of(const struct rk_kernel *kernel)
{
	long version = rk_kconfig_number(kernel->config, "CONFIG_CLANG_VERSION", 0);

	return (struct family){
		.clang = rk_kconfig_is_yes(kernel->config, "CONFIG_CC_IS_CLANG"),
		.lld = rk_kconfig_is_yes(kernel->config, "CONFIG_LD_IS_LLD"),
		.major = version > 0 ? version / 10000 : 0,
	};
}

/* What a program of the tree's PATH really is, NULL if there is none. */
static char *find_real(const struct rk_root *root, const char *name)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;
	char *real = NULL;

	if (rk_root_find_program(root, name, &path, &err) < 0 ||
	    rk_root_real(root, path, &real, &err) < 0)
		return NULL;
	return real;
}

/* Whether the tools are to be named with the kernel's major version behind them: only
 * where plain `clang` is missing or is another one. */
static bool wants_suffix(const struct rk_root *root, const struct family *family)
{
	cleanup_free char *versioned = NULL;
	cleanup_free char *plain = NULL;
	char name[32];

	if (!family->major)
		return false;
	snprintf(name, sizeof(name), "clang-%ld", family->major);
	versioned = find_real(root, name);
	plain = find_real(root, "clang");
	return versioned && (!plain || strcmp(plain, versioned) != 0);
}

static bool is_off(const char *value)
{
	return !value[0] || strcmp(value, "0") == 0;
}

/* make takes any text but the empty one in LLVM for a yes, "0" too. */
static int check_environment(const struct rk_kernel *kernel, const struct family *family,
			     const char *value, struct rk_error *err)
{
	if (!value || !value[0] || (family->clang && family->lld))
		return 0;
	rk_error_set(err, RK_EREFUSED,
		     "LLVM=%s in the environment, but kernel %s was built with '%s'",
		     value, kernel->release, kernel->cc_text);
	return rk_error_cure(err, "llvm-mismatch",
			     "unset LLVM; if it is really meant: --llvm %s", value);
}

static int take_explicit(const char *value, const struct family *family,
			 struct rk_toolchain *toolchain, struct rk_error *err)
{
	bool off = is_off(value);

	if (off == (family->clang && family->lld))
		rk_log(RK_LOG_WARNING,
		       "--llvm '%s' contradicts the kernel, which was built with %s",
		       value, family->clang ? "clang" : "gcc");
	if (rk_strdup(off ? "" : value, &toolchain->llvm, err) < 0 ||
	    rk_strdup("", &toolchain->cc, err) < 0)
		return -(int)err->code;
	return rk_format(&toolchain->cc_why, err, "--llvm '%s' was asked for", value);
}

static int take_clang(const struct rk_kernel *kernel, const struct family *family,
		      const char *environment, struct rk_toolchain *toolchain,
		      struct rk_error *err)
{
	char suffix[32] = "";

	if (wants_suffix(kernel->root, family))
		snprintf(suffix, sizeof(suffix), "-%ld", family->major);
	if (!family->lld) {
		if (rk_strdup("", &toolchain->llvm, err) < 0 ||
		    rk_format(&toolchain->cc, err, "clang%s", suffix) < 0)
			return -(int)err->code;
		return rk_format(&toolchain->cc_why, err,
				 "CONFIG_CC_IS_CLANG=y without CONFIG_LD_IS_LLD");
	}
	if (environment && environment[0]) {
		if (rk_strdup(environment, &toolchain->llvm, err) < 0)
			return -(int)err->code;
	} else if (rk_strdup(suffix[0] ? suffix : "1", &toolchain->llvm, err) < 0) {
		return -(int)err->code;
	}
	if (rk_strdup("", &toolchain->cc, err) < 0)
		return -(int)err->code;
	return rk_format(&toolchain->cc_why, err,
			 "CONFIG_CC_IS_CLANG=y and CONFIG_LD_IS_LLD=y, clang %ld",
			 family->major);
}

int rk_llvm_choose(const struct rk_kernel *kernel,
		   const struct rk_toolchain_request *request,
		   struct rk_toolchain *toolchain, struct rk_error *err)
{
	struct family family = family_of(kernel);

	if (request->llvm)
		return take_explicit(request->llvm, &family, toolchain, err);
	if (check_environment(kernel, &family, request->env_llvm, err) < 0)
		return -(int)err->code;
	if (family.clang)
		return take_clang(kernel, &family, request->env_llvm, toolchain, err);
	if (rk_strdup("", &toolchain->llvm, err) < 0 ||
	    rk_strdup("", &toolchain->cc, err) < 0)
		return -(int)err->code;
	return rk_strdup("CONFIG_CC_IS_CLANG is not set", &toolchain->cc_why, err);
}
