/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/build/source.h"
#include "lib/build/where.h"
#include "lib/pipeline/diagnose.h"
#include "lib/pipeline/judge.h"
#include "lib/pipeline/staged-run.h"

enum {
	OUTPUT_LIMIT = 1 << 20,
	TREE_LIMIT_MIB = 256,
};

/* Objects of files that went, or that another makefile made, would be linked again: what
 * is built on top of each other has the same files and makefiles. */
static int make_form(const struct rk_staged *staged, char ret[RK_SHA256_HEX_SIZE],
		     struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;

	if (rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < staged->n_entries; i++) {
		const struct rk_staged_entry *entry = &staged->entries[i];

		rk_sha256_add_field(hash, entry->path);
		rk_sha256_add(hash, &entry->mode, sizeof(entry->mode));
		if (rk_build_is_makefile(entry->path))
			rk_sha256_add(hash, entry->oid, RK_OID_SIZE);
	}
	return rk_sha256_hex(hash, ret, err);
}

int rk_staged_check_out(const struct rk_staged_run *run, struct rk_error *err)
{
	char form[RK_SHA256_HEX_SIZE];

	if (make_form(run->request->staged, form, err) < 0)
		return -(int)err->code;
	return rk_staged_checkout(run->request->staged, run->check->place, form,
				  (uint64_t)TREE_LIMIT_MIB << 20, err);
}

/* Places are named from the repository's top: make names them from the module's folder,
 * and the folder that it works in is nobody's. */
static void take_line(void *data, const char *line, size_t len, bool is_stderr)
{
	struct rk_staged_run *run = data;
	const char *const dirs[] = {run->dir, NULL};
	struct rk_buf *output = &run->check->output;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_buf struct rk_buf copy = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_add(&copy, line, len);
	if (rk_where_rebase(rk_buf_str(&copy), dirs, run->check->tree, &text, &err) < 0)
		output->failed = true;
	rk_recogniser_line(run->recogniser, rk_buf_str(&text), text.len);
	if (output->len + text.len >= OUTPUT_LIMIT || !is_stderr)
		return;
	rk_buf_adds(output, rk_buf_str(&text));
	rk_buf_addc(output, '\n');
}

static int build_folder(struct rk_staged_run *run, const char *dir, bool confine,
			struct rk_build_result *result, struct rk_error *err)
{
	const struct rk_pipeline *p = run->pipeline;
	const struct rk_build_input input = {
		.kernel = p->kernel, .toolchain = p->toolchain, .metadata = p->metadata};
	const struct rk_build_request request = {
		.dir = dir,
		.top = run->check->tree,
		.top_writable = true,
		.confine = confine,
		.jobs = run->request->jobs,
		.on_line = take_line,
		.data = run,
	};

	run->dir = dir;
	return rk_build_run(p->machine, &input, &request, result, err);
}

static bool lacks_bwrap(const struct rk_error *err)
{
	return err->id && (strcmp(err->id, "bwrap-missing") == 0 ||
			   strcmp(err->id, "bwrap-unusable") == 0);
}

/* In a root tree nothing runs without bubblewrap; on the host the user's own make does.
 */
static int build_confined(struct rk_staged_run *run, const char *dir,
			  struct rk_build_result *result, struct rk_error *err)
{
	if (build_folder(run, dir, true, result, err) == 0)
		return 0;
	if (!run->pipeline->kernel->root->is_host || !lacks_bwrap(err))
		return -(int)err->code;
	rk_build_result_release(result);
	rk_staged_say_once(
		run, "said-unconfined",
		"bubblewrap is not installed or cannot work here: the makefiles of what is staged run with all your rights");
	return build_folder(run, dir, false, result, err);
}

/* Adds to what the pipeline's build has so far. */
static void take_build(struct rk_pipeline *p, struct rk_build_result *result)
{
	p->build.make_status = result->make_status;
	rk_strv_add_strv(&p->build.modules, &result->modules);
	if (result->make_status != 0 || !p->build.log) {
		free(p->build.log);
		p->build.log = RK_STEAL(result->log);
	}
}

/* Until one fails. */
static int build_folders(struct rk_staged_run *run, const struct rk_strv *dirs,
			 struct rk_strv *inputs, struct rk_error *err)
{
	struct rk_pipeline *p = run->pipeline;

	for (size_t i = 0; i < dirs->n_items && p->build.make_status == 0; i++) {
		cleanup(rk_build_result_release) struct rk_build_result result = {0};

		if (build_confined(run, dirs->items[i], &result, err) < 0)
			return -(int)err->code;
		take_build(p, &result);
		if (result.make_status != 0 &&
		    rk_strdup(dirs->items[i], &run->check->failed, err) < 0)
			return -(int)err->code;
		if (result.make_status == 0 &&
		    rk_build_read_inputs(dirs->items[i], run->check->tree, inputs, err) <
			    0)
			return -(int)err->code;
	}
	if (rk_buf_check(&run->check->output, err) < 0)
		return -(int)err->code;
	return rk_strv_check(&p->build.modules, err);
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name);
	size_t end_len = strlen(end);

	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

/* What Kbuild would find done: an object, or the record of how it was made. */
static bool is_built(const char *path)
{
	const char *name = rk_path_base(path);

	return ends_with(name, ".ko") || ends_with(name, ".o") ||
	       (name[0] == '.' && ends_with(name, ".cmd"));
}

static void find_objects(const struct rk_staged_run *run)
{
	const struct rk_staged *staged = run->request->staged;
	struct rk_findings *findings = &run->pipeline->findings;
	const char *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < staged->n_entries; i++)
		if (is_built(staged->entries[i].path) && n++ == 0)
			first = staged->entries[i].path;
	if (n == 1)
		rk_findings_add(findings, "objects-tracked",
				"git keeps '%s', which a build makes", first);
	else if (n)
		rk_findings_add(findings, "objects-tracked",
				"git keeps '%s' and %zu more files that a build makes",
				first, n - 1);
}

static int find_folders(const struct rk_staged_run *run, struct rk_strv *ret,
			struct rk_error *err)
{
	const struct rk_staged *staged = run->request->staged;
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;

	for (size_t i = 0; i < staged->n_entries; i++)
		if ((staged->entries[i].mode & S_IFMT) == S_IFREG)
			rk_strv_add(&paths, staged->entries[i].path);
	if (rk_strv_check(&paths, err) < 0)
		return -(int)err->code;
	return rk_build_find_folders(run->check->tree, &paths, ret, err);
}

int rk_staged_build(struct rk_staged_run *run, struct rk_error *err)
{
	struct rk_pipeline *p = run->pipeline;
	cleanup_strv struct rk_strv inputs = RK_STRV_INIT;
	cleanup_strv struct rk_strv dirs = RK_STRV_INIT;

	find_objects(run);
	if (rk_recogniser_new(&run->recogniser, err) < 0 ||
	    find_folders(run, &dirs, err) < 0 ||
	    build_folders(run, &dirs, &inputs, err) < 0)
		return -(int)err->code;
	if (p->build.make_status != 0) {
		rk_staged_inputs_forget(run);
		return rk_pipeline_diagnose(p, run->recogniser, err);
	}
	if (rk_staged_inputs_take(run, &inputs, err) < 0)
		return -(int)err->code;
	return rk_pipeline_judge(p, &p->build.modules, err);
}
