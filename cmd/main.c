/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rkmod: build, check and load out-of-tree Rust kernel modules. A map of the tree:
 *
 * cmd/            One file per command. They read options, call lib/, and print.
 *   main.c        This file: the table of commands and the dispatch.
 *   cmd.h         The command object, exit statuses, what every command may use.
 *   options.c     The options that every command takes; getopt's tables.
 *   help.c        --help and `rkmod help`, from the tables of options.
 *   folder.c      The frame of commands that build one folder.
 *   output.c      Text and JSON; the only place that knows both.
 *   schema/       What the JSON of each command looks like.
 *   man/ shell/   Man pages and completions, made from what `rkmod help` prints.
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
 *   install/      Modules into /lib/modules and out again.
 *   pipeline/     The chain: kernel, toolchain, metadata, build, verdict.
 *
 * kbuild-shim/    What rkmod hands to Kbuild: the rustc wrapper.
 * samples/        Modules to start from, and quickstart.sh.
 * debian/         The Debian package.
 * tests/          run.sh runs them all: unit, cli, kernel (real headers), vm (a real
 *                 kernel), old (a real 6.1 kernel), install (man pages, completions, the
 *                 package), fuzz; bench/ measures.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "lib/base/log.h"
#include "lib/base/spawn.h"

/* Sorted. */
const struct rk_cmd *const rk_commands[] = {
	&cmd_analyzer, &cmd_build,     &cmd_check,   &cmd_ci,      &cmd_clippy,
	&cmd_config,   &cmd_dkms,      &cmd_doc,     &cmd_doctor,  &cmd_explain,
	&cmd_fmt,      &cmd_hook,      &cmd_install, &cmd_kernels, &cmd_load,
	&cmd_new,      &cmd_prepare,   &cmd_reload,  &cmd_root,    &cmd_sign,
	&cmd_status,   &cmd_uninstall, &cmd_unload,  &cmd_vm,      NULL,
};

/* argv[0] is the first word after "rkmod", whatever it is. */
static enum rk_exit dispatch(struct rk_app *app, int argc, char **argv)
{
	const struct rk_cmd *cmd;

	if (argc == 0) {
		rk_cmd_overview(stderr);
		return RK_EXIT_FAILED;
	}
	if (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "version") == 0) {
		rk_cmd_version(app);
		return RK_EXIT_OK;
	}
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0 ||
	    strcmp(argv[0], "help") == 0)
		return rk_cmd_run_help(app, argc, argv);
	if (argv[0][0] == '-') {
		fprintf(stderr,
			"rkmod: options come after the command: 'rkmod COMMAND %s'\n",
			argv[0]);
		return RK_EXIT_FAILED;
	}
	cmd = rk_cmd_find(argv[0]);
	return cmd ? cmd->run(app, argc, argv) : RK_EXIT_FAILED;
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
	*ret = (struct rk_rights)RK_RIGHTS_NONE;
	for (size_t i = 0; rk_commands[i] && argc > 1; i++)
		if (rk_commands[i]->changes_kernel &&
		    strcmp(rk_commands[i]->name, argv[1]) == 0)
			return rk_split(ret, err);
	return 0;
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
