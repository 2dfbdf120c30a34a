/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/toolchain/internal.h"

struct search {
	const struct rk_machine *machine;
	const struct rk_root *root;
	struct rk_toolchain *toolchain;
	bool found;
	bool proxy; /* rustup's was met */
};

/*
 * rustup's programs are links to one that picks a compiler by working folder and
 * environment: for Kbuild, which changes folders, that is anybody's guess.
 */
static bool is_proxy(const struct rk_root *root, const char *path, const char *real)
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

/* "" for a program that cannot say its version: it is shown, and never fits. */
static int read_version(const struct search *search, const char *path, char **ret,
			struct rk_error *err)
{
	static const char kind[] = "rustc-version";
	cleanup_free char *host_path = NULL;
	struct rk_error failed = RK_ERROR_INIT;
	struct stat st;

	if (rk_root_host_path(search->root, path, &host_path, err) < 0 ||
	    rk_root_stat(search->root, path, &st, err) < 0)
		return -(int)err->code;
	if (rk_fact_get(search->machine, kind, host_path, &st, ret))
		return 0;
	if (ask_version(search->root, path, ret, &failed) == 0) {
		rk_fact_put(search->machine, kind, host_path, &st, *ret);
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

static bool is_known(const struct rk_toolchain *toolchain, const char *path)
{
	for (size_t i = 0; i < toolchain->n_candidates; i++)
		if (strcmp(toolchain->candidates[i].path, path) == 0)
			return true;
	return false;
}

static int append(struct search *search, const char *path, enum rk_rustc_origin origin,
		  struct rk_error *err)
{
	struct rk_toolchain *toolchain = search->toolchain;
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
	    read_version(search, path, &rustc->text, err) < 0)
		return -(int)err->code;
	rustc->fits = strcmp(rustc->text, toolchain->wanted) == 0;
	search->found = rustc->fits;
	rk_log(RK_LOG_DEBUG, "'%s' is '%s'%s", path, rustc->text,
	       rustc->fits ? "" : ": does not fit");
	return 0;
}

/* Nothing at @path is no failure. */
static int try_path(struct search *search, const char *path, enum rk_rustc_origin origin,
		    struct rk_error *err)
{
	cleanup_free char *real = NULL;
	struct rk_error missing = RK_ERROR_INIT;
	struct stat st;

	if (search->found || rk_root_real(search->root, path, &real, &missing) < 0 ||
	    rk_root_stat(search->root, real, &st, &missing) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (is_proxy(search->root, path, real)) {
		rk_log(RK_LOG_DEBUG, "'%s' is rustup's proxy", path);
		search->proxy = true;
		return 0;
	}
	if (is_known(search->toolchain, real))
		return 0;
	return append(search, real, origin, err);
}

static int try_program(struct search *search, const char *name,
		       enum rk_rustc_origin origin, struct rk_error *err)
{
	cleanup_free char *path = NULL;
	struct rk_error missing = RK_ERROR_INIT;

	if (search->found)
		return 0;
	if (rk_root_find_program(search->root, name, &path, &missing) == 0)
		return try_path(search, path, origin, err);
	if (missing.code == RK_ENOTFOUND)
		return 0;
	*err = missing;
	return -(int)err->code;
}

/* "rustc 1.85.1 (...)": rustc-1.85 as Debian and Ubuntu name it, rustc-1.85.1. */
static int try_versioned(struct search *search, struct rk_error *err)
{
	const char *wanted = search->toolchain->wanted;
	cleanup_free char *minor = NULL;
	cleanup_free char *full = NULL;
	size_t full_len;
	size_t len;

	if (strncmp(wanted, "rustc ", strlen("rustc ")) != 0)
		return 0;
	wanted += strlen("rustc ");
	full_len = strspn(wanted, "0123456789.");
	len = strcspn(wanted, ".");
	if (len < full_len)
		len += 1 + strspn(wanted + len + 1, "0123456789");
	if (!len || len > full_len)
		return 0;
	if (rk_format(&minor, err, "rustc-%.*s", (int)len, wanted) < 0 ||
	    rk_format(&full, err, "rustc-%.*s", (int)full_len, wanted) < 0 ||
	    try_program(search, minor, RK_RUSTC_VERSIONED, err) < 0)
		return -(int)err->code;
	return try_program(search, full, RK_RUSTC_VERSIONED, err);
}

static int try_rustup(struct search *search, struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_free char *dir = NULL;
	struct rk_error missing = RK_ERROR_INIT;

	if (search->found || !search->machine->home[0])
		return 0;
	if (rk_path_join(search->machine->home, ".rustup/toolchains", &dir, err) < 0)
		return -(int)err->code;
	if (rk_root_list_dir(search->root, dir, &names, &missing) < 0)
		return 0;
	for (size_t i = 0; i < names.n_items; i++) {
		cleanup_free char *path = NULL;

		if (rk_format(&path, err, "%s/%s/bin/rustc", dir, names.items[i]) < 0 ||
		    try_path(search, path, RK_RUSTC_RUSTUP, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

static int try_path_variable(struct search *search, struct rk_error *err)
{
	if (try_program(search, "rustc", RK_RUSTC_PATH, err) < 0)
		return -(int)err->code;
	/* The proxy, which usually comes first in PATH, hides the distribution's own. */
	if (search->proxy &&
	    (try_path(search, "/usr/local/bin/rustc", RK_RUSTC_PATH, err) < 0 ||
	     try_path(search, "/usr/bin/rustc", RK_RUSTC_PATH, err) < 0))
		return -(int)err->code;
	return 0;
}

static int try_asked(struct search *search, const char *asked, struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (!strchr(asked, '/')) {
		if (try_program(search, asked, RK_RUSTC_ASKED, err) < 0)
			return -(int)err->code;
	} else if (rk_path_absolute(asked, &path, err) < 0 ||
		   try_path(search, path, RK_RUSTC_ASKED, err) < 0) {
		return -(int)err->code;
	}
	if (search->proxy)
		return try_rustup(search, err);
	if (search->toolchain->n_candidates)
		return 0;
	rk_error_set(err, RK_ENOTFOUND,
		     "the rustc that was asked for, '%s', is not there", asked);
	return rk_error_cure(err, "rustc-missing",
			     "leave it out to search in PATH and below ~/.rustup");
}

int rk_rustc_search(const struct rk_machine *machine, const struct rk_root *root,
		    const char *asked, struct rk_toolchain *toolchain,
		    struct rk_error *err)
{
	struct search search = {.machine = machine, .root = root, .toolchain = toolchain};
	int r;

	if (asked)
		r = try_asked(&search, asked, err);
	else if (try_versioned(&search, err) < 0 || try_path_variable(&search, err) < 0)
		r = -(int)err->code;
	else
		r = try_rustup(&search, err);
	if (r == 0 && search.found)
		toolchain->rustc = &toolchain->candidates[toolchain->n_candidates - 1];
	return r;
}
