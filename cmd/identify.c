/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <string.h>

#include "cmd/identify.h"
#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/toolchain/toolchain.h"

enum { SYMVERS_LIMIT = 64 << 20 };

static int read_symvers(const char *path, struct rk_symvers **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	if (rk_file_read(path, SYMVERS_LIMIT, &text, err) < 0)
		return -(int)err->code;
	if (rk_symvers_parse(&text, ret, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return 0;
}

static int identify(const struct rk_app *app, const char *root_name, const char *path,
		    const struct rk_strv *rustcs, struct rk_toolchain **ret,
		    struct rk_error *err)
{
	cleanup(rk_root_free_p) struct rk_root *root = NULL;
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers = NULL;

	if (rk_strv_check(rustcs, err) < 0 ||
	    rk_root_open(&app->machine, root_name, &root, err) < 0 ||
	    read_symvers(path, &symvers, err) < 0)
		return -(int)err->code;
	if (rk_toolchain_identify(&app->machine, root, symvers, rustcs, ret, err) == 0)
		return 0;
	return err->code == RK_EFORMAT ? rk_error_prefix(err, "'%s'", path)
				       : -(int)err->code;
}

/* The hash that the answer came from; of a compiler that did not build the kernel either
 * may be meant. */
static void add_tags(const struct rk_rustc *rustc, const char *tag, struct rk_strv *cells)
{
	if (!rustc->text[0])
		rk_strv_add(cells, "-");
	else if (rustc->built_kernel)
		rk_strv_add(cells, tag);
	else
		rk_strv_addf(cells, "%s or %s", rustc->core.sip13, rustc->core.sip24);
}

static void add_cells(const struct rk_rustc *rustc, const char *tag,
		      struct rk_strv *cells)
{
	rk_strv_add(cells, rustc->built_kernel ? "this one"
			   : rustc->text[0]    ? "not this one"
					       : "does not run");
	add_tags(rustc, tag, cells);
	rk_strv_add(cells, rustc->text[0] ? rustc->text : "-");
	rk_strv_add(cells, rustc->path);
}

static int print_table(const struct rk_app *app, const struct rk_toolchain *toolchain,
		       struct rk_error *err)
{
	size_t n_rows = toolchain->n_candidates + 1;
	struct rk_strv *rows = calloc(n_rows, sizeof(*rows));
	int r = 0;

	if (!rows)
		return rk_error_nomem(err);
	rk_strv_add_all(&rows[0], "BUILT IT", "CORE", "VERSION", "RUSTC", NULL);
	for (size_t i = 1; i < n_rows; i++)
		add_cells(&toolchain->candidates[i - 1], toolchain->core_tag, &rows[i]);
	for (size_t i = 0; i < n_rows && r == 0; i++)
		r = rk_strv_check(&rows[i], err);
	if (r == 0)
		rk_output_table(app, rows, n_rows);
	for (size_t i = 0; i < n_rows; i++)
		rk_strv_release(&rows[i]);
	free(rows);
	return r;
}

static int print_text(const struct rk_app *app, const char *path,
		      const struct rk_toolchain *toolchain, struct rk_error *err)
{
	rk_output_text(app, "'%s' has crate core as %s", path, toolchain->core_tag);
	if (!toolchain->n_candidates) {
		rk_output_text(app, "no rustc was found here");
		return 0;
	}
	return print_table(app, toolchain, err);
}

static struct rk_json *candidate_json(const struct rk_rustc *rustc)
{
	struct rk_json *item = rk_json_new_object();
	struct rk_json *core = rk_json_new_array();

	rk_json_add_string(item, "path", rustc->path);
	rk_json_add_string(item, "version", rustc->text[0] ? rustc->text : NULL);
	if (rustc->text[0]) {
		rk_json_add_string(core, NULL, rustc->core.sip13);
		rk_json_add_string(core, NULL, rustc->core.sip24);
	}
	rk_json_add(item, "core", core);
	rk_json_add_bool(item, "built_kernel", rustc->built_kernel);
	return item;
}

static enum rk_exit print_json(const struct rk_app *app, const char *path,
			       const struct rk_toolchain *toolchain)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *candidates = rk_json_new_array();

	rk_json_add_string(top, "symvers", path);
	rk_json_add_string(top, "core", toolchain->core_tag);
	rk_json_add_string(top, "rustc",
			   toolchain->rustc ? toolchain->rustc->path : NULL);
	for (size_t i = 0; i < toolchain->n_candidates; i++)
		rk_json_add(candidates, NULL, candidate_json(&toolchain->candidates[i]));
	rk_json_add(top, "candidates", candidates);
	return rk_output_json(app, top);
}

enum rk_exit rk_cmd_identify(const struct rk_app *app, const char *root,
			     const char *symvers, const struct rk_strv *rustcs)
{
	cleanup(rk_toolchain_free_p) struct rk_toolchain *toolchain = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (identify(app, root, symvers, rustcs, &toolchain, &err) < 0)
		return rk_cmd_fail(app, &err);
	assert(toolchain);
	if (app->format == RK_FORMAT_JSON
		    ? print_json(app, symvers, toolchain) != RK_EXIT_OK
		    : print_text(app, symvers, toolchain, &err) < 0)
		return err.code ? rk_cmd_fail(app, &err) : RK_EXIT_FAILED;
	return toolchain->rustc ? RK_EXIT_OK : RK_EXIT_NO;
}
