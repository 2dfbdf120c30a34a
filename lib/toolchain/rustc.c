/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One compiler: whether it is one, its version text, and whether it fits. */
#include <string.h>

#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/toolchain/internal.h"

/*
 * rustup's programs are links to one that picks a compiler by working folder and
 * environment: for Kbuild, which changes folders, that is anybody's guess. It may even
 * download one.
 */
bool rk_rustc_is_proxy(const struct rk_root *root, const char *path, const char *real)
{
	cleanup_free char *sibling = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct stat own;
	struct stat other;

	if (strcmp(rk_path_base(real), "rustup") == 0)
		return true;
	/* They may be hard links. */
	return rk_format(&sibling, &err, "%.*srustup", (int)(rk_path_base(path) - path),
			 path) == 0 &&
	       rk_root_stat(root, sibling, &other, &err) == 0 &&
	       rk_root_stat(root, real, &own, &err) == 0 && own.st_dev == other.st_dev &&
	       own.st_ino == other.st_ino;
}

static int ask_version(const struct rk_root *root, const char *path, char **ret,
		       struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	char *text = NULL;

	rk_strv_add_all(&argv, path, "--version", NULL);
	if (rk_strv_check(&argv, err) < 0 || rk_root_capture(root, &argv, &text, err) < 0)
		return -(int)err->code;
	text[strcspn(text, "\n")] = '\0';
	*ret = text;
	return 0;
}

int rk_program_version(const struct rk_machine *machine, const struct rk_root *root,
		       const char *path, const char *kind, char **ret,
		       struct rk_error *err)
{
	cleanup_free char *host_path = NULL;
	struct rk_error failed = RK_ERROR_INIT;
	struct stat st;

	if (rk_root_host_path(root, path, &host_path, err) < 0 ||
	    rk_root_stat(root, path, &st, err) < 0)
		return -(int)err->code;
	if (rk_fact_get(machine, kind, host_path, &st, ret))
		return 0;
	if (ask_version(root, path, ret, &failed) == 0) {
		rk_fact_put(machine, kind, host_path, &st, *ret);
		return 0;
	}
	/* Interrupted, or the tree cannot be entered: not this program's fault. */
	if (failed.code == RK_EREFUSED || failed.code == RK_ENOMEM || failed.id) {
		*err = failed;
		return -(int)err->code;
	}
	rk_log(RK_LOG_DEBUG, "'%s' has no version: %s", path, failed.msg);
	return rk_strdup("", ret, err);
}

/* Of no text at all there is a hash as well. */
static void judge(const struct rk_toolchain *toolchain, struct rk_rustc *rustc)
{
	bool runs = rustc->text[0];

	rustc->core = rk_crate_tags("core", rustc->text);
	rustc->built_kernel = runs && toolchain->core_tag[0] &&
			      rk_crate_tags_have(&rustc->core, toolchain->core_tag);
	if (toolchain->wanted[0])
		rustc->fits = strcmp(rustc->text, toolchain->wanted) == 0;
	else
		rustc->fits = rustc->built_kernel;
}

int rk_rustc_add(const struct rk_machine *machine, const struct rk_root *root,
		 const char *path, enum rk_rustc_origin origin,
		 struct rk_toolchain *toolchain, struct rk_error *err)
{
	struct rk_rustc *candidates = reallocarray(
		toolchain->candidates, toolchain->n_candidates + 1, sizeof(*candidates));
	struct rk_rustc *rustc;

	if (!candidates)
		return rk_error_nomem(err);
	toolchain->candidates = candidates;
	rustc = &candidates[toolchain->n_candidates];
	*rustc = (struct rk_rustc){.origin = origin};
	toolchain->n_candidates++;
	if (rk_strdup(path, &rustc->path, err) < 0 ||
	    rk_program_version(machine, root, path, "rustc-version", &rustc->text, err) <
		    0)
		return -(int)err->code;
	judge(toolchain, rustc);
	rk_log(RK_LOG_DEBUG, "'%s' is '%s'%s", path, rustc->text,
	       rustc->fits ? "" : ": does not fit");
	return 0;
}
