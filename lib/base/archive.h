/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_ARCHIVE_H
#define RK_BASE_ARCHIVE_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buf.h"

/*
 * The one user of libarchive (and of liblzma where its threads are faster), opened on
 * first use: a missing library is -RK_ETOOL with the package to install.
 */

struct rk_archive_entry {
	const char *path; /* as stored, without leading "./"; for the call only */
	const char *link; /* target of a symbolic link, or NULL */
	mode_t mode;
	uint64_t size;
};

/**
 * typedef rk_archive_pick_fn - which entries to unpack, and as what
 * @ret_path: where below the target folder; the callee sets it to a pointer into
 *            entry->path or to a string that lives until the next call
 * Return: true to unpack.
 *
 * One that sets the request's *stop ends the unpacking, with -RK_EREFUSED and no message
 * of its own.
 */
typedef bool (*rk_archive_pick_fn)(void *data, const struct rk_archive_entry *entry,
				   const char **ret_path);

/**
 * rk_archive_unpack() - unpack a tar archive, compressed or not, into a folder
 * @fd:       the archive, read from its current position
 * @progress: called now and then with the compressed bytes read so far, or NULL;
 *            false stops with -RK_EREFUSED
 *
 * Entries that would leave @dir (absolute, "..", through a link) are refused; owners and
 * special files are ignored. A full disk is -RK_ESYS with sys_errno ENOSPC.
 */
struct rk_archive_unpack {
	int fd;
	const char *dir;
	rk_archive_pick_fn pick;
	bool (*progress)(void *data, uint64_t bytes_read);
	void *data;
	const bool *stop; /* looked at after each pick, or NULL */
};
RK_MUST_CHECK int rk_archive_unpack(const struct rk_archive_unpack *unpack,
				    struct rk_error *err);

/*
 * Writing archives whose bytes follow from their entries alone: all are owned by 0:0 and
 * have one time, the compressor's settings are fixed, and how many processors there are
 * does not count. Another release of liblzma may write other bytes.
 */
enum rk_archive_format {
	RK_ARCHIVE_TAR_XZ, /* ustar */
	RK_ARCHIVE_AR,     /* BSD's, as dpkg-deb writes it; names of up to 16 bytes */
};

struct rk_archive_writer;
/**
 * rk_archive_writer_open() - begin an archive
 * @fd:    borrowed; written to from its current position
 * @mtime: of all entries, seconds
 * @ret:   rk_archive_writer_free()
 */
RK_MUST_CHECK int rk_archive_writer_open(int fd, enum rk_archive_format format,
					 int64_t mtime, struct rk_archive_writer **ret,
					 struct rk_error *err);
/* A folder; only in a tar archive. */
RK_MUST_CHECK int rk_archive_writer_dir(struct rk_archive_writer *writer,
					const char *path, mode_t mode,
					struct rk_error *err);
/* A file of @size bytes, which rk_archive_writer_data() then must bring, all of them. */
RK_MUST_CHECK int rk_archive_writer_file(struct rk_archive_writer *writer,
					 const char *path, mode_t mode, uint64_t size,
					 struct rk_error *err);
RK_MUST_CHECK int rk_archive_writer_data(struct rk_archive_writer *writer,
					 const void *data, size_t size,
					 struct rk_error *err);
/* Nothing is complete before this returned 0. */
RK_MUST_CHECK int rk_archive_writer_finish(struct rk_archive_writer *writer,
					   struct rk_error *err);
void rk_archive_writer_free(struct rk_archive_writer *writer); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_archive_writer *, rk_archive_writer_free);

/* How a module file is compressed, by its first bytes. */
enum rk_compression {
	RK_COMPRESSION_NONE,
	RK_COMPRESSION_GZIP,
	RK_COMPRESSION_XZ,
	RK_COMPRESSION_ZSTD,
};
enum rk_compression rk_compression_of(const void *data, size_t size);
const char *
rk_compression_name(enum rk_compression compression); /* "none", "gzip", ... */

/**
 * rk_decompress() - the plain bytes of a .ko.gz, .ko.xz or .ko.zst
 * @limit: more plain bytes than this are -RK_EFORMAT
 */
RK_MUST_CHECK int rk_decompress(const void *data, size_t size, size_t limit,
				struct rk_buf *ret, struct rk_error *err);

/* Writes an initramfs: newc cpio, all owned by 0:0, mtime 0. */
struct rk_cpio;
RK_MUST_CHECK int rk_cpio_open(int fd, struct rk_cpio **ret, struct rk_error *err);
RK_MUST_CHECK int rk_cpio_add_dir(struct rk_cpio *cpio, const char *path, mode_t mode,
				  struct rk_error *err);
RK_MUST_CHECK int rk_cpio_add_file(struct rk_cpio *cpio, const char *path, mode_t mode,
				   const void *data, size_t size, struct rk_error *err);
RK_MUST_CHECK int rk_cpio_add_link(struct rk_cpio *cpio, const char *path,
				   const char *target, struct rk_error *err);
RK_MUST_CHECK int rk_cpio_add_node(struct rk_cpio *cpio, const char *path, mode_t mode,
				   unsigned int major, unsigned int minor,
				   struct rk_error *err);
/* Writes the trailer. Nothing is complete before this returned 0. */
RK_MUST_CHECK int rk_cpio_finish(struct rk_cpio *cpio, struct rk_error *err);
void rk_cpio_free(struct rk_cpio *cpio); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_cpio *, rk_cpio_free);

/* The version of the libarchive that is used, added to @ret. */
RK_MUST_CHECK int rk_libarchive_version(struct rk_buf *ret, struct rk_error *err);

#endif
