/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_EXPORT_H
#define RK_METADATA_EXPORT_H

#include "lib/base/archive.h"
#include "lib/metadata/label.h"

/* Only for lib/metadata: a set on its way into an archive. */
struct rk_export_set {
	const struct rk_kernel *kernel;     /* borrowed, as the next */
	const struct rk_metadata *metadata; /* in the cache, or the system's */
	struct rk_record *record;           /* without times and inodes; its label too */
	struct rk_buf label;                /* texts of the two files */
	struct rk_buf text;
	int64_t mtime; /* of everything */
};

/**
 * rk_export_put() - the whole set, folders first
 * @top:  path of its folder in the archive
 * @md5s: lines as md5sum(1) prints them are added; or NULL
 *
 * Every file is hashed on the way: one that is not as recorded is -RK_EFORMAT, and the
 * archive is worth nothing.
 */
RK_MUST_CHECK int rk_export_put(const struct rk_export_set *set,
				struct rk_archive_writer *writer, const char *top,
				struct rk_buf *md5s, struct rk_error *err);

/* A file of the archive from a text. */
RK_MUST_CHECK int rk_export_put_text(struct rk_archive_writer *writer, const char *path,
				     const struct rk_buf *text, struct rk_buf *md5s,
				     struct rk_error *err);

/* What a package of it needs; all texts are owned by it. */
struct rk_export_package {
	char *name;
	char *version;
	char *arch;
	char *headers; /* package that it depends on */
};
void rk_export_package_release(struct rk_export_package *package);

/* Return: 0, -RK_EREFUSED (metadata-export: no Debian package owns the headers),
 * -RK_ETOOL, -RK_ESYS, -RK_ENOMEM. */
RK_MUST_CHECK int rk_export_describe(const struct rk_kernel *kernel,
				     struct rk_export_package *ret, struct rk_error *err);

/* "rkmod-metadata-<release>" in letters that dpkg takes. */
RK_MUST_CHECK int rk_export_name(const char *release, char **ret, struct rk_error *err);

/* Writes the .deb. */
RK_MUST_CHECK int rk_export_deb(const struct rk_export_set *set,
				const struct rk_export_package *package, int fd,
				struct rk_error *err);

#endif
