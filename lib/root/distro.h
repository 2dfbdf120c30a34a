/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_DISTRO_H
#define RK_ROOT_DISTRO_H

#include "lib/root/root.h"

/* Distributions that name and install packages alike. */
enum rk_distro_family {
	RK_DISTRO_OTHER, /* unknown: Debian's names, said to be those */
	RK_DISTRO_DEBIAN,
	RK_DISTRO_UBUNTU,
	RK_DISTRO_FEDORA,
	RK_DISTRO_ARCH,
	RK_DISTRO_SUSE,
	RK_N_DISTROS,
};

/* /etc/os-release of a tree; "" for what it does not say. */
struct rk_distro {
	enum rk_distro_family family;
	char id[32];   /* "debian" */
	char name[80]; /* PRETTY_NAME: "Debian GNU/Linux 13 (trixie)" */
};

/* ID decides, then ID_LIKE, then which package manager is there. Cannot fail. */
struct rk_distro rk_distro_read(const struct rk_root *root);

/* What a package is needed for, and what the argument says; it may be NULL everywhere. */
enum rk_need_kind {
	RK_NEED_HEADERS,  /* release of the kernel */
	RK_NEED_METADATA, /* release: the Rust metadata, where a package has it */
	RK_NEED_IMAGE,    /* release */
	RK_NEED_SOURCE,   /* "7.2.11", or a package version: "7.2.11-1~bpo13+1" */
	RK_NEED_RUSTC,    /* version text "rustc 1.85.1 (...)", or "1.85.1" */
	RK_NEED_RUST_SRC, /* likewise */
	RK_NEED_BINDGEN,  /* "bindgen 0.71.1", or "0.71.1" */
	RK_NEED_CLANG,    /* major version: "19" */
	RK_NEED_LLD,      /* likewise */
	RK_NEED_LLVM,     /* likewise: llvm-ar and the like, llvm-link */
	RK_NEED_PROGRAM,  /* its name: "pahole", "qemu-system-x86_64", "bwrap" */
	RK_N_NEEDS,
};

struct rk_need {
	enum rk_need_kind kind;
	const char *arg;
};

/**
 * rk_distro_package() - what the distribution calls the package
 * @root: of @distro; Arch keeps the package's name beside the kernel's modules
 * @ret:  "linux-headers-7.2.11+deb13-amd64"; "" if it has none: Debian has no package of
 *        Rust metadata. free() it
 */
RK_MUST_CHECK int rk_distro_package(const struct rk_root *root,
				    const struct rk_distro *distro,
				    const struct rk_need *need, char **ret,
				    struct rk_error *err);

/**
 * rk_distro_advice() - the command that installs what is needed
 * @ret: "dnf install kernel-devel-7.1.8-200.fc44.x86_64 clang"; free() it
 *
 * @root: NULL: the machine's own. What has no package is left out.
 * Return: 0, -RK_ENOTFOUND (nothing is left),
 * -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_distro_advice(const struct rk_root *root,
				   const struct rk_need *needs, size_t n_needs,
				   char **ret, struct rk_error *err);

/* The same as the cure of @err: @fallback, which may be "", where there is no command.
 * Return: the failure of @err. */
int rk_distro_cure(const struct rk_root *root, const struct rk_need *need, const char *id,
		   const char *fallback, struct rk_error *err);

/**
 * rk_package_advice() - the command that installs packages by the distribution's names
 * @packages: separated by blanks
 * @ret: "apt install linux-headers-7.2.12+deb13-amd64"; in a named tree the command
 *       that works there; free() it
 */
RK_MUST_CHECK int rk_package_advice(const struct rk_root *root, const char *packages,
				    char **ret, struct rk_error *err);

#endif
