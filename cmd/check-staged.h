/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_CMD_CHECK_STAGED_H
#define RK_CMD_CHECK_STAGED_H

#include "cmd/output.h"

/* What `check --staged` takes besides the settings. */
struct rk_check_staged {
	bool hook;   /* git runs it: failures name the ways past it */
	bool no_fmt; /* do not ask rustfmt */
	bool anew;   /* use no kept answer */
	bool strict; /* undecided is a failure, too */
};

/* Builds and checks what is staged, for each kernel that is asked for. @common: what the
 * command line says; rkmod.json is read from what is staged. */
enum rk_exit rk_check_staged(struct rk_app *app, const struct rk_check_staged *how,
			     const struct rk_common *common);

#endif
