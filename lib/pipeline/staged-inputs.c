/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/build/format.h"
#include "lib/build/source.h"
#include "lib/pipeline/staged-run.h"

enum {
	INPUTS_LIMIT = 16 << 20,
};

/* ---- kept ---- */

int rk_staged_inputs_read(struct rk_staged_run *run, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	char *rest = NULL;

	if (rk_path_join(run->check->place, "inputs", &path, err) < 0)
		return -(int)err->code;
	if (rk_file_read(path, INPUTS_LIMIT, &text, err) < 0)
		return err->code == RK_ENOMEM ? -RK_ENOMEM : 0; /* then all are */
	for (char *line = text.data ? strtok_r(text.data, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (run->has_inputs)
			rk_strv_add(&run->inputs, line);
		else
			snprintf(run->built, sizeof(run->built), "%s", line);
		run->has_inputs = true;
	}
	rk_strv_sort(&run->inputs);
	return rk_strv_check(&run->inputs, err);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_setting(const char *path)
{
	const char *name = rk_path_base(path);

	return strcmp(name, "rkmod.json") == 0 || strcmp(name, "rustfmt.toml") == 0 ||
	       strcmp(name, ".rustfmt.toml") == 0 || strcmp(name, ".gitattributes") == 0;
}

/* True if a module, or what is said about it, may change with the file. */
static bool is_input(const struct rk_staged_run *run, const char *path)
{
	if (!run->has_inputs || rk_build_is_makefile(path) || rk_build_is_header(path) ||
	    is_setting(path) || (run->request->fmt && rk_format_is_rust(path)))
		return true;
	return run->inputs.n_items &&
	       bsearch(&path, run->inputs.items, run->inputs.n_items, sizeof(char *),
		       compare_texts);
}

/* A hash of the contents of all inputs, as they are staged. */
int rk_staged_inputs_hash(const struct rk_staged_run *run, char ret[RK_SHA256_HEX_SIZE],
			  struct rk_error *err)
{
	const struct rk_staged *staged = run->request->staged;
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;

	if (rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	rk_sha256_add_field(hash, staged->conversion);
	for (size_t i = 0; i < staged->n_entries; i++) {
		const struct rk_staged_entry *entry = &staged->entries[i];

		if (!is_input(run, entry->path))
			continue;
		rk_sha256_add_field(hash, entry->path);
		rk_sha256_add(hash, &entry->mode, sizeof(entry->mode));
		rk_sha256_add(hash, entry->oid, RK_OID_SIZE);
	}
	return rk_sha256_hex(hash, ret, err);
}

/* Where HEAD is asked: what counts, and no more, because each folder takes its time. */
static int list_asked(const struct rk_staged_run *run, struct rk_strv *ret,
		      struct rk_error *err)
{
	const struct rk_staged *staged = run->request->staged;

	for (size_t i = 0; i < staged->n_entries; i++) {
		const char *path = staged->entries[i].path;

		if (run->has_inputs ? is_input(run, path)
				    : run->request->fmt && rk_format_is_rust(path))
			rk_strv_add(ret, path);
	}
	if (run->has_inputs)
		rk_strv_add_strv(ret, &run->inputs);
	return rk_strv_check(ret, err);
}

static bool changes_inputs(const struct rk_staged_run *run)
{
	const struct rk_staged *staged = run->request->staged;

	for (size_t i = 0; i < staged->n_entries; i++)
		if (staged->entries[i].changed && is_input(run, staged->entries[i].path))
			return true;
	for (size_t i = 0; i < staged->removed.n_items; i++)
		if (is_input(run, staged->removed.items[i]))
			return true;
	return false;
}

/* Where HEAD is another content than what was built (after a checkout), it has to be
 * built, and so has what a makefile that went was part of. */
int rk_staged_inputs_compare(struct rk_staged_run *run, bool *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv asked = RK_STRV_INIT;
	char contents[RK_SHA256_HEX_SIZE];

	if (list_asked(run, &asked, err) < 0 ||
	    rk_staged_compare(run->request->staged, &asked, err) < 0)
		return -(int)err->code;
	*ret = !run->has_inputs || changes_inputs(run);
	if (*ret)
		return 0;
	if (rk_staged_inputs_hash(run, contents, err) < 0)
		return -(int)err->code;
	*ret = strcmp(contents, run->built) != 0;
	return 0;
}

static int write_inputs(const struct rk_staged_run *run, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	char contents[RK_SHA256_HEX_SIZE];

	if (rk_staged_inputs_hash(run, contents, err) < 0)
		return -(int)err->code;
	rk_buf_addf(&text, "%s\n", contents);
	for (size_t i = 0; i < run->inputs.n_items; i++)
		rk_buf_addf(&text, "%s\n", run->inputs.items[i]);
	if (rk_buf_check(&text, err) < 0 ||
	    rk_path_join(run->check->place, "inputs", &path, err) < 0)
		return -(int)err->code;
	return rk_file_write(path, rk_buf_str(&text), text.len, 0600, err);
}

void rk_staged_inputs_forget(struct rk_staged_run *run)
{
	rk_strv_release(&run->inputs);
	run->has_inputs = false;
}

int rk_staged_inputs_take(struct rk_staged_run *run, struct rk_strv *inputs,
			  struct rk_error *err)
{
	rk_strv_release(&run->inputs);
	run->inputs = *inputs;
	*inputs = (struct rk_strv)RK_STRV_INIT;
	rk_strv_sort(&run->inputs);
	run->has_inputs = true;
	return write_inputs(run, err);
}
