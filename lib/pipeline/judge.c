/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most modules need nothing but what Module.symvers names, so each is judged by itself
 * first. Only if one misses a symbol are the exports of all read, and it is judged once
 * more.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/module/signature.h"
#include "lib/pipeline/judge.h"
#include "lib/pipeline/severity.h"
#include "lib/verdict/facts.h"
#include "lib/verdict/siblings.h"

enum {
	KEEP_LIMIT = 64, /* modules; more are not held in memory at a time */
	MAX_THREADS = 64,
	SYMVERS_LIMIT = 64 << 20,
};

struct work {
	struct rk_pipeline *pipeline;
	struct rk_verdict_target target;
	struct rk_siblings siblings;
	bool keep;                  /* the bytes of modules */
	pthread_mutex_t certs_lock; /* while they are read */
	bool has_certs;
	/* What the threads do: one call for each module. */
	int (*step)(struct work *work, size_t i, struct rk_error *err);
	atomic_size_t next;
	pthread_mutex_t lock; /* of what follows */
	size_t failed;        /* the first module that could not be judged */
	struct rk_error error;
};

static void *run_thread(void *data)
{
	struct work *work = data;
	struct rk_error err = RK_ERROR_INIT;
	size_t i;

	while ((i = atomic_fetch_add(&work->next, 1)) < work->pipeline->n_modules) {
		if (work->step(work, i, &err) == 0)
			continue;
		pthread_mutex_lock(&work->lock);
		if (i < work->failed) {
			work->failed = i;
			work->error = err;
		}
		pthread_mutex_unlock(&work->lock);
		/* Those before are taken already; one failure is enough. */
		atomic_store(&work->next, work->pipeline->n_modules);
	}
	return NULL;
}

static int for_each(struct work *work,
		    int (*step)(struct work *work, size_t i, struct rk_error *err),
		    struct rk_error *err)
{
	const struct rk_pipeline *p = work->pipeline;
	pthread_t threads[MAX_THREADS];
	size_t n = 0;

	work->step = step;
	work->failed = SIZE_MAX;
	atomic_store(&work->next, 0);
	/* This thread works, too, and alone if there can be no others. */
	while (n < MAX_THREADS && n + 1 < p->machine->n_cpus && n + 1 < p->n_modules &&
	       pthread_create(&threads[n], NULL, run_thread, work) == 0)
		n++;
	run_thread(work);
	while (n)
		pthread_join(threads[--n], NULL);
	if (work->failed == SIZE_MAX)
		return 0;
	*err = work->error;
	return -(int)err->code;
}

static void drop(const struct work *work, size_t i)
{
	if (!work->keep)
		rk_module_drop(work->pipeline->modules[i].module);
}

/* Those of the command line. */
static int read_certs(struct rk_pipeline *p, struct rk_error *err)
{
	const struct rk_strv *files = p->judging.certs;

	for (size_t i = 0; files && i < files->n_items; i++)
		if (rk_certs_add_file(&p->certs, files->items[i], err) < 0)
			return -(int)err->code;
	return 0;
}

/* The kernel's image is large: it is read for modules that somebody signed. */
static int need_certs(struct work *work, const struct rk_module *module,
		      struct rk_error *err)
{
	struct rk_pipeline *p = work->pipeline;
	int r = 0;

	if (!module->data ||
	    rk_signature_find(module->data, module->size).state != RK_SIGNATURE_PRESENT)
		return 0;
	pthread_mutex_lock(&work->certs_lock);
	if (!work->has_certs)
		r = rk_certs_add_kernel(&p->certs, p->machine, p->kernel, err);
	work->has_certs = true;
	pthread_mutex_unlock(&work->certs_lock);
	return r;
}

static int judge(struct work *work, size_t i, struct rk_error *err)
{
	struct rk_pipeline_module *module = &work->pipeline->modules[i];
	int r = rk_module_read(module->module, err);

	if (r == 0)
		r = need_certs(work, module->module, err);
	if (r == 0)
		r = rk_verdict_judge(module->module, &work->target, &module->verdict,
				     err);
	drop(work, i);
	return r;
}

static int read_exports(struct work *work, size_t i, struct rk_error *err)
{
	struct rk_module *module = work->pipeline->modules[i].module;
	int r = rk_module_read(module, err);

	if (r == 0)
		r = rk_siblings_set(&work->siblings, i, module, err);
	drop(work, i);
	return r;
}

static int judge_again(struct work *work, size_t i, struct rk_error *err)
{
	struct rk_verdict *verdict = &work->pipeline->modules[i].verdict;

	if (!verdict->misses_symbols)
		return 0;
	rk_verdict_release(verdict);
	*verdict = (struct rk_verdict){0};
	return judge(work, i, err);
}

static bool any_misses_symbols(const struct rk_pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->n_modules; i++)
		if (pipeline->modules[i].verdict.misses_symbols)
			return true;
	return false;
}

static int judge_beside(struct work *work, struct rk_error *err)
{
	if (rk_siblings_init(&work->siblings, work->pipeline->n_modules, err) < 0 ||
	    for_each(work, read_exports, err) < 0)
		return -(int)err->code;
	work->target.siblings = &work->siblings;
	return for_each(work, judge_again, err);
}

static int judge_all(struct work *work, struct rk_error *err)
{
	if (for_each(work, judge, err) < 0)
		return -(int)err->code;
	if (work->pipeline->n_modules < 2 || !any_misses_symbols(work->pipeline))
		return 0;
	return judge_beside(work, err);
}

static int list_modules(struct rk_pipeline *p, const struct rk_strv *paths,
			struct rk_error *err)
{
	p->modules = calloc(paths->n_items ? paths->n_items : 1, sizeof(*p->modules));
	if (!p->modules)
		return rk_error_nomem(err);
	for (; p->n_modules < paths->n_items; p->n_modules++)
		if (rk_module_new(paths->items[p->n_modules],
				  &p->modules[p->n_modules].module, err) < 0)
			return -(int)err->code;
	return 0;
}

/* ---- symbols of other module folders ---- */

static int read_symvers(const char *path, struct rk_symvers **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	if (rk_file_read(path, SYMVERS_LIMIT, &text, err) < 0)
		return -(int)err->code;
	if (rk_symvers_parse(&text, ret, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return 0;
}

/* Kbuild's variable names files, and leaves out those that are not there. */
static int list_extra(const struct rk_pipeline *p, struct rk_strv *ret,
		      struct rk_error *err)
{
	const char *next = getenv("KBUILD_EXTRA_SYMBOLS");

	if (p->extra_symbols)
		rk_strv_add_strv(ret, p->extra_symbols);
	while (next && *(next += strspn(next, " \t\n"))) {
		size_t len = strcspn(next, " \t\n");
		cleanup_free char *path = strndup(next, len);

		if (!path)
			return rk_error_nomem(err);
		if (access(path, F_OK) == 0 && !rk_strv_contains(ret, path))
			rk_strv_add(ret, path);
		else if (access(path, F_OK) != 0)
			rk_log(RK_LOG_DEBUG, "KBUILD_EXTRA_SYMBOLS: no '%s'", path);
		next += len;
	}
	return rk_strv_check(ret, err);
}

static int read_extra(struct rk_pipeline *p, struct rk_error *err)
{
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;

	if (p->extra || list_extra(p, &paths, err) < 0)
		return p->extra ? 0 : -(int)err->code;
	p->extra = calloc(paths.n_items ? paths.n_items : 1, sizeof(struct rk_symvers *));
	if (!p->extra)
		return rk_error_nomem(err);
	for (; p->n_extra < paths.n_items; p->n_extra++)
		if (read_symvers(paths.items[p->n_extra], &p->extra[p->n_extra], err) < 0)
			return -(int)err->code;
	return 0;
}

static int refuse_running(const struct rk_pipeline *p, const char *other,
			  struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED, "kernel '%s' runs here, and '%s' is asked for",
		     p->machine->release, other);
	return rk_error_cure(err, "kernel-not-running",
			     "leave --running out, or name no other kernel");
}

/* The kernel that was found must be the one that runs. */
static int read_state(struct rk_pipeline *p, struct rk_error *err)
{
	if (!p->judging.running)
		return 0;
	if (!p->root->is_host)
		return refuse_running(p, p->root->path, err);
	if (strcmp(p->machine->release, p->kernel->release) != 0)
		return refuse_running(p, p->kernel->release, err);
	return rk_state_read(p->machine, &p->state, err);
}

int rk_pipeline_judge(struct rk_pipeline *pipeline, const struct rk_strv *paths,
		      struct rk_error *err)
{
	struct rk_loader_facts facts = rk_loader_facts(pipeline->kernel);
	struct work work = {
		.pipeline = pipeline,
		.target = {.kernel = pipeline->kernel, .facts = &facts},
		.keep = paths->n_items <= KEEP_LIMIT,
		.certs_lock = PTHREAD_MUTEX_INITIALIZER,
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	int r;

	if (read_extra(pipeline, err) < 0 || read_certs(pipeline, err) < 0 ||
	    read_state(pipeline, err) < 0 || list_modules(pipeline, paths, err) < 0)
		return -(int)err->code;
	work.target.extra = pipeline->extra;
	work.target.n_extra = pipeline->n_extra;
	work.target.certs = &pipeline->certs;
	work.target.state = pipeline->judging.running ? &pipeline->state : NULL;
	work.target.params = pipeline->judging.params;
	work.target.skip_digests = pipeline->judging.skip_digests;
	r = judge_all(&work, err);
	if (r == 0 && pipeline->request && !pipeline->judging.unweighed)
		rk_pipeline_apply_severities(
			pipeline, rk_request_get(pipeline->request, RK_SETTING_CHECK));
	rk_siblings_release(&work.siblings);
	pthread_mutex_destroy(&work.certs_lock);
	pthread_mutex_destroy(&work.lock);
	return r;
}
