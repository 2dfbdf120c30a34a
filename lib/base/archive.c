/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/archive.h"
#include "lib/base/file.h"
#include "lib/base/libarchive.h"
#include "lib/base/xz.h"

enum {
	CHUNK_SIZE = 1 << 20, /* bytes read at once; progress is told as often */
};

struct unpacking {
	const struct rk_archive_unpack *request;
	const struct rk_libarchive *lib;
	struct archive *archive;
	struct rk_error *err;
	int dir_fd;
	/* The folder of the last entry: entries come folder by folder. */
	int parent_fd; /* -1: none */
	char *parent;  /* its path below dir, "" for dir itself; NULL: none */
	/* The source. */
	struct rk_xz *xz; /* NULL: libarchive unpacks whatever it is */
	uint64_t bytes_read;
	bool peeked;        /* chunk holds bytes that were not handed out */
	size_t peeked_len;  /* 0: the file is empty */
	bool source_failed; /* err says why; libarchive's message would hide it */
	char chunk[CHUNK_SIZE];
};

/* ---- the source: file, perhaps xz with threads, libarchive ---- */

static ssize_t read_chunk(struct unpacking *u)
{
	size_t len = 0;

	while (len < CHUNK_SIZE) {
		ssize_t n = read(u->request->fd, u->chunk + len, CHUNK_SIZE - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			rk_error_sys(u->err, errno, "read");
			return -1;
		}
		if (n == 0)
			break;
		len += (size_t)n;
	}
	u->bytes_read += len;
	return (ssize_t)len;
}

static ssize_t read_file(void *data, const void **ret)
{
	struct unpacking *u = data;
	ssize_t n = (ssize_t)u->peeked_len;

	if (!u->peeked)
		n = read_chunk(u);
	u->peeked = false;
	*ret = u->chunk;
	if (n > 0 && u->request->progress &&
	    !u->request->progress(u->request->data, u->bytes_read)) {
		rk_error_set(u->err, RK_EREFUSED, "stopped");
		n = -1;
	}
	u->source_failed = n < 0;
	return n;
}

static la_ssize_t read_source(struct archive *archive, void *data, const void **ret)
{
	struct unpacking *u = data;
	ssize_t n;

	(void)archive;
	if (!u->xz)
		return read_file(u, ret);
	n = rk_xz_read(u->xz, ret, u->err);
	u->source_failed = n < 0;
	return n;
}

static unsigned int count_threads(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned int)CPU_COUNT(&set);
}

/* Looks at the first bytes; they stay to be read. */
static int choose_decoder(struct unpacking *u)
{
	struct rk_error ignored = RK_ERROR_INIT;
	ssize_t n = read_chunk(u);

	if (n < 0)
		return -(int)u->err->code;
	u->peeked = true;
	u->peeked_len = (size_t)n;
	if (rk_compression_of(u->chunk, (size_t)n) != RK_COMPRESSION_XZ ||
	    count_threads() < 2)
		return 0;
	/* Without threads it is slower, not impossible. */
	if (rk_xz_open(read_file, u, count_threads(), &u->xz, &ignored) == -RK_ENOMEM)
		return rk_error_nomem(u->err);
	return 0;
}

/* After a call that was not ARCHIVE_OK. */
static int report_damage(struct unpacking *u)
{
	if (!u->source_failed)
		rk_error_set(u->err, RK_EFORMAT, "%s",
			     rk_libarchive_why(u->lib, u->archive));
	if (u->err->code == RK_EFORMAT)
		return rk_error_cure(u->err, "archive-damaged",
				     "download the archive or install its package again");
	return -(int)u->err->code;
}

static int open_archive(struct unpacking *u)
{
	const struct rk_libarchive *lib = u->lib;
	struct archive *archive = lib->archive_read_new();

	u->archive = archive;
	if (!archive)
		return rk_error_nomem(u->err);
	lib->archive_read_support_filter_bzip2(archive);
	lib->archive_read_support_filter_gzip(archive);
	lib->archive_read_support_filter_xz(archive);
	lib->archive_read_support_filter_zstd(archive);
	lib->archive_read_support_format_tar(archive);
	if (lib->archive_read_open2(archive, u, NULL, read_source, NULL, NULL) !=
		    ARCHIVE_OK ||
	    u->source_failed)
		return report_damage(u);
	return 0;
}

/* ---- where an entry goes ---- */

static int refuse(struct unpacking *u, const char *path, const char *why)
{
	rk_error_set(u->err, RK_EREFUSED, "entry '%s' of the archive %s", path, why);
	return rk_error_cure(
		u->err, "archive-hostile",
		"do not use this archive: it would write outside of its folder");
}

static bool has_dotdot(const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len == 2 && path[0] == '.' && path[1] == '.')
			return true;
		path += len;
		path += *path == '/';
	}
	return false;
}

static int check_path(struct unpacking *u, const char *path)
{
	if (path[0] == '/')
		return refuse(u, path, "has an absolute path");
	if (has_dotdot(path))
		return refuse(u, path, "has '..' in its path");
	return 0;
}

/* Without following a link. Return: a descriptor, or -1 with errno. */
static int enter(int fd, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int child = openat(fd, name, flags);

	if (child >= 0 || errno != ENOENT)
		return child;
	if (mkdirat(fd, name, 0777) < 0 && errno != EEXIST)
		return -1;
	return openat(fd, name, flags);
}

/* Opens the folder @path below dir, made if missing, a component after the other. */
static int open_folder(struct unpacking *u, char *path, int *ret_fd)
{
	cleanup_close int fd = openat(u->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *save = NULL;

	if (fd < 0)
		return rk_error_sys(u->err, errno, "'%s'", u->request->dir);
	for (char *name = strtok_r(path, "/", &save); name;
	     name = strtok_r(NULL, "/", &save)) {
		int child = strcmp(name, ".") == 0 ? dup(fd) : enter(fd, name);

		if (child < 0 && (errno == ELOOP || errno == ENOTDIR))
			return refuse(
				u, name,
				"is a link or a file, and another entry uses it as a folder");
		if (child < 0)
			return rk_error_sys(u->err, errno, "folder '%s'", name);
		close(fd);
		fd = child;
	}
	*ret_fd = rk_steal_fd(&fd);
	return 0;
}

static void forget_parent(struct unpacking *u)
{
	if (u->parent_fd >= 0)
		close(u->parent_fd);
	u->parent_fd = -1;
	free(u->parent);
	u->parent = NULL;
}

/* Sets u->parent_fd to the folder of @path, and *ret_name to the name in it. */
static int find_parent(struct unpacking *u, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	cleanup_free char *scratch = NULL;

	*ret_name = slash ? slash + 1 : path;
	if (u->parent && strlen(u->parent) == len && memcmp(u->parent, path, len) == 0)
		return 0;
	forget_parent(u);
	if (rk_format(&u->parent, u->err, "%.*s", (int)len, path) < 0 ||
	    rk_strdup(u->parent, &scratch, u->err) < 0 ||
	    open_folder(u, scratch, &u->parent_fd) < 0) {
		forget_parent(u);
		return -(int)u->err->code;
	}
	return 0;
}

/* ---- what is written ---- */

/* A later entry of the same name replaces an earlier one, as tar does it. */
static bool make_room(struct unpacking *u, const char *name)
{
	return errno == EEXIST && unlinkat(u->parent_fd, name, 0) == 0;
}

static int write_at(int fd, const char *data, size_t size, la_int64_t offset,
		    struct rk_error *err)
{
	while (size) {
		ssize_t n = pwrite(fd, data, size, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rk_error_sys(err, errno, "write");
		data += n;
		offset += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Blocks have offsets: a sparse file has holes between them and perhaps after them. */
static int write_content(struct unpacking *u, int fd, uint64_t size)
{
	const void *block;
	la_int64_t offset;
	size_t len;
	int r;

	while ((r = u->lib->archive_read_data_block(u->archive, &block, &len, &offset)) ==
	       ARCHIVE_OK)
		if (write_at(fd, block, len, offset, u->err) < 0)
			return -(int)u->err->code;
	if (r != ARCHIVE_EOF)
		return report_damage(u);
	if (ftruncate(fd, (off_t)size) < 0)
		return rk_error_sys(u->err, errno, "write");
	return 0;
}

static int make_file(struct unpacking *u, const char *name,
		     const struct rk_archive_entry *entry)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(u->parent_fd, name, flags, entry->mode & 0777);
	int r;

	if (fd < 0 && make_room(u, name))
		fd = openat(u->parent_fd, name, flags, entry->mode & 0777);
	if (fd < 0)
		return rk_error_sys(u->err, errno, "create");
	r = write_content(u, fd, entry->size);
	if (close(fd) < 0 && r == 0)
		r = rk_error_sys(u->err, errno, "close");
	return r;
}

static int make_symlink(struct unpacking *u, const char *name, const char *target)
{
	if (symlinkat(target, u->parent_fd, name) == 0 ||
	    (make_room(u, name) && symlinkat(target, u->parent_fd, name) == 0))
		return 0;
	return rk_error_sys(u->err, errno, "symbolic link");
}

static int make_folder(struct unpacking *u, const char *name)
{
	int fd = enter(u->parent_fd, name);

	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return refuse(u, name, "is a folder where a link or a file is");
	if (fd < 0)
		return rk_error_sys(u->err, errno, "create");
	close(fd);
	return 0;
}

static const char *clean_path(const char *path)
{
	while (path[0] == '.' && path[1] == '/')
		for (path += 2; *path == '/';)
			path++;
	return strcmp(path, ".") == 0 ? "" : path;
}

/* The other name must have been unpacked, under whatever name pick gave it. */
static int make_hardlink(struct unpacking *u, const char *name, const char *stored)
{
	const struct rk_archive_entry other = {.path = clean_path(stored),
					       .mode = S_IFREG | 0644};
	cleanup_close int to_fd = dup(u->parent_fd);
	const char *path = other.path;
	const char *from_name;

	if (to_fd < 0)
		return rk_error_sys(u->err, errno, "dup");
	if (check_path(u, other.path) < 0)
		return -(int)u->err->code;
	if (u->request->pick && !u->request->pick(u->request->data, &other, &path))
		return rk_error_set(u->err, RK_EFORMAT,
				    "is the same file as '%s', which is not unpacked",
				    other.path);
	if (check_path(u, path) < 0 || find_parent(u, path, &from_name) < 0)
		return -(int)u->err->code;
	if (linkat(u->parent_fd, from_name, to_fd, name, 0) < 0)
		return rk_error_sys(u->err, errno, "link to '%s'", path);
	return 0;
}

static int make_entry(struct unpacking *u, struct archive_entry *stored,
		      const struct rk_archive_entry *entry, const char *path)
{
	const char *hardlink = u->lib->archive_entry_hardlink(stored);
	cleanup_free char *name = NULL;
	const char *base;

	if (check_path(u, path) < 0 || find_parent(u, path, &base) < 0 ||
	    rk_strdup(base, &name, u->err) < 0)
		return -(int)u->err->code;
	if (name[0] == '\0')
		return 0; /* dir itself, or "folder/" */
	if (hardlink)
		return make_hardlink(u, name, hardlink);
	if (S_ISREG(entry->mode))
		return make_file(u, name, entry);
	if (S_ISLNK(entry->mode) && entry->link)
		return make_symlink(u, name, entry->link);
	if (S_ISDIR(entry->mode))
		return make_folder(u, name);
	return 0; /* devices, pipes */
}

static int take_entry(struct unpacking *u, struct archive_entry *stored)
{
	const struct rk_libarchive *lib = u->lib;
	const char *stored_path = lib->archive_entry_pathname(stored);
	struct rk_archive_entry entry = {.mode = lib->archive_entry_filetype(stored)};
	const char *path;

	/* pax stores UTF-8, which libarchive does not give out in the C locale. */
	if (!stored_path)
		stored_path = lib->archive_entry_pathname_utf8(stored);
	if (!stored_path)
		return rk_error_set(u->err, RK_EFORMAT, "an entry without a name");
	if (check_path(u, stored_path) < 0)
		return -(int)u->err->code;
	entry.path = clean_path(stored_path);
	entry.mode = lib->archive_entry_mode(stored);
	entry.link = lib->archive_entry_symlink(stored);
	entry.size = (uint64_t)lib->archive_entry_size(stored);
	path = entry.path;
	if (u->request->pick && !u->request->pick(u->request->data, &entry, &path))
		return u->request->stop && *u->request->stop
			       ? rk_error_set(u->err, RK_EREFUSED, "stopped")
			       : 0;
	if (make_entry(u, stored, &entry, path) < 0)
		return rk_error_prefix(u->err, "'%s'", entry.path);
	return 0;
}

static int take_all(struct unpacking *u)
{
	struct archive_entry *entry;
	int r;

	for (;;) {
		r = u->lib->archive_read_next_header(u->archive, &entry);
		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return report_damage(u);
		if (take_entry(u, entry) < 0)
			return -(int)u->err->code;
	}
}

static int unpack(struct unpacking *u)
{
	int r = choose_decoder(u);

	if (r == 0)
		r = open_archive(u);
	if (r == 0)
		r = take_all(u);
	if (u->archive)
		u->lib->archive_read_free(u->archive);
	rk_xz_free(u->xz);
	forget_parent(u);
	return r;
}

int rk_archive_unpack(const struct rk_archive_unpack *request, struct rk_error *err)
{
	cleanup_close int dir_fd = open(request->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_free struct unpacking *u = calloc(1, sizeof(*u));

	if (!u)
		return rk_error_nomem(err);
	if (dir_fd < 0)
		return rk_error_sys(err, errno, "'%s'", request->dir);
	u->request = request;
	u->err = err;
	u->dir_fd = dir_fd;
	u->parent_fd = -1;
	if (rk_libarchive(&u->lib, err) < 0)
		return -(int)err->code;
	return unpack(u);
}
