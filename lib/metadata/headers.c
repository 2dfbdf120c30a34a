/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/metadata/check.h"

enum {
	CHUNK_SIZE = 64 << 10,
	MAX_DEPTH = 32, /* of folders below include/ */
};

/* Goes through the headers of a kernel; @visit gets each file and link. */
struct walk {
	int (*visit)(void *data, int dir_fd, const char *name, const char *path,
		     mode_t mode, struct rk_error *err);
	void *data;
};

/* Folders of include/ and arch/x/include that a build makes. */
static bool is_generated(const char *path)
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	return strcmp(name, "generated") == 0 || strcmp(path, "include/config") == 0;
}

static ssize_t read_full(int fd, char *chunk)
{
	size_t len = 0;

	while (len < CHUNK_SIZE) {
		ssize_t n = read(fd, chunk + len, CHUNK_SIZE - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* ---- going through them ---- */

static int walk_folder(const struct walk *walk, int fd, const char *path,
		       unsigned int depth, struct rk_error *err);

/* NOLINTNEXTLINE(misc-no-recursion): MAX_DEPTH ends it */
static int walk_entry(const struct walk *walk, int dir_fd, const char *name,
		      const char *path, unsigned int depth, struct rk_error *err)
{
	struct stat st;
	int fd;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (!S_ISDIR(st.st_mode))
		return walk->visit(walk->data, dir_fd, name, path, st.st_mode, err);
	if (is_generated(path))
		return 0;
	fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	return walk_folder(walk, fd, path, depth + 1, err);
}

/* Takes over @fd, the folder @path of KDIR. */
/* NOLINTNEXTLINE(misc-no-recursion): MAX_DEPTH ends it */
static int walk_folder(const struct walk *walk, int fd, const char *path,
		       unsigned int depth, struct rk_error *err)
{
	cleanup_closedir DIR *dir = fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		close(fd);
		return rk_error_sys(err, errno, "'%s'", path);
	}
	if (depth > MAX_DEPTH)
		return rk_error_set(err, RK_EFORMAT, "'%s' is too deep", path);
	while ((entry = readdir(dir))) {
		cleanup_free char *below = NULL;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (rk_path_join(path, entry->d_name, &below, err) < 0 ||
		    walk_entry(walk, dirfd(dir), entry->d_name, below, depth, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/* The folder @path of @tree, if it is there. */
static int walk_tree(const struct walk *walk, const struct rk_root *root,
		     const char *tree, const char *path, struct rk_error *err)
{
	cleanup_free char *full = NULL;
	int fd;

	if (rk_path_join(tree, path, &full, err) < 0)
		return -(int)err->code;
	if (rk_root_open_file(root, full, O_RDONLY | O_DIRECTORY, &fd, err) < 0)
		return err->code == RK_ENOTFOUND ? 0 : -(int)err->code;
	return walk_folder(walk, fd, path, 0, err);
}

static int walk_part(const struct walk *walk, const struct rk_root *root,
		     const char *tree, struct rk_error *err)
{
	cleanup_strv struct rk_strv archs = RK_STRV_INIT;
	cleanup_free char *arch_dir = NULL;

	if (walk_tree(walk, root, tree, "include", err) < 0 ||
	    rk_path_join(tree, "arch", &arch_dir, err) < 0)
		return -(int)err->code;
	if (rk_root_list_dir(root, arch_dir, &archs, err) < 0)
		return err->code == RK_ENOTFOUND ? 0 : -(int)err->code;
	for (size_t i = 0; i < archs.n_items; i++) {
		cleanup_free char *path = NULL;

		if (rk_format(&path, err, "arch/%s/include", archs.items[i]) < 0 ||
		    walk_tree(walk, root, tree, path, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/* Those of KDIR, then those of its common part. */
static int walk_all(const struct walk *walk, const struct rk_kernel *kernel,
		    struct rk_error *err)
{
	int r = walk_part(walk, kernel->root, kernel->kdir_real, err);

	if (r == 0 && strcmp(kernel->srctree, kernel->kdir_real) != 0)
		r = walk_part(walk, kernel->root, kernel->srctree, err);
	return r;
}

/* ---- comparing them with a source ---- */

struct comparing {
	const char *source; /* folder on the host */
	size_t n_files;
	size_t n_differ;
	char *first; /* that differs, below the source */
	char chunks[2][CHUNK_SIZE];
};

static int note_difference(struct comparing *comparing, const char *path,
			   struct rk_error *err)
{
	comparing->n_differ++;
	return comparing->first ? 0 : rk_strdup(path, &comparing->first, err);
}

static int compare_bytes(struct comparing *comparing, int a, int b, bool *ret,
			 struct rk_error *err)
{
	for (;;) {
		ssize_t n = read_full(a, comparing->chunks[0]);
		ssize_t m = read_full(b, comparing->chunks[1]);

		if (n < 0 || m < 0)
			return rk_error_sys(err, errno, "read");
		*ret = n == m &&
		       memcmp(comparing->chunks[0], comparing->chunks[1], (size_t)n) == 0;
		if (!*ret || n < CHUNK_SIZE)
			return 0;
	}
}

static int compare_file(struct comparing *comparing, int dir_fd, const char *name,
			const char *path, struct rk_error *err)
{
	cleanup_free char *other = NULL;
	cleanup_close int a = -1;
	cleanup_close int b = -1;
	bool equal = false;

	comparing->n_files++;
	if (rk_path_join(comparing->source, path, &other, err) < 0)
		return -(int)err->code;
	a = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (a < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	b = open(other, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (b < 0)
		return errno == ENOENT || errno == ELOOP
			       ? note_difference(comparing, path, err)
			       : rk_error_sys(err, errno, "'%s'", other);
	if (compare_bytes(comparing, a, b, &equal, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return equal ? 0 : note_difference(comparing, path, err);
}

static int compare_link(struct comparing *comparing, int dir_fd, const char *name,
			const char *path, struct rk_error *err)
{
	cleanup_free char *other = NULL;
	char a[4096];
	char b[sizeof(a)];
	ssize_t n;
	ssize_t m;

	comparing->n_files++;
	if (rk_path_join(comparing->source, path, &other, err) < 0)
		return -(int)err->code;
	n = readlinkat(dir_fd, name, a, sizeof(a));
	m = readlink(other, b, sizeof(b));
	if (n > 0 && n == m && memcmp(a, b, (size_t)n) == 0)
		return 0;
	return note_difference(comparing, path, err);
}

static int compare_one(void *data, int dir_fd, const char *name, const char *path,
		       mode_t mode, struct rk_error *err)
{
	struct comparing *comparing = data;

	if (S_ISLNK(mode))
		return compare_link(comparing, dir_fd, name, path, err);
	if (S_ISREG(mode))
		return compare_file(comparing, dir_fd, name, path, err);
	return note_difference(comparing, path, err);
}

int rk_check_headers(const struct rk_kernel *kernel, const char *dir, size_t *ret_n,
		     struct rk_error *err)
{
	struct comparing *comparing = calloc(1, sizeof(*comparing));
	const struct walk walk = {.visit = compare_one, .data = comparing};
	int r;

	if (!comparing)
		return rk_error_nomem(err);
	comparing->source = dir;
	r = walk_all(&walk, kernel, err);
	if (r == 0 && (comparing->n_differ || !comparing->n_files)) {
		rk_error_set(
			err, RK_EREFUSED,
			"%zu of %zu headers of %s are not in the source as they are, first '%s'",
			comparing->n_differ, comparing->n_files, kernel->release,
			comparing->first ? comparing->first : "include");
		r = rk_error_cure(
			err, "source-headers",
			"give the source that the headers package '%s' %s was built from",
			kernel->package, kernel->package_version);
	}
	rk_log(RK_LOG_DEBUG, "%zu headers compared", comparing->n_files);
	*ret_n = comparing->n_files;
	free(comparing->first);
	free(comparing);
	return r;
}

/* ---- one hash over all of them ---- */

struct hashing {
	struct rk_sha256 *hash;
	struct rk_strv lines; /* "PATH HASH": folders are read in any order */
	char chunk[CHUNK_SIZE];
};

static int hash_file(struct hashing *hashing, int fd, struct rk_error *err)
{
	ssize_t n;

	do {
		n = read_full(fd, hashing->chunk);
		if (n < 0)
			return rk_error_sys(err, errno, "read");
		rk_sha256_add(hashing->hash, hashing->chunk, (size_t)n);
	} while (n == CHUNK_SIZE);
	return 0;
}

static int hash_one(void *data, int dir_fd, const char *name, const char *path,
		    mode_t mode, struct rk_error *err)
{
	struct hashing *hashing = data;
	cleanup_close int fd = -1;
	char hex[RK_SHA256_HEX_SIZE];

	if (S_ISLNK(mode)) {
		ssize_t n = readlinkat(dir_fd, name, hashing->chunk, CHUNK_SIZE);

		if (n < 0)
			return rk_error_sys(err, errno, "'%s'", path);
		rk_sha256_add(hashing->hash, hashing->chunk, (size_t)n);
	} else if (S_ISREG(mode)) {
		fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0)
			return rk_error_sys(err, errno, "'%s'", path);
		if (hash_file(hashing, fd, err) < 0)
			return rk_error_prefix(err, "'%s'", path);
	}
	if (rk_sha256_hex(hashing->hash, hex, err) < 0)
		return -(int)err->code;
	rk_strv_addf(&hashing->lines, "%s %c %s", path, S_ISLNK(mode) ? 'l' : 'f', hex);
	return rk_strv_check(&hashing->lines, err);
}

static int hash_lines(struct hashing *hashing, char ret[RK_SHA256_HEX_SIZE],
		      struct rk_error *err)
{
	rk_strv_sort(&hashing->lines);
	for (size_t i = 0; i < hashing->lines.n_items; i++)
		rk_sha256_add_field(hashing->hash, hashing->lines.items[i]);
	return rk_sha256_hex(hashing->hash, ret, err);
}

int rk_check_hash_headers(const struct rk_kernel *kernel, char ret[RK_SHA256_HEX_SIZE],
			  struct rk_error *err)
{
	struct hashing *hashing = calloc(1, sizeof(*hashing));
	const struct walk walk = {.visit = hash_one, .data = hashing};
	int r;

	if (!hashing)
		return rk_error_nomem(err);
	r = rk_sha256_new(&hashing->hash, err);
	if (r == 0)
		r = walk_all(&walk, kernel, err);
	if (r == 0)
		r = hash_lines(hashing, ret, err);
	rk_sha256_free(hashing->hash);
	rk_strv_release(&hashing->lines);
	free(hashing);
	return r;
}
