/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/depend/depend.h"
#include "lib/load/build-id.h"
#include "lib/load/internal.h"
#include "lib/load/status.h"

enum {
	SMALL_LIMIT = 64 << 10,
};

/* The text of a small file, without its newline. "" if it cannot be read. */
static int read_text(const char *dir, const char *name, char **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(dir, name, &path, err) < 0)
		return -(int)err->code;
	if (rk_file_read(path, SMALL_LIMIT, &text, &ignored) < 0)
		rk_buf_truncate(&text, 0);
	if (text.len && text.data[text.len - 1] == '\n')
		rk_buf_truncate(&text, text.len - 1);
	return rk_buf_take(&text, ret, err);
}

static int read_number(const char *dir, const char *name, int64_t *ret,
		       struct rk_error *err)
{
	cleanup_free char *text = NULL;
	char *end = NULL;

	if (read_text(dir, name, &text, err) < 0)
		return -(int)err->code;
	assert(text);
	*ret = strtoll(text, &end, 10);
	if (end == text)
		*ret = -1;
	return 0;
}

/* Names in a folder, sorted; none if there is no such folder. */
static int list_names(const char *dir, const char *name, struct rk_strv *ret,
		      struct rk_error *err)
{
	cleanup_closedir DIR *stream = NULL;
	cleanup_free char *path = NULL;
	const struct dirent *entry;

	if (rk_path_join(dir, name, &path, err) < 0)
		return -(int)err->code;
	stream = opendir(path);
	while (stream && (entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			rk_strv_add(ret, entry->d_name);
	if (ret->n_items)
		rk_strv_sort(ret);
	return rk_strv_check(ret, err);
}

static int read_parameters(const char *dir, struct rk_strv *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;

	if (list_names(dir, "parameters", &names, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names.n_items; i++) {
		cleanup_free char *name = NULL;
		cleanup_free char *path = NULL;
		cleanup_free char *value = NULL;

		if (rk_format(&name, err, "parameters/%s", names.items[i]) < 0 ||
		    rk_path_join(dir, name, &path, err) < 0 ||
		    read_text(dir, name, &value, err) < 0)
			return -(int)err->code;
		if (access(path, R_OK) == 0)
			rk_strv_addf(ret, "%s=%s", names.items[i], value);
		else
			rk_strv_add(ret, names.items[i]);
	}
	return rk_strv_check(ret, err);
}

/* ---- build-ids ---- */

static int read_loaded_id(const char *dir, char **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf note = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(dir, "notes/.note.gnu.build-id", &path, err) < 0)
		return -(int)err->code;
	if (rk_file_read(path, SMALL_LIMIT, &note, &ignored) < 0)
		return rk_strdup("", ret, err);
	return rk_build_id_of_note(note.data, note.len, ret, err);
}

static int read_file_id(const char *path, char **ret, struct rk_error *err)
{
	cleanup(rk_module_free_p) struct rk_module *module = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (rk_module_open(path, &module, &ignored) < 0)
		return rk_strdup("", ret, err);
	return rk_build_id_of_module(module, ret, err);
}

/* ---- where it came from ---- */

static int find_installed(const struct rk_machine *machine, const char *name, char **ret,
			  struct rk_error *err)
{
	cleanup(rk_root_free_p) struct rk_root *root = NULL;
	struct rk_depend_list found = {0};
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *dir = NULL;
	struct rk_kernel kernel = {.release = machine->release};
	int r = 0;

	if (rk_root_open(machine, NULL, &root, err) < 0 ||
	    rk_format(&dir, err, "/lib/modules/%s", machine->release) < 0)
		return -(int)err->code;
	kernel.root = root;
	kernel.modules_dir = dir;
	if (rk_depend_lookup(&kernel, NULL, name, &found, &ignored) == 0)
		for (size_t i = 0; i < found.n_items && r == 0; i++)
			if (strcmp(found.items[i].name, name) == 0)
				r = rk_strdup(found.items[i].path, ret, err);
	rk_depend_list_release(&found);
	return r;
}

int rk_status_compare(const struct rk_machine *machine, const char *file,
		      struct rk_status *status, struct rk_error *err)
{
	cleanup_free char *id = NULL;

	if (file) {
		if (rk_path_absolute(file, &status->path, err) < 0)
			return -(int)err->code;
	} else if (rk_load_recall(machine, status->name, &status->path, err) < 0 ||
		   (!status->path &&
		    find_installed(machine, status->name, &status->path, err) < 0)) {
		return -(int)err->code;
	}
	if (!status->path)
		return 0;
	if (read_file_id(status->path, &id, err) < 0)
		return -(int)err->code;
	if (id[0] && status->build_id[0])
		status->same =
			strcmp(id, status->build_id) == 0 ? RK_SAME_YES : RK_SAME_NO;
	return 0;
}

/* ---- */

static int read_module(const char *dir, struct rk_status *status, struct rk_error *err)
{
	if (read_text(dir, "initstate", &status->state, err) < 0 ||
	    read_text(dir, "taint", &status->taint, err) < 0 ||
	    read_number(dir, "coresize", &status->size, err) < 0 ||
	    read_number(dir, "refcnt", &status->references, err) < 0 ||
	    list_names(dir, "holders", &status->holders, err) < 0 ||
	    read_parameters(dir, &status->parameters, err) < 0)
		return -(int)err->code;
	return read_loaded_id(dir, &status->build_id, err);
}

int rk_status_read(const struct rk_machine *machine, const char *name,
		   struct rk_status *ret, struct rk_error *err)
{
	cleanup(rk_status_release) struct rk_status status = {0};
	cleanup_free char *below = NULL;
	cleanup_free char *dir = NULL;

	if (rk_strdup(name, &status.name, err) < 0)
		return -(int)err->code;
	for (char *c = status.name; *c; c++)
		*c = (char)(*c == '-' ? '_' : *c);
	if (strchr(name, '/') || name[0] == '.')
		return rk_error_set(err, RK_ENOTFOUND, "'%s' is no module's name", name);
	if (rk_format(&below, err, "module/%s", status.name) < 0 ||
	    rk_path_join(machine->sys_dir, below, &dir, err) < 0 ||
	    read_module(dir, &status, err) < 0)
		return -(int)err->code;
	/* What is built in has a folder as well, but no state. */
	if (status.state[0] == '\0') {
		rk_error_set(err, RK_ENOTFOUND, "no module '%s' is loaded", name);
		return rk_error_cure(err, "module-not-loaded",
				     "'rkmod status' lists what is");
	}
	*ret = status;
	status = (struct rk_status){0};
	return 0;
}

void rk_status_release(struct rk_status *status)
{
	free(status->name);
	free(status->state);
	free(status->taint);
	free(status->build_id);
	free(status->path);
	rk_strv_release(&status->holders);
	rk_strv_release(&status->parameters);
	*status = (struct rk_status){0};
}

int rk_status_list(const struct rk_machine *machine, bool all, struct rk_strv *ret,
		   struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;

	if (list_names(machine->sys_dir, "module", &names, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names.n_items; i++) {
		cleanup_free char *taint_name = NULL;
		cleanup_free char *state_name = NULL;
		cleanup_free char *taint = NULL;
		cleanup_free char *state = NULL;

		if (rk_format(&taint_name, err, "module/%s/taint", names.items[i]) < 0 ||
		    rk_format(&state_name, err, "module/%s/initstate", names.items[i]) <
			    0 ||
		    read_text(machine->sys_dir, taint_name, &taint, err) < 0 ||
		    read_text(machine->sys_dir, state_name, &state, err) < 0)
			return -(int)err->code;
		assert(state && taint);
		if (state[0] && (all || strchr(taint, 'O')))
			rk_strv_add(ret, names.items[i]);
	}
	return rk_strv_check(ret, err);
}
