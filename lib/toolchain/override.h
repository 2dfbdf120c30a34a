/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_TOOLCHAIN_OVERRIDE_H
#define RK_TOOLCHAIN_OVERRIDE_H

#include "lib/base/buf.h"

/*
 * rust-toolchain and rust-toolchain.toml: the compiler that rustup's proxy takes below a
 * folder. rkmod and rustc do not read them; who calls rustc through the proxy gets that
 * one.
 */
struct rk_override {
	char *path;    /* of the file; NULL: there is none */
	char *channel; /* "1.80.0", "nightly-2025-01-01"; "" if it names none */
};

/**
 * rk_override_find() - the file that counts for a folder on the host
 * @dir: absolute; the folders above it are looked at too, up to @top
 * @top: the repository's top, or NULL: @dir only
 * @ret: rk_override_release()
 * Return: 0, also if there is none; -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_override_find(const char *dir, const char *top,
				   struct rk_override *ret, struct rk_error *err);
void rk_override_release(struct rk_override *override);

/* The channel in the file's text, untrusted: a single word, or a TOML table. "" if it
 * names none. */
RK_MUST_CHECK int rk_override_channel(const char *text, char **ret, struct rk_error *err);

/* Can the channel not mean the compiler of a version text? "stable" and names of one's
 * own may mean any. */
bool rk_override_contradicts(const char *channel, const char *version_text);

#endif
