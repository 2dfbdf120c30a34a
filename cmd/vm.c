/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/vm-report.h"
#include "lib/module/params.h"

enum {
	OPTION_EXEC = 256,
	OPTION_TIMEOUT,
	OPTION_ACCEL,
	OPTION_MEMORY,
	OPTION_APPEND,
	OPTION_FILE,
	OPTION_WITH_RKMOD,
	MAX_SECONDS = 24 * 60 * 60,
	MAX_MIB = 1 << 20,
};

/* A module and its parameters as they stand on the command line. */
struct named_module {
	const char *path;
	struct rk_buf params;
};

struct options {
	struct rk_common common;
	struct rk_vm_request request;
	struct named_module *modules;
	size_t n_modules;
	struct rk_strv files; /* "HOST=INSIDE" */
};

static void release_options(struct options *options)
{
	for (size_t i = 0; i < options->n_modules; i++)
		rk_buf_release(&options->modules[i].params);
	free(options->modules);
	rk_strv_release(&options->files);
}

/* ---- options ---- */

static bool parse_number(const char *option, const char *text, unsigned int max,
			 unsigned int *ret)
{
	char *end = NULL;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end || errno || number == 0 ||
	    number > max) {
		fprintf(stderr, "rkmod: %s is a number from 1 to %u, not '%s'\n", option,
			max, text);
		return false;
	}
	*ret = (unsigned int)number;
	return true;
}

static bool parse_accel(const char *text, enum rk_vm_accel *ret)
{
	static const enum rk_vm_accel accels[] = {RK_VM_ACCEL_AUTO, RK_VM_ACCEL_KVM,
						  RK_VM_ACCEL_TCG};

	for (size_t i = 0; i < RK_ARRAY_LEN(accels); i++) {
		if (strcmp(text, rk_vm_accel_name(accels[i])) == 0) {
			*ret = accels[i];
			return true;
		}
	}
	fprintf(stderr, "rkmod: --accel is auto, kvm or tcg, not '%s'\n", text);
	return false;
}

static bool take_option(int option, struct options *options)
{
	struct rk_vm_request *request = &options->request;
	unsigned int seconds;

	switch (option) {
	case OPTION_FILE:
		rk_strv_add(&options->files, optarg);
		return true;
	case OPTION_WITH_RKMOD:
		request->with_rkmod = true;
		return true;
	case OPTION_EXEC:
		request->script = optarg;
		return true;
	case OPTION_TIMEOUT:
		if (!parse_number("--timeout", optarg, MAX_SECONDS, &seconds))
			return false;
		request->timeout_ms = (int)seconds * 1000;
		return true;
	case OPTION_ACCEL:
		return parse_accel(optarg, &request->accel);
	case OPTION_MEMORY:
		return parse_number("--memory", optarg, MAX_MIB, &request->memory_mib);
	case OPTION_APPEND:
		request->append = optarg;
		return true;
	default:
		return false;
	}
}

static bool add_parameter(struct rk_buf *params, const char *word)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_param_add(params, word, &err) == 0)
		return true;
	fprintf(stderr, "rkmod: %s\n", err.msg);
	return false;
}

/* FILE [name=value]... [FILE [name=value]...]... */
static bool take_words(char **words, size_t n_words, struct options *options)
{
	options->modules = calloc(n_words + 1, sizeof(*options->modules));
	if (!options->modules)
		return false;
	for (size_t i = 0; i < n_words; i++) {
		if (!rk_param_is_one(words[i])) {
			options->modules[options->n_modules++].path = words[i];
			continue;
		}
		if (options->n_modules == 0) {
			fprintf(stderr, "rkmod: '%s' stands before any module\n",
				words[i]);
			return false;
		}
		if (!add_parameter(&options->modules[options->n_modules - 1].params,
				   words[i]))
			return false;
	}
	return true;
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_vm, argc, argv, &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (!take_words(argv + optind, (size_t)(argc - optind), ret))
		return RK_EXIT_FAILED;
	return RK_EXIT_OK;
}

/* A module that cannot be unloaded is fine: it may have no exit function. */
static bool is_good(const struct rk_vm_result *result)
{
	for (size_t i = 0; i < result->n_modules; i++)
		if (result->modules[i].load_errno != 0)
			return false;
	return !result->oops && !result->timed_out && result->script_status <= 0;
}

/* ---- the work ---- */

static void on_line(void *data, const char *line, bool is_kernel)
{
	const struct rk_app *app = data;

	rk_output_text(app, "%s", line);
	if (app->format == RK_FORMAT_TEXT)
		fflush(stdout);
}

/* @ret: borrows from @options. */
static int list_modules(const struct options *options, struct rk_vm_module **ret,
			struct rk_error *err)
{
	cleanup_free struct rk_vm_module *modules =
		calloc(options->n_modules + 1, sizeof(*modules));

	if (!modules)
		return rk_error_nomem(err);
	for (size_t i = 0; i < options->n_modules; i++) {
		if (rk_buf_check(&options->modules[i].params, err) < 0)
			return -(int)err->code;
		modules[i].path = options->modules[i].path;
		modules[i].params = rk_buf_str(&options->modules[i].params);
	}
	*ret = RK_STEAL(modules);
	return 0;
}

/* "HOST=INSIDE". @ret: borrows from @options, whose texts are cut at the '='. */
static int list_files(const struct options *options, struct rk_vm_file **ret,
		      struct rk_error *err)
{
	cleanup_free struct rk_vm_file *files =
		calloc(options->files.n_items + 1, sizeof(*files));

	if (!files || rk_strv_check(&options->files, err) < 0)
		return rk_error_nomem(err);
	for (size_t i = 0; i < options->files.n_items; i++) {
		char *text = options->files.items[i];
		char *equals = strrchr(text, '=');

		if (!equals)
			return rk_error_set(err, RK_EFORMAT,
					    "--file takes HOST=INSIDE, not '%s'", text);
		*equals = '\0';
		files[i] = (struct rk_vm_file){.path = text, .inside = equals + 1};
	}
	*ret = RK_STEAL(files);
	return 0;
}

static enum rk_exit boot(struct rk_app *app, const struct options *options,
			 const struct rk_request *request)
{
	cleanup(rk_vm_result_release) struct rk_vm_result result = {0};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	struct rk_vm_request vm_request = options->request;
	cleanup_free struct rk_vm_module *modules = NULL;
	cleanup_free struct rk_vm_file *files = NULL;
	struct rk_error err = RK_ERROR_INIT;
	bool ok;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (list_modules(options, &modules, &err) < 0 ||
	    list_files(options, &files, &err) < 0)
		return rk_cmd_fail(app, &err);
	vm_request.files = files;
	vm_request.n_files = options->files.n_items;
	vm_request.modules = modules;
	vm_request.n_modules = options->n_modules;
	vm_request.on_line = on_line;
	vm_request.data = app;
	if (rk_pipeline_vm(&pipeline, &vm_request, &result, &err) < 0)
		return rk_cmd_fail(app, &err);
	ok = is_good(&result);
	if (app->format == RK_FORMAT_JSON &&
	    rk_vm_report_json(app, &pipeline, &result, ok) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	rk_vm_report_text(app, &result, vm_request.script != NULL);
	return ok ? RK_EXIT_OK : RK_EXIT_NO;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	cleanup(release_options) struct options options = {0};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (!rk_cmd_request(app, ".", &options.common, &request))
		return RK_EXIT_FAILED;
	return boot(app, &options, &request);
}

static const struct rk_option own_options[] = {
	{"exec", OPTION_EXEC, "SCRIPT", "run it in the guest between (busybox sh)"},
	{"timeout", OPTION_TIMEOUT, "SECONDS",
	 "of the whole guest; half of it for one module"},
	{"accel", OPTION_ACCEL, "auto|kvm|tcg", "what runs the guest"},
	{"memory", OPTION_MEMORY, "MIB", "of the guest, 1024 if not given"},
	{"append", OPTION_APPEND, "ARGS", "more kernel parameters"},
	{"file", OPTION_FILE, "FILE=INSIDE", "put a file there in the guest"},
	{"with-rkmod", OPTION_WITH_RKMOD, NULL,
	 "this rkmod is in the guest with what it needs, and a\n"
	 "user 'user'; modules lie in /home/user for the script"},
	{0},
};

const struct rk_cmd cmd_vm = {
	.name = "vm",
	.args = "[FILE.ko [NAME=VALUE]...]...",
	.summary = "boot the target kernel, load modules and unload them",
	.options = own_options,
	.completes = RK_COMPLETES_MODULES,
	.run = run,
};
