/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_LIBARCHIVE_H
#define RK_BASE_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#include "lib/base/library.h"

/* For archive.c, archive-write.c and decompress.c only: together they are the one user of
 * libarchive. */
#define RK_LIBARCHIVE_FUNCTIONS(X)                                                       \
	X(archive_entry_clear)                                                           \
	X(archive_entry_filetype)                                                        \
	X(archive_entry_free)                                                            \
	X(archive_entry_hardlink)                                                        \
	X(archive_entry_mode)                                                            \
	X(archive_entry_new)                                                             \
	X(archive_entry_pathname)                                                        \
	X(archive_entry_pathname_utf8)                                                   \
	X(archive_entry_set_filetype)                                                    \
	X(archive_entry_set_mtime)                                                       \
	X(archive_entry_set_pathname)                                                    \
	X(archive_entry_set_perm)                                                        \
	X(archive_entry_set_size)                                                        \
	X(archive_entry_size)                                                            \
	X(archive_entry_symlink)                                                         \
	X(archive_error_string)                                                          \
	X(archive_read_append_filter)                                                    \
	X(archive_read_data_block)                                                       \
	X(archive_read_free)                                                             \
	X(archive_read_new)                                                              \
	X(archive_read_next_header)                                                      \
	X(archive_read_open2)                                                            \
	X(archive_read_open_memory)                                                      \
	X(archive_read_support_filter_bzip2)                                             \
	X(archive_read_support_filter_gzip)                                              \
	X(archive_read_support_filter_xz)                                                \
	X(archive_read_support_filter_zstd)                                              \
	X(archive_read_support_format_empty)                                             \
	X(archive_read_support_format_raw)                                               \
	X(archive_read_support_format_tar)                                               \
	X(archive_version_string)                                                        \
	X(archive_write_add_filter_xz)                                                   \
	X(archive_write_close)                                                           \
	X(archive_write_data)                                                            \
	X(archive_write_finish_entry)                                                    \
	X(archive_write_free)                                                            \
	X(archive_write_header)                                                          \
	X(archive_write_new)                                                             \
	X(archive_write_open)                                                            \
	X(archive_write_set_bytes_in_last_block)                                         \
	X(archive_write_set_filter_option)                                               \
	X(archive_write_set_format_ar_bsd)                                               \
	X(archive_write_set_format_ustar)

struct rk_libarchive {
	RK_LIBARCHIVE_FUNCTIONS(RK_LIBRARY_POINTER)
};

/* Return: 0, or -RK_ETOOL (library-missing). */
RK_MUST_CHECK int rk_libarchive(const struct rk_libarchive **ret, struct rk_error *err);

/* libarchive's message for the last failure, never NULL. */
const char *rk_libarchive_why(const struct rk_libarchive *lib, struct archive *archive);

#endif
