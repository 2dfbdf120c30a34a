/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_CLIPPY_H
#define RK_PIPELINE_CLIPPY_H

#include "lib/pipeline/pipeline.h"

struct rk_clippy_request {
	const char *dir; /* as in rk_build_request */
	const char *top;
	unsigned int jobs;
	bool prepare;                    /* make Rust metadata that is missing */
	const struct rk_strv *make_args; /* or NULL */
	/* As in rk_build_request; places are those of the sources. */
	void (*on_line)(void *data, const char *line, size_t len, bool is_stderr);
	void *data;
};

struct rk_clippy_result {
	int make_status;
	size_t n_warnings; /* of clippy, rustc and the C compiler */
	size_t n_errors;
};

/**
 * rk_pipeline_clippy() - Kbuild's own CLIPPY=1, by the clippy that fits
 *
 * On a copy of the folder, all of it anew: a finding is shown each time, and the
 * folder's objects stay those of the compiler. What clippy denies is 0 with make_status.
 * Return: 0, -RK_ENOTFOUND (clippy-missing), as rk_pipeline_build().
 */
RK_MUST_CHECK int rk_pipeline_clippy(struct rk_pipeline *pipeline,
				     const struct rk_clippy_request *request,
				     struct rk_clippy_result *result,
				     struct rk_error *err);

#endif
