/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/verdict/facts.h"

enum {
	HEADER_LIMIT = 1 << 20,
};

/* What a usual new kernel does, for what cannot be read. */
static const struct rk_loader_facts usual = {
	.arch = RK_ARCH_OTHER,
	.force_load = true,
	.livepatch = true,
	.module_sig = true,
	.strict_module_rwx = true,
	.btf_layout = true,
	.kallsyms = true,
	.kallsyms_all = true,
	.module_unload = true,
	.smp = true,
	.dynamic_ftrace = true,
	.appraises_unpacked = true,
	.kflagstab = true,
	.module_namespaces = true,
	.checks_strings = true,
	.checks_unique = true,
	.refuses_missing_version = RK_FACT_UNKNOWN,
	.sig_enforce = RK_FACT_NO,
	.lockdown = RK_FACT_NO,
};

static enum rk_compression read_unpacks(const struct rk_kconfig *config)
{
	if (!rk_kconfig_is_yes(config, "CONFIG_MODULE_DECOMPRESS"))
		return RK_COMPRESSION_NONE;
	if (rk_kconfig_is_yes(config, "CONFIG_MODULE_COMPRESS_XZ"))
		return RK_COMPRESSION_XZ;
	if (rk_kconfig_is_yes(config, "CONFIG_MODULE_COMPRESS_ZSTD"))
		return RK_COMPRESSION_ZSTD;
	return rk_kconfig_is_yes(config, "CONFIG_MODULE_COMPRESS_GZIP")
		       ? RK_COMPRESSION_GZIP
		       : RK_COMPRESSION_NONE;
}

/* Locked down from the start; otherwise only the running kernel knows. */
static bool is_locked_down(const struct rk_kconfig *config)
{
	return rk_kconfig_is_yes(config, "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY") ||
	       rk_kconfig_is_yes(config, "CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY");
}

static void read_config(struct rk_loader_facts *facts, const struct rk_kconfig *config)
{
	const struct {
		bool *fact;
		const char *name;
	} options[] = {
		{&facts->force_load, "CONFIG_MODULE_FORCE_LOAD"},
		{&facts->livepatch, "CONFIG_LIVEPATCH"},
		{&facts->module_sig, "CONFIG_MODULE_SIG"},
		{&facts->sig_force, "CONFIG_MODULE_SIG_FORCE"},
		{&facts->strict_module_rwx, "CONFIG_STRICT_MODULE_RWX"},
		{&facts->constructors, "CONFIG_CONSTRUCTORS"},
		{&facts->missing_namespace_ok,
		 "CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS"},
		{&facts->btf_modules, "CONFIG_DEBUG_INFO_BTF_MODULES"},
		{&facts->btf_mismatch_ok, "CONFIG_MODULE_ALLOW_BTF_MISMATCH"},
		{&facts->kallsyms, "CONFIG_KALLSYMS"},
		{&facts->kallsyms_all, "CONFIG_KALLSYMS_ALL"},
		{&facts->module_unload, "CONFIG_MODULE_UNLOAD"},
		{&facts->smp, "CONFIG_SMP"},
		{&facts->dynamic_ftrace, "CONFIG_DYNAMIC_FTRACE"},
		{&facts->can_lock_down, "CONFIG_SECURITY_LOCKDOWN_LSM"},
		{&facts->ima_appraise, "CONFIG_IMA_APPRAISE"},
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(options); i++)
		*options[i].fact = rk_kconfig_is_yes(config, options[i].name);
	facts->unpacks = read_unpacks(config);
	facts->lockdown = is_locked_down(config) ? RK_FACT_YES : RK_FACT_NO;
}

/* The text of a header of the kernel; false: it cannot be read. */
static bool read_header(const struct rk_kernel *kernel, const char *name,
			struct rk_buf *ret)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *path = NULL;

	return kernel->root && kernel->srctree &&
	       rk_path_join(kernel->srctree, name, &path, &err) == 0 &&
	       rk_root_read(kernel->root, path, HEADER_LIMIT, ret, &err) == 0;
}

static void read_export_headers(struct rk_loader_facts *facts,
				const struct rk_kernel *kernel)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	/* Older kernels have no such header, and no such table. */
	if (read_header(kernel, "include/linux/export-internal.h", &text))
		facts->kflagstab = strstr(rk_buf_str(&text), "__kflagstab");
	else
		facts->kflagstab = !kernel->root;
}

static void read_btf_header(struct rk_loader_facts *facts, const struct rk_kernel *kernel)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	if (facts->btf_modules && read_header(kernel, "include/uapi/linux/btf.h", &text))
		facts->btf_layout = strstr(rk_buf_str(&text), "layout_len");
}

/* Stable kernels were given the macro alone, to export a symbol to nobody but KVM: their
 * loaders take such a namespace for any other. 6.16 has both. */
static void read_export_header(struct rk_loader_facts *facts,
			       const struct rk_kernel *kernel)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	if (read_header(kernel, "include/linux/export.h", &text))
		facts->module_namespaces = facts->checks_strings &&
					   strstr(rk_buf_str(&text), "_FOR_MODULES(");
}

static void read_security_header(struct rk_loader_facts *facts,
				 const struct rk_kernel *kernel)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	if (read_header(kernel, "include/linux/kernel_read_file.h", &text))
		facts->appraises_unpacked =
			strstr(rk_buf_str(&text), "MODULE_COMPRESSED");
}

/*
 * The loader's checks leave no trace in any file of a headers package: compared with
 * kernel/module/main.c of 6.1.192, 6.12.107 and 7.2. These changes came beside them, and
 * stable kernels got neither.
 */
static void read_module_header(struct rk_loader_facts *facts,
			       const struct rk_kernel *kernel)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	if (!read_header(kernel, "include/linux/module.h", &text))
		return;
	/* 6.13: MODULE_IMPORT_NS() takes a string; elf_validity_cache_copy() was split up
	 * and completed. */
	facts->checks_strings =
		!strstr(rk_buf_str(&text), "MODULE_INFO(import_ns, __stringify(ns))");
	/* 6.4: memory by type; elf_validity_cache_copy() replaced setup_load_info(). */
	facts->checks_unique = strstr(rk_buf_str(&text), "enum mod_mem_type");
}

/* check_version() where the sources are there: what it returns behind that message. */
static enum rk_fact read_missing_version(const struct rk_kernel *kernel)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	const char *at;

	if (!read_header(kernel, "kernel/module/version.c", &text))
		return RK_FACT_UNKNOWN;
	at = strstr(rk_buf_str(&text), "no symbol version for");
	if (at)
		at = strstr(at, "return ");
	if (at && strncmp(at, "return 0;", strlen("return 0;")) == 0)
		return RK_FACT_YES;
	return at && strncmp(at, "return 1;", strlen("return 1;")) == 0 ? RK_FACT_NO
									: RK_FACT_UNKNOWN;
}

/* Debian's kernels carry a change that nothing in the headers shows. */
static enum rk_fact refuses_missing_version(const struct rk_kernel *kernel)
{
	enum rk_fact fact = read_missing_version(kernel);

	if (fact != RK_FACT_UNKNOWN)
		return fact;
	if (kernel->package && kernel->package[0] && kernel->cc_text &&
	    strstr(kernel->cc_text, "(Debian"))
		return RK_FACT_YES;
	return RK_FACT_UNKNOWN;
}

struct rk_loader_facts rk_loader_facts(const struct rk_kernel *kernel)
{
	struct rk_loader_facts facts = usual;

	if (!kernel)
		return facts;
	facts.known = true;
	facts.arch = kernel->arch;
	facts.vermagic =
		kernel->vermagic && kernel->vermagic[0] ? kernel->vermagic : NULL;
	facts.module_size = kernel->module_size;
	facts.modversions = kernel->modversions;
	if (kernel->config)
		read_config(&facts, kernel->config);
	read_btf_header(&facts, kernel);
	read_export_headers(&facts, kernel);
	read_module_header(&facts, kernel);
	read_export_header(&facts, kernel);
	read_security_header(&facts, kernel);
	facts.refuses_missing_version = refuses_missing_version(kernel);
	if (facts.sig_force)
		facts.sig_enforce = RK_FACT_YES;
	return facts;
}
