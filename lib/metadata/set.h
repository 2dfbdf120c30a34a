/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_SET_H
#define RK_METADATA_SET_H

#include "lib/metadata/metadata.h"
#include "lib/metadata/record.h"

/* The place of a kernel's set in the cache; there may be none yet. */
struct rk_set {
	char key[RK_SHA256_HEX_SIZE];
	char *parent; /* folder of all sets, private to the caller */
	char *dir;    /* parent/<key> */
	char *lock;   /* parent/<key>.lock: held while a set is made or removed */
	char *log;    /* parent/<key>.log: what make said when it failed last */
};

/**
 * rk_set_locate() - where the set of a kernel is or will be
 * @set: rk_set_release()
 *
 * The key is a hash of release, source version, rustc text, configuration and
 * Module.symvers: the release alone stays the same when a distribution rebuilds.
 * Return: 0, -RK_EREFUSED (the cache is not private), -RK_ENOTFOUND (no configuration),
 * -RK_ESYS, -RK_ETOOL, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_set_locate(const struct rk_machine *machine,
				const struct rk_kernel *kernel, struct rk_set *set,
				struct rk_error *err);
void rk_set_release(struct rk_set *set);
#define cleanup_set cleanup(rk_set_release)

/**
 * rk_set_load() - the set, if it is there and as it was stored
 * @ret: rk_metadata_free()
 * Return: 0, -RK_ENOTFOUND (none), -RK_EFORMAT (damaged, named), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_set_load(const struct rk_set *set, struct rk_metadata **ret,
			      struct rk_error *err);

/**
 * rk_set_store() - a checked set takes its place
 * @stage:      its folder, on the same file system; what was there before is there then
 * @rustc_text: of the compiler that made it
 *
 * Under the set's lock. The record is written first.
 */
RK_MUST_CHECK int rk_set_store(const struct rk_set *set, const char *stage,
			       const char *rustc_text, size_t n_exports,
			       struct rk_error *err);

/**
 * rk_set_renew() - a set that was copied counts, if its contents are the recorded ones
 *
 * A copy has other times and inodes. Hashes every file and writes the record anew; under
 * the set's lock. Return: 0, -RK_EFORMAT (it is damaged), -RK_ENOTFOUND (no record),
 * -RK_ESYS, -RK_ETOOL, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_set_renew(const struct rk_set *set, struct rk_error *err);

/* What a set with this record, in any folder, is for whoever builds. */
RK_MUST_CHECK int rk_set_describe(const struct rk_record *record, const char *dir,
				  enum rk_metadata_origin origin,
				  struct rk_metadata **ret, struct rk_error *err);

/* Removes the set at once: it is renamed before its files go. Under its lock. */
RK_MUST_CHECK int rk_set_remove(const struct rk_set *set, struct rk_error *err);

/* The configuration's text: KDIR's .config, else include/config/auto.conf. */
RK_MUST_CHECK int rk_set_read_config(const struct rk_kernel *kernel, struct rk_buf *buf,
				     struct rk_error *err);

/* Reads the record of a set's folder. */
RK_MUST_CHECK int rk_set_read_record(const char *dir, struct rk_record **ret,
				     struct rk_error *err);

#endif
