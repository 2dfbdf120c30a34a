/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "config.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/prune.h"
#include "lib/pipeline/staged-run.h"

enum {
	ANSWER_LIMIT = 16 << 20,
	ANSWER_MAX_AGE = 90 * 24 * 60 * 60,
	MAX_ANSWERS = 200,
};

/* The program itself may be replaced by one that calls itself the same. */
static int add_program(const struct rk_staged_run *run, const char *path,
		       struct rk_sha256 *hash, struct rk_error *err)
{
	struct stat st;
	int64_t facts[4];

	if (rk_root_stat(run->pipeline->kernel->root, path, &st, err) < 0)
		return -(int)err->code;
	facts[0] = (int64_t)st.st_ino;
	facts[1] = st.st_size;
	facts[2] = st.st_mtim.tv_sec;
	facts[3] = st.st_mtim.tv_nsec;
	rk_sha256_add_field(hash, path);
	rk_sha256_add(hash, facts, sizeof(facts));
	return 0;
}

/* Only staged files are asked to be formatted; a rustfmt that was missing may come. */
static int add_format(const struct rk_staged_run *run, struct rk_sha256 *hash,
		      struct rk_error *err)
{
	const struct rk_staged *staged = run->request->staged;
	cleanup_free char *rustfmt = NULL;

	if (!run->request->fmt)
		return 0;
	rk_sha256_add_field(hash, "fmt");
	for (size_t i = 0; i < staged->n_entries; i++)
		if (rk_staged_wants_format(run, &staged->entries[i]))
			rk_sha256_add_field(hash, staged->entries[i].path);
	if (rk_staged_find_rustfmt(run, &rustfmt, err) < 0)
		return -(int)err->code;
	return rustfmt ? add_program(run, rustfmt, hash, err) : 0;
}

static int make_key(const struct rk_staged_run *run, char ret[RK_SHA256_HEX_SIZE],
		    struct rk_error *err)
{
	const struct rk_pipeline *p = run->pipeline;
	const struct rk_build_input input = {
		.kernel = p->kernel, .toolchain = p->toolchain, .metadata = p->metadata};
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	cleanup_free char *shim = NULL;
	char contents[RK_SHA256_HEX_SIZE];

	/* The shim's path is a hash of kernel, compiler and metadata. */
	if (rk_build_shim(p->machine, &input, &shim, err) < 0 ||
	    rk_staged_inputs_hash(run, contents, err) < 0 ||
	    rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	rk_sha256_add_field(hash, contents);
	rk_sha256_add_field(hash, RK_VERSION);
	rk_sha256_add_field(hash, shim);
	rk_sha256_add_field(hash, run->request->as);
	for (unsigned int i = 0; i < RK_N_SETTINGS; i++) {
		const char *value = rk_request_get(p->request, (enum rk_setting_name)i);

		rk_sha256_add_field(hash, value ? value : "");
	}
	if (add_program(run, p->toolchain->rustc->path, hash, err) < 0 ||
	    add_format(run, hash, err) < 0)
		return -(int)err->code;
	return rk_sha256_hex(hash, ret, err);
}

int rk_staged_answer_name(struct rk_staged_run *run, struct rk_error *err)
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
	rk_prune_touch(path);
	rk_buf_add(&check->answer, begin, text.len - (size_t)(begin - text.data));
	return rk_buf_check(&check->answer, &err) == 0;
}

static void prune_answers(const char *dir)
{
	const struct rk_prune answers = {
		.dir = dir, .max_age = ANSWER_MAX_AGE, .max_items = MAX_ANSWERS};

	rk_prune(&answers);
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
	else
		prune_answers(dir);
}

/* Those of builds that failed are kept under everything that was staged. */
int rk_staged_answer_find(struct rk_staged_run *run, bool *ret, struct rk_error *err)
{
	bool has_inputs = run->has_inputs;

	*ret = false;
	if (run->request->anew)
		return 0;
	for (int i = has_inputs ? 0 : 1; i < 2 && !*ret; i++) {
		run->has_inputs = i == 0;
		if (rk_staged_answer_name(run, err) < 0)
			return -(int)err->code;
		*ret = read_answer(run->check);
	}
	run->has_inputs = has_inputs;
	return 0;
}
