/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_TOOLCHAIN_PROGRAMS_H
#define RK_TOOLCHAIN_PROGRAMS_H

#include "lib/root/distro.h"
#include "lib/toolchain/toolchain.h"

/* A program that Kbuild runs for a module, besides make and rustc. */
struct rk_program {
	const char *role; /* "C compiler", static */
	char *name;       /* as Kbuild calls it: "x86_64-linux-gnu-gcc-14" */
	char *path;       /* inside, "" if it is not there */
	char *text;       /* first line of --version; "" if it is not asked for */
	struct rk_need need;
};

struct rk_programs {
	struct rk_program items[3];
	size_t n_items;
};

/**
 * rk_programs_find() - C compiler, linker, and pahole where BTF is made
 * @toolchain: says LLVM= and CC=; or NULL: only those of a gcc kernel are looked for
 * @ret:       rk_programs_release(), whatever is returned
 *
 * Debian's KDIR names compiler and linker itself (.kernelvariables); elsewhere they are
 * gcc and ld, with CROSS_COMPILE of the environment before them.
 * Return: 0, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_programs_find(const struct rk_machine *machine,
				   const struct rk_kernel *kernel,
				   const struct rk_toolchain *toolchain,
				   struct rk_programs *ret, struct rk_error *err);
void rk_programs_release(struct rk_programs *programs);

/* Whether KDIR's makefiles name the compiler themselves, whatever the environment says.
 */
bool rk_programs_are_forced(const struct rk_kernel *kernel);

/* The first line of `PROGRAM --version`, cached as @kind; "" for a program that cannot
 * say it. Return: 0, -RK_ETOOL (bubblewrap), -RK_EREFUSED, -RK_ESYS, -RK_ENOMEM. */
RK_MUST_CHECK int rk_program_version(const struct rk_machine *machine,
				     const struct rk_root *root, const char *path,
				     const char *kind, char **ret, struct rk_error *err);

/* 71001 of "bindgen 0.71.1", 14002000 of "gcc-14 (Debian 14.2.0-19) 14.2.0": the last
 * number with a dot; 0 if there is none. For comparing only. */
long rk_program_number(const char *text);

#endif
