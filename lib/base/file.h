/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_FILE_H
#define RK_BASE_FILE_H

#include <sys/stat.h>
#include <sys/types.h>

#include "lib/base/buf.h"

/* "DIR/NAME", without doubling the slash. Return: 0, or -RK_ENOMEM. */
RK_MUST_CHECK int rk_path_join(const char *dir, const char *name, char **ret,
			       struct rk_error *err);

/* The part after the last '/', never empty but for "" itself; points into @path. */
const char *rk_path_base(const char *path);

/* Absolute, links followed, as realpath(3). Return: 0, -RK_ENOTFOUND, -RK_ESYS,
 * -RK_ENOMEM. */
RK_MUST_CHECK int rk_path_real(const char *path, char **ret, struct rk_error *err);

/**
 * rk_path_absolute() - the path from the root, without asking the file system
 *
 * "." and empty components go, ".." does not (it may cross a link).
 * Return: 0, -RK_ESYS (no working directory), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_path_absolute(const char *path, char **ret, struct rk_error *err);

/* Removes "." and ".." by text, also where that crosses a link. @path: absolute */
void rk_path_normalise(char *path);

/* True if @path is @dir or below it; both absolute and normalised. */
bool rk_path_is_below(const char *path, const char *dir);

/**
 * rk_file_read_fd() - everything that is left in an open file
 * @limit: more bytes than this are refused
 * Return: 0, -RK_ESYS, -RK_EFORMAT (longer than @limit), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_file_read_fd(int fd, size_t limit, struct rk_buf *buf,
				  struct rk_error *err);

/* The same for a path; the message names it. Also -RK_ENOTFOUND. */
RK_MUST_CHECK int rk_file_read(const char *path, size_t limit, struct rk_buf *buf,
			       struct rk_error *err);

/* Writes all of it, over short writes and EINTR. Return: 0 or -RK_ESYS. */
RK_MUST_CHECK int rk_file_write_fd(int fd, const void *data, size_t size,
				   struct rk_error *err);

/**
 * rk_file_write() - put a file in place at once
 * @mode: of the new file, the umask applies
 *
 * Written under a temporary name in the same folder, then renamed: others see the
 * old file or the new one. Nothing is left behind on failure.
 * Return: 0, -RK_ESYS, -RK_ENOTFOUND (no such folder), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_file_write(const char *path, const void *data, size_t size,
				mode_t mode, struct rk_error *err);

/* mkdir -p; @mode is for what is made. Return: 0, -RK_ESYS, -RK_ENOMEM. */
RK_MUST_CHECK int rk_dir_make(const char *path, mode_t mode, struct rk_error *err);

/**
 * rk_dir_remove() - remove a file or a folder with all it holds
 *
 * Follows no link and crosses into no link's target. What is not there is no failure.
 * Return: 0 or -RK_ESYS.
 */
RK_MUST_CHECK int rk_dir_remove(const char *path, struct rk_error *err);

/**
 * rk_dir_make_temp() - a new folder of mode 0700 beside @path, named "<path>.tmp-XXXXXX"
 * @ret: its path, owned by the caller
 */
RK_MUST_CHECK int rk_dir_make_temp(const char *path, char **ret, struct rk_error *err);

/**
 * rk_file_lock() - hold an exclusive lock until the descriptor is closed
 * @path:    created if missing, mode 0600; never removed
 * @waiting: called once if somebody else holds it, or NULL; then waits
 * @ret_fd:  close it to unlock
 */
RK_MUST_CHECK int rk_file_lock(const char *path, void (*waiting)(void *), void *data,
			       int *ret_fd, struct rk_error *err);

#endif
