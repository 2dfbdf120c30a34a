/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/load-report.h"

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	return rk_cmd_load(app, argc, argv, &cmd_reload, true);
}

const struct rk_cmd cmd_reload = {
	.name = "reload",
	.args = "FILE.ko|NAME [NAME=VALUE]...",
	.summary = "load a module anew, after unloading the one that is loaded",
	.options = rk_load_options,
	.completes = RK_COMPLETES_MODULES,
	.changes_kernel = true,
	.run = run,
};
