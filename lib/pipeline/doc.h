/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_DOC_H
#define RK_PIPELINE_DOC_H

#include "lib/pipeline/pipeline.h"

struct rk_doc_request {
	const char *dir; /* as in rk_build_request */
	const char *top;
	const char *out; /* NULL: doc/ in the folder */
	unsigned int jobs;
	bool prepare;
	void (*on_line)(void *data, const char *line, size_t len, bool is_stderr);
	void *data;
};

struct rk_doc_result {
	char *out;            /* absolute */
	struct rk_strv pages; /* index.html of each crate, absolute */
	int status;           /* the first of rustdoc's that is not 0 */
};
void rk_doc_result_release(struct rk_doc_result *result);

/**
 * rk_pipeline_doc() - build the folder, then rustdoc for each crate of it
 *
 * With the commands that compiled them. A build or a rustdoc that fails is 0: look at
 * pipeline->build.make_status and status.
 * Return: as rk_pipeline_build() and rk_build_doc().
 */
RK_MUST_CHECK int rk_pipeline_doc(struct rk_pipeline *pipeline,
				  const struct rk_doc_request *request,
				  struct rk_doc_result *result, struct rk_error *err);

#endif
