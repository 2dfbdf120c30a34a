/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/pipeline/diagnose.h"
#include "lib/pipeline/judge.h"
#include "lib/pipeline/pipeline.h"
#include "lib/toolchain/override.h"

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The value of @call; its time is added. A function would get its arguments evaluated in
 * any order: the start after the call. */
#define TIMED(total_ms, call)                                                            \
	__extension__({                                                                  \
		int64_t timed_start_ms = now_ms();                                       \
		int timed_result = (call);                                               \
		*(total_ms) += (unsigned int)(now_ms() - timed_start_ms);                \
		timed_result;                                                            \
	})

void rk_pipeline_init(struct rk_pipeline *pipeline, const struct rk_machine *machine,
		      const struct rk_request *request)
{
	memset(pipeline, 0, sizeof(*pipeline));
	pipeline->machine = machine;
	pipeline->request = request;
}

void rk_pipeline_release(struct rk_pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->n_modules; i++) {
		rk_verdict_release(&pipeline->modules[i].verdict);
		rk_module_free(pipeline->modules[i].module);
	}
	free(pipeline->modules);
	for (size_t i = 0; i < pipeline->n_extra; i++)
		rk_symvers_free(pipeline->extra[i]);
	free(pipeline->extra);
	rk_state_release(&pipeline->state);
	rk_certs_release(&pipeline->certs);
	rk_findings_release(&pipeline->findings);
	rk_build_result_release(&pipeline->build);
	rk_metadata_free(pipeline->metadata);
	rk_toolchain_free(pipeline->toolchain);
	rk_kernel_free(pipeline->kernel);
	rk_root_free(pipeline->root);
	memset(pipeline, 0, sizeof(*pipeline));
}

static const char *setting(const struct rk_pipeline *pipeline, enum rk_setting_name name)
{
	return rk_request_get(pipeline->request, name);
}

static int resolve_kernel(struct rk_pipeline *p, struct rk_error *err)
{
	const struct rk_kernel_request request = {
		.kdir = setting(p, RK_SETTING_KDIR),
		.release = setting(p, RK_SETTING_KERNEL),
		.package = setting(p, RK_SETTING_PACKAGE),
	};

	if (!p->root &&
	    rk_root_open(p->machine, setting(p, RK_SETTING_ROOT), &p->root, err) < 0)
		return -(int)err->code;
	if (rk_kernel_resolve(p->machine, p->root, &request, &p->kernel, err) < 0)
		return -(int)err->code;
	rk_log(RK_LOG_DEBUG, "kernel %s in %s%s", p->kernel->release,
	       p->root->is_host ? "" : p->root->path, p->kernel->kdir_real);
	return 0;
}

int rk_pipeline_kernel(struct rk_pipeline *pipeline, struct rk_error *err)
{
	if (pipeline->kernel)
		return 0;
	return TIMED(&pipeline->kernel_ms, resolve_kernel(pipeline, err));
}

static int require_rust(const struct rk_kernel *kernel, struct rk_error *err)
{
	if (kernel->rust)
		return 0;
	rk_error_set(
		err, RK_EREFUSED,
		"kernel %s is built without Rust (%s): no Rust module can be built for it or loaded into it",
		kernel->release, rk_kernel_why_no_rust(kernel));
	return rk_error_cure(
		err, "rust-off",
		"use a kernel with CONFIG_RUST=y; 'rkmod kernels' lists what is here, 'rkmod root create' makes one to build for");
}

static int find_toolchain(struct rk_pipeline *p, struct rk_error *err)
{
	const struct rk_toolchain_request request = {
		.rustc = setting(p, RK_SETTING_RUSTC),
		.llvm = setting(p, RK_SETTING_LLVM),
		.env_llvm = getenv("LLVM"),
		.force = p->request->force,
	};
	const char *text = p->metadata ? p->metadata->rustc_text : NULL;
	const char *wanted = text && text[0] ? text : NULL;
	int r;

	rk_toolchain_free(RK_STEAL(p->toolchain)); /* one that found nothing */
	r = rk_toolchain_resolve(p->machine, p->kernel, &request, wanted, &p->toolchain,
				 err);
	if (r < 0)
		return r;
	rk_log(RK_LOG_DEBUG, "rustc %s: %s (wanted by %s)", p->toolchain->rustc->path,
	       p->toolchain->rustc->text, p->toolchain->wanted_from);
	return 0;
}

int rk_pipeline_rust(struct rk_pipeline *pipeline, struct rk_error *err)
{
	if (rk_pipeline_kernel(pipeline, err) < 0)
		return -(int)err->code;
	return require_rust(pipeline->kernel, err);
}

int rk_pipeline_metadata(struct rk_pipeline *pipeline, struct rk_error *err)
{
	struct rk_pipeline *p = pipeline;

	if (p->metadata)
		return 0;
	return TIMED(&p->metadata_ms,
		     rk_metadata_find(p->machine, p->kernel, &p->metadata, err));
}

/* Who runs plain make beside rkmod gets another compiler. */
static int note_override(struct rk_pipeline *p, struct rk_error *err)
{
	struct rk_override override = {0};
	const char *wanted = p->toolchain->wanted;
	int r;

	if (!p->request->dir)
		return 0;
	r = rk_override_find(p->request->dir, p->request->top, &override, err);
	if (r == 0 && override.path &&
	    rk_override_contradicts(override.channel, wanted)) {
		struct rk_finding *finding = rk_findings_add(
			&p->findings, "rust-toolchain-file",
			"'%s' asks for rustc %s, and kernel %s needs '%s'", override.path,
			override.channel, p->kernel->release, wanted);

		rk_finding_fix(&p->findings, finding,
			       "rkmod ignores the file; remove it unless other crates "
			       "here want it");
	}
	rk_override_release(&override);
	return r;
}

int rk_pipeline_toolchain(struct rk_pipeline *pipeline, struct rk_error *err)
{
	struct rk_pipeline *p = pipeline;

	if (p->toolchain && p->toolchain->rustc)
		return 0;
	if (TIMED(&p->toolchain_ms, find_toolchain(p, err)) < 0)
		return -(int)err->code;
	return note_override(p, err);
}

int rk_pipeline_find(struct rk_pipeline *pipeline, struct rk_error *err)
{
	if (rk_pipeline_rust(pipeline, err) < 0 ||
	    rk_pipeline_metadata(pipeline, err) < 0)
		return -(int)err->code;
	return rk_pipeline_toolchain(pipeline, err);
}

int rk_pipeline_prepare(struct rk_pipeline *pipeline,
			const struct rk_pipeline_prepare *prepare, struct rk_error *err)
{
	struct rk_pipeline *p = pipeline;
	const struct rk_metadata_make make = {
		.source = setting(p, RK_SETTING_SOURCE),
		.jobs = prepare->jobs,
		.again = prepare->again,
	};
	struct rk_metadata *made = NULL;

	if (rk_pipeline_find(p, err) < 0)
		return -(int)err->code;
	if (p->metadata->origin != RK_METADATA_NONE && !prepare->again)
		return 0;
	if (TIMED(&p->metadata_ms, rk_metadata_make(p->machine, p->kernel, p->toolchain,
						    &make, &made, err)) < 0)
		return -(int)err->code;
	rk_metadata_free(p->metadata);
	p->metadata = made;
	return 0;
}

int rk_pipeline_import(struct rk_pipeline *pipeline, const char *path,
		       struct rk_error *err)
{
	struct rk_pipeline *p = pipeline;
	struct rk_metadata *imported = NULL;

	if (rk_pipeline_rust(p, err) < 0 || rk_pipeline_metadata(p, err) < 0)
		return -(int)err->code;
	if (p->metadata->origin == RK_METADATA_NONE || rk_metadata_is_set(p->metadata)) {
		if (TIMED(&p->metadata_ms, rk_metadata_import(p->machine, p->kernel, path,
							      &imported, err)) < 0)
			return -(int)err->code;
		rk_metadata_free(p->metadata);
		p->metadata = imported;
	}
	return 0;
}

int rk_pipeline_fail_metadata(const struct rk_pipeline *p, struct rk_error *err)
{
	rk_error_set(
		err, RK_ENOTFOUND,
		"the headers of kernel %s hold no Rust metadata, and none is in the cache",
		p->kernel->release);
	return rk_error_cure(err, "metadata-missing",
			     "run 'rkmod prepare', or build without --no-prepare");
}

int rk_pipeline_require(struct rk_pipeline *pipeline, unsigned int jobs, bool prepare,
			struct rk_error *err)
{
	const struct rk_pipeline_prepare how = {.jobs = jobs};
	struct rk_pipeline *p = pipeline;

	if (prepare)
		return rk_pipeline_prepare(p, &how, err);
	if (rk_pipeline_find(p, err) < 0)
		return -(int)err->code;
	if (p->metadata->origin != RK_METADATA_NONE)
		return 0;
	return rk_pipeline_fail_metadata(p, err);
}

int rk_pipeline_check(struct rk_pipeline *pipeline, const struct rk_strv *paths,
		      struct rk_error *err)
{
	if (rk_pipeline_kernel(pipeline, err) < 0)
		return -(int)err->code;
	return TIMED(&pipeline->check_ms, rk_pipeline_judge(pipeline, paths, err));
}

/* Reads along what make prints. */
struct listener {
	const struct rk_build_request *request;
	struct rk_recogniser *recogniser;
};

static void listen(void *data, const char *line, size_t len, bool is_stderr)
{
	const struct listener *listener = data;

	rk_recogniser_line(listener->recogniser, line, len);
	if (listener->request->on_line)
		listener->request->on_line(listener->request->data, line, len, is_stderr);
}

static int run_build(struct rk_pipeline *p, const struct rk_build_request *request,
		     struct rk_error *err)
{
	cleanup(rk_recogniser_free_p) struct rk_recogniser *recogniser = NULL;
	struct listener listener = {.request = request};
	struct rk_build_request heard = *request;
	const struct rk_build_input input = {
		.kernel = p->kernel, .toolchain = p->toolchain, .metadata = p->metadata};

	if (rk_recogniser_new(&recogniser, err) < 0)
		return -(int)err->code;
	listener.recogniser = recogniser;
	heard.on_line = listen;
	heard.data = &listener;
	if (TIMED(&p->build_ms,
		  rk_build_run(p->machine, &input, &heard, &p->build, err)) < 0)
		return -(int)err->code;
	return rk_pipeline_diagnose(p, recogniser, err);
}

int rk_pipeline_build(struct rk_pipeline *pipeline,
		      const struct rk_build_request *request, bool prepare,
		      struct rk_error *err)
{
	struct rk_pipeline *p = pipeline;

	if (rk_build_check(request, err) < 0 ||
	    rk_pipeline_require(p, request->jobs, prepare, err) < 0 ||
	    run_build(p, request, err) < 0)
		return -(int)err->code;
	if (p->build.make_status != 0)
		return 0;
	if (!p->extra_symbols)
		p->extra_symbols = &p->build.extra;
	return rk_pipeline_check(p, &p->build.modules, err);
}

static bool is_good(const struct rk_pipeline_module *module)
{
	enum rk_answer answer = module->verdict.answer;

	return !module->condemned && (answer == RK_ANSWER_ACCEPT ||
				      answer == RK_ANSWER_UNDECIDED || module->forgiven);
}

bool rk_pipeline_is_good(const struct rk_pipeline *pipeline)
{
	if (pipeline->build.make_status != 0)
		return false;
	for (size_t i = 0; i < pipeline->n_modules; i++)
		if (!is_good(&pipeline->modules[i]))
			return false;
	return true;
}
