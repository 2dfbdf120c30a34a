/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_LABEL_H
#define RK_METADATA_LABEL_H

#include "lib/metadata/set.h"

/*
 * A set that leaves its maker's cache: a record without times and inodes, and a file
 * "label" that says which kernel it is for. Whoever gets it compares both with the
 * kernel that is there; the code in it (proc-macros) is its maker's all the same.
 */
struct rk_label {
	char *release;
	char *package; /* that owns the headers, "-" unknown */
	char *version; /* of the source package */
	char headers[RK_SHA256_HEX_SIZE];
};
void rk_label_release(struct rk_label *label);
#define cleanup_label cleanup(rk_label_release)

/* Name of the label's file in a set. */
extern const char rk_label_name[];

/* The label of sets for a kernel; reads all its headers. */
RK_MUST_CHECK int rk_label_make(const struct rk_kernel *kernel, struct rk_label *ret,
				struct rk_error *err);

/* Untrusted text of @size bytes and a NUL. @ret: rk_label_release(). Return: 0,
 * -RK_EFORMAT, -RK_ENOMEM. */
RK_MUST_CHECK int rk_label_parse(const char *text, size_t size, struct rk_label *ret,
				 struct rk_error *err);
RK_MUST_CHECK int rk_label_print(const struct rk_label *label, struct rk_buf *buf,
				 struct rk_error *err);

/* Return: 0, -RK_EREFUSED (metadata-foreign) saying what differs. */
RK_MUST_CHECK int rk_label_compare(const struct rk_label *label,
				   const struct rk_label *wanted, struct rk_error *err);

/* A path in a set: of the files that rustc may find there, or the label or the record. */
bool rk_label_allows(const char *path);

/**
 * rk_label_believe() - a set that was made elsewhere: is it whole, and this kernel's
 * @key: of the kernel's set (rk_set_locate())
 * @dir: holds the set, its record and its label; nobody else can write there
 * @ret: its record; rk_record_free()
 *
 * Package version, headers, configuration, Module.symvers and compiler by label and key;
 * each file by its hash, each .rmeta by the compiler in its header.
 * Return: 0, -RK_EREFUSED (metadata-foreign: of another kernel; metadata-exports), or
 * -RK_EFORMAT (metadata-import: damaged, incomplete or no set), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_label_believe(const struct rk_kernel *kernel, const char *key,
				   const char *dir, struct rk_record **ret,
				   struct rk_error *err);

#endif
