/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VM_BOOT_H
#define RK_VM_BOOT_H

#include "lib/base/spawn.h"
#include "lib/vm/vm.h"

/* For lib/vm only: what a guest gets and how it is started. */

/**
 * rk_vm_initramfs() - the guest's file system, in memory
 * @jobs:   text of RK_VM_JOBS (protocol.h)
 * @ret_fd: the cpio archive; close it
 *
 * Modules are stored plain, as rk_vm_module_path() says.
 * Return: 0, -RK_ENOTFOUND (a file, the guest program: guest-missing), -RK_EFORMAT
 * (damaged compression), -RK_ETOOL, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_vm_initramfs(const struct rk_machine *machine,
				  const struct rk_vm_request *request, const char *jobs,
				  int *ret_fd, struct rk_error *err);

/* Where in the guest a module of the request is. */
RK_MUST_CHECK int rk_vm_module_path(size_t module, char **ret, struct rk_error *err);

struct rk_vm_boot {
	const struct rk_vm_request *request;
	enum rk_vm_accel accel; /* KVM or TCG */
	int initramfs_fd;
	int timeout_ms;
	/* A line of the guest program's port, or of the console and QEMU itself. */
	void (*on_line)(void *data, const char *line, size_t len, bool is_console);
	void *data;
};

/**
 * rk_vm_boot() - start QEMU and wait for its end
 *
 * Return: as rk_spawn_run(); -RK_ENOTFOUND with qemu-missing or image-missing;
 * -RK_EREFUSED for an architecture that is not known here.
 */
RK_MUST_CHECK int rk_vm_boot(const struct rk_vm_boot *boot,
			     struct rk_spawn_result *result, struct rk_error *err);

/**
 * rk_vm_choose_accel() - KVM if it works for this kernel's image, else TCG
 *
 * Known by booting the image with nothing to do; what came out is kept in the cache
 * until the machine is started again. Failing to find out is TCG.
 */
RK_MUST_CHECK int rk_vm_choose_accel(const struct rk_machine *machine,
				     const struct rk_vm_request *request,
				     enum rk_vm_accel *ret, struct rk_error *err);

#endif
