/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_KBUILD_H
#define RK_METADATA_KBUILD_H

#include "lib/metadata/source.h"
#include "lib/toolchain/toolchain.h"

/*
 * The kernel's own makefiles at work: source and objtree are bound at constant paths,
 * because paths of the source end up in metadata and in panic messages. Without
 * bubblewrap (the host's own root only) they are used where they are.
 */
struct rk_kbuild {
	const struct rk_machine *machine; /* borrowed, as the next two */
	const struct rk_kernel *kernel;
	const struct rk_toolchain *toolchain;
	const char *source; /* on the host */
	const char *objtree;
	const char *log;   /* file that takes everything make says; appended to */
	unsigned int jobs; /* 0: all processors */
	bool plain;        /* `make prepare` with its tools, whatever the makefiles say */
	/* kept by rk_kbuild_*(): */
	bool confine;
	struct rk_strv variables; /* "CC=...", for make's command line */
};

/* The programs and files that making metadata needs. Return: 0, -RK_ENOTFOUND
 * (prepare-tool, all named), -RK_ENOMEM. */
RK_MUST_CHECK int rk_kbuild_check_tools(const struct rk_kernel *kernel,
					const struct rk_toolchain *toolchain,
					struct rk_error *err);

/**
 * rk_kbuild_init() - choose the variables, and find out whether bubblewrap works
 *
 * Return: 0, -RK_ENOTFOUND (prepare-tool: programs are missing, all named), -RK_ETOOL
 * (bubblewrap is needed and does not work), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_kbuild_init(struct rk_kbuild *kbuild, struct rk_error *err);
void rk_kbuild_release(struct rk_kbuild *kbuild);

/* make olddefconfig. Return: 0, -RK_ETOOL (prepare-failed), -RK_ESYS, ... */
RK_MUST_CHECK int rk_kbuild_configure(struct rk_kbuild *kbuild, struct rk_error *err);

/**
 * rk_kbuild_prepare() - make the crates
 *
 * The tools that modules, but not the crates need (objtool, resolve_btfids) are left
 * out where the makefiles allow it; else this is a plain `make prepare`.
 */
RK_MUST_CHECK int rk_kbuild_prepare(struct rk_kbuild *kbuild, struct rk_error *err);

/* "x86_64-linux-gnu-" of "x86_64-linux-gnu-gcc-14 (Debian ...) 14.2.0"; "" if none. */
RK_MUST_CHECK int rk_kbuild_cross_prefix(const char *cc_text, char **ret,
					 struct rk_error *err);

/* The compiler's name in CONFIG_CC_VERSION_TEXT of a gcc, "" if it is no gcc's. */
RK_MUST_CHECK int rk_kbuild_cc_name(const char *cc_text, char **ret,
				    struct rk_error *err);

#endif
