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

	if (rk_strdup(text, &toolchain->wanted, err) < 0)
		return -(int)err->code;
	return rk_strdup(wanted ? "libcore.rmeta" : "CONFIG_RUSTC_VERSION_TEXT",
			 &toolchain->wanted_from, err);
}

static int find_rustc(const struct rk_machine *machine, const struct rk_kernel *kernel,
		      const char *asked, struct rk_toolchain *toolchain,
		      struct rk_error *err)
{
	if (!toolchain->wanted[0]) {
		rk_error_set(err, RK_ENOTFOUND,
			     "the configuration of kernel %s names no rustc: "
			     "CONFIG_RUSTC_VERSION_TEXT is not set",
			     kernel->release);
		return rk_error_cure(err, "rust-off", "use a kernel with CONFIG_RUST=y");
	}
	note_wish(kernel);
	rk_rustc_check_tags(kernel, toolchain);
	if (rk_rustc_search(machine, kernel->root, asked, toolchain, err) < 0)
		return -(int)err->code;
	return toolchain->rustc ? 0 : rk_rustc_fail(kernel, toolchain, err);
}

int rk_toolchain_resolve(const struct rk_machine *machine, const struct rk_kernel *kernel,
			 const struct rk_toolchain_request *request, const char *wanted,
			 struct rk_toolchain **ret, struct rk_error *err)
{
	cleanup(rk_toolchain_free_p) struct rk_toolchain *toolchain =
		calloc(1, sizeof(*toolchain));
	int r;

	if (!toolchain)
		return rk_error_nomem(err);
	if (set_wanted(kernel, wanted, toolchain, err) < 0 ||
	    rk_llvm_choose(kernel, request, toolchain, err) < 0)
		return -(int)err->code;
	r = find_rustc(machine, kernel, request->rustc, toolchain, err);
	/* What was looked at is shown also where nothing fits. */
	if (r == 0 || r == -RK_ENOTFOUND)
		*ret = RK_STEAL(toolchain);
	return r;
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
