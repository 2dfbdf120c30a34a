/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/build/doc.h"
#include "lib/pipeline/doc.h"
#include "lib/repo/macro.h"

void rk_doc_result_release(struct rk_doc_result *result)
{
	free(result->out);
	rk_strv_release(&result->pages);
	memset(result, 0, sizeof(*result));
}

static int make_out(const struct rk_doc_request *request, char **ret,
		    struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if ((request->out ? rk_strdup(request->out, &path, err)
			  : rk_path_join(request->dir, "doc", &path, err)) < 0 ||
	    rk_dir_make(path, 0777, err) < 0)
		return -(int)err->code;
	return rk_path_real(path, ret, err);
}

/* "sub/my-main.rs" -> OUT/my_main/index.html */
static int add_page(struct rk_doc_result *result, const char *root, struct rk_error *err)
{
	cleanup_free char *page = NULL;
	const char *base = rk_path_base(root);

	if (rk_format(&page, err, "%s/%.*s/index.html", result->out,
		      (int)strlen(base) - 3, base) < 0)
		return -(int)err->code;
	for (char *c = page + strlen(result->out); *c; c++)
		if (*c == '-')
			*c = '_';
	if (access(page, R_OK) == 0)
		rk_strv_add(&result->pages, page);
	return rk_strv_check(&result->pages, err);
}

static int document(const struct rk_pipeline *p, const struct rk_doc_request *request,
		    const char *root, struct rk_doc_result *result, struct rk_error *err)
{
	const struct rk_build_input input = {
		.kernel = p->kernel, .toolchain = p->toolchain, .metadata = p->metadata};
	const struct rk_build_doc doc = {
		.dir = request->dir,
		.top = request->top,
		.root = root,
		.out = result->out,
		.on_line = request->on_line,
		.data = request->data,
	};
	int status = 0;

	rk_log(RK_LOG_STEP, "documenting '%s'", root);
	if (rk_build_doc(p->machine, &input, &doc, &status, err) < 0)
		return -(int)err->code;
	if (result->status == 0)
		result->status = status;
	return status == 0 ? add_page(result, root, err) : 0;
}

/* What Kbuild did not compile (a condition in its makefile) has no command. */
static bool is_built(const struct rk_doc_request *request, const char *root)
{
	cleanup_free char *object = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	return rk_format(&object, &ignored, "%s/%.*s.o", request->dir,
			 (int)strlen(root) - 3, root) == 0 &&
	       access(object, F_OK) == 0;
}

int rk_pipeline_doc(struct rk_pipeline *pipeline, const struct rk_doc_request *request,
		    struct rk_doc_result *result, struct rk_error *err)
{
	const struct rk_build_request build = {
		.dir = request->dir,
		.top = request->top,
		.jobs = request->jobs,
		.on_line = request->on_line,
		.data = request->data,
	};
	cleanup_strv struct rk_strv roots = RK_STRV_INIT;

	*result = (struct rk_doc_result){0};
	if (rk_pipeline_build(pipeline, &build, request->prepare, err) < 0)
		return -(int)err->code;
	if (pipeline->build.make_status != 0)
		return 0;
	if (rk_repo_rust_files(request->dir, &roots, err) < 0 ||
	    make_out(request, &result->out, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < roots.n_items; i++)
		if (is_built(request, roots.items[i]) &&
		    document(pipeline, request, roots.items[i], result, err) < 0)
			return -(int)err->code;
	return 0;
}
