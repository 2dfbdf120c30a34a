/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_MODULE_H
#define RK_MODULE_MODULE_H

#include <stdint.h>

#include "lib/base/archive.h"
#include "lib/base/buf.h"

/* What came of unpacking; the kernel's decoder and rkmod's may differ. */
enum rk_packing {
	RK_PACKING_SOUND,
	RK_PACKING_CUT, /* the file ends too early */
	RK_PACKING_DAMAGED,
	RK_PACKING_OPTIONS, /* xz: a feature that no decoder here knows; gzip: one that
			       the kernel does not know */
	RK_PACKING_CHECK,   /* sound, with a check that the kernel does not know: xz makes
			       CRC64 unless told --check=crc32 */
	RK_PACKING_TRAILER, /* gzip: whole, but its checksum or what follows is wrong;
			       the kernel does not look there */
};

/*
 * The bytes of a module file, hostile until checked. Everything below lib/module and
 * lib/verdict reads them through offsets that were checked with overflow-safe adds.
 */
struct rk_module {
	char *path;                      /* as the user named it */
	enum rk_compression compression; /* of the file; data is always plain */
	enum rk_packing packing;         /* if it was compressed */
	bool is_cut;   /* the same, whatever packing says besides: not all came out */
	uint8_t *data; /* of a damaged one, what could be unpacked */
	size_t size;
	size_t map_size; /* bytes that are mapped from the file; 0: data is allocated */
};

enum {
	RK_MODULE_SIZE_LIMIT = 1
			       << 30, /* plain bytes; the kernel's own limit is INT_MAX */
};

/**
 * rk_module_open() - read a file once
 * @ret: rk_module_free(). The bytes need not be a module: lib/verdict says that.
 * Return: 0, -RK_ENOTFOUND, -RK_ESYS, -RK_EFORMAT (too large), -RK_ETOOL (libarchive or
 * liblzma missing), -RK_ENOMEM. Damaged compression is the module's, not a failure.
 */
RK_MUST_CHECK int rk_module_open(const char *path, struct rk_module **ret,
				 struct rk_error *err);
void rk_module_free(struct rk_module *module); /* accepts NULL */

/*
 * The same in steps, for thousands of files whose bytes would not all fit into memory:
 * one that is not read yet; its bytes, if they are not there; without them again.
 */
RK_MUST_CHECK int rk_module_new(const char *path, struct rk_module **ret,
				struct rk_error *err);
RK_MUST_CHECK int rk_module_read(struct rk_module *module, struct rk_error *err);
void rk_module_drop(struct rk_module *module);

/* A long range of the bytes that was read and will hardly be read again: it need not
 * stay in memory (it comes back from the file if it is read all the same). */
void rk_module_done(const struct rk_module *module, const uint8_t *data, size_t size);

RK_CLEANUP_FUNC(struct rk_module *, rk_module_free);

#endif
