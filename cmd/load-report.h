/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_CMD_LOAD_REPORT_H
#define RK_CMD_LOAD_REPORT_H

#include "cmd/cmd.h"
#include "lib/base/json.h"
#include "lib/load/load.h"

/* What became of modules, for load and reload. */
void rk_load_report_text(const struct rk_app *app, const struct rk_load *load);
enum rk_exit rk_load_report_json(const struct rk_app *app, const struct rk_load *load);

/* The lines of a log: the module's first. */
void rk_load_report_log(const struct rk_app *app, const struct rk_kernel_log *log);
void rk_load_report_json_log(struct rk_json *to, const struct rk_kernel_log *log);

/* What load and reload have in common: all of it but the name. */
enum rk_exit rk_cmd_load(struct rk_app *app, int argc, char **argv,
			 const struct rk_cmd *cmd, bool reload);

/* Of load and reload. */
extern const struct rk_option rk_load_options[];

#endif
