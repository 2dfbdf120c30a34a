/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_STATE_H
#define RK_KERNEL_STATE_H

#include "lib/base/machine.h"

enum rk_fact {
	RK_FACT_NO,
	RK_FACT_YES,
	RK_FACT_UNKNOWN,
};

/* Where the running kernel tells its state. */
enum rk_state_file {
	RK_STATE_MODULES_DISABLED, /* /proc/sys/kernel/modules_disabled */
	RK_STATE_SIG_ENFORCE,      /* /sys/module/module/parameters/sig_enforce */
	RK_STATE_LOCKDOWN,         /* /sys/kernel/security/lockdown */
	RK_STATE_COMMAND_LINE,     /* /proc/cmdline */
	RK_STATE_MODULES,          /* /proc/modules */
	RK_STATE_KALLSYMS,         /* /proc/kallsyms */
	RK_STATE_BUILT_IN,         /* /sys/module */
	RK_N_STATE_FILES,
};

enum rk_phase {
	RK_PHASE_LIVE,
	RK_PHASE_LOADING,
	RK_PHASE_UNLOADING,
};

/* A line of /proc/modules. */
struct rk_loaded {
	char *name;
	enum rk_phase phase;
	bool proprietary; /* taint P */
	bool out_of_tree; /* taint O: its exports are not in the kernel's Module.symvers
			   */
};

/* A symbol that a loaded module exports, by /proc/kallsyms. */
struct rk_state_export {
	char *name;
	char *owner;
};

/*
 * What decides about a module beside its file: the running kernel, as far as the caller
 * may read it.
 */
struct rk_state {
	/* Why a file could not be read, one line; NULL: it was. */
	char *unread[RK_N_STATE_FILES];
	enum rk_fact modules_disabled;
	enum rk_fact sig_enforce;
	enum rk_fact lockdown; /* integrity or higher */
	char *blacklist;       /* module_blacklist=, "" if none */
	struct rk_loaded *modules;
	size_t n_modules;
	struct rk_state_export *exports; /* sorted by name */
	size_t n_exports;
	struct rk_strv sys_modules; /* names in /sys/module: loaded, or built in */
	struct rk_strv patches;     /* "patch/object" of loaded livepatches */
};

/**
 * rk_state_read() - ask below machine->proc_dir and machine->sys_dir
 * @ret: rk_state_release(), whatever is returned
 * Return: 0 also where files cannot be read, or -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_state_read(const struct rk_machine *machine, struct rk_state *ret,
				struct rk_error *err);
void rk_state_release(struct rk_state *state);

/* Only what one file each tells: modules_disabled, sig_enforce, lockdown, blacklist. The
 * rest stays empty. As rk_state_read(), and much faster. */
RK_MUST_CHECK int rk_state_read_rules(const struct rk_machine *machine,
				      struct rk_state *ret, struct rk_error *err);

/* '-' and '_' are one. NULL: not loaded. */
const struct rk_loaded *rk_state_find_module(const struct rk_state *state,
					     const char *name);
/* NULL: no loaded module exports it, as far as that is known. */
const struct rk_state_export *rk_state_find_export(const struct rk_state *state,
						   const char *name);
/* Whether the kernel's command line forbids the name. */
bool rk_state_is_blacklisted(const struct rk_state *state, const char *name);

#endif
