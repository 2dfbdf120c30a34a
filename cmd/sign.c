/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "lib/base/spawn.h"
#include "lib/module/sign.h"

enum {
	OPTION_CERT = 256,
	OPTION_HASH,
	OPTION_KEY,
};

/* What DKMS makes for a machine, and shim knows once it is enrolled. */
#define MACHINE_KEY  "/var/lib/dkms/mok.key"
#define MACHINE_CERT "/var/lib/dkms/mok.pub"

struct options {
	struct rk_common common;
	const char *key;
	const char *cert;
	const char *hash;
	const char *out;
	struct rk_strv files;
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->files);
}

static bool take_option(int option, struct options *ret)
{
	switch (option) {
	case OPTION_CERT:
		ret->cert = optarg;
		return true;
	case OPTION_HASH:
		ret->hash = optarg;
		return true;
	case OPTION_KEY:
		ret->key = optarg;
		return true;
	case 'o':
		ret->out = optarg;
		return true;
	default:
		return false;
	}
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_sign, argc, argv, &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	for (; optind < argc; optind++)
		rk_strv_add(&ret->files, argv[optind]);
	if (ret->files.n_items == 0 || (ret->out && ret->files.n_items > 1) ||
	    !ret->key != !ret->cert)
		return (int)rk_cmd_usage(&cmd_sign);
	return RK_EXIT_OK;
}

/* What mokutil says, in its own words; nothing where there is no mokutil. */
static void show_mok(const struct rk_app *app, const char *cert)
{
	static const char *const questions[][2] = {{"--sb-state", NULL},
						   {"--test-key", ""}};
	struct rk_error ignored = RK_ERROR_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(questions); i++) {
		cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
		cleanup_strv struct rk_strv argv = RK_STRV_INIT;
		const struct rk_spawn spawn = {
			.argv = &argv, .stdin_fd = -1, .output = RK_SPAWN_CAPTURE};

		rk_strv_add_all(&argv, "mokutil", questions[i][0], NULL);
		if (questions[i][1])
			rk_strv_add(&argv, cert);
		if (rk_strv_check(&argv, &ignored) < 0 ||
		    rk_spawn_run(&spawn, &result, &ignored) < 0)
			return;
		rk_output_text(app, "  mokutil: %.*s",
			       (int)strcspn(rk_buf_str(&result.out), "\n"),
			       rk_buf_str(&result.out));
	}
}

static enum rk_exit sign(const struct rk_app *app, const struct options *options)
{
	const bool is_machines = !options->key;
	struct rk_sign_request request = {
		.out = options->out,
		.key = is_machines ? MACHINE_KEY : options->key,
		.certificate = is_machines ? MACHINE_CERT : options->cert,
		.password = getenv("KBUILD_SIGN_PIN"),
		.digest = options->hash ? options->hash : "sha256"};
	struct rk_json *list = rk_json_new_array();
	struct rk_json *top = rk_json_new_object();
	struct rk_error err = RK_ERROR_INIT;

	rk_json_add_bool(top, "ok", true);
	rk_json_add(top, "modules", list);
	for (size_t i = 0; i < options->files.n_items; i++) {
		const char *file = options->files.items[i];
		struct rk_sign_result result = {0};
		struct rk_json *item;

		request.path = file;
		if (rk_module_sign(&request, &result, &err) < 0) {
			rk_json_free(top);
			if (is_machines)
				rk_error_cure(
					&err, "key-missing",
					"name a key with --key and --cert, or make the machine's own with 'dkms generate_mok'");
			return rk_cmd_fail(app, &err);
		}
		rk_output_text(app, "%s: signed by '%s'%s",
			       options->out ? options->out : file, result.signer,
			       result.replaced ? ", in place of another signature" : "");
		item = rk_json_new_object();
		rk_json_add_string(item, "file", options->out ? options->out : file);
		rk_json_add_string(item, "signer", result.signer);
		rk_json_add_bool(item, "replaced", result.replaced);
		rk_json_add(list, NULL, item);
		free(result.signer);
	}
	if (app->format == RK_FORMAT_JSON)
		return rk_output_json(app, top);
	rk_json_free(top);
	if (is_machines || app->verbose)
		show_mok(app, request.certificate);
	return RK_EXIT_OK;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(release_options) struct options options = {0};
	struct rk_error err = RK_ERROR_INIT;
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (rk_strv_check(&options.files, &err) < 0)
		return rk_cmd_fail(app, &err);
	return sign(app, &options);
}

static const struct rk_option own_options[] = {
	{"key", OPTION_KEY, "FILE", "private key, PEM (password: KBUILD_SIGN_PIN)"},
	{"cert", OPTION_CERT, "FILE",
	 "its certificate, PEM or DER\n"
	 "without both: the machine's own, /var/lib/dkms/mok.*"},
	{"hash", OPTION_HASH, "NAME", "sha256 if not given"},
	{"output", 'o', "FILE", "leave the module, and write this one"},
	{0},
};

const struct rk_cmd cmd_sign = {
	.name = "sign",
	.args = "FILE.ko... [--key FILE --cert FILE]",
	.summary = "append a signature to modules, or replace it",
	.options = own_options,
	.completes = RK_COMPLETES_MODULES,
	.run = run,
};
