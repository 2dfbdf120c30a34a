/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>

#include "lib/base/file.h"

int rk_path_join(const char *dir, const char *name, char **ret, struct rk_error *err)
{
	size_t len = strlen(dir);
	bool slash = len && dir[len - 1] == '/';

	while (*name == '/')
		name++;
	return rk_format(ret, err, "%s%s%s", dir, slash ? "" : "/", name);
}

const char *rk_path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

int rk_path_real(const char *path, char **ret, struct rk_error *err)
{
	char *real = realpath(path, NULL);

	if (!real)
		return rk_error_sys(err, errno, "'%s'", path);
	*ret = real;
	return 0;
}

int rk_path_absolute(const char *path, char **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *cwd = NULL;

	if (path[0] != '/') {
		cwd = getcwd(NULL, 0);
		if (!cwd)
			return rk_error_sys(err, errno, "working directory");
		if (strcmp(cwd, "/") != 0)
			rk_buf_adds(&buf, cwd);
	}
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len && !(len == 1 && path[0] == '.')) {
			rk_buf_addc(&buf, '/');
			rk_buf_add(&buf, path, len);
		}
		path += len;
		path += *path == '/';
	}
	if (!buf.len)
		rk_buf_addc(&buf, '/');
	return rk_buf_take(&buf, ret, err);
}

void rk_path_normalise(char *path)
{
	char *to = path;
	const char *from = path;

	while (*from) {
		size_t len = strcspn(from + 1, "/") + 1; /* "/name" */

		if (len == 3 && memcmp(from, "/..", 3) == 0) {
			while (to > path && *--to != '/')
				;
		} else if (len > 1 && !(len == 2 && from[1] == '.')) {
			memmove(to, from, len);
			to += len;
		}
		from += len;
	}
	*to = '\0';
}

bool rk_path_is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (strcmp(dir, "/") == 0)
		return path[0] == '/';
	return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* Room for what is left in the file, so that it need not grow; files below /proc have no
 * size. */
static void reserve_rest(int fd, size_t limit, struct rk_buf *buf)
{
	struct stat st;
	off_t at;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return;
	at = lseek(fd, 0, SEEK_CUR);
	if (at >= 0 && at < st.st_size && (uintmax_t)(st.st_size - at) <= limit)
		rk_buf_reserve(buf, (size_t)(st.st_size - at) + 1); /* sees the end */
}

int rk_file_read_fd(int fd, size_t limit, struct rk_buf *buf, struct rk_error *err)
{
	enum { CHUNK_SIZE = 65536 };
	size_t start = buf->len;

	reserve_rest(fd, limit, buf);
	for (;;) {
		ssize_t n;

		if (buf->cap - buf->len < 2)
			rk_buf_reserve(buf, CHUNK_SIZE);
		if (rk_buf_check(buf, err) < 0)
			return -(int)err->code;
		n = read(fd, buf->data + buf->len, buf->cap - buf->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rk_error_sys(err, errno, "read");
		buf->len += (size_t)n;
		buf->data[buf->len] = '\0';
		if (n == 0)
			return 0;
		if (buf->len - start > limit)
			return rk_error_set(err, RK_EFORMAT, "longer than %zu bytes",
					    limit);
	}
}

int rk_file_read(const char *path, size_t limit, struct rk_buf *buf, struct rk_error *err)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (rk_file_read_fd(fd, limit, buf, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return 0;
}

int rk_file_write_fd(int fd, const void *data, size_t size, struct rk_error *err)
{
	const char *next = data;

	while (size) {
		ssize_t n = write(fd, next, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rk_error_sys(err, errno, "write");
		next += n;
		size -= (size_t)n;
	}
	return 0;
}

static mode_t current_umask(void)
{
	mode_t mask = umask(077);

	umask(mask);
	return mask;
}

/* Fills @fd, a file made by mkostemp, and closes it. */
static int finish_temp(int fd, const void *data, size_t size, mode_t mode,
		       struct rk_error *err)
{
	int r = rk_file_write_fd(fd, data, size, err);

	if (r == 0 && fchmod(fd, mode & ~current_umask()) < 0)
		r = rk_error_sys(err, errno, "chmod");
	if (close(fd) < 0 && r == 0)
		r = rk_error_sys(err, errno, "close");
	return r;
}

int rk_file_write(const char *path, const void *data, size_t size, mode_t mode,
		  struct rk_error *err)
{
	cleanup_free char *temp = NULL;
	int fd;

	if (rk_format(&temp, err, "%s.tmp-XXXXXX", path) < 0)
		return -(int)err->code;
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (finish_temp(fd, data, size, mode, err) < 0)
		rk_error_prefix(err, "'%s'", path);
	else if (rename(temp, path) < 0)
		rk_error_sys(err, errno, "'%s'", path);
	else
		return 0;
	unlink(temp);
	return -(int)err->code;
}

int rk_dir_make(const char *path, mode_t mode, struct rk_error *err)
{
	cleanup_free char *copy = NULL;
	struct stat st;
	char *slash;

	if (rk_strdup(path, &copy, err) < 0)
		return -(int)err->code;
	for (slash = copy; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST && stat(copy, &st) < 0)
			return rk_error_sys(err, errno, "'%s'", copy);
		*slash = '/';
	}
	if (mkdir(copy, mode) == 0)
		return 0;
	if (errno == EEXIST && stat(copy, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return rk_error_sys(err, errno, "'%s'", copy);
}

static int remove_at(int dir_fd, const char *name);

static int remove_children(int fd) /* NOLINT(misc-no-recursion) */
{
	cleanup_closedir DIR *dir = fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (!dir) {
		close(fd);
		return -1;
	}
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (remove_at(dirfd(dir), entry->d_name) < 0)
			r = -1;
	}
	return r;
}

static int remove_at(int dir_fd, const char *name) /* NOLINT(misc-no-recursion) */
{
	int fd;

	if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == EACCES &&
	    fchmodat(dir_fd, name, 0700, 0) == 0) /* a folder of mode 0 of our own */
		fd = openat(dir_fd, name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (remove_children(fd) < 0)
		return -1;
	return unlinkat(dir_fd, name, AT_REMOVEDIR);
}

int rk_dir_remove(const char *path, struct rk_error *err)
{
	if (remove_at(AT_FDCWD, path) < 0)
		return rk_error_sys(err, errno, "remove '%s'", path);
	return 0;
}

int rk_dir_make_temp(const char *path, char **ret, struct rk_error *err)
{
	cleanup_free char *temp = NULL;

	if (rk_format(&temp, err, "%s.tmp-XXXXXX", path) < 0)
		return -(int)err->code;
	if (!mkdtemp(temp))
		return rk_error_sys(err, errno, "'%s'", temp);
	*ret = RK_STEAL(temp);
	return 0;
}

int rk_file_lock(const char *path, void (*waiting)(void *), void *data, int *ret_fd,
		 struct rk_error *err)
{
	cleanup_close int fd =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	r = flock(fd, LOCK_EX | LOCK_NB);
	if (r < 0 && errno == EWOULDBLOCK) {
		if (waiting)
			waiting(data);
		do
			r = flock(fd, LOCK_EX);
		while (r < 0 && errno == EINTR);
	}
	if (r < 0)
		return rk_error_sys(err, errno, "lock '%s'", path);
	*ret_fd = rk_steal_fd(&fd);
	return 0;
}
