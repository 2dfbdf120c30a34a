/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <time.h>

#include "config.h"
#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/base/log.h"
#include "lib/load/internal.h"

enum {
	PATH_LIMIT = 64 << 10,
	HEADER_LIMIT = 4096,
};

static bool is_plain(const char *name)
{
	return name[0] && name[0] != '.' && !strchr(name, '/');
}

/* ---- a disagreement ---- */

static void add_hash(struct rk_json *to, const struct rk_module *module)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	char hex[RK_SHA256_HEX_SIZE] = "";

	if (rk_sha256_new(&hash, &ignored) < 0)
		return;
	rk_sha256_add(hash, module->data, module->size);
	if (rk_sha256_hex(hash, hex, &ignored) == 0)
		rk_json_add_string(to, "sha256", hex);
}

static void add_version(const struct rk_machine *machine, struct rk_json *to)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(machine->proc_dir, "version", &path, &ignored) == 0 &&
	    rk_file_read(path, HEADER_LIMIT, &text, &ignored) == 0)
		rk_json_add_string(to, "proc_version", rk_buf_str(&text));
}

static struct rk_json *describe_log(const struct rk_kernel_log *log)
{
	struct rk_json *lines = rk_json_new_array();

	for (size_t i = 0; i < log->n_items; i++)
		rk_json_add_string(lines, NULL, log->items[i].text);
	return lines;
}

static struct rk_json *describe(const struct rk_machine *machine,
				const struct rk_load *load,
				const struct rk_load_item *item)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_string(top, "rkmod", RK_VERSION);
	rk_json_add_string(top, "release", machine->release);
	add_version(machine, top);
	rk_json_add_string(top, "vermagic", load->kernel ? load->kernel->vermagic : NULL);
	rk_json_add_string(top, "module", item->name);
	rk_json_add_string(top, "file", item->module->path);
	add_hash(top, item->module);
	rk_json_add_string(top, "build_id", item->build_id);
	rk_json_add_string(top, "parameters", item->params);
	rk_json_add_string(top, "predicted", rk_answer_name(item->verdict.answer));
	rk_json_add_string(top, "predicted_errno", rk_verdict_errno_name(&item->verdict));
	rk_json_add_string(top, "stage", item->verdict.stage);
	rk_json_add_string(top, "predicted_message", item->verdict.kernel_message);
	rk_json_add_string(top, "result", rk_load_result_name(item->result));
	rk_json_add_int(top, "errno", item->sys_errno);
	rk_json_add(top, "log", describe_log(&item->log));
	return top;
}

int rk_load_write_report(const struct rk_machine *machine, const struct rk_load *load,
			 const struct rk_load_item *item, char **ret,
			 struct rk_error *err)
{
	cleanup(rk_json_free_p) struct rk_json *top = describe(machine, load, item);
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *dir = NULL;
	cleanup_free char *path = NULL;

	if (rk_machine_private_dir(machine->state_dir, "reports", &dir, err) < 0 ||
	    rk_format(&path, err, "%s/%s-%lld.json", dir,
		      is_plain(item->name) ? item->name : "module",
		      (long long)time(NULL)) < 0 ||
	    rk_json_print(top, true, &text, err) < 0 ||
	    rk_file_write(path, rk_buf_str(&text), text.len, 0600, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(path);
	return 0;
}

/* ---- where a module came from ---- */

static int record_path(const struct rk_machine *machine, const char *name, bool make,
		       char **ret, struct rk_error *err)
{
	cleanup_free char *dir = NULL;

	if (!is_plain(name))
		return rk_error_set(err, RK_EFORMAT, "'%s' is no module's name", name);
	if (make ? rk_machine_private_dir(machine->state_dir, "loaded", &dir, err) < 0
		 : rk_path_join(machine->state_dir, "loaded", &dir, err) < 0)
		return -(int)err->code;
	return rk_path_join(dir, name, ret, err);
}

void rk_load_remember(const struct rk_machine *machine, const struct rk_load_item *item)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *record = NULL;
	cleanup_free char *path = NULL;

	if (rk_path_absolute(item->module->path, &path, &err) < 0 ||
	    record_path(machine, item->name, true, &record, &err) < 0 ||
	    rk_file_write(record, path, strlen(path), 0600, &err) < 0)
		rk_log(RK_LOG_DEBUG, "where '%s' came from is not kept: %s", item->name,
		       err.msg);
}

int rk_load_recall(const struct rk_machine *machine, const char *name, char **ret,
		   struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *record = NULL;

	*ret = NULL;
	if (record_path(machine, name, false, &record, err) < 0)
		return -(int)err->code;
	if (rk_file_read(record, PATH_LIMIT, &text, &ignored) < 0)
		return 0;
	return rk_buf_take(&text, ret, err);
}
