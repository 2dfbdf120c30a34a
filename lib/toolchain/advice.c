/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/log.h"
#include "lib/toolchain/internal.h"

enum {
	MAX_SHOWN = 4, /* candidates in one message */
};

/* ---- where a compiler of a version text comes from ---- */

/* "ID=ubuntu" of the tree's os-release; "" unknown. */
static void read_distribution(const struct rk_root *root, struct rk_buf *ret)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	const char *line;

	if (rk_root_read(root, "/etc/os-release", 65536, &buf, &err) < 0)
		return;
	for (line = rk_buf_str(&buf); line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, "ID=", 3) != 0)
			continue;
		line += 3;
		line += *line == '"';
		rk_buf_add(ret, line, strcspn(line, "\"\n"));
		return;
	}
}

/* "1.85.1" of "rustc 1.85.1 (...)", the length of "1.85" apart. */
static const char *version_of(const char *text, size_t *ret_len, size_t *ret_minor_len)
{
	const char *space = strchr(text, ' ');
	const char *version = space ? space + 1 : text;
	size_t major = strcspn(version, ". ");

	*ret_len = strcspn(version, " -");
	*ret_minor_len = *ret_len;
	if (major < *ret_len) {
		size_t minor = major + 1 + strcspn(version + major + 1, ". -");

		*ret_minor_len = minor < *ret_len ? minor : *ret_len;
	}
	return version;
}

static void advise_packages(const struct rk_root *root, const char *packages,
			    struct rk_buf *to)
{
	cleanup_free char *advice = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_package_advice(root, packages, &advice, &err) == 0)
		rk_buf_adds(to, advice);
	else
		rk_buf_addf(to, "install %s", packages);
}

/*
 * Distributions put a mark of their own into the text, and only their package has it:
 * the compiler of the same version from elsewhere gives other crate hashes.
 */
static void advise(const struct rk_root *root, const char *wanted, struct rk_buf *to)
{
	cleanup_buf struct rk_buf distribution = RK_BUF_INIT;
	cleanup_buf struct rk_buf packages = RK_BUF_INIT;
	const char *fedora = strstr(wanted, "(Fedora ");
	size_t minor_len;
	size_t len;
	const char *version = version_of(wanted, &len, &minor_len);

	read_distribution(root, &distribution);
	if (fedora) {
		fedora += strlen("(Fedora ");
		rk_buf_addf(to, "dnf install rust-%.*s", (int)strcspn(fedora, ")"),
			    fedora);
		return;
	}
	if (!strstr(wanted, "(built from a source tarball)")) {
		rk_buf_addf(to,
			    "it is the Rust project's own: rustup toolchain install %.*s",
			    (int)len, version);
		return;
	}
	if (strcmp(rk_buf_str(&distribution), "ubuntu") == 0)
		rk_buf_addf(&packages, "rustc-%.*s", (int)minor_len, version);
	else
		rk_buf_addf(&packages, "rustc=%.*s*", (int)len, version);
	advise_packages(root, rk_buf_str(&packages), to);
	rk_buf_adds(to,
		    " (of the distribution that made the kernel; rustup's compiler of "
		    "this version has another text)");
}

/* ---- messages ---- */

static bool tags_of_kernel(const struct rk_kernel *kernel, char ret[RK_CRATE_TAG_SIZE])
{
	return kernel->symvers && rk_crate_tag_of_kernel(kernel->symvers, "core", ret);
}

static bool gives_tag(const char *text, const char *tag)
{
	struct rk_crate_tags tags = rk_crate_tags("core", text);

	return strcmp(tags.sip13, tag) == 0 || strcmp(tags.sip24, tag) == 0;
}

void rk_rustc_check_tags(const struct rk_kernel *kernel,
			 const struct rk_toolchain *toolchain)
{
	char tag[RK_CRATE_TAG_SIZE];

	if (!tags_of_kernel(kernel, tag) || gives_tag(toolchain->wanted, tag))
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

int rk_rustc_fail(const struct rk_kernel *kernel, const struct rk_toolchain *toolchain,
		  struct rk_error *err)
{
	cleanup_buf struct rk_buf found = RK_BUF_INIT;
	cleanup_buf struct rk_buf advice = RK_BUF_INIT;
	cleanup_buf struct rk_buf proof = RK_BUF_INIT;
	char tag[RK_CRATE_TAG_SIZE];
	bool none = toolchain->n_candidates == 0;

	if (tags_of_kernel(kernel, tag) && gives_tag(toolchain->wanted, tag))
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
