/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_CI_H
#define RK_PIPELINE_CI_H

#include "lib/pipeline/vm.h"

enum rk_ci_step {
	RK_CI_FMT,
	RK_CI_CLIPPY,
	RK_CI_BUILD,
	RK_CI_CHECK,
	RK_CI_VM,
	RK_N_CI_STEPS,
};
/* "fmt", ...; NULL from RK_N_CI_STEPS on. */
const char *rk_ci_step_name(enum rk_ci_step step);
bool rk_ci_step_find(const char *name, enum rk_ci_step *ret);

enum rk_ci_outcome {
	RK_CI_OK,
	RK_CI_FAILED,  /* it found something, or could not be done */
	RK_CI_SKIPPED, /* as asked for */
	RK_CI_MISSING, /* a program or the kernel's image is not here */
	RK_CI_NOT_RUN, /* a step that it needs failed */
};
/* "ok", "failed", "skipped", "missing", "not-run" */
const char *rk_ci_outcome_name(enum rk_ci_outcome outcome);

struct rk_ci_done {
	enum rk_ci_outcome outcome;
	unsigned int ms;
	char *what; /* one line, "" if there is nothing to say */
	char *id;   /* of MISSING, and of FAILED if it could not be done; or NULL */
};

struct rk_ci_request {
	const char *dir; /* as in rk_build_request */
	const char *top;
	unsigned int jobs;
	bool verbose;
	bool prepare; /* make Rust metadata that is missing */
	bool strict;  /* what is missing, and a warning of clippy, fails */
	bool skip[RK_N_CI_STEPS];
	/* Each line of make, the compilers and the guest; places as in the sources. */
	void (*on_line)(void *data, enum rk_ci_step step, const char *line, size_t len,
			bool is_stderr);
	/* At the end of each step, in their order. */
	void (*on_step)(void *data, enum rk_ci_step step, const struct rk_ci_done *done);
	void *data;
};

struct rk_ci_result {
	struct rk_ci_done steps[RK_N_CI_STEPS];
	struct rk_vm_result vm; /* of the last step, if it was run */
	bool good;
	unsigned int ms;
};
void rk_ci_result_release(struct rk_ci_result *result);

/**
 * rk_pipeline_ci() - all that a change is to pass: format, lints, build, verdict, a guest
 *
 * Every step is tried that does not need one that failed. What they found is in
 * pipeline->findings and the modules' verdicts.
 * Return: 0 whatever they found; as rk_pipeline_require() (no kernel, compiler or
 * metadata), -RK_EREFUSED (no-kbuild, interrupted, ...), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_pipeline_ci(struct rk_pipeline *pipeline,
				 const struct rk_ci_request *request,
				 struct rk_ci_result *result, struct rk_error *err);

#endif
