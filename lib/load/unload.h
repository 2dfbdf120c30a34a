/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_LOAD_UNLOAD_H
#define RK_LOAD_UNLOAD_H

#include "lib/base/machine.h"
#include "lib/load/channel.h"

struct rk_unload_item {
	char *name; /* the kernel's */
	bool is_done;
	struct rk_kernel_log log;
};

struct rk_unload {
	struct rk_unload_item *items; /* in the order of removal */
	size_t n_items;
};

struct rk_unload_request {
	const struct rk_strv *names; /* names of modules, or files named after them */
	bool wait;                   /* until nobody uses them, at most timeout_ms */
	int timeout_ms;
};

/**
 * rk_unload_run() - remove modules, those first that others of the list need
 * @ret: what came so far, also on failure; rk_unload_release()
 * Return: 0; -RK_ENOTFOUND (not loaded: module-not-loaded), -RK_EREFUSED (used by others,
 * who are named: module-busy; interrupted), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_unload_run(const struct rk_machine *machine,
				const struct rk_rights *rights,
				const struct rk_unload_request *request,
				struct rk_unload *ret, struct rk_error *err);
void rk_unload_release(struct rk_unload *unload);

/* Says why delete_module failed, naming who uses the module. Return: -err->code. */
int rk_unload_refused(const struct rk_machine *machine, const char *name, int sys_errno,
		      struct rk_error *err);

#endif
