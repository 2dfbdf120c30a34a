/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/identify.h"
#include "cmd/output.h"
#include "lib/metadata/metadata.h"
#include "lib/root/root.h"

enum {
	N_COLUMNS = 6,
	OPTION_RUSTC = 256,
	OPTION_SYMVERS,
	MAX_MISSING = 2, /* Rust metadata and rustc; or the kernel itself */
};

struct options {
	struct rk_common common;
	const char *symvers;   /* NULL: the list of kernels */
	struct rk_strv rustcs; /* for symvers */
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->rustcs);
}

/* A kernel, and what stands between it and a module. */
struct row {
	const struct rk_kernel_entry *entry; /* borrowed from the list */
	struct rk_metadata *metadata;        /* NULL: not looked for, or failed */
	struct rk_toolchain *toolchain;      /* likewise */
	struct rk_error missing[MAX_MISSING];
	size_t n_missing;
};

struct report {
	struct rk_root *root;
	struct rk_kernel_list list;
	struct row *rows; /* as many as the list has */
};

static void report_release(struct report *report)
{
	for (size_t i = 0; report->rows && i < report->list.n_items; i++) {
		rk_metadata_free(report->rows[i].metadata);
		rk_toolchain_free(report->rows[i].toolchain);
	}
	free(report->rows);
	rk_kernel_list_release(&report->list);
	rk_root_free(report->root);
}

static bool parse_options(struct rk_app *app, int argc, char **argv, struct options *ret,
			  enum rk_exit *ret_exit)
{
	int option;

	*ret_exit = RK_EXIT_FAILED;
	while ((option = rk_cmd_getopt(app, &cmd_kernels, argc, argv, &ret->common)) >=
	       0) {
		if (option == RK_OPTION_HELP)
			*ret_exit = RK_EXIT_OK;
		if (option == OPTION_RUSTC)
			rk_strv_add(&ret->rustcs, optarg);
		else if (option == OPTION_SYMVERS)
			ret->symvers = optarg;
		else
			return false;
	}
	/* The list looks for the compiler of each kernel. */
	if (optind == argc && (ret->symvers || !ret->rustcs.n_items))
		return true;
	*ret_exit = rk_cmd_usage(&cmd_kernels);
	return false;
}

/* ---- looking ---- */

static void find_metadata(const struct rk_app *app, const struct rk_kernel *kernel,
			  struct row *row)
{
	struct rk_error *err = &row->missing[row->n_missing];

	if (rk_metadata_find(&app->machine, kernel, &row->metadata, err) < 0) {
		row->n_missing++;
		return;
	}
	if (row->metadata->origin != RK_METADATA_NONE)
		return;
	rk_error_set(err, RK_ENOTFOUND, "there is no Rust metadata of kernel %s",
		     kernel->release);
	rk_error_cure(
		err, "metadata-missing",
		"rkmod build makes it from the kernel's source; to do it now: rkmod prepare --kernel %s%s%s",
		kernel->release, kernel->root->is_host ? "" : " --root ",
		kernel->root->name);
	row->n_missing++;
}

static void find_toolchain(const struct rk_app *app, const struct rk_kernel *kernel,
			   struct row *row)
{
	static const struct rk_toolchain_request nothing;
	const char *text = row->metadata ? row->metadata->rustc_text : NULL;

	if (rk_toolchain_resolve(&app->machine, kernel, &nothing,
				 text && text[0] ? text : NULL, &row->toolchain,
				 &row->missing[row->n_missing]) < 0)
		row->n_missing++;
}

static void fill_row(const struct rk_app *app, const struct rk_kernel_entry *entry,
		     struct row *row)
{
	const struct rk_kernel *kernel = entry->kernel;

	row->entry = entry;
	if (!kernel) {
		row->missing[row->n_missing++] = entry->error;
		return;
	}
	if (kernel->rust) {
		find_metadata(app, kernel, row);
		find_toolchain(app, kernel, row);
		return;
	}
	rk_error_set(&row->missing[row->n_missing], RK_ENOTFOUND,
		     "kernel %s was built without Rust: %s", kernel->release,
		     rk_kernel_why_no_rust(kernel));
	rk_error_cure(&row->missing[row->n_missing++], "rust-off",
		      "use a kernel with CONFIG_RUST=y");
}

/* One that is named on the command line; what it lacks is its row, not a failure. */
static int list_one(const struct rk_app *app, const struct rk_kernel_request *request,
		    struct report *report, struct rk_error *err)
{
	struct rk_kernel_entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return rk_error_nomem(err);
	report->list = (struct rk_kernel_list){.items = entry, .n_items = 1};
	if (rk_kernel_resolve(&app->machine, report->root, request, &entry->kernel, err) <
		    0 ||
	    rk_strdup(entry->kernel->release, &entry->release, err) < 0)
		return -(int)err->code;
	entry->running = report->root->is_host &&
			 strcmp(entry->release, app->machine.release) == 0;
	return 0;
}

static int look(const struct rk_app *app, const char *root,
		const struct rk_kernel_request *request, struct report *report,
		struct rk_error *err)
{
	bool one = request->kdir || request->release || request->package;

	if (rk_root_open(&app->machine, root, &report->root, err) < 0)
		return -(int)err->code;
	if (one ? list_one(app, request, report, err) < 0
		: rk_kernel_list(&app->machine, report->root, &report->list, err) < 0)
		return -(int)err->code;
	report->rows = calloc(report->list.n_items + 1, sizeof(*report->rows));
	if (!report->rows)
		return rk_error_nomem(err);
	for (size_t i = 0; i < report->list.n_items; i++)
		fill_row(app, &report->list.items[i], &report->rows[i]);
	return 0;
}

/* ---- printing ---- */

static const char *metadata_word(const struct row *row)
{
	if (!row->metadata)
		return "-";
	switch (row->metadata->origin) {
	case RK_METADATA_KDIR:
	case RK_METADATA_LINK:
	case RK_METADATA_SYSTEM:
		return "present";
	case RK_METADATA_CACHE:
		return "cached";
	case RK_METADATA_NONE:
		break;
	}
	return "none";
}

static void add_missing(const struct row *row, struct rk_strv *cells)
{
	cleanup_buf struct rk_buf codes = RK_BUF_INIT;

	for (size_t i = 0; i < row->n_missing; i++)
		rk_buf_addf(&codes, "%s%s", i ? ", " : "",
			    row->missing[i].id ? row->missing[i].id : "failed");
	rk_strv_add(cells, row->n_missing ? rk_buf_str(&codes) : "-");
}

static void add_cells(const struct row *row, struct rk_strv *cells)
{
	const struct rk_kernel *kernel = row->entry->kernel;
	const struct rk_toolchain *toolchain = row->toolchain;

	rk_strv_addf(cells, "%s%s", row->entry->release,
		     row->entry->running ? " (running)" : "");
	rk_strv_add(cells, !kernel ? "-" : kernel->rust ? "on" : "off");
	rk_strv_add(cells, metadata_word(row));
	rk_strv_add(cells, toolchain && toolchain->rustc ? toolchain->rustc->path : "-");
	rk_strv_add(cells,
		    kernel && kernel->package_version[0] ? kernel->package_version : "-");
	add_missing(row, cells);
}

static void print_reasons(const struct rk_app *app, const struct report *report)
{
	for (size_t i = 0; i < report->list.n_items; i++)
		for (size_t j = 0; j < report->rows[i].n_missing; j++) {
			const struct rk_error *missing = &report->rows[i].missing[j];

			rk_output_text(app, "%s%s%s%s", i || j ? "" : "\n", missing->msg,
				       missing->cure[0] ? "; " : "", missing->cure);
		}
}

static int print_table(const struct rk_app *app, const struct report *report,
		       struct rk_error *err)
{
	static const char *const heading[N_COLUMNS] = {
		"RELEASE", "RUST", "METADATA", "RUSTC", "PACKAGE", "MISSING",
	};
	size_t n_rows = report->list.n_items + 1;
	struct rk_strv *rows = calloc(n_rows, sizeof(*rows));
	int r = 0;

	if (!rows)
		return rk_error_nomem(err);
	for (size_t i = 0; i < N_COLUMNS; i++)
		rk_strv_add(&rows[0], heading[i]);
	for (size_t i = 1; i < n_rows; i++)
		add_cells(&report->rows[i - 1], &rows[i]);
	for (size_t i = 0; i < n_rows && r == 0; i++)
		r = rk_strv_check(&rows[i], err);
	if (r == 0)
		rk_output_table(app, rows, n_rows);
	for (size_t i = 0; i < n_rows; i++)
		rk_strv_release(&rows[i]);
	free(rows);
	return r;
}

static enum rk_exit print_text(const struct rk_app *app, const struct report *report)
{
	struct rk_error err = RK_ERROR_INIT;

	if (!report->list.n_items) {
		rk_output_text(app, "no kernels here; 'rkmod root create' makes a root "
				    "tree that has one");
		return RK_EXIT_OK;
	}
	if (print_table(app, report, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (!app->quiet)
		print_reasons(app, report);
	return RK_EXIT_OK;
}

static void json_missing(struct rk_json *to, const struct row *row)
{
	struct rk_json *array = rk_json_new_array();

	for (size_t i = 0; i < row->n_missing; i++) {
		const struct rk_error *missing = &row->missing[i];
		struct rk_json *item = rk_json_new_object();

		rk_json_add_string(item, "code", missing->id ? missing->id : "failed");
		rk_json_add_string(item, "message", missing->msg);
		rk_json_add_string(item, "fix", missing->cure[0] ? missing->cure : NULL);
		rk_json_add(array, NULL, item);
	}
	rk_json_add(to, "missing", array);
}

static enum rk_exit print_json(const struct rk_app *app, const struct report *report)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *kernels = rk_json_new_array();

	for (size_t i = 0; i < report->list.n_items; i++) {
		const struct row *row = &report->rows[i];
		struct rk_json *item = rk_json_new_object();

		rk_json_add_string(item, "release", row->entry->release);
		rk_json_add_bool(item, "running", row->entry->running);
		rk_output_json_kernel(item, row->entry->kernel);
		rk_output_json_metadata(item, row->metadata);
		rk_output_json_toolchain(item, row->toolchain);
		json_missing(item, row);
		rk_json_add(kernels, NULL, item);
	}
	rk_json_add(top, "kernels", kernels);
	return rk_output_json(app, top);
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_request_release) struct rk_request asked = {0};
	cleanup(report_release) struct report report = {0};
	cleanup(release_options) struct options options = {0};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_kernel_request request;
	enum rk_exit status;

	if (!parse_options(app, argc, argv, &options, &status))
		return status;
	if (rk_request_init(&app->machine, ".", options.common.settings, true, &asked,
			    &err) < 0)
		return rk_cmd_fail(app, &err);
	if (options.symvers)
		return rk_cmd_identify(app, rk_request_get(&asked, RK_SETTING_ROOT),
				       options.symvers, &options.rustcs);
	/* Only the command line narrows the list: the rest says which one is built for.
	 */
	request = (struct rk_kernel_request){
		.kdir = options.common.settings[RK_SETTING_KDIR],
		.release = options.common.settings[RK_SETTING_KERNEL],
		.package = options.common.settings[RK_SETTING_PACKAGE],
	};
	if (look(app, rk_request_get(&asked, RK_SETTING_ROOT), &request, &report, &err) <
	    0)
		return rk_cmd_fail(app, &err);
	return app->format == RK_FORMAT_JSON ? print_json(app, &report)
					     : print_text(app, &report);
}

static const struct rk_option own_options[] = {
	{"symvers", OPTION_SYMVERS, "FILE",
	 "instead: which rustc built the kernel that this\n"
	 "Module.symvers is of, by the hashes in it alone"},
	{"rustc", OPTION_RUSTC, "PATH", "only this one is looked at; may be given again"},
	{0},
};

const struct rk_cmd cmd_kernels = {
	.name = "kernels",
	.args = "",
	.summary = "the kernels that are here, and what each of them lacks",
	.options = own_options,
	.run = run,
};
