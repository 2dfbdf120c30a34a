/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VM_VM_H
#define RK_VM_VM_H

#include <stdint.h>

#include "lib/base/machine.h"
#include "lib/base/strv.h"

enum rk_vm_accel {
	RK_VM_ACCEL_AUTO, /* KVM if a probe guest works, else TCG */
	RK_VM_ACCEL_KVM,
	RK_VM_ACCEL_TCG,
};

struct rk_vm_module {
	const char *path;   /* host path of a .ko, .ko.xz, ..., loaded in this order */
	const char *params; /* "a=1 b=2", "" for none */
	bool is_dependency; /* loaded for another; its result is reported apart */
};

/* More for the guest's file system, for what a script uses. */
struct rk_vm_file {
	const char *path;   /* host path of a regular file */
	const char *inside; /* absolute */
	const char *link;   /* instead of a file: where a symbolic link points, or NULL */
};

/* The ordinary user of a guest with a program; files below its home belong to it. */
#define RK_VM_USER_HOME "/home/user"
enum {
	RK_VM_USER_ID = 1000, /* user and group "user" */
};

/* Plain paths and names: lib/vm knows neither kernels nor root trees. */
struct rk_vm_request {
	const char *image; /* vmlinuz, host path */
	const char *arch;  /* "x86_64" */
	const struct rk_vm_module *modules;
	size_t n_modules;
	const char *script;  /* host path of a shell script run in the guest, or NULL */
	const char *busybox; /* host path of a static busybox, needed for script */
	const struct rk_vm_file *files;
	size_t n_files;
	/* This program is in the guest as /usr/bin/rkmod, with its libraries, and a user
	 * beside uid 0; the script starts in that user's home. */
	bool with_rkmod;
	const char *append;      /* more kernel parameters, or NULL */
	unsigned int memory_mib; /* 0: 1024 */
	unsigned int n_cpus;     /* 0: 1 */
	int timeout_ms;     /* of the whole guest; 0: 120 s with KVM, 300 s with TCG */
	int job_timeout_ms; /* of one load, unload or script; 0: half of timeout_ms */
	enum rk_vm_accel accel;
	bool keep_loaded; /* do not unload at the end */
	/* A line of the kernel log or of the script's output, as it comes. */
	void (*on_line)(void *data, const char *line, bool is_kernel);
	void *data;
};

struct rk_vm_module_result {
	char *name;         /* the kernel's; the file's if it was not loaded */
	char *path;         /* the request's */
	bool is_dependency; /* the request's */
	int load_errno;     /* 0: loaded, -1: no answer, see oops and timed_out */
	int unload_errno;   /* 0: unloaded, -1: not tried, or no answer */
	unsigned int load_ms;
	char *log; /* kernel log lines between before and after its load, joined by
		      newlines, without timestamps */
	char *unload_log;
};

struct rk_vm_result {
	char *proc_version;                  /* the guest's /proc/version */
	enum rk_vm_accel accel;              /* what was used */
	struct rk_vm_module_result *modules; /* of all that were reached, in order */
	size_t n_modules;
	int script_status;   /* -1: not run or not ended */
	char *script_output; /* what it printed */
	char *log;           /* kernel log lines from before the first job to the end */
	uint64_t taint;      /* /proc/sys/kernel/tainted after the last job */
	bool oops;           /* or panic, or an unexpected reset */
	char *oops_text;     /* its first lines, "" if there was none */
	bool timed_out;
	unsigned int boot_ms; /* start of QEMU to the guest program's first word */
	unsigned int total_ms;
};

/* QEMU's program for an architecture, by uname -m. Return: 0, -RK_ENOTFOUND
 * (qemu-missing), -RK_EREFUSED (vm-arch), -RK_ENOMEM. */
RK_MUST_CHECK int rk_vm_find_qemu(const char *arch, char **ret, struct rk_error *err);

/* "kvm", "tcg", "auto" */
const char *rk_vm_accel_name(enum rk_vm_accel accel);

/**
 * rk_vm_run() - boot a kernel in QEMU, load modules, unload them, power off
 *
 * Results come over a serial port of their own, so a module's printk cannot forge them.
 * After an oops, and after a job that does not end, the rest is not tried: the kernel may
 * hold the module mutex for ever.
 * Return: 0 whatever the modules did; -RK_ENOTFOUND (no QEMU: qemu-missing; no image:
 * image-missing; no guest program), -RK_ETOOL (the guest did not come up; the last lines
 * in the message), -RK_EREFUSED (interrupted), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_vm_run(const struct rk_machine *machine,
			    const struct rk_vm_request *request, struct rk_vm_result *ret,
			    struct rk_error *err);
void rk_vm_result_release(struct rk_vm_result *result);

#endif
