/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rkmod: build, check and load out-of-tree Rust kernel modules. A map of the tree:
 *
 * cmd/            One file per command. They read options, call lib/, and print.
 *   main.c        This file: the table of commands and the dispatch.
 *   cmd.h         The command object, exit statuses, what every command may use.
 *   options.c     The options that every command takes, usage and help texts.
 *   output.c      Text and JSON; the only place that knows both.
 *
 * lib/            librkmod. It neither prints nor exits. A folder is a noun and may use
 *                 those above it in this list, never one below.
 *   base/         Errors, strings, files, processes, JSON, archives, trusted ELF.
 *   finding/      The catalogue of everything rkmod can say, with causes and cures; the
 *                 texts of tools and kernel that it recognises.
 *   root/         Root trees: looking into one, running a program in one, making one.
 *   repo/         The git repository around a module.
 *   request/      What was asked: command line, environment, rkmod.json.
 *   kernel/       The target kernel's facts.
 *   toolchain/    Which rustc and C compiler fit it.
 *   metadata/     The Rust metadata that a module build reads: found, made, checked.
 *   build/        The make command line, and the shim's state.
 *   module/       A .ko taken apart from raw bytes.
 *   depend/       Which modules a module needs.
 *   verdict/      The kernel's loader, simulated stage by stage.
 *   load/         Insertion of what was judged, removal, the kernel's log.
 *   vm/           A kernel booted in QEMU, and the guest program that runs in it.
 *   pipeline/     The chain: kernel, toolchain, metadata, build, verdict.
 *
 * kbuild-shim/    What rkmod hands to Kbuild: the rustc wrapper.
 * samples/        Modules to start from, and quickstart.sh.
 * tests/          run.sh runs them all: unit, cli, kernel (real headers), vm (a real
 *                 kernel), old (a real 6.1 kernel), fuzz; bench/ measures.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "config.h"
#include "lib/base/log.h"
#include "lib/base/spawn.h"

/* Sorted. */
static const struct rk_cmd *const commands[] = {
	&cmd_build, &cmd_check,   &cmd_config, &cmd_doctor,  &cmd_explain,
	&cmd_hook,  &cmd_kernels, &cmd_load,   &cmd_prepare, &cmd_reload,
	&cmd_root,  &cmd_sign,    &cmd_status, &cmd_unload,  &cmd_vm,
};

static const struct rk_cmd *find_command(const char *name)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static enum rk_exit print_overview(FILE *to, enum rk_exit status)
{
	fputs("usage: rkmod COMMAND [OPTION]... [ARGUMENT]...\n\n"
	      "Builds, checks and loads out-of-tree Rust kernel modules.\n\n",
	      to);
	for (size_t i = 0; i < RK_ARRAY_LEN(commands); i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\nrkmod COMMAND --help tells the options of one. Exit status: 0 yes or done,\n"
	      "1 no (findings, a failed build), 2 it could not be done.\n",
	      to);
	return status;
}

static enum rk_exit unknown_command(const char *name)
{
	const char *names[RK_ARRAY_LEN(commands)];
	const char *nearest;

	for (size_t i = 0; i < RK_ARRAY_LEN(commands); i++)
		names[i] = commands[i]->name;
	nearest = rk_nearest(name, names, RK_ARRAY_LEN(commands));
	if (nearest)
		fprintf(stderr, "rkmod: no command '%s'; did you mean '%s'?\n", name,
			nearest);
	else
		fprintf(stderr, "rkmod: no command '%s'; 'rkmod help' lists them\n",
			name);
	return RK_EXIT_FAILED;
}

static enum rk_exit run_help(const char *name)
{
	const struct rk_cmd *cmd;

	if (!name)
		return print_overview(stdout, RK_EXIT_OK);
	cmd = find_command(name);
	if (!cmd)
		return unknown_command(name);
	rk_cmd_help(cmd);
	return RK_EXIT_OK;
}

/* argv[0] is the first word after "rkmod", whatever it is. */
static enum rk_exit dispatch(struct rk_app *app, int argc, char **argv)
{
	const struct rk_cmd *cmd;

	if (argc == 0)
		return print_overview(stderr, RK_EXIT_FAILED);
	if (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "version") == 0) {
		printf("rkmod %s\n", RK_VERSION);
		return RK_EXIT_OK;
	}
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)
		return run_help(NULL);
	if (strcmp(argv[0], "help") == 0)
		return run_help(argc > 1 ? argv[1] : NULL);
	if (argv[0][0] == '-') {
		fprintf(stderr,
			"rkmod: options come after the command: 'rkmod COMMAND %s'\n",
			argv[0]);
		return RK_EXIT_FAILED;
	}
	cmd = find_command(argv[0]);
	return cmd ? cmd->run(app, argc, argv) : unknown_command(argv[0]);
}

/* A full disk or a closed pipe must not look like success. */
static enum rk_exit flush(enum rk_exit status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	perror("rkmod: cannot write the output");
	return RK_EXIT_FAILED;
}

/* Nothing else is done with the right to change the kernel, not even reading options. */
static int split(int argc, char **argv, struct rk_rights *ret, struct rk_error *err)
{
	const struct rk_cmd *cmd = argc > 1 ? find_command(argv[1]) : NULL;

	*ret = (struct rk_rights)RK_RIGHTS_NONE;
	return cmd && cmd->changes_kernel ? rk_split(ret, err) : 0;
}

int main(int argc, char **argv)
{
	struct rk_error err = RK_ERROR_INIT;
	struct rk_app app = {0};
	enum rk_exit status;

	rk_app_init(&app);
	rk_log_to(rk_output_log, &app);
	if (split(argc, argv, &app.rights, &err) < 0)
		return (int)rk_cmd_fail(&app, &err);
	if (rk_machine_init(&app.machine, &err) < 0)
		return (int)rk_cmd_fail(&app, &err);
	status = flush(dispatch(&app, argc - 1, argv + 1));
	rk_machine_release(&app.machine);
	if (rk_spawn_interrupted()) { /* end as the signal would have ended us */
		signal(rk_spawn_interrupted(), SIG_DFL);
		raise(rk_spawn_interrupted());
	}
	return (int)status;
}
