/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_METADATA_H
#define RK_METADATA_METADATA_H

#include <stdint.h>

#include "lib/toolchain/toolchain.h"

/*
 * Rust metadata of a kernel: rust/lib*.rmeta, rust/lib*.so (proc-macros), target.json
 * and rust/kernel/generated_arch_*.rs. This folder alone decides whether they are there
 * and fit.
 */
enum rk_metadata_origin {
	RK_METADATA_KDIR,   /* KDIR ships it: nothing to redirect */
	RK_METADATA_LINK,   /* KDIR/rust is a link to a package's folder (Ubuntu) */
	RK_METADATA_CACHE,  /* a set in the cache, made by rkmod, or imported */
	RK_METADATA_SYSTEM, /* a set that a package put below /usr/lib/rkmod/metadata */
	RK_METADATA_NONE,   /* the kernel has no Rust, or nothing was found */
};

struct rk_metadata {
	enum rk_metadata_origin origin;
	char *dir; /* host path of a folder shaped like an objtree: rust/, scripts/;
		      for KDIR and LINK the host path of KDIR */
	char *key; /* names the set; changes when its content does */
	char *rustc_text; /* from the .rmeta header */
	size_t n_exports; /* Rust symbols of Module.symvers that the set was checked for
			   */
};
void rk_metadata_free(struct rk_metadata *metadata); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_metadata *, rk_metadata_free);

/* Is it a set of rkmod's, in a folder of its own that rustc must be pointed at? Else it
 * lies in KDIR, or there is none. */
bool rk_metadata_is_set(const struct rk_metadata *metadata);

/**
 * rk_metadata_find() - the metadata that is there
 *
 * Looks into KDIR, behind its link, then into the cache, then where packages put sets;
 * compares names, sizes, mtimes and inodes of a cached set with its record, and removes
 * one that is damaged.
 * @ret: origin NONE where there is none; that is no failure. rk_metadata_free()
 * Return: 0, -RK_EFORMAT (KDIR's own is incomplete: metadata-incomplete, or behind a
 * dangling link: metadata-link), -RK_EREFUSED (cache not private; metadata-system),
 * -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_metadata_find(const struct rk_machine *machine,
				   const struct rk_kernel *kernel,
				   struct rk_metadata **ret, struct rk_error *err);

struct rk_metadata_make {
	const char *source; /* tree or archive given by the user, inside or else on the
			       host; or NULL: search */
	unsigned int jobs;  /* 0: all processors */
	bool again;         /* make it anew even if a good set is there */
};

/**
 * rk_metadata_make() - generate, check and store a set for a stock kernel
 * @ret: origin CACHE, with n_exports of how many the kernel asks for
 *
 * Failures with an id: source-missing (cure names the package), source-version,
 * source-headers, source-config, metadata-exports, metadata-crc, prepare-failed (the log
 * is kept, its path in the message), prepare-tool (bindgen, flex, ... missing),
 * disk-full (-RK_ESYS).
 */
RK_MUST_CHECK int rk_metadata_make(const struct rk_machine *machine,
				   const struct rk_kernel *kernel,
				   const struct rk_toolchain *toolchain,
				   const struct rk_metadata_make *make,
				   struct rk_metadata **ret, struct rk_error *err);

/*
 * What rk_metadata_make() looks for before it does anything; the same failures, each by
 * itself. @toolchain may be NULL, or without a rustc: what only that would tell is left
 * out then.
 */
RK_MUST_CHECK int rk_metadata_check_source(const struct rk_kernel *kernel,
					   const char *source, char **ret,
					   struct rk_error *err); /* @ret: its path */
RK_MUST_CHECK int rk_metadata_check_tools(const struct rk_kernel *kernel,
					  const struct rk_toolchain *toolchain,
					  struct rk_error *err);

/* Hashes every file of a set against its record. -RK_EFORMAT: damaged, named. */
RK_MUST_CHECK int rk_metadata_verify(const struct rk_metadata *metadata,
				     struct rk_error *err);

/**
 * rk_metadata_export() - write a set for others
 * @path:  FILE.tar.xz or FILE.deb; or a folder that is there: both, by their usual names
 * @mtime: of everything in them, seconds; -1: the date in the kernel's version, else 0
 * @ret:   the files that were written
 *
 * Equal sets give equal bytes, whoever exports them from where. A set that is not as it
 * was recorded leaves no file.
 * Return: 0, -RK_EREFUSED (metadata-export), -RK_EFORMAT (damaged), -RK_ESYS, -RK_ETOOL,
 * -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_metadata_export(const struct rk_kernel *kernel,
				     const struct rk_metadata *metadata, const char *path,
				     int64_t mtime, struct rk_strv *ret,
				     struct rk_error *err);

/**
 * rk_metadata_import() - put an exported FILE.tar.xz into the cache
 * @path: on the host; hostile bytes
 *
 * It takes the place of a set that is there. Its code is run by rustc: that it fits the
 * kernel proves nothing about who made it.
 * Return: 0, -RK_EREFUSED (metadata-foreign: of another kernel; archive-hostile),
 * -RK_EFORMAT (metadata-import), -RK_ESYS, -RK_ETOOL, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_metadata_import(const struct rk_machine *machine,
				     const struct rk_kernel *kernel, const char *path,
				     struct rk_metadata **ret, struct rk_error *err);

/* The "rustc ..." text in the header of a .rmeta file. Untrusted bytes. */
RK_MUST_CHECK int rk_rmeta_version(const void *data, size_t size, char **ret,
				   struct rk_error *err);

#endif
