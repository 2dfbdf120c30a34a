/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "lib/root/create.h"

enum {
	OPTION_KERNEL_PACKAGE = 256,
	OPTION_INCLUDE,
	OPTION_SUITE,
	OPTION_MIRROR,
	OPTION_NO_KERNEL,
};

struct options {
	struct rk_common common;
	struct rk_root_create create;
	struct rk_strv include;
	const char *verb;
	const char *name; /* NULL: none given */
};

static bool take_option(int option, struct options *options)
{
	switch (option) {
	case OPTION_KERNEL_PACKAGE:
		options->create.kernel_package = optarg;
		return true;
	case OPTION_INCLUDE:
		rk_strv_add(&options->include, optarg);
		return true;
	case OPTION_SUITE:
		options->create.suite = optarg;
		return true;
	case OPTION_MIRROR:
		options->create.mirror = optarg;
		return true;
	case OPTION_NO_KERNEL:
		options->create.no_kernel = true;
		return true;
	default:
		return false;
	}
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_root, argc, argv, &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (argc - optind < 1 || argc - optind > 2)
		return (int)rk_cmd_usage(&cmd_root);
	ret->verb = argv[optind];
	ret->name = argv[optind + 1];
	return RK_EXIT_OK;
}

static struct rk_json *info_as_json(const struct rk_root_info *info)
{
	struct rk_json *item = rk_json_new_object();

	rk_json_add_string(item, "name", info->name);
	rk_json_add_string(item, "path", info->path);
	rk_json_add_string(item, "suite", info->suite);
	rk_json_add_string(item, "kernel_package",
			   info->kernel_package[0] ? info->kernel_package : NULL);
	return item;
}

/* ---- create ---- */

static void on_chosen(void *data, const char *what, const char *value)
{
	rk_output_text(data, "%-8s %s", what, value);
}

static enum rk_exit print_created(const struct rk_app *app, const char *name,
				  const char *path)
{
	cleanup(rk_root_list_release) struct rk_root_list list = {0};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_json *top;

	rk_output_text(app, "root tree '%s' is in '%s'", name, path);
	if (app->format != RK_FORMAT_JSON)
		return RK_EXIT_OK;
	if (rk_root_list(&app->machine, &list, &err) < 0)
		return rk_cmd_fail(app, &err);
	top = rk_json_new_object();
	for (size_t i = 0; i < list.n_items; i++)
		if (strcmp(list.items[i].name, name) == 0)
			rk_json_add(top, "root", info_as_json(&list.items[i]));
	return rk_output_json(app, top);
}

static enum rk_exit create(struct rk_app *app, struct options *options)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	options->create.name = options->name ? options->name : "default";
	options->create.extra_packages = &options->include;
	options->create.chosen = on_chosen;
	options->create.data = app;
	if (rk_strv_check(&options->include, &err) < 0 ||
	    rk_root_create(&app->machine, &options->create, &path, &err) < 0)
		return rk_cmd_fail(app, &err);
	return print_created(app, options->create.name, path);
}

/* ---- list ---- */

static enum rk_exit list_as_json(const struct rk_app *app,
				 const struct rk_root_list *list)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *roots = rk_json_new_array();

	for (size_t i = 0; i < list->n_items; i++)
		rk_json_add(roots, NULL, info_as_json(&list->items[i]));
	rk_json_add(top, "roots", roots);
	return rk_output_json(app, top);
}

static enum rk_exit list_as_table(const struct rk_app *app,
				  const struct rk_root_list *list)
{
	struct rk_strv *rows = calloc(list->n_items + 1, sizeof(*rows));
	struct rk_error err = RK_ERROR_INIT;
	enum rk_exit status = RK_EXIT_OK;

	if (!rows) {
		rk_error_nomem(&err);
		return rk_cmd_fail(app, &err);
	}
	rk_strv_add_all(&rows[0], "NAME", "SUITE", "KERNEL PACKAGE", "PATH", NULL);
	for (size_t i = 0; i < list->n_items; i++) {
		const struct rk_root_info *info = &list->items[i];

		rk_strv_add_all(&rows[i + 1], info->name, info->suite,
				info->kernel_package[0] ? info->kernel_package : "-",
				info->path, NULL);
	}
	for (size_t i = 0; i <= list->n_items && status == RK_EXIT_OK; i++)
		if (rk_strv_check(&rows[i], &err) < 0)
			status = rk_cmd_fail(app, &err);
	if (status == RK_EXIT_OK)
		rk_output_table(app, rows, list->n_items + 1);
	for (size_t i = 0; i <= list->n_items; i++)
		rk_strv_release(&rows[i]);
	free(rows);
	return status;
}

static enum rk_exit list(const struct rk_app *app)
{
	cleanup(rk_root_list_release) struct rk_root_list found = {0};
	struct rk_error err = RK_ERROR_INIT;

	if (rk_root_list(&app->machine, &found, &err) < 0)
		return rk_cmd_fail(app, &err);
	return app->format == RK_FORMAT_JSON ? list_as_json(app, &found)
					     : list_as_table(app, &found);
}

/* ---- remove ---- */

static enum rk_exit remove_tree(const struct rk_app *app, const char *name)
{
	struct rk_error err = RK_ERROR_INIT;
	struct rk_json *top;

	if (rk_root_remove(&app->machine, name, &err) < 0)
		return rk_cmd_fail(app, &err);
	rk_output_text(app, "root tree '%s' is removed", name);
	if (app->format != RK_FORMAT_JSON)
		return RK_EXIT_OK;
	top = rk_json_new_object();
	rk_json_add_string(top, "removed", name);
	return rk_output_json(app, top);
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	struct options options = {0};
	int status = parse_options(app, argc, argv, &options);

	if (status == RK_EXIT_OK) {
		if (strcmp(options.verb, "create") == 0)
			status = (int)create(app, &options);
		else if (strcmp(options.verb, "list") == 0 && !options.name)
			status = (int)list(app);
		else if (strcmp(options.verb, "remove") == 0 && options.name)
			status = (int)remove_tree(app, options.name);
		else
			status = (int)rk_cmd_usage(&cmd_root);
	}
	rk_strv_release(&options.include);
	return status < 0 ? RK_EXIT_OK : (enum rk_exit)status;
}

static const struct rk_option own_options[] = {
	{"kernel-package", OPTION_KERNEL_PACKAGE, "P",
	 "headers package to build for, real or meta, NAME or\n"
	 "NAME=VERSION (default: what linux-headers-cloud-ARCH\n"
	 "of the suite's backports is today)"},
	{"include", OPTION_INCLUDE, "P", "one more package; may be repeated"},
	{"suite", OPTION_SUITE, "S", "Debian suite (default: stable)"},
	{"mirror", OPTION_MIRROR, "URL",
	 "Debian mirror (default: that of apt's configuration)"},
	{"no-kernel", OPTION_NO_KERNEL, NULL, "only the packages of --include"},
	{0},
};

static const char *const words[] = {"create", "list", "remove", NULL};

const struct rk_cmd cmd_root = {
	.name = "root",
	.args = "create [NAME] | list | remove NAME",
	.summary = "make, list and remove root trees to build in",
	.options = own_options,
	.words = words,
	.run = run,
};
