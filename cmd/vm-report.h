/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_CMD_VM_REPORT_H
#define RK_CMD_VM_REPORT_H

#include "cmd/cmd.h"
#include "lib/pipeline/vm.h"

/* What `rkmod vm` prints at its end. Nothing in the other format. */
void rk_vm_report_text(const struct rk_app *app, const struct rk_vm_result *result,
		       bool has_script);
enum rk_exit rk_vm_report_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_vm_result *result, bool ok);
/* A list of modules, those of the user or those that they need, as a member. */
struct rk_json;
void rk_vm_report_json_modules(struct rk_json *to, const char *key,
			       const struct rk_vm_result *result, bool dependencies);

#endif
