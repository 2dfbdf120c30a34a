/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_MACHINE_H
#define RK_BASE_MACHINE_H

#include "lib/base/strv.h"

/*
 * Everything global about the machine and the caller, in one place: main fills it
 * once from the system, tests fill it with fixture folders. Strings are owned by it.
 */
struct rk_machine {
	char *release;   /* of the running kernel, uname -r; "" if unknown */
	char *arch;      /* of the running kernel, uname -m: "x86_64", ... */
	char *proc_dir;  /* "/proc" */
	char *sys_dir;   /* "/sys" */
	char *cache_dir; /* $XDG_CACHE_HOME/rkmod or ~/.cache/rkmod; may not exist yet */
	char *state_dir; /* $XDG_STATE_HOME/rkmod or ~/.local/state/rkmod: the shim's
			    links */
	char *data_dir;  /* $XDG_DATA_HOME/rkmod or ~/.local/share/rkmod: root trees */
	char *home;      /* $HOME, "" if none */
	char *rustup_home; /* $RUSTUP_HOME, "" or NULL: ~/.rustup */
	char *libexec_dir; /* where rkmod-rustc and the guest are: built beside us or
			      installed */
	unsigned int n_cpus;
};

/**
 * rk_machine_init() - ask the system
 * @program: how rkmod was found (/proc/self/exe), for libexec_dir; or NULL
 * Return: 0, -RK_ENOMEM, -RK_ESYS.
 */
RK_MUST_CHECK int rk_machine_init(struct rk_machine *machine, struct rk_error *err);
void rk_machine_release(struct rk_machine *machine);

/**
 * rk_machine_private_dir() - a folder below a base folder that only the caller can write
 * @base: machine->cache_dir, state_dir or data_dir; made with mode 0700 if missing
 * @name: below it, may have slashes; "" for @base itself
 * @ret:  its path, free() it
 *
 * What rustc will execute lies there: a folder that belongs to somebody else, or that
 * group or others can write, is refused (RK_EREFUSED).
 */
RK_MUST_CHECK int rk_machine_private_dir(const char *base, const char *name, char **ret,
					 struct rk_error *err);

#endif
