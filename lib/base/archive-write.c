/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/archive.h"
#include "lib/base/file.h"
#include "lib/base/libarchive.h"

struct rk_archive_writer {
	const struct rk_libarchive *lib;
	struct archive *archive;
	struct archive_entry *entry;
	int fd; /* borrowed */
	int64_t mtime;
	struct rk_error write_error; /* libarchive's message would hide it */
};

static la_ssize_t write_out(struct archive *archive, void *data, const void *bytes,
			    size_t size)
{
	struct rk_archive_writer *writer = data;

	(void)archive;
	if (rk_file_write_fd(writer->fd, bytes, size, &writer->write_error) < 0)
		return -1;
	return (la_ssize_t)size;
}

static int report(struct rk_archive_writer *writer, struct rk_error *err)
{
	if (writer->write_error.code != RK_OK) {
		*err = writer->write_error;
		return -(int)err->code;
	}
	return rk_error_set(err, RK_ETOOL, "libarchive: %s",
			    rk_libarchive_why(writer->lib, writer->archive));
}

/*
 * Two threads whatever the machine has: one thread makes another kind of stream, with one
 * block, and more make the same as two. Higher levels take several times as long for
 * what is mostly the same size: metadata has few repetitions that are far apart.
 */
static int set_compression(struct rk_archive_writer *writer)
{
	const struct rk_libarchive *lib = writer->lib;
	struct archive *archive = writer->archive;
	int r = lib->archive_write_add_filter_xz(archive);

	if (r == ARCHIVE_OK)
		r = lib->archive_write_set_filter_option(archive, "xz",
							 "compression-level", "1");
	if (r == ARCHIVE_OK)
		r = lib->archive_write_set_filter_option(archive, "xz", "threads", "2");
	return r;
}

static int start(struct rk_archive_writer *writer, enum rk_archive_format format)
{
	const struct rk_libarchive *lib = writer->lib;
	struct archive *archive = writer->archive;
	int r = format == RK_ARCHIVE_AR ? lib->archive_write_set_format_ar_bsd(archive)
					: lib->archive_write_set_format_ustar(archive);

	if (r == ARCHIVE_OK && format == RK_ARCHIVE_TAR_XZ)
		r = set_compression(writer);
	if (r == ARCHIVE_OK) /* no padding behind the end */
		r = lib->archive_write_set_bytes_in_last_block(archive, 1);
	if (r == ARCHIVE_OK)
		r = lib->archive_write_open(archive, writer, NULL, write_out, NULL);
	return r;
}

int rk_archive_writer_open(int fd, enum rk_archive_format format, int64_t mtime,
			   struct rk_archive_writer **ret, struct rk_error *err)
{
	cleanup(rk_archive_writer_free_p) struct rk_archive_writer *writer =
		calloc(1, sizeof(*writer));

	if (!writer)
		return rk_error_nomem(err);
	writer->fd = fd;
	writer->mtime = mtime;
	if (rk_libarchive(&writer->lib, err) < 0)
		return -(int)err->code;
	writer->archive = writer->lib->archive_write_new();
	writer->entry = writer->lib->archive_entry_new();
	if (!writer->archive || !writer->entry)
		return rk_error_nomem(err);
	if (start(writer, format) != ARCHIVE_OK)
		return report(writer, err);
	*ret = RK_STEAL(writer);
	return 0;
}

void rk_archive_writer_free(struct rk_archive_writer *writer)
{
	if (!writer)
		return;
	if (writer->entry)
		writer->lib->archive_entry_free(writer->entry);
	if (writer->archive)
		writer->lib->archive_write_free(writer->archive);
	free(writer);
}

static int add(struct rk_archive_writer *writer, const char *path, mode_t mode,
	       uint64_t size, struct rk_error *err)
{
	const struct rk_libarchive *lib = writer->lib;

	lib->archive_entry_clear(writer->entry);
	lib->archive_entry_set_pathname(writer->entry, path);
	lib->archive_entry_set_filetype(writer->entry, mode & S_IFMT);
	lib->archive_entry_set_perm(writer->entry, mode & 07777);
	lib->archive_entry_set_size(writer->entry, (la_int64_t)size);
	lib->archive_entry_set_mtime(writer->entry, writer->mtime, 0);
	if (lib->archive_write_header(writer->archive, writer->entry) != ARCHIVE_OK)
		return report(writer, err);
	return 0;
}

int rk_archive_writer_dir(struct rk_archive_writer *writer, const char *path, mode_t mode,
			  struct rk_error *err)
{
	return add(writer, path, S_IFDIR | (mode & 07777), 0, err);
}

int rk_archive_writer_file(struct rk_archive_writer *writer, const char *path,
			   mode_t mode, uint64_t size, struct rk_error *err)
{
	return add(writer, path, S_IFREG | (mode & 07777), size, err);
}

int rk_archive_writer_data(struct rk_archive_writer *writer, const void *data,
			   size_t size, struct rk_error *err)
{
	la_ssize_t n =
		size ? writer->lib->archive_write_data(writer->archive, data, size) : 0;

	if (n < 0)
		return report(writer, err);
	if ((size_t)n != size)
		return rk_error_set(err, RK_EFORMAT,
				    "more bytes than the entry was to have");
	return 0;
}

int rk_archive_writer_finish(struct rk_archive_writer *writer, struct rk_error *err)
{
	const struct rk_libarchive *lib = writer->lib;

	if (lib->archive_write_finish_entry(writer->archive) != ARCHIVE_OK ||
	    lib->archive_write_close(writer->archive) != ARCHIVE_OK)
		return report(writer, err);
	return 0;
}
