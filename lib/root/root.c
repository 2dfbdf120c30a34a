/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

#include "lib/base/file.h"
#include "lib/root/root.h"

enum { MAX_RESTARTS = 64 };

/* ---- opening a tree ---- */

/*
 * Names begin with a letter or digit, so that neither "..", nor an option, nor the
 * hidden temporary folder of a creation is one.
 */
bool rk_root_name_is_valid(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";
	size_t len = strlen(name);

	return len > 0 && len <= 64 && isalnum((unsigned char)name[0]) &&
	       strspn(name, allowed) == len;
}

static int find_path(const struct rk_machine *machine, const char *name, char **ret,
		     struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (strchr(name, '/')) {
		if (rk_path_real(name, ret, err) == 0)
			return 0;
		rk_error_prefix(err, "root tree");
		return rk_error_cure(
			err, "root-missing",
			"make one: rkmod root create; those that exist: rkmod root list");
	}
	if (!rk_root_name_is_valid(name)) {
		rk_error_set(err, RK_ENOTFOUND, "'%s' cannot be the name of a root tree",
			     name);
		return rk_error_cure(
			err, "root-missing",
			"a path to a root tree has a '/' in it, as in './%s'", name);
	}
	if (rk_format(&path, err, "%s/roots/%s/tree", machine->data_dir, name) < 0)
		return -(int)err->code;
	if (rk_path_real(path, ret, err) == 0)
		return 0;
	if (err->code == RK_ENOTFOUND)
		rk_error_set(err, RK_ENOTFOUND, "no root tree '%s' (nothing at '%s')",
			     name, path);
	return rk_error_cure(
		err, "root-missing",
		"make it: rkmod root create %s; those that exist: rkmod root list", name);
}

static int open_tree(struct rk_root *root, struct rk_error *err)
{
	struct stat st;

	assert(root->path);
	root->is_host = strcmp(root->path, "/") == 0;
	root->fd = open(root->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0)
		return rk_error_sys(err, errno, "root tree '%s'", root->path);
	if (fstatat(root->fd, "usr", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode))
		return 0;
	rk_error_set(err, RK_EREFUSED,
		     "'%s' is no root tree: there is no folder 'usr' in it", root->path);
	return rk_error_cure(
		err, "root-invalid",
		"name a folder that holds a root file system, or make one: rkmod root create");
}

int rk_root_open(const struct rk_machine *machine, const char *name, struct rk_root **ret,
		 struct rk_error *err)
{
	cleanup(rk_root_free_p) struct rk_root *root = calloc(1, sizeof(*root));

	if (!root)
		return rk_error_nomem(err);
	root->fd = -1;
	if (!name || name[0] == '\0')
		name = "/";
	if (find_path(machine, name, &root->path, err) < 0 || open_tree(root, err) < 0 ||
	    rk_strdup(root->is_host ? "" : name, &root->name, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(root);
	return 0;
}

void rk_root_free(struct rk_root *root)
{
	if (!root)
		return;
	if (root->fd >= 0)
		close(root->fd);
	free(root->path);
	free(root->name);
	free(root);
}

/* ---- look-ups ---- */

/* "'/etc/x': No such file" or "'/etc/x' in root tree 'a': No such file". */
static int fail_sys(const struct rk_root *root, const char *path, struct rk_error *err)
{
	int code = errno;

	if (root->is_host)
		return rk_error_sys(err, code, "'%s'", path);
	return rk_error_sys(err, code, "'%s' in root tree '%s'", path, root->name);
}

static int fail_prefix(const struct rk_root *root, const char *path, struct rk_error *err)
{
	if (root->is_host)
		return rk_error_prefix(err, "'%s'", path);
	return rk_error_prefix(err, "'%s' in root tree '%s'", path, root->name);
}

/*
 * The kernel walks the path with the tree as "/". Its walk restarts (EAGAIN) while
 * anything on the machine is renamed or mounted and the path has a "..".
 */
static int open_inside(const struct rk_root *root, const char *path, int flags)
{
	struct open_how how = {.flags = (unsigned int)flags | O_CLOEXEC,
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	long fd = -1;

	/* The host's own paths need no fence, and kernels or sandboxes without openat2
	 * should do there. */
	if (root->is_host)
		return open(path, flags | O_CLOEXEC);
	for (int i = 0; i < MAX_RESTARTS; i++) {
		fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return (int)fd;
}

int rk_root_open_file(const struct rk_root *root, const char *path, int flags,
		      int *ret_fd, struct rk_error *err)
{
	int fd = open_inside(root, path, flags);

	if (fd < 0)
		return fail_sys(root, path, err);
	*ret_fd = fd;
	return 0;
}

int rk_root_read(const struct rk_root *root, const char *path, size_t limit,
		 struct rk_buf *buf, struct rk_error *err)
{
	/* Without waiting: a FIFO in a tree must not hang us. */
	cleanup_close int fd = open_inside(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_sys(root, path, err);
	if (!S_ISREG(st.st_mode)) {
		rk_error_set(err, RK_EFORMAT, "not a regular file");
		return fail_prefix(root, path, err);
	}
	if (rk_file_read_fd(fd, limit, buf, err) < 0)
		return fail_prefix(root, path, err);
	return 0;
}

int rk_root_stat(const struct rk_root *root, const char *path, struct stat *ret,
		 struct rk_error *err)
{
	cleanup_close int fd = open_inside(root, path, O_PATH);

	if (fd < 0 || fstat(fd, ret) < 0)
		return fail_sys(root, path, err);
	return 0;
}

bool rk_root_exists(const struct rk_root *root, const char *path)
{
	cleanup_close int fd = open_inside(root, path, O_PATH);

	return fd >= 0;
}

/* The text of the link that @fd (O_PATH) is, or, with @name, of one below it. */
static int read_link(int fd, const char *name, char **ret, struct rk_error *err)
{
	size_t size = 256;

	for (;;) {
		cleanup_free char *text = malloc(size);
		ssize_t n;

		if (!text)
			return rk_error_nomem(err);
		n = readlinkat(fd, name, text, size);
		if (n < 0)
			return rk_error_sys(err, errno, "not a link");
		if ((size_t)n < size) {
			text[n] = '\0';
			*ret = RK_STEAL(text);
			return 0;
		}
		size *= 2;
	}
}

int rk_root_readlink(const struct rk_root *root, const char *path, char **ret,
		     struct rk_error *err)
{
	cleanup_close int fd = open_inside(root, path, O_PATH | O_NOFOLLOW);

	if (fd < 0)
		return fail_sys(root, path, err);
	if (read_link(fd, "", ret, err) < 0) {
		/* The empty name of something that is no link gives ENOENT. */
		rk_error_set(err, RK_EFORMAT, "not a symbolic link");
		return fail_prefix(root, path, err);
	}
	return 0;
}

int rk_root_real(const struct rk_root *root, const char *path, char **ret,
		 struct rk_error *err)
{
	cleanup_close int fd = open_inside(root, path, O_PATH);
	cleanup_free char *link = NULL;
	cleanup_free char *host = NULL;

	if (fd < 0)
		return fail_sys(root, path, err);
	if (rk_format(&link, err, "/proc/self/fd/%d", fd) < 0 ||
	    read_link(AT_FDCWD, link, &host, err) < 0)
		return -(int)err->code;
	if (root->is_host)
		return rk_strdup(host, ret, err);
	if (!rk_path_is_below(host, root->path)) {
		rk_error_set(err, RK_EREFUSED, "the root tree was moved while in use");
		return fail_prefix(root, path, err);
	}
	return rk_strdup(host[strlen(root->path)] ? host + strlen(root->path) : "/", ret,
			 err);
}

int rk_root_list_dir(const struct rk_root *root, const char *path, struct rk_strv *ret,
		     struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_closedir DIR *dir = NULL;
	const struct dirent *entry;
	int fd = open_inside(root, path, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return fail_sys(root, path, err);
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return fail_sys(root, path, err);
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rk_strv_add(&names, entry->d_name);
	rk_strv_sort(&names);
	rk_strv_add_strv(ret, &names);
	return rk_strv_check(&names, err) < 0 ? -(int)err->code : rk_strv_check(ret, err);
}

int rk_root_host_path(const struct rk_root *root, const char *path, char **ret,
		      struct rk_error *err)
{
	return rk_path_join(root->path, path, ret, err);
}
