/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/output.h"
#include "cmd/vm-report.h"
#include "lib/load/load.h"

/* Without the lines about taint, which come with every module that is not the kernel's.
 */
static bool is_telling(const char *line, size_t len)
{
	static const char *const usual[] = {
		"loading out-of-tree module taints kernel",
		"module verification failed: signature and/or required key missing",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(usual); i++)
		if (memmem(line, len, usual[i], strlen(usual[i])))
			return false;
	return len > 0;
}

/* The last telling line of a log: loader and module say last why they refuse. */
static int find_reason(const char *log, char **ret, struct rk_error *err)
{
	const char *reason = "";
	size_t reason_len = 0;

	while (*log) {
		size_t len = strcspn(log, "\n");

		if (is_telling(log, len)) {
			reason = log;
			reason_len = len;
		}
		log += len;
		log += *log == '\n';
	}
	return rk_format(ret, err, "%.*s", (int)reason_len, reason);
}

static const char *result_word(const struct rk_vm_module_result *module)
{
	if (module->load_errno == 0)
		return "loaded";
	return module->load_errno > 0 ? "refused" : "no-answer";
}

static void print_unload(const struct rk_app *app,
			 const struct rk_vm_module_result *module)
{
	if (module->unload_errno > 0)
		rk_output_text(app, "%s: loaded, not unloaded: %s (%s)", module->name,
			       strerrorname_np(module->unload_errno),
			       strerror(module->unload_errno));
	else
		rk_output_text(app, "%s: loaded%s", module->name,
			       module->unload_errno == 0 ? ", unloaded" : "");
}

static void print_module(const struct rk_app *app, const struct rk_vm_result *result,
			 const struct rk_vm_module_result *module)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *reason = NULL;

	if (module->load_errno == 0 && module->is_dependency &&
	    module->unload_errno <= 0 && !app->verbose)
		return;
	if (module->load_errno == 0) {
		print_unload(app, module);
		return;
	}
	if (module->load_errno < 0) {
		rk_output_text(app, "%s: %s", module->name,
			       result->oops ? "the kernel fell over while loading it"
					    : "no answer from the kernel");
		return;
	}
	if (find_reason(module->log, &reason, &err) < 0)
		return;
	rk_output_text(app, "%s: refused: %s (%s)%s%s", module->name,
		       strerrorname_np(module->load_errno),
		       rk_load_errno_meaning(module->load_errno), reason[0] ? ": " : "",
		       reason);
}

void rk_vm_report_text(const struct rk_app *app, const struct rk_vm_result *result,
		       bool has_script)
{
	for (size_t i = 0; i < result->n_modules; i++)
		print_module(app, result, &result->modules[i]);
	if (result->script_status >= 0)
		rk_output_text(app, "script: ended with status %d",
			       result->script_status);
	else if (has_script && !result->oops && !result->timed_out)
		rk_output_text(app, "script: not run, because a module is not loaded");
	if (result->oops)
		rk_output_text(app, "the kernel reported an oops or panic:\n%s",
			       result->oops_text);
	if (result->timed_out)
		rk_output_text(app, "the time limit was reached");
	rk_output_text(app, "guest: %s", result->proc_version);
}

static struct rk_json *json_module(const struct rk_vm_module_result *module)
{
	struct rk_json *item = rk_json_new_object();
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *reason = NULL;
	bool refused = module->load_errno > 0;

	rk_json_add_string(item, "name", module->name);
	rk_json_add_string(item, "path", module->path);
	rk_json_add_string(item, "result", result_word(module));
	rk_json_add_string(item, "errno",
			   refused ? strerrorname_np(module->load_errno) : NULL);
	if (refused && find_reason(module->log, &reason, &err) == 0)
		rk_json_add_string(item, "reason", reason);
	rk_json_add_bool(item, "unloaded", module->unload_errno == 0);
	rk_json_add_string(
		item, "unload_errno",
		module->unload_errno > 0 ? strerrorname_np(module->unload_errno) : NULL);
	rk_json_add_int(item, "load_ms", module->load_ms);
	rk_json_add_string(item, "log", module->log);
	rk_json_add_string(item, "unload_log", module->unload_log);
	return item;
}

void rk_vm_report_json_modules(struct rk_json *to, const char *key,
			       const struct rk_vm_result *result, bool dependencies)
{
	struct rk_json *list = rk_json_new_array();

	for (size_t i = 0; i < result->n_modules; i++)
		if (result->modules[i].is_dependency == dependencies)
			rk_json_add(list, NULL, json_module(&result->modules[i]));
	rk_json_add(to, key, list);
}

enum rk_exit rk_vm_report_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_vm_result *result, bool ok)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_bool(top, "ok", ok);
	rk_output_json_kernel(top, pipeline->kernel);
	rk_json_add_string(top, "proc_version", result->proc_version);
	rk_json_add_string(top, "accel", rk_vm_accel_name(result->accel));
	rk_vm_report_json_modules(top, "modules", result, false);
	rk_vm_report_json_modules(top, "dependencies", result, true);
	if (result->script_status >= 0)
		rk_json_add_int(top, "script_status", result->script_status);
	rk_json_add_string(top, "script_output", result->script_output);
	rk_json_add_string(top, "log", result->log);
	rk_json_add_int(top, "taint", (int64_t)result->taint);
	rk_json_add_bool(top, "oops", result->oops);
	rk_json_add_string(top, "oops_text", result->oops ? result->oops_text : NULL);
	rk_json_add_bool(top, "timed_out", result->timed_out);
	rk_json_add_int(top, "boot_ms", result->boot_ms);
	rk_json_add_int(top, "total_ms", result->total_ms);
	return rk_output_json(app, top);
}
