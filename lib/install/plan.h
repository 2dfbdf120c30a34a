/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_INSTALL_PLAN_H
#define RK_INSTALL_PLAN_H

#include "lib/base/strv.h"
#include "lib/root/root.h"

/*
 * What is to be installed, as the process that staged and judged it tells the one that
 * may write: a text, because the two may be apart (lib/load/split.h). The second believes
 * no more of it than what is checked here.
 */
enum rk_install_kind {
	RK_INSTALL_HOST,
	RK_INSTALL_TREE,   /* a root tree: its own depmod is run in it */
	RK_INSTALL_FOLDER, /* INSTALL_MOD_PATH: lib/modules below any folder */
};

struct rk_install_plan {
	enum rk_install_kind kind;
	char *prefix;  /* host path of what "/" is for the module: "/", the tree, the
			* folder
			*/
	char *release; /* of the kernel; "" when what is to be removed may be of any */
	char *stage;   /* folder with the files, by their targets; "" if there are none */
	struct rk_strv targets; /* "lib/modules/RELEASE/updates/x.ko.xz" */
	struct rk_strv hashes;  /* SHA-256 of what was judged, as many */
};
void rk_install_plan_release(struct rk_install_plan *plan);
#define cleanup_plan cleanup(rk_install_plan_release)

RK_MUST_CHECK int rk_install_plan_print(const struct rk_install_plan *plan,
					struct rk_buf *buf, struct rk_error *err);
/**
 * rk_install_plan_parse() - untrusted text
 * @ret: rk_install_plan_release(), whatever is returned
 * Return: 0, -RK_EFORMAT, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_install_plan_parse(const char *text, struct rk_install_plan *ret,
					struct rk_error *err);

/* A module file below lib/modules/@release, without "." and "..", in letters that
 * neither a shell nor make reads anything into. */
bool rk_install_is_target(const char *path, const char *release);
/* Can it be the release of a kernel, and the name of a folder? */
bool rk_install_is_release(const char *text);
/* "x" of "a/b-x.ko.xz" is "b_x": the name that the kernel knows. free() it. */
RK_MUST_CHECK int rk_install_module_name(const char *path, char **ret,
					 struct rk_error *err);

/* Opens the plan's "/" as a tree: look-ups stay in it. @ret: rk_root_free() */
RK_MUST_CHECK int rk_install_open_prefix(const struct rk_install_plan *plan,
					 struct rk_root **ret, struct rk_error *err);

#endif
