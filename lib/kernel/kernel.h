/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_KERNEL_H
#define RK_KERNEL_KERNEL_H

#include <stdint.h>

#include "lib/base/elf.h"
#include "lib/kernel/kconfig.h"
#include "lib/kernel/symvers.h"
#include "lib/root/package.h"
#include "lib/root/root.h"

/* Which kernel is meant; at most one of kdir, release, package is not NULL. */
struct rk_kernel_request {
	const char *kdir; /* inside the tree */
	const char *release;
	const char *package; /* headers package, real or meta */
};

/* The architecture as Kbuild names it (ARCH, SRCARCH). */
enum rk_arch {
	RK_ARCH_X86_64,
	RK_ARCH_ARM64,
	RK_ARCH_RISCV,
	RK_ARCH_OTHER,
};

/*
 * The target kernel: what a module is for. Made once, handed on read-only. Paths are
 * inside the root tree.
 */
struct rk_kernel {
	const struct rk_root *root; /* borrowed; outlives this */
	char *release;              /* include/config/kernel.release */
	char *kdir;                 /* as it was found: "/lib/modules/X/build" */
	char *kdir_real; /* links resolved: what make is given and what file names say */
	char *srctree;   /* the common part where KDIR's Makefile includes another, else
			    kdir_real */
	enum rk_arch arch;
	char *srcarch; /* "x86", "arm64", ... */
	struct rk_kconfig *config;
	struct rk_symvers *symvers; /* NULL if KDIR has none */
	char *vermagic;        /* what the kernel expects (include/linux/vermagic.h); ""
				  unknown: an architecture that is not handled */
	size_t module_size;    /* sizeof(struct module) in bytes, 0 unknown */
	bool rust;             /* CONFIG_RUST=y */
	bool modversions;      /* CONFIG_MODVERSIONS=y */
	char *rustc_text;      /* CONFIG_RUSTC_VERSION_TEXT, "" if none */
	char *cc_text;         /* CONFIG_CC_VERSION_TEXT */
	char *package;         /* that owns KDIR, "" unknown */
	char *package_version; /* "" unknown */
	char *source_version;  /* of its source package; else VERSION.PATCHLEVEL.SUBLEVEL
				*/
	char *modules_dir;     /* "/lib/modules/<release>", "" if it does not exist */
	char *image;           /* vmlinuz, "" if none */
};

/**
 * rk_kernel_resolve() - find the kernel and its facts
 * @request: what was asked; all NULL: the running kernel (in a tree that is not the
 *           host's: its only kernel with headers, or -RK_EREFUSED naming them all)
 * @ret:     rk_kernel_free()
 *
 * Each failure has its own id and cure: release-empty, headers-missing (also a dangling
 * build link), kdir-empty, kdir-elsewhere (KBUILD_OUTPUT of its Makefile),
 * kdir-damaged, package-missing, kernel-ambiguous, config-missing.
 */
RK_MUST_CHECK int rk_kernel_resolve(const struct rk_machine *machine,
				    const struct rk_root *root,
				    const struct rk_kernel_request *request,
				    struct rk_kernel **ret, struct rk_error *err);
void rk_kernel_free(struct rk_kernel *kernel); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_kernel *, rk_kernel_free);

/* One line of `rkmod kernels`. A kernel that cannot be resolved has its error instead. */
struct rk_kernel_entry {
	char *release;
	struct rk_kernel *kernel; /* NULL: see error */
	struct rk_error error;
	bool running;
};
struct rk_kernel_list {
	struct rk_kernel_entry *items;
	size_t n_items;
};
/* Every KDIR once, releases without one, the running kernel; sorted by release. */
RK_MUST_CHECK int rk_kernel_list(const struct rk_machine *machine,
				 const struct rk_root *root, struct rk_kernel_list *ret,
				 struct rk_error *err);
void rk_kernel_list_release(struct rk_kernel_list *list);

/* The type information (BTF) of KDIR's vmlinux, some MB; rk_elf_section_release().
 * Return: 0, -RK_ENOTFOUND, -RK_ESYS, -RK_EFORMAT, -RK_ENOMEM. */
RK_MUST_CHECK int rk_kernel_map_btf(const struct rk_kernel *kernel,
				    struct rk_elf_section *ret, struct rk_error *err);

/* Something in a configuration that keeps CONFIG_RUST off. All static. */
struct rk_rust_obstacle {
	const char *option; /* "CONFIG_MODVERSIONS" */
	const char *why;    /* one line */
	const char *cure;   /* for whoever configures the kernel */
};
enum { RK_MAX_RUST_OBSTACLES = 24 };

/**
 * rk_rust_obstacles() - all of them, as the dependencies in init/Kconfig say
 * @version: "6.12.107-1" tells which dependencies there were; else all are looked at
 * Return: how many, 0 only with CONFIG_RUST=y.
 */
size_t rk_rust_obstacles(const struct rk_kconfig *config, const char *version,
			 const struct rk_rust_obstacle *ret[RK_MAX_RUST_OBSTACLES]);
/* 612 of "6.12.107-1", 0 if it begins with no version. For explanations, which may go by
 * versions, only. */
int rk_version_number(const char *text);
/* The first of them, static; "" with CONFIG_RUST=y. */
const char *rk_kernel_why_no_rust(const struct rk_kernel *kernel);

/* The vermagic that a configuration leads to; see include/linux/vermagic.h. Without the
 * part of RANDSTRUCT. "" for RK_ARCH_OTHER. */
RK_MUST_CHECK int rk_vermagic_expected(const char *release,
				       const struct rk_kconfig *config, enum rk_arch arch,
				       char **ret, struct rk_error *err);

#endif
