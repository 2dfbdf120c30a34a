/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/toolchain/internal.h"

/* A wish of the kernel's developers: metadata that is there can only be read by the
 * compiler that made it. Said, so that nobody wonders. */
static void note_wish(const struct rk_kernel *kernel)
{
	static const char *const names[] = {"rust-toolchain", "rust-toolchain.toml"};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_free char *path = NULL;
		struct rk_error err = RK_ERROR_INIT;

		if (rk_path_join(kernel->kdir_real, names[i], &path, &err) == 0 &&
		    rk_root_exists(kernel->root, path))
			rk_log(RK_LOG_DEBUG, "'%s' is a wish only", path);
	}
}

static int set_wanted(const struct rk_kernel *kernel, const char *wanted,
		      struct rk_toolchain *toolchain, struct rk_error *err)
{
	const char *text = wanted ? wanted : kernel->rustc_text;
	const char *from = wanted    ? "libcore.rmeta"
			   : text[0] ? "CONFIG_RUSTC_VERSION_TEXT"
				     : "Module.symvers";

	if (!kernel->symvers ||
	    !rk_crate_tag_of_kernel(kernel->symvers, "core", toolchain->core_tag))
		toolchain->core_tag[0] = '\0';
	if (rk_strdup(text, &toolchain->wanted, err) < 0)
		return -(int)err->code;
	return rk_strdup(from, &toolchain->wanted_from, err);
}

/* --force: the first one that runs. Return: 0, or the failure of @err. */
static int take_unfit(struct rk_toolchain *toolchain, struct rk_error *err)
{
	for (size_t i = 0; i < toolchain->n_candidates && !toolchain->rustc; i++)
		if (toolchain->candidates[i].text[0])
			toolchain->rustc = &toolchain->candidates[i];
	if (!toolchain->rustc)
		return -(int)err->code;
	rk_log(RK_LOG_WARNING, "%s; going on against advice, because of --force",
	       err->msg);
	*err = (struct rk_error)RK_ERROR_INIT;
	return 0;
}

static int find_rustc(const struct rk_machine *machine, const struct rk_kernel *kernel,
		      const struct rk_toolchain_request *request,
		      struct rk_toolchain *toolchain, struct rk_error *err)
{
	cleanup_strv struct rk_strv only = RK_STRV_INIT;

	if (request->rustc)
		rk_strv_add(&only, request->rustc);
	if (!toolchain->wanted[0] && !toolchain->core_tag[0]) {
		rk_error_set(err, RK_ENOTFOUND,
			     "the configuration of kernel %s names no rustc: "
			     "CONFIG_RUSTC_VERSION_TEXT is not set",
			     kernel->release);
		return rk_error_cure(err, "rust-off", "use a kernel with CONFIG_RUST=y");
	}
	note_wish(kernel);
	rk_rustc_check_tags(toolchain);
	if (rk_strv_check(&only, err) < 0 ||
	    rk_rustc_search(machine, kernel->root, &only, false, toolchain, err) < 0)
		return -(int)err->code;
	if (toolchain->rustc)
		return 0;
	rk_rustc_fail(kernel, toolchain, err);
	return request->force ? take_unfit(toolchain, err) : -(int)err->code;
}

static int set_nothing(struct rk_toolchain *toolchain, struct rk_error *err)
{
	struct rk_error failed = RK_ERROR_INIT;

	if (rk_strdup("", &toolchain->llvm, &failed) == 0 &&
	    rk_strdup("", &toolchain->cc, &failed) == 0 &&
	    rk_strdup("", &toolchain->cc_why, &failed) == 0)
		return 0;
	*err = failed;
	return -(int)err->code;
}

int rk_toolchain_resolve(const struct rk_machine *machine, const struct rk_kernel *kernel,
			 const struct rk_toolchain_request *request, const char *wanted,
			 struct rk_toolchain **ret, struct rk_error *err)
{
	cleanup(rk_toolchain_free_p) struct rk_toolchain *toolchain =
		calloc(1, sizeof(*toolchain));
	struct rk_error missing = RK_ERROR_INIT;
	int r;

	if (!toolchain)
		return rk_error_nomem(err);
	if (set_wanted(kernel, wanted, toolchain, err) < 0)
		return -(int)err->code;
	/* Tools of LLVM that are missing are told where nothing else is. */
	if (rk_llvm_choose(machine, kernel, request, toolchain, &missing) < 0 &&
	    missing.code != RK_ENOTFOUND) {
		*err = missing;
		return -(int)err->code;
	}
	r = find_rustc(machine, kernel, request, toolchain, err);
	if (r == 0 && missing.code) {
		*err = missing;
		r = -(int)err->code;
	}
	/* What was looked at is shown also where nothing fits. */
	if (r == 0 || r == -RK_ENOTFOUND)
		*ret = RK_STEAL(toolchain);
	return r;
}

int rk_toolchain_identify(const struct rk_machine *machine, const struct rk_root *root,
			  const struct rk_symvers *symvers, const struct rk_strv *asked,
			  struct rk_toolchain **ret, struct rk_error *err)
{
	cleanup(rk_toolchain_free_p) struct rk_toolchain *toolchain =
		calloc(1, sizeof(*toolchain));

	if (!toolchain)
		return rk_error_nomem(err);
	if (set_nothing(toolchain, err) < 0 ||
	    rk_strdup("", &toolchain->wanted, err) < 0 ||
	    rk_strdup("Module.symvers", &toolchain->wanted_from, err) < 0)
		return -(int)err->code;
	if (!rk_crate_tag_of_kernel(symvers, "core", toolchain->core_tag)) {
		rk_error_set(err, RK_EFORMAT, "the kernel exports no Rust symbol");
		return rk_error_cure(err, "rust-off",
				     "name the Module.symvers of a kernel that was "
				     "built with CONFIG_RUST=y");
	}
	if (rk_rustc_search(machine, root, asked, true, toolchain, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(toolchain);
	return 0;
}

void rk_toolchain_free(struct rk_toolchain *toolchain)
{
	if (!toolchain)
		return;
	for (size_t i = 0; i < toolchain->n_candidates; i++) {
		free(toolchain->candidates[i].path);
		free(toolchain->candidates[i].text);
	}
	free(toolchain->candidates);
	free(toolchain->wanted);
	free(toolchain->wanted_from);
	free(toolchain->llvm);
	free(toolchain->cc);
	free(toolchain->cc_why);
	free(toolchain);
}
