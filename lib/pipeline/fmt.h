/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_FMT_H
#define RK_PIPELINE_FMT_H

#include "lib/pipeline/pipeline.h"

struct rk_fmt_request {
	const struct rk_strv *paths; /* files, and folders with all *.rs below */
	bool check;                  /* write nothing: what differs becomes a finding */
};

struct rk_fmt_result {
	struct rk_strv files;   /* all that were looked at, absolute, sorted */
	struct rk_strv changed; /* of them: written anew, or with check: not formatted */
	struct rk_strv broken;  /* rustfmt cannot read them */
	struct rk_buf said;     /* what it said about those */
};
void rk_fmt_result_release(struct rk_fmt_result *result);

/**
 * rk_pipeline_fmt() - the kernel's format, or the repository's own
 *
 * By the rustfmt beside the fitting rustc; where no kernel can be found, the one in PATH.
 * Folders whose name begins with '.', and those that `rkmod build --out` made, are passed
 * over.
 * Return: 0, -RK_ENOTFOUND (rustfmt-missing; a path), -RK_EREFUSED (a file that is not
 * *.rs), as rk_format_file() and rk_format_write().
 */
RK_MUST_CHECK int rk_pipeline_fmt(struct rk_pipeline *pipeline,
				  const struct rk_fmt_request *request,
				  struct rk_fmt_result *result, struct rk_error *err);

#endif
