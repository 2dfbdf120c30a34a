/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VERDICT_FACTS_H
#define RK_VERDICT_FACTS_H

#include "lib/base/archive.h"
#include "lib/kernel/kernel.h"
#include "lib/kernel/state.h"

/*
 * What decides how a kernel's loader behaves, read from its configuration and headers.
 * Loaders differ between releases, and distributions carry changes to and fro: so none
 * of this is concluded from a version number. Borrows from the kernel.
 */
struct rk_loader_facts {
	bool known; /* there is a target; else the rest is that of a usual new kernel */
	enum rk_arch arch;
	const char *vermagic; /* NULL unknown */
	size_t module_size;   /* sizeof(struct module), 0 unknown */
	bool modversions;     /* CONFIG_MODVERSIONS, and so on */
	bool force_load;
	bool livepatch;
	bool module_sig;
	bool sig_force;
	bool strict_module_rwx;
	bool constructors;
	bool missing_namespace_ok;
	bool btf_modules;
	bool btf_mismatch_ok;
	/* BTF headers have a layout section, and vlen 24 bits. */
	bool btf_layout;
	bool kallsyms;
	bool kallsyms_all; /* keeps the names of data, too */
	bool module_unload;
	enum rk_compression unpacks; /* what the kernel itself decompresses, or none */
	bool can_lock_down;          /* CONFIG_SECURITY_LOCKDOWN_LSM */
	bool ima_appraise;
	/* Security modules are asked again about what the kernel unpacked itself. */
	bool appraises_unpacked;
	bool smp;
	bool dynamic_ftrace;
	/* One __ksymtab with flags beside it (__kflagstab); before that two tables. */
	bool kflagstab;
	/* Namespaces "module:a,b" (EXPORT_SYMBOL_FOR_MODULES). */
	bool module_namespaces;
	/* Names and string tables are checked before they are used, of all sections
	 * (the loader's checks were split up and completed). */
	bool checks_strings;
	/* .modinfo, struct module and the symbol table are looked for in all sections,
	 * must be unique, and the size of struct module counts. */
	bool checks_unique;
	/* A symbol that a module's __versions does not name: Debian refuses, upstream
	 * goes on. */
	enum rk_fact refuses_missing_version;
	enum rk_fact sig_enforce; /* sig_force, or as the running kernel says */
	enum rk_fact lockdown; /* integrity or higher: from the start, or as the running
			      kernel says */
};

/* @kernel: NULL for no target. Reads a few headers of it where it has a root tree. */
struct rk_loader_facts rk_loader_facts(const struct rk_kernel *kernel);

#endif
