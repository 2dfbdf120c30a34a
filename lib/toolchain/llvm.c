/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/log.h"
#include "lib/root/distro.h"
#include "lib/toolchain/internal.h"
#include "lib/toolchain/programs.h"

/*
 * All C flags come from the kernel's configuration, so the compiler family must be the
 * kernel's; make's LLVM= chooses compiler, linker and binutils at once.
 */
struct family {
	bool clang;   /* CONFIG_CC_IS_CLANG */
	bool lld;     /* CONFIG_LD_IS_LLD */
	bool inlines; /* CONFIG_RUST_INLINE_HELPERS: bitcode of both compilers is linked
		       */
	long major;   /* of clang, 0 unknown */
	long rust_major; /* of rustc's LLVM, 0 unknown */
};

struct choice {
	const struct rk_machine *machine;
	const struct rk_kernel *kernel;
	const struct rk_toolchain_request *request;
	struct family family;
	struct rk_toolchain *toolchain;
};

enum {
	NEWEST_MAJOR = 40, /* looked for: clang-40 down to clang-11 */
	OLDEST_MAJOR = 11,
	SUFFIX_SIZE = 24,
};

static struct family family_of(const struct rk_kernel *kernel)
{
	const struct rk_kconfig *config = kernel->config;
	long version = rk_kconfig_number(config, "CONFIG_CLANG_VERSION", 0);

	return (struct family){
		.clang = rk_kconfig_is_yes(config, "CONFIG_CC_IS_CLANG"),
		.lld = rk_kconfig_is_yes(config, "CONFIG_LD_IS_LLD"),
		.inlines = rk_kconfig_is_yes(config, "CONFIG_RUST_INLINE_HELPERS"),
		.major = version > 0 ? version / 10000 : 0,
		.rust_major =
			rk_kconfig_number(config, "CONFIG_RUSTC_LLVM_MAJOR_VERSION", 0),
	};
}

/* ---- the tools that a value of LLVM= names ---- */

/* As Kbuild takes it: a folder with a '/' behind it, a suffix, or any other text. */
static int tool_name(const char *llvm, const char *tool, char **ret, struct rk_error *err)
{
	size_t len = strlen(llvm);

	return rk_format(ret, err, "%s%s%s", len && llvm[len - 1] == '/' ? llvm : "",
			 tool, llvm[0] == '-' ? llvm : "");
}

/* Inside; NULL if there is none. */
static char *find_tool(const struct rk_root *root, const char *llvm, const char *tool)
{
	cleanup_free char *name = NULL;
	struct rk_error err = RK_ERROR_INIT;
	char *path = NULL;

	if (tool_name(llvm, tool, &name, &err) < 0)
		return NULL;
	if (name[0] == '/')
		return rk_root_exists(root, name) ? RK_STEAL(name) : NULL;
	if (rk_root_find_program(root, name, &path, &err) < 0)
		return NULL;
	return path;
}

/* What a program really is, NULL if there is none. */
static char *find_real(const struct rk_root *root, const char *llvm, const char *tool)
{
	cleanup_free char *path = find_tool(root, llvm, tool);
	struct rk_error err = RK_ERROR_INIT;
	char *real = NULL;

	if (!path || rk_root_real(root, path, &real, &err) < 0)
		return NULL;
	return real;
}

/* Those that a module's build runs. */
static size_t tools_of(const struct family *family, const char *ret[3])
{
	size_t n = 0;

	ret[n++] = "clang";
	if (family->lld)
		ret[n++] = "ld.lld";
	if (family->inlines)
		ret[n++] = "llvm-link";
	return n;
}

static bool is_complete(const struct choice *choice, const char *llvm)
{
	const char *tools[3];
	size_t n = tools_of(&choice->family, tools);

	for (size_t i = 0; i < n; i++) {
		cleanup_free char *path = find_tool(choice->kernel->root, llvm, tools[i]);

		if (!path)
			return false;
	}
	return true;
}

/* ---- which of them ---- */

/* Plain `clang` may be the kernel's, or another one beside clang-19. */
static bool plain_is_other(const struct choice *choice, const char *suffix)
{
	const struct rk_root *root = choice->kernel->root;
	cleanup_free char *versioned = find_real(root, suffix, "clang");
	cleanup_free char *plain = find_real(root, "", "clang");

	return versioned && (!plain || strcmp(plain, versioned) != 0);
}

/* "" for the plain names, or "-19": those that are best where nothing is complete. */
static void choose_suffix(const struct choice *choice, char ret[SUFFIX_SIZE])
{
	long major = choice->family.major;
	bool other;

	snprintf(ret, SUFFIX_SIZE, "-%ld", major);
	other = major && plain_is_other(choice, ret);
	if (other && is_complete(choice, ret))
		return;
	if (is_complete(choice, "")) {
		ret[0] = '\0';
		return;
	}
	if (major && is_complete(choice, ret))
		return;
	for (long i = NEWEST_MAJOR; i >= OLDEST_MAJOR; i--) {
		snprintf(ret, SUFFIX_SIZE, "-%ld", i);
		if (!is_complete(choice, ret))
			continue;
		rk_log(RK_LOG_WARNING, "kernel %s was built with '%s', and here is %s",
		       choice->kernel->release, choice->kernel->cc_text, ret + 1);
		return;
	}
	snprintf(ret, SUFFIX_SIZE, "-%ld", major);
	if (!other)
		ret[0] = '\0';
}

/* ---- what is wrong ---- */

/* With --force it is only said. Return: 0, or the failure of @err. */
static int stop(const struct choice *choice, struct rk_error *err)
{
	if (!choice->request->force)
		return -(int)err->code;
	rk_log(RK_LOG_WARNING, "%s; going on against advice, because of --force",
	       err->msg);
	*err = (struct rk_error)RK_ERROR_INIT;
	return 0;
}

static void cure_missing(const struct choice *choice, struct rk_error *err)
{
	char major[SUFFIX_SIZE] = "";
	const struct rk_need needs[] = {
		{RK_NEED_CLANG, major}, {RK_NEED_LLD, major}, {RK_NEED_LLVM, major}};
	cleanup_free char *advice = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (choice->family.major)
		snprintf(major, sizeof(major), "%ld", choice->family.major);
	if (rk_distro_advice(choice->kernel->root, needs, RK_ARRAY_LEN(needs), &advice,
			     &ignored) < 0)
		(void)rk_error_cure(err, "llvm-missing", "install clang, lld and llvm");
	else
		(void)rk_error_cure(err, "llvm-missing", "%s", advice);
}

static int fail_missing(const struct choice *choice, const char *llvm,
			struct rk_error *err)
{
	cleanup_buf struct rk_buf missing = RK_BUF_INIT;
	const char *tools[3];
	size_t n = tools_of(&choice->family, tools);

	for (size_t i = 0; i < n; i++) {
		cleanup_free char *path = find_tool(choice->kernel->root, llvm, tools[i]);
		cleanup_free char *name = NULL;

		if (tool_name(llvm, tools[i], &name, err) < 0)
			return -(int)err->code;
		if (!path)
			rk_buf_addf(&missing, "%s'%s'", missing.len ? ", " : "", name);
	}
	if (rk_buf_check(&missing, err) < 0)
		return -(int)err->code;
	rk_error_set(err, RK_ENOTFOUND, "kernel %s was built with '%s'; not here: %s",
		     choice->kernel->release, choice->kernel->cc_text, missing.data);
	cure_missing(choice, err);
	return stop(choice, err);
}

/* "19" of "Debian clang version 19.1.7 (3)"; 0 unknown. */
static long major_of_version(const char *text)
{
	const char *version = strstr(text, "version ");

	return version ? strtol(version + strlen("version "), NULL, 10) : 0;
}

/* The helpers' bitcode is clang's, the module's rustc's: one LLVM must read both. */
static int check_inlining(const struct choice *choice, const char *llvm,
			  struct rk_error *err)
{
	cleanup_free char *path = find_tool(choice->kernel->root, llvm, "clang");
	cleanup_free char *text = NULL;
	long wanted = choice->family.rust_major;
	long major;

	if (!choice->family.inlines || !wanted || !path)
		return 0;
	if (rk_program_version(choice->machine, choice->kernel->root, path,
			       "clang-version", &text, err) < 0)
		return -(int)err->code;
	major = major_of_version(text);
	if (!major || major == wanted)
		return 0;
	rk_error_set(err, RK_EREFUSED,
		     "kernel %s inlines helpers (CONFIG_RUST_INLINE_HELPERS), so that "
		     "clang must be of rustc's LLVM %ld, and '%s' is '%s'",
		     choice->kernel->release, wanted, path, text);
	rk_error_cure(err, "llvm-mismatch", "install clang-%ld, or name it: --llvm -%ld",
		      wanted, wanted);
	return stop(choice, err);
}

static int check_contradiction(const struct choice *choice, const char *value,
			       bool explicit, struct rk_error *err)
{
	bool off = !value[0] || (explicit && strcmp(value, "0") == 0);

	if (off != choice->family.clang)
		return 0;
	rk_error_set(err, RK_EREFUSED,
		     "%sLLVM=%s%s, but kernel %s was built with '%s', whose options %s "
		     "does not know",
		     explicit ? "--llvm asks for " : "", off ? "" : value,
		     explicit ? "" : " in the environment", choice->kernel->release,
		     choice->kernel->cc_text, off ? "gcc" : "clang");
	rk_error_cure(err, "llvm-mismatch", "%s; to go on all the same: --force",
		      explicit ? "leave --llvm out" : "unset LLVM");
	return stop(choice, err);
}

/* ---- the decision ---- */

static int set(struct rk_toolchain *toolchain, const char *llvm, const char *cc,
	       const char *why, struct rk_error *err)
{
	if (rk_strdup(llvm, &toolchain->llvm, err) < 0 ||
	    rk_strdup(cc, &toolchain->cc, err) < 0)
		return -(int)err->code;
	return rk_strdup(why, &toolchain->cc_why, err);
}

static int check_tools(const struct choice *choice, const char *llvm,
		       struct rk_error *err)
{
	if (!is_complete(choice, llvm))
		return fail_missing(choice, llvm, err);
	return check_inlining(choice, llvm, err);
}

/* make takes any text but the empty one in LLVM for a yes, "0" too; of --llvm it is no.
 */
static int take_given(const struct choice *choice, const char *value, bool explicit,
		      struct rk_error *err)
{
	bool off = !value[0] || (explicit && strcmp(value, "0") == 0);
	cleanup_free char *why = NULL;

	if (check_contradiction(choice, value, explicit, err) < 0 ||
	    rk_format(&why, err, "%s '%s'%s", explicit ? "--llvm" : "LLVM", value,
		      explicit ? " was asked for" : " in the environment") < 0 ||
	    set(choice->toolchain, off ? "" : value, "", why, err) < 0)
		return -(int)err->code;
	return off || !choice->family.clang ? 0 : check_tools(choice, value, err);
}

static int set_clang(const struct choice *choice, const char *suffix,
		     struct rk_error *err)
{
	cleanup_free char *why = NULL;
	cleanup_free char *cc = NULL;

	if (rk_format(&cc, err, "clang%s", suffix) < 0 ||
	    rk_format(&why, err, "CONFIG_CC_IS_CLANG=y and CONFIG_LD_IS_LLD=y, clang %ld",
		      choice->family.major) < 0)
		return -(int)err->code;
	if (choice->family.lld)
		return set(choice->toolchain, suffix[0] ? suffix : "1", "", why, err);
	return set(choice->toolchain, "", cc,
		   "CONFIG_CC_IS_CLANG=y without CONFIG_LD_IS_LLD", err);
}

static int take_clang(const struct choice *choice, struct rk_error *err)
{
	char suffix[SUFFIX_SIZE];

	choose_suffix(choice, suffix);
	if (set_clang(choice, suffix, err) < 0)
		return -(int)err->code;
	return check_tools(choice, suffix, err);
}

int rk_llvm_choose(const struct rk_machine *machine, const struct rk_kernel *kernel,
		   const struct rk_toolchain_request *request,
		   struct rk_toolchain *toolchain, struct rk_error *err)
{
	const struct choice choice = {
		.machine = machine,
		.kernel = kernel,
		.request = request,
		.family = family_of(kernel),
		.toolchain = toolchain,
	};

	if (request->llvm)
		return take_given(&choice, request->llvm, true, err);
	if (request->env_llvm && request->env_llvm[0])
		return take_given(&choice, request->env_llvm, false, err);
	if (choice.family.clang)
		return take_clang(&choice, err);
	return set(toolchain, "", "", "CONFIG_CC_IS_CLANG is not set", err);
}
