/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where compilers are. */
#include <ctype.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/toolchain/internal.h"

struct search {
	const struct rk_machine *machine;
	const struct rk_root *root;
	struct rk_toolchain *toolchain;
	bool all;   /* the first that fits does not end it */
	bool found; /* it has ended */
	bool proxy; /* rustup's was met */
};

static bool is_known(const struct rk_toolchain *toolchain, const char *path)
{
	for (size_t i = 0; i < toolchain->n_candidates; i++)
		if (strcmp(toolchain->candidates[i].path, path) == 0)
			return true;
	return false;
}

/* Nothing at @path is no failure. */
static int try_path(struct search *search, const char *path, enum rk_rustc_origin origin,
		    struct rk_error *err)
{
	struct rk_toolchain *toolchain = search->toolchain;
	cleanup_free char *real = NULL;
	struct rk_error missing = RK_ERROR_INIT;
	struct stat st;

	if (search->found || rk_root_real(search->root, path, &real, &missing) < 0 ||
	    rk_root_stat(search->root, real, &st, &missing) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (rk_rustc_is_proxy(search->root, path, real)) {
		rk_log(RK_LOG_DEBUG, "'%s' is rustup's proxy", path);
		search->proxy = true;
		return 0;
	}
	if (is_known(toolchain, real))
		return 0;
	if (rk_rustc_add(search->machine, search->root, real, origin, toolchain, err) < 0)
		return -(int)err->code;
	search->found =
		!search->all && toolchain->candidates[toolchain->n_candidates - 1].fits;
	return 0;
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
static int try_wanted_version(struct search *search, struct rk_error *err)
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

/* "DIR/NAME" or "DIR/NAME/bin/rustc" for each name in @dir with @prefix and, if @digit,
 * a digit behind it. */
static int try_names(struct search *search, const char *dir, const char *prefix,
		     bool digit, const char *rest, struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	struct rk_error missing = RK_ERROR_INIT;
	size_t len = strlen(prefix);
	enum rk_rustc_origin origin = len ? RK_RUSTC_VERSIONED : RK_RUSTC_RUSTUP;

	if (search->found || rk_root_list_dir(search->root, dir, &names, &missing) < 0)
		return 0;
	for (size_t i = 0; i < names.n_items; i++) {
		const char *name = names.items[i];
		cleanup_free char *path = NULL;

		if (strncmp(name, prefix, len) != 0 ||
		    (digit && !isdigit((unsigned char)name[len])))
			continue;
		if (rk_format(&path, err, "%s/%s%s", dir, name, rest) < 0 ||
		    try_path(search, path, origin, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/* rustc-1.82 in PATH, and Ubuntu's /usr/lib/rust-1.82/bin/rustc. */
static int try_other_versions(struct search *search, struct rk_error *err)
{
	const char *env = search->root->is_host ? getenv("PATH") : NULL;
	const char *path = env ? env : "/usr/local/bin:/usr/bin";

	while (*path) {
		size_t len = strcspn(path, ":");
		cleanup_free char *dir = strndup(path, len);

		if (!dir)
			return rk_error_nomem(err);
		if (dir[0] == '/' && try_names(search, dir, "rustc-", true, "", err) < 0)
			return -(int)err->code;
		path += len;
		path += *path == ':';
	}
	return try_names(search, "/usr/lib", "rust-", true, "/bin/rustc", err);
}

static int try_rustup(struct search *search, struct rk_error *err)
{
	const struct rk_machine *machine = search->machine;
	cleanup_free char *dir = NULL;

	if (machine->rustup_home && machine->rustup_home[0]) {
		if (rk_path_join(machine->rustup_home, "toolchains", &dir, err) < 0)
			return -(int)err->code;
	} else if (!machine->home[0]) {
		return 0;
	} else if (rk_path_join(machine->home, ".rustup/toolchains", &dir, err) < 0) {
		return -(int)err->code;
	}
	return try_names(search, dir, "", false, "/bin/rustc", err);
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

static int try_everywhere(struct search *search, struct rk_error *err)
{
	if (try_wanted_version(search, err) < 0 || try_path_variable(search, err) < 0 ||
	    try_other_versions(search, err) < 0)
		return -(int)err->code;
	return try_rustup(search, err);
}

static int try_asked(struct search *search, const char *asked, struct rk_error *err)
{
	size_t before = search->toolchain->n_candidates;
	cleanup_free char *path = NULL;

	search->proxy = false;
	if (!strchr(asked, '/')) {
		if (try_program(search, asked, RK_RUSTC_ASKED, err) < 0)
			return -(int)err->code;
	} else if (rk_path_absolute(asked, &path, err) < 0 ||
		   try_path(search, path, RK_RUSTC_ASKED, err) < 0) {
		return -(int)err->code;
	}
	if (search->proxy)
		return try_rustup(search, err);
	if (search->toolchain->n_candidates > before)
		return 0;
	rk_error_set(err, RK_ENOTFOUND,
		     "the rustc that was asked for, '%s', is not there", asked);
	return rk_error_cure(err, "rustc-missing",
			     "leave it out to search in PATH and below ~/.rustup");
}

int rk_rustc_search(const struct rk_machine *machine, const struct rk_root *root,
		    const struct rk_strv *asked, bool all, struct rk_toolchain *toolchain,
		    struct rk_error *err)
{
	struct search search = {
		.machine = machine, .root = root, .toolchain = toolchain, .all = all};
	int r = 0;

	for (size_t i = 0; asked && i < asked->n_items && r == 0; i++)
		r = try_asked(&search, asked->items[i], err);
	if (!asked || !asked->n_items)
		r = try_everywhere(&search, err);
	for (size_t i = 0; i < toolchain->n_candidates && !toolchain->rustc; i++)
		if (toolchain->candidates[i].fits)
			toolchain->rustc = &toolchain->candidates[i];
	return r;
}
