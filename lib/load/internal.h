/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_LOAD_INTERNAL_H
#define RK_LOAD_INTERNAL_H

#include "lib/load/load.h"

/* For lib/load only: what a run is made of. */
struct rk_loading {
	const struct rk_machine *machine;
	const struct rk_rights *rights;
	const struct rk_load_request *request;
	struct rk_load *load;
	/* For libkmod, which needs no headers: borrows. */
	struct rk_kernel modules;
};

/* plan.c: which modules, in which order. Each is read and sealed. */
RK_MUST_CHECK int rk_load_plan(struct rk_loading *loading, struct rk_error *err);

/**
 * rk_load_find_exporters() - modules beside one that export what it needs (exporters.c)
 * @ret: added to; none where neither the kernel nor what is loaded lacks a symbol
 * Return: 0, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_load_find_exporters(const struct rk_loading *loading,
					 const struct rk_module *module,
					 struct rk_strv *ret, struct rk_error *err);

/* outcome.c: what the kernel's answer means. */
void rk_load_conclude(const struct rk_load *load, struct rk_load_item *item,
		      const struct rk_call *call);

/* record.c: a file with what is needed to report that the kernel did not do what was
 * predicted. @ret: its path. */
RK_MUST_CHECK int rk_load_write_report(const struct rk_machine *machine,
				       const struct rk_load *load,
				       const struct rk_load_item *item, char **ret,
				       struct rk_error *err);

/* record.c: where a loaded module came from, for status. Not being able to write it is
 * no failure of loading. */
void rk_load_remember(const struct rk_machine *machine, const struct rk_load_item *item);
/* @ret: absolute path, NULL if that is not known. */
RK_MUST_CHECK int rk_load_recall(const struct rk_machine *machine, const char *name,
				 char **ret, struct rk_error *err);

#endif
