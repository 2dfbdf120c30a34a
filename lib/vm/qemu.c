/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/root/distro.h"
#include "lib/vm/boot.h"
#include "lib/vm/protocol.h"

enum {
	DEFAULT_MEMORY_MIB = 1024,
	PROBE_MS = 10000, /* where KVM works, a guest is up in one or two seconds */
};

/* One row per architecture whose guests have two serial ports. */
static const struct arch {
	const char *name; /* uname -m */
	const char *program;
	const char *machine;
	const char *console;
} arches[] = {
	{"x86_64", "qemu-system-x86_64", "pc", "ttyS0"},
};

static int find_arch(const char *name, const struct arch **ret, struct rk_error *err)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(arches); i++) {
		if (strcmp(arches[i].name, name) == 0) {
			*ret = &arches[i];
			return 0;
		}
	}
	rk_error_set(err, RK_EREFUSED, "kernels for '%s' cannot be booted yet", name);
	return rk_error_cure(err, "vm-arch", "use a kernel for x86_64");
}

static int find_program(const struct arch *arch, char **ret, struct rk_error *err)
{
	const struct rk_need need = {RK_NEED_PROGRAM, arch->program};

	if (rk_spawn_find(arch->program, NULL, ret, err) == 0)
		return 0;
	return rk_distro_cure(NULL, &need, "qemu-missing", "install QEMU", err);
}

int rk_vm_find_qemu(const char *name, char **ret, struct rk_error *err)
{
	const struct arch *arch;

	return find_arch(name, &arch, err) < 0 ? -(int)err->code
					       : find_program(arch, ret, err);
}

static int check_image(const char *image, struct rk_error *err)
{
	if (access(image, R_OK) == 0)
		return 0;
	rk_error_sys(err, errno, "kernel image '%s'", image);
	return rk_error_cure(
		err, "image-missing",
		"install the kernel's image package, or make the file readable for you");
}

/* On a busy host the guest's timer may be late when the kernel tries it, which then
 * panics ("IO-APIC + timer doesn't work"). Under KVM the kernel leaves that out itself.
 */
static const char *more_parameters(const struct rk_vm_boot *boot)
{
	return boot->accel == RK_VM_ACCEL_TCG &&
			       strcmp(boot->request->arch, "x86_64") == 0
		       ? " no_timer_check"
		       : "";
}

/*
 * The console goes to QEMU's stderr, the guest program's port to its stdout. No network,
 * no disk, no display. panic=-1 and -no-reboot: a panic ends QEMU.
 */
static void add_arguments(const struct rk_vm_boot *boot, const struct arch *arch,
			  struct rk_strv *argv)
{
	const struct rk_vm_request *r = boot->request;
	const bool kvm = boot->accel == RK_VM_ACCEL_KVM;

	rk_strv_add_all(argv, "-nodefaults", "-no-user-config", "-no-reboot", "-display",
			"none", "-machine", arch->machine, "-accel", kvm ? "kvm" : "tcg",
			"-cpu", kvm ? "host" : "max", NULL);
	rk_strv_add(argv, "-m");
	rk_strv_addf(argv, "%u", r->memory_mib ? r->memory_mib : DEFAULT_MEMORY_MIB);
	rk_strv_add(argv, "-smp");
	rk_strv_addf(argv, "%u", r->n_cpus ? r->n_cpus : 1);
	rk_strv_add_all(argv, "-chardev", "file,id=console,path=/dev/stderr", "-serial",
			"chardev:console", "-chardev", "stdio,id=guest,signal=off",
			"-serial", "chardev:guest", NULL);
	rk_strv_add_all(argv, "-kernel", r->image, "-initrd", NULL);
	rk_strv_addf(argv, "/proc/self/fd/%d", boot->initramfs_fd);
	rk_strv_add(argv, "-append");
	rk_strv_addf(argv, "console=%s quiet panic=-1%s%s%s", arch->console,
		     more_parameters(boot), r->append ? " " : "",
		     r->append ? r->append : "");
}

static void pass_line(void *data, const char *line, size_t len, bool is_stderr)
{
	const struct rk_vm_boot *boot = data;

	boot->on_line(boot->data, line, len, is_stderr);
}

int rk_vm_boot(const struct rk_vm_boot *boot, struct rk_spawn_result *result,
	       struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	struct rk_spawn spawn = {.argv = &argv,
				 .stdin_fd = -1,
				 .output = RK_SPAWN_LINES,
				 .on_line = pass_line,
				 .data = (void *)boot,
				 .keep_fds = &boot->initramfs_fd,
				 .n_keep_fds = 1,
				 .timeout_ms = boot->timeout_ms};
	cleanup_free char *program = NULL;
	const struct arch *arch;

	if (find_arch(boot->request->arch, &arch, err) < 0 ||
	    find_program(arch, &program, err) < 0 ||
	    check_image(boot->request->image, err) < 0)
		return -(int)err->code;
	rk_strv_add(&argv, program);
	add_arguments(boot, arch, &argv);
	if (rk_strv_check(&argv, err) < 0)
		return -(int)err->code;
	return rk_spawn_run(&spawn, result, err);
}

/* ---- does KVM work? ---- */

/* "BOOT-ID yes" or "BOOT-ID no" */
static int read_boot_id(const struct rk_machine *machine, char **ret,
			struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(machine->proc_dir, "sys/kernel/random/boot_id", &path, err) <
		    0 ||
	    rk_file_read(path, 4096, &buf, err) < 0)
		return -(int)err->code;
	rk_buf_truncate(&buf, strcspn(rk_buf_str(&buf), "\n"));
	return rk_buf_take(&buf, ret, err);
}

static int cache_path(const struct rk_machine *machine, char **ret, struct rk_error *err)
{
	cleanup_free char *dir = NULL;

	if (rk_machine_private_dir(machine->cache_dir, "", &dir, err) < 0)
		return -(int)err->code;
	return rk_path_join(dir, "kvm-works", ret, err);
}

/* Return: true if it is known; *ret_works then says it. */
static bool recall(const char *path, const char *boot_id, bool *ret_works)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	size_t len = strlen(boot_id);
	const char *text;

	if (rk_file_read(path, 4096, &buf, &ignored) < 0)
		return false;
	text = rk_buf_str(&buf);
	if (strncmp(text, boot_id, len) != 0)
		return false;
	*ret_works = strcmp(text + len, " yes\n") == 0;
	return *ret_works || strcmp(text + len, " no\n") == 0;
}

static void remember(const char *path, const char *boot_id, bool works)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *text = NULL;

	if (rk_format(&text, &ignored, "%s %s\n", boot_id, works ? "yes" : "no") < 0 ||
	    rk_file_write(path, text, strlen(text), 0600, &ignored) < 0)
		rk_log(RK_LOG_DEBUG, "the result of the KVM probe is not kept: %s",
		       ignored.msg);
}

static void watch_probe(void *data, const char *line, size_t len, bool is_console)
{
	if (!is_console && strncmp(line, RK_VM_GREETING " ", 7) == 0 &&
	    strstr(line, " bye "))
		*(bool *)data = true;
}

/* The kernel and the guest program, with nothing to do. */
static int probe(const struct rk_machine *machine, const struct rk_vm_request *request,
		 bool *ret_works, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	const struct rk_vm_request bare = {.image = request->image,
					   .arch = request->arch,
					   .memory_mib = request->memory_mib,
					   .n_cpus = request->n_cpus};
	cleanup_close int fd = -1;
	struct rk_vm_boot boot = {.request = &bare,
				  .accel = RK_VM_ACCEL_KVM,
				  .timeout_ms = PROBE_MS,
				  .on_line = watch_probe,
				  .data = ret_works};

	*ret_works = false;
	if (rk_vm_initramfs(machine, &bare, "nonce 0000000000000000\n", &fd, err) < 0)
		return -(int)err->code;
	boot.initramfs_fd = fd;
	return rk_vm_boot(&boot, &result, err);
}

int rk_vm_choose_accel(const struct rk_machine *machine,
		       const struct rk_vm_request *request, enum rk_vm_accel *ret,
		       struct rk_error *err)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *boot_id = NULL;
	cleanup_free char *path = NULL;
	bool works = false;

	*ret = request->accel;
	if (request->accel != RK_VM_ACCEL_AUTO)
		return 0;
	*ret = RK_VM_ACCEL_TCG;
	if (strcmp(request->arch, machine->arch) != 0 ||
	    access("/dev/kvm", R_OK | W_OK) < 0)
		return 0;
	if (read_boot_id(machine, &boot_id, &ignored) < 0 ||
	    cache_path(machine, &path, &ignored) < 0) {
		rk_log(RK_LOG_DEBUG, "KVM is not tried: %s", ignored.msg);
		return 0;
	}
	assert(boot_id && path);
	if (!recall(path, boot_id, &works)) {
		rk_log(RK_LOG_STEP, "trying whether KVM works here");
		if (probe(machine, request, &works, err) < 0)
			return -(int)err->code;
		remember(path, boot_id, works);
	}
	rk_log(RK_LOG_DEBUG, "KVM %s", works ? "works" : "does not work here, using TCG");
	if (works)
		*ret = RK_VM_ACCEL_KVM;
	return 0;
}

const char *rk_vm_accel_name(enum rk_vm_accel accel)
{
	static const char *const names[] = {
		[RK_VM_ACCEL_AUTO] = "auto",
		[RK_VM_ACCEL_KVM] = "kvm",
		[RK_VM_ACCEL_TCG] = "tcg",
	};

	return names[accel];
}
