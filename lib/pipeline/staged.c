/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CACHE/staged/<repository>/<kernel>/
 *   lock        held while the rest is used
 *   tree/       a checkout of what is staged, and what was built in it
 *   index, asked, objects/, whole    lib/repo's
 *   inputs      of the last build that went through: a hash of their contents, then what
 *               it read, a path a line
 *   answers/    what was printed for a content
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/build/format.h"
#include "lib/build/source.h"
#include "lib/build/where.h"
#include "lib/pipeline/diagnose.h"
#include "lib/pipeline/judge.h"
#include "lib/pipeline/staged.h"

enum {
	INPUTS_LIMIT = 16 << 20,
	ANSWER_LIMIT = 16 << 20,
	OUTPUT_LIMIT = 1 << 20,
	TREE_LIMIT_MIB = 256,
};

/* One check on its way. */
struct run {
	struct rk_pipeline *pipeline;
	const struct rk_staged_request *request;
	struct rk_staged_check *check;
	struct rk_strv inputs;          /* of the last build that went through; sorted */
	bool has_inputs;                /* there was one */
	char built[RK_SHA256_HEX_SIZE]; /* the hash of what their contents were */
	struct rk_recogniser *recogniser; /* of what the tools say */
	const char *dir;                  /* of the module that is being built */
};

static void release_run(struct run *run)
{
	rk_strv_release(&run->inputs);
	rk_recogniser_free(run->recogniser);
}

void rk_staged_check_init(struct rk_staged_check *check)
{
	*check = (struct rk_staged_check){.lock_fd = -1};
}

void rk_staged_check_release(struct rk_staged_check *check)
{
	rk_buf_release(&check->answer);
	rk_buf_release(&check->output);
	free(check->failed);
	free(check->tree);
	free(check->place);
	free(check->key);
	if (check->lock_fd >= 0)
		close(check->lock_fd);
	rk_staged_check_init(check);
}

/* ---- the private folder ---- */

static void say_waiting(void *data)
{
	(void)data;
	rk_log(RK_LOG_STEP, "waiting: another rkmod checks what is staged here");
}

/* "<git dir>/<kernel>" as two short names. */
static int name_place(const struct run *run, char **ret, struct rk_error *err)
{
	const struct rk_kernel *kernel = run->pipeline->kernel;
	cleanup(rk_sha256_free_p) struct rk_sha256 *repository = NULL;
	cleanup(rk_sha256_free_p) struct rk_sha256 *target = NULL;
	char repository_hex[RK_SHA256_HEX_SIZE];
	char target_hex[RK_SHA256_HEX_SIZE];

	if (rk_sha256_new(&repository, err) < 0 || rk_sha256_new(&target, err) < 0)
		return -(int)err->code;
	rk_sha256_add_field(repository, run->request->staged->git_dir);
	rk_sha256_add_field(target, kernel->root->path);
	rk_sha256_add_field(target, kernel->kdir_real);
	rk_sha256_add_field(target, kernel->release);
	if (rk_sha256_hex(repository, repository_hex, err) < 0 ||
	    rk_sha256_hex(target, target_hex, err) < 0)
		return -(int)err->code;
	return rk_format(ret, err, "staged/%.16s/%.16s", repository_hex, target_hex);
}

static int open_place(struct run *run, struct rk_error *err)
{
	struct rk_staged_check *check = run->check;
	cleanup_free char *name = NULL;
	cleanup_free char *lock = NULL;

	if (name_place(run, &name, err) < 0 ||
	    rk_machine_private_dir(run->pipeline->machine->cache_dir, name, &check->place,
				   err) < 0 ||
	    rk_path_join(check->place, "tree", &check->tree, err) < 0 ||
	    rk_path_join(check->place, "lock", &lock, err) < 0)
		return -(int)err->code;
	return rk_file_lock(lock, say_waiting, NULL, &check->lock_fd, err);
}

/* ---- inputs ---- */

static int read_inputs(struct run *run, struct rk_error *err)
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
static bool is_input(const struct run *run, const char *path)
{
	if (!run->has_inputs || rk_build_is_makefile(path) || rk_build_is_header(path) ||
	    is_setting(path) || (run->request->fmt && rk_format_is_rust(path)))
		return true;
	return run->inputs.n_items &&
	       bsearch(&path, run->inputs.items, run->inputs.n_items, sizeof(char *),
		       compare_texts);
}

/* A hash of the contents of all inputs, as they are staged. */
static int hash_contents(const struct run *run, char ret[RK_SHA256_HEX_SIZE],
			 struct rk_error *err)
{
	const struct rk_staged *staged = run->request->staged;
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;

	if (rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
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

static bool changes_inputs(const struct run *run)
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

/*
 * Nothing of what was built last and went well has changed since, and the commit touches
 * none of it. Where HEAD is another content (after a checkout), it has to be built.
 */
static int look_related(const struct run *run, bool *ret, struct rk_error *err)
{
	char contents[RK_SHA256_HEX_SIZE];

	*ret = !run->has_inputs || changes_inputs(run);
	if (*ret)
		return 0;
	if (hash_contents(run, contents, err) < 0)
		return -(int)err->code;
	*ret = strcmp(contents, run->built) != 0;
	return 0;
}

static int write_inputs(const struct run *run, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	char contents[RK_SHA256_HEX_SIZE];

	if (hash_contents(run, contents, err) < 0)
		return -(int)err->code;
	rk_buf_addf(&text, "%s\n", contents);
	for (size_t i = 0; i < run->inputs.n_items; i++)
		rk_buf_addf(&text, "%s\n", run->inputs.items[i]);
	if (rk_buf_check(&text, err) < 0 ||
	    rk_path_join(run->check->place, "inputs", &path, err) < 0)
		return -(int)err->code;
	return rk_file_write(path, rk_buf_str(&text), text.len, 0600, err);
}

static bool wants_format(const struct run *run, const struct rk_staged_entry *entry)
{
	return run->request->fmt && entry->changed && (entry->mode & S_IFMT) == S_IFREG &&
	       rk_format_is_rust(entry->path);
}

/* ---- kept answers ---- */

/* The compiler itself may be replaced by one that calls itself the same. */
static int add_compiler(const struct run *run, struct rk_sha256 *hash,
			struct rk_error *err)
{
	const struct rk_pipeline *p = run->pipeline;
	const char *path = p->toolchain->rustc->path;
	struct stat st;
	int64_t facts[4];

	if (rk_root_stat(p->kernel->root, path, &st, err) < 0)
		return -(int)err->code;
	facts[0] = (int64_t)st.st_ino;
	facts[1] = st.st_size;
	facts[2] = st.st_mtim.tv_sec;
	facts[3] = st.st_mtim.tv_nsec;
	rk_sha256_add_field(hash, path);
	rk_sha256_add(hash, facts, sizeof(facts));
	return 0;
}

static int make_key(const struct run *run, char ret[RK_SHA256_HEX_SIZE],
		    struct rk_error *err)
{
	const struct rk_pipeline *p = run->pipeline;
	const struct rk_build_input input = {
		.kernel = p->kernel, .toolchain = p->toolchain, .metadata = p->metadata};
	const struct rk_staged *staged = run->request->staged;
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	cleanup_free char *shim = NULL;
	char contents[RK_SHA256_HEX_SIZE];

	/* The shim's path is a hash of kernel, compiler and metadata. */
	if (rk_build_shim(p->machine, &input, &shim, err) < 0 ||
	    hash_contents(run, contents, err) < 0 || rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	rk_sha256_add_field(hash, contents);
	rk_sha256_add_field(hash, RK_VERSION);
	rk_sha256_add_field(hash, shim);
	rk_sha256_add_field(hash, run->request->as);
	rk_sha256_add_field(hash, run->request->fmt ? "fmt" : "");
	for (unsigned int i = 0; i < RK_N_SETTINGS; i++) {
		const char *value = rk_request_get(p->request, (enum rk_setting_name)i);

		rk_sha256_add_field(hash, value ? value : "");
	}
	if (add_compiler(run, hash, err) < 0)
		return -(int)err->code;
	/* Only staged files are asked to be formatted. */
	for (size_t i = 0; i < staged->n_entries; i++)
		if (wants_format(run, &staged->entries[i]))
			rk_sha256_add_field(hash, staged->entries[i].path);
	return rk_sha256_hex(hash, ret, err);
}

static int name_answer(struct run *run, struct rk_error *err)
{
	char key[RK_SHA256_HEX_SIZE];

	if (make_key(run, key, err) < 0)
		return -(int)err->code;
	free(RK_STEAL(run->check->key));
	return rk_strdup(key, &run->check->key, err);
}

static int answer_path(const struct rk_staged_check *check, char **ret,
		       struct rk_error *err)
{
	return rk_format(ret, err, "%s/answers/%s", check->place, check->key);
}

/* "yes\n" or "no\n", then what was printed. */
static bool read_answer(struct rk_staged_check *check)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;
	const char *begin;

	if (answer_path(check, &path, &err) < 0 ||
	    rk_file_read(path, ANSWER_LIMIT, &text, &err) < 0)
		return false;
	begin = memchr(rk_buf_str(&text), '\n', text.len);
	if (!begin)
		return false;
	check->answer_good = strncmp(rk_buf_str(&text), "yes\n", 4) == 0;
	begin++;
	rk_buf_add(&check->answer, begin, text.len - (size_t)(begin - text.data));
	return rk_buf_check(&check->answer, &err) == 0;
}

void rk_staged_keep(const struct rk_staged_check *check, const char *text, size_t size,
		    bool good)
{
	cleanup_buf struct rk_buf answer = RK_BUF_INIT;
	cleanup_free char *dir = NULL;
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_adds(&answer, good ? "yes\n" : "no\n");
	rk_buf_add(&answer, text, size);
	if (rk_buf_check(&answer, &err) < 0 ||
	    rk_path_join(check->place, "answers", &dir, &err) < 0 ||
	    rk_dir_make(dir, 0700, &err) < 0 || answer_path(check, &path, &err) < 0 ||
	    rk_file_write(path, answer.data, answer.len, 0600, &err) < 0)
		rk_log(RK_LOG_DEBUG, "the answer is not kept: %s", err.msg);
}

static void say_once(const struct run *run, const char *name, const char *text)
{
	cleanup_free char *said = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_path_join(run->check->place, name, &said, &err) < 0 ||
	    access(said, F_OK) == 0)
		return;
	rk_log(RK_LOG_WARNING, "%s", text);
	if (rk_file_write(said, "", 0, 0600, &err) < 0)
		rk_log(RK_LOG_DEBUG, "%s", err.msg);
}

/* ---- building ---- */

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

static int check_out(const struct run *run, struct rk_error *err)
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
	struct run *run = data;
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

static int build_folder(struct run *run, const char *dir, bool confine,
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
static int build_confined(struct run *run, const char *dir,
			  struct rk_build_result *result, struct rk_error *err)
{
	if (build_folder(run, dir, true, result, err) == 0)
		return 0;
	if (!run->pipeline->kernel->root->is_host || !lacks_bwrap(err))
		return -(int)err->code;
	rk_build_result_release(result);
	say_once(
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
static int build_folders(struct run *run, const struct rk_strv *dirs,
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

static int find_folders(const struct run *run, struct rk_strv *ret, struct rk_error *err)
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

/* What a build that failed would have read is not known: then everything counts. */
static void forget_inputs(struct run *run)
{
	rk_strv_release(&run->inputs);
	run->has_inputs = false;
}

static int take_inputs(struct run *run, struct rk_strv *inputs, struct rk_error *err)
{
	rk_strv_release(&run->inputs);
	run->inputs = *inputs;
	*inputs = (struct rk_strv)RK_STRV_INIT;
	rk_strv_sort(&run->inputs);
	run->has_inputs = true;
	return write_inputs(run, err);
}

static int build(struct run *run, struct rk_error *err)
{
	struct rk_pipeline *p = run->pipeline;
	cleanup_strv struct rk_strv inputs = RK_STRV_INIT;
	cleanup_strv struct rk_strv dirs = RK_STRV_INIT;

	if (rk_recogniser_new(&run->recogniser, err) < 0 ||
	    find_folders(run, &dirs, err) < 0 ||
	    build_folders(run, &dirs, &inputs, err) < 0)
		return -(int)err->code;
	if (p->build.make_status != 0) {
		forget_inputs(run);
		return rk_pipeline_diagnose(p, run->recogniser, err);
	}
	if (take_inputs(run, &inputs, err) < 0)
		return -(int)err->code;
	return rk_pipeline_judge(p, &p->build.modules, err);
}

static int check_format(struct run *run, struct rk_error *err)
{
	const struct rk_format_request request = {
		.root = run->pipeline->kernel->root,
		.rustc = run->pipeline->toolchain->rustc->path,
		.tree = run->check->tree,
		.staged = true,
	};
	const struct rk_staged *staged = run->request->staged;
	cleanup_free char *rustfmt = NULL;

	if (!run->request->fmt)
		return 0;
	if (rk_format_find(&request, &rustfmt, err) < 0)
		return -(int)err->code;
	if (!rustfmt) {
		say_once(
			run, "said-rustfmt",
			"there is no rustfmt: the format of staged files is not checked");
		return 0;
	}
	for (size_t i = 0; i < staged->n_entries; i++)
		if (wants_format(run, &staged->entries[i]) &&
		    rk_format_check(&request, rustfmt, staged->entries[i].path,
				    &run->pipeline->findings, err) < 0)
			return -(int)err->code;
	return rk_findings_check(&run->pipeline->findings, err);
}

static int require_metadata(struct run *run, struct rk_error *err)
{
	const struct rk_pipeline_prepare how = {.jobs = run->request->jobs};

	if (run->request->prepare)
		return rk_pipeline_prepare(run->pipeline, &how, err);
	if (rk_pipeline_find(run->pipeline, err) < 0)
		return -(int)err->code;
	if (run->pipeline->metadata->origin != RK_METADATA_NONE)
		return 0;
	return rk_pipeline_fail_metadata(run->pipeline, err);
}

/* Those of builds that failed are kept under everything that was staged. */
static int find_answer(struct run *run, bool *ret, struct rk_error *err)
{
	bool has_inputs = run->has_inputs;

	*ret = false;
	if (run->request->anew)
		return 0;
	for (int i = has_inputs ? 0 : 1; i < 2 && !*ret; i++) {
		run->has_inputs = i == 0;
		if (name_answer(run, err) < 0)
			return -(int)err->code;
		*ret = read_answer(run->check);
	}
	run->has_inputs = has_inputs;
	return 0;
}

int rk_pipeline_staged(struct rk_pipeline *pipeline,
		       const struct rk_staged_request *request,
		       struct rk_staged_check *check, struct rk_error *err)
{
	cleanup(release_run) struct run run = {
		.pipeline = pipeline, .request = request, .check = check};
	bool yes;

	check->outcome = RK_STAGED_UNRELATED;
	if (rk_pipeline_kernel(pipeline, err) < 0 || open_place(&run, err) < 0 ||
	    read_inputs(&run, err) < 0 || look_related(&run, &yes, err) < 0)
		return -(int)err->code;
	if (!yes && !request->anew)
		return 0;
	check->outcome = RK_STAGED_KEPT;
	if (require_metadata(&run, err) < 0 || find_answer(&run, &yes, err) < 0)
		return -(int)err->code;
	if (yes)
		return 0;
	check->outcome = RK_STAGED_CHECKED;
	if (check_out(&run, err) < 0 || check_format(&run, err) < 0 ||
	    build(&run, err) < 0)
		return -(int)err->code;
	/* Under the inputs that are known now: the next time they are. */
	return name_answer(&run, err);
}
