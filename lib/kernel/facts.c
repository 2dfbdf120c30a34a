/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/kernel/internal.h"
#include "lib/kernel/symvers-table.h"

enum {
	CONFIG_LIMIT = 16 << 20,
	SYMVERS_LIMIT = 64 << 20,
	SMALL_LIMIT = 4096,
};

/* A file of KDIR. */
static int read_file(const struct rk_kernel *kernel, const char *name, size_t limit,
		     struct rk_buf *buf, struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_path_join(kernel->kdir_real, name, &path, err) < 0)
		return -(int)err->code;
	return rk_root_read(kernel->root, path, limit, buf, err);
}

static int fail_release(const struct rk_kernel *kernel, const char *why,
			struct rk_error *err)
{
	rk_error_set(err, RK_EFORMAT, "'%s/include/config/kernel.release' %s",
		     kernel->kdir, why);
	return rk_error_cure(err, "release-empty",
			     "install the headers package again, or prepare the kernel "
			     "tree: make modules_prepare");
}

static int read_release(struct rk_kernel *kernel, struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	size_t len;

	if (read_file(kernel, "include/config/kernel.release", SMALL_LIMIT, &buf, err) <
	    0) {
		if (err->code == RK_ENOTFOUND)
			return fail_release(kernel, "does not exist", err);
		return -(int)err->code;
	}
	len = strcspn(rk_buf_str(&buf), "\n");
	if (!len)
		return fail_release(kernel, "is empty", err);
	if (strcspn(rk_buf_str(&buf), " \t/") < len)
		return fail_release(kernel, "holds no release: it has a blank or a '/'",
				    err);
	rk_buf_truncate(&buf, len);
	return rk_buf_take(&buf, &kernel->release, err);
}

static int fail_damaged(const struct rk_kernel *kernel, const char *name,
			struct rk_error *err)
{
	rk_error_prefix(err, "'%s/%s'", kernel->kdir, name);
	if (err->code != RK_EFORMAT)
		return -(int)err->code;
	return rk_error_cure(err, "kdir-damaged", "install the headers package again");
}

/* .config first: it also says what "is not set". make reads auto.conf, made from it. */
static int read_config(struct rk_kernel *kernel, struct rk_error *err)
{
	static const char *const names[] = {".config", "include/config/auto.conf"};
	struct rk_error missing = RK_ERROR_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_buf struct rk_buf buf = RK_BUF_INIT;

		if (read_file(kernel, names[i], CONFIG_LIMIT, &buf, &missing) < 0) {
			if (missing.code == RK_ENOTFOUND)
				continue;
			*err = missing;
			return -(int)err->code;
		}
		if (rk_kconfig_parse(rk_buf_str(&buf), buf.len, &kernel->config, err) < 0)
			return fail_damaged(kernel, names[i], err);
		return 0;
	}
	*err = missing;
	return -(int)err->code;
}

static int parse_symvers(struct rk_kernel *kernel, struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error missing = RK_ERROR_INIT;

	if (read_file(kernel, "Module.symvers", SYMVERS_LIMIT, &buf, &missing) < 0) {
		rk_log(RK_LOG_DEBUG, "no Module.symvers: %s", missing.msg);
		if (missing.code == RK_ENOTFOUND)
			return 0;
		*err = missing;
		return -(int)err->code;
	}
	if (rk_symvers_parse(&buf, &kernel->symvers, err) < 0)
		return fail_damaged(kernel, "Module.symvers", err);
	return 0;
}

static int read_symvers(const struct rk_machine *machine, struct rk_kernel *kernel,
			struct rk_error *err)
{
	cleanup_free char *path = NULL;
	cleanup_free char *host_path = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	struct stat st;

	if (rk_path_join(kernel->kdir_real, "Module.symvers", &path, err) < 0)
		return -(int)err->code;
	/* The state is asked for before the file is read: if it changes now, the next one
	 * sees that. */
	if (rk_root_stat(kernel->root, path, &st, &ignored) < 0 ||
	    rk_root_host_path(kernel->root, path, &host_path, &ignored) < 0)
		return parse_symvers(kernel, err);
	if (rk_symvers_kept(machine, host_path, &st, &kernel->symvers))
		return 0;
	if (parse_symvers(kernel, err) < 0)
		return -(int)err->code;
	if (kernel->symvers)
		rk_symvers_keep(machine, host_path, &st, kernel->symvers);
	return 0;
}

struct arch_row {
	const char *config;
	enum rk_arch arch;
	const char *srcarch;
};

/* UML first: it sets CONFIG_X86_64 too. */
static const struct arch_row arch_rows[] = {
	{"CONFIG_UML", RK_ARCH_OTHER, "um"},
	{"CONFIG_X86_64", RK_ARCH_X86_64, "x86"},
	{"CONFIG_X86", RK_ARCH_OTHER, "x86"},
	{"CONFIG_ARM64", RK_ARCH_ARM64, "arm64"},
	{"CONFIG_RISCV", RK_ARCH_RISCV, "riscv"},
	{"CONFIG_ARM", RK_ARCH_OTHER, "arm"},
	{"CONFIG_LOONGARCH", RK_ARCH_OTHER, "loongarch"},
	{"CONFIG_MIPS", RK_ARCH_OTHER, "mips"},
	{"CONFIG_PPC", RK_ARCH_OTHER, "powerpc"},
	{"CONFIG_S390", RK_ARCH_OTHER, "s390"},
};

static int set_arch(struct rk_kernel *kernel, struct rk_error *err)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(arch_rows); i++) {
		if (!rk_kconfig_is_yes(kernel->config, arch_rows[i].config))
			continue;
		kernel->arch = arch_rows[i].arch;
		return rk_strdup(arch_rows[i].srcarch, &kernel->srcarch, err);
	}
	kernel->arch = RK_ARCH_OTHER;
	return rk_strdup("", &kernel->srcarch, err);
}

/* The text between quotes behind `#define RANDSTRUCT_HASHED_SEED`. */
static int add_randstruct(struct rk_kernel *kernel, struct rk_error *err)
{
	static const char define[] = "RANDSTRUCT_HASHED_SEED";
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *plain = RK_STEAL(kernel->vermagic);
	struct rk_error ignored = RK_ERROR_INIT;
	const char *seed = NULL;

	if (read_file(kernel, "include/generated/randstruct_hash.h", SMALL_LIMIT, &buf,
		      &ignored) == 0)
		seed = strstr(rk_buf_str(&buf), define);
	if (seed)
		seed = strchr(seed, '"');
	if (!seed)
		return rk_strdup("", &kernel->vermagic, err);
	seed++;
	return rk_format(&kernel->vermagic, err, "%sRANDSTRUCT_%.*s", plain,
			 (int)strcspn(seed, "\"\n"), seed);
}

static int set_vermagic(struct rk_kernel *kernel, struct rk_error *err)
{
	if (rk_vermagic_expected(kernel->release, kernel->config, kernel->arch,
				 &kernel->vermagic, err) < 0)
		return -(int)err->code;
	if (kernel->vermagic[0] &&
	    (rk_kconfig_is_yes(kernel->config, "CONFIG_RANDSTRUCT") ||
	     rk_kconfig_is_yes(kernel->config, "CONFIG_GCC_PLUGIN_RANDSTRUCT")))
		return add_randstruct(kernel, err);
	return 0;
}

static int set_text(const struct rk_kernel *kernel, const char *name, char **ret,
		    struct rk_error *err)
{
	const char *text = rk_kconfig_get(kernel->config, name);

	return rk_strdup(text ? text : "", ret, err);
}

static int set_from_config(struct rk_kernel *kernel, struct rk_error *err)
{
	kernel->rust = rk_kconfig_is_yes(kernel->config, "CONFIG_RUST");
	kernel->modversions = rk_kconfig_is_yes(kernel->config, "CONFIG_MODVERSIONS");
	if (set_text(kernel, "CONFIG_RUSTC_VERSION_TEXT", &kernel->rustc_text, err) < 0 ||
	    set_text(kernel, "CONFIG_CC_VERSION_TEXT", &kernel->cc_text, err) < 0 ||
	    set_arch(kernel, err) < 0)
		return -(int)err->code;
	return set_vermagic(kernel, err);
}

/* The first of the names that exists, else "". */
static int set_first(const struct rk_kernel *kernel, char *names[], size_t n_names,
		     char **ret, struct rk_error *err)
{
	for (size_t i = 0; i < n_names; i++)
		if (rk_root_exists(kernel->root, names[i]))
			return rk_strdup(names[i], ret, err);
	return rk_strdup("", ret, err);
}

static int set_places(struct rk_kernel *kernel, struct rk_error *err)
{
	cleanup_free char *modules = NULL;
	cleanup_free char *packaged = NULL;
	cleanup_free char *boot = NULL;
	cleanup_free char *built = NULL;
	char *images[3];

	if (rk_format(&modules, err, "/lib/modules/%s", kernel->release) < 0 ||
	    rk_format(&packaged, err, "%s/vmlinuz", modules) < 0 ||
	    rk_format(&boot, err, "/boot/vmlinuz-%s", kernel->release) < 0 ||
	    rk_format(&built, err, "%s/arch/%s/boot/bzImage", kernel->kdir_real,
		      kernel->srcarch) < 0)
		return -(int)err->code;
	images[0] = packaged;
	images[1] = boot;
	images[2] = built;
	if (set_first(kernel, &modules, 1, &kernel->modules_dir, err) < 0)
		return -(int)err->code;
	return set_first(kernel, images, RK_ARRAY_LEN(images), &kernel->image, err);
}

int rk_kernel_read_facts(const struct rk_machine *machine, struct rk_kernel *kernel,
			 struct rk_error *err)
{
	if (read_release(kernel, err) < 0 || read_config(kernel, err) < 0 ||
	    read_symvers(machine, kernel, err) < 0 || set_from_config(kernel, err) < 0 ||
	    rk_kernel_read_owner(machine, kernel, err) < 0 || set_places(kernel, err) < 0)
		return -(int)err->code;
	kernel->module_size =
		rk_vmlinux_module_size(machine, kernel->root, kernel->kdir_real);
	return 0;
}
