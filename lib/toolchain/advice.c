/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/log.h"
#include "lib/root/distro.h"
#include "lib/toolchain/internal.h"

enum {
	MAX_SHOWN = 4, /* candidates in one message */
};

/* ---- where a compiler of a version text comes from ---- */

/* "1.85.1" of "rustc 1.85.1 (...)" */
static const char *version_of(const char *text, size_t *ret_len)
{
	const char *space = strchr(text, ' ');
	const char *version = space ? space + 1 : text;

	*ret_len = strcspn(version, " -");
	return version;
}

/*
 * Distributions put a mark of their own into the text, and only their package has it:
 * the compiler of the same version from elsewhere gives other crate hashes.
 */
static const struct maker {
	const char *mark;
	const char *name;
	enum rk_distro_family family;
} makers[] = {
	{"(built from a source tarball)", "Debian's or Ubuntu's", RK_DISTRO_DEBIAN},
	{"(Fedora ", "Fedora's", RK_DISTRO_FEDORA},
	{"(Red Hat ", "Red Hat's", RK_DISTRO_FEDORA},
	{"(Arch Linux ", "Arch's", RK_DISTRO_ARCH},
};

static const struct maker *maker_of(const char *text)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(makers); i++)
		if (strstr(text, makers[i].mark))
			return &makers[i];
	return NULL;
}

static bool is_of(const struct maker *maker, enum rk_distro_family family)
{
	if (family == RK_DISTRO_OTHER)
		return true;
	return maker->family == family ||
	       (maker->family == RK_DISTRO_DEBIAN && family == RK_DISTRO_UBUNTU);
}

static void advise_elsewhere(const struct rk_root *root, const struct maker *maker,
			     const struct rk_need *need, struct rk_buf *to)
{
	const struct rk_distro theirs = {.family = maker->family};
	cleanup_free char *package = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (rk_distro_package(root, &theirs, need, &package, &ignored) == 0)
		rk_buf_addf(to, "it is %s own compiler, there in the package '%s'",
			    maker->name, package);
}

static void advise(const struct rk_root *root, const char *wanted, struct rk_buf *to)
{
	const struct rk_need need = {RK_NEED_RUSTC, wanted};
	struct rk_distro distro = rk_distro_read(root);
	const struct maker *maker = maker_of(wanted);
	cleanup_free char *advice = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	size_t len;
	const char *version = version_of(wanted, &len);

	if (!maker)
		rk_buf_addf(to,
			    "it is the Rust project's own: rustup toolchain install %.*s",
			    (int)len, version);
	else if (!is_of(maker, distro.family))
		advise_elsewhere(root, maker, &need, to);
	else if (rk_distro_advice(root, &need, 1, &advice, &ignored) == 0)
		rk_buf_addf(to,
			    "%s (%s own compiler; rustup's of this version has another "
			    "text)",
			    advice, maker->name);
}

/* ---- messages ---- */

static bool gives_tag(const char *text, const char *tag)
{
	struct rk_crate_tags tags = rk_crate_tags("core", text);

	return rk_crate_tags_have(&tags, tag);
}

void rk_rustc_check_tags(const struct rk_toolchain *toolchain)
{
	const char *tag = toolchain->core_tag;

	if (!tag[0] || !toolchain->wanted[0] || gives_tag(toolchain->wanted, tag))
		return;
	rk_log(RK_LOG_WARNING,
	       "'%s' (%s) gives crate core the hash %s, but Module.symvers has %s: another "
	       "compiler made this kernel",
	       toolchain->wanted, toolchain->wanted_from,
	       rk_crate_tags("core", toolchain->wanted).sip13, tag);
}

static void add_candidates(const struct rk_toolchain *toolchain, struct rk_buf *to)
{
	for (size_t i = 0; i < toolchain->n_candidates && i < MAX_SHOWN; i++) {
		const struct rk_rustc *rustc = &toolchain->candidates[i];

		if (rustc->text[0])
			rk_buf_addf(to, "%s '%s' is '%s'", i ? "," : "", rustc->path,
				    rustc->text);
		else
			rk_buf_addf(to, "%s '%s' does not run", i ? "," : "",
				    rustc->path);
	}
	if (toolchain->n_candidates > MAX_SHOWN)
		rk_buf_addf(to, " and %zu more", toolchain->n_candidates - MAX_SHOWN);
}

/* Only the hashes are known: nobody can tell what text gives them. */
static int fail_unnamed(const struct rk_kernel *kernel,
			const struct rk_toolchain *toolchain, struct rk_error *err)
{
	cleanup_buf struct rk_buf found = RK_BUF_INIT;

	add_candidates(toolchain, &found);
	if (rk_buf_check(&found, err) < 0)
		return -(int)err->code;
	rk_error_set(
		err, RK_ENOTFOUND,
		"kernel %s needs the rustc that gives crate core the hash %s; found%s",
		kernel->release, toolchain->core_tag,
		toolchain->n_candidates ? rk_buf_str(&found) : " no rustc at all");
	return rk_error_cure(err,
			     toolchain->n_candidates ? "rustc-mismatch" : "rustc-missing",
			     "install the compiler of whoever made this kernel");
}

int rk_rustc_fail(const struct rk_kernel *kernel, const struct rk_toolchain *toolchain,
		  struct rk_error *err)
{
	cleanup_buf struct rk_buf found = RK_BUF_INIT;
	cleanup_buf struct rk_buf advice = RK_BUF_INIT;
	cleanup_buf struct rk_buf proof = RK_BUF_INIT;
	const char *tag = toolchain->core_tag;
	bool none = toolchain->n_candidates == 0;

	if (!toolchain->wanted[0])
		return fail_unnamed(kernel, toolchain, err);
	if (tag[0] && gives_tag(toolchain->wanted, tag))
		rk_buf_addf(&proof, ", confirmed by crate hash %s in Module.symvers",
			    tag);
	add_candidates(toolchain, &found);
	advise(kernel->root, toolchain->wanted, &advice);
	if (rk_buf_check(&found, err) < 0 || rk_buf_check(&advice, err) < 0 ||
	    rk_buf_check(&proof, err) < 0)
		return -(int)err->code;
	rk_error_set(err, RK_ENOTFOUND, "kernel %s needs '%s' (%s%s); found%s",
		     kernel->release, toolchain->wanted, toolchain->wanted_from,
		     rk_buf_str(&proof), none ? " no rustc at all" : rk_buf_str(&found));
	return rk_error_cure(err, none ? "rustc-missing" : "rustc-mismatch", "%s",
			     rk_buf_str(&advice));
}
