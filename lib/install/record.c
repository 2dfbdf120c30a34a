/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/install/plan.h"
#include "lib/install/record.h"

/* Lines: "rkmod-installed 1", then "dir PATH" and "file SHA256 PATH", any number. */
static const char first_line[] = "rkmod-installed 1\n";
static const char top[] = "var/lib/rkmod/installed";

enum {
	RECORD_LIMIT = 1 << 20,
};

void rk_install_record_release(struct rk_install_record *record)
{
	rk_strv_release(&record->paths);
	rk_strv_release(&record->hashes);
	rk_strv_release(&record->dirs);
}

/* ---- folders ---- */

int rk_install_error(struct rk_error *err, int sys_errno, const char *path)
{
	rk_error_sys(err, sys_errno, "'%s'", path);
	if (sys_errno == EACCES || sys_errno == EPERM)
		return rk_error_cure(err, "install-rights",
				     "only uid 0 may write there: run it with sudo");
	return -(int)err->code;
}

/* @path: of a folder that is missing, in one that is there. */
static int make_one(const struct rk_root *root, const char *path, struct rk_strv *made,
		    struct rk_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	cleanup_free char *parent = NULL;
	cleanup_close int fd = -1;

	if (rk_format(&parent, err, "/%.*s", slash ? (int)(slash - path) : 0, path) < 0 ||
	    rk_root_open_file(root, parent, O_RDONLY | O_DIRECTORY, &fd, err) < 0)
		return -(int)err->code;
	if (mkdirat(fd, name, 0755) < 0)
		return errno == EEXIST ? 0 : rk_install_error(err, errno, path);
	rk_strv_add(made, path);
	/* The umask is somebody else's affair. */
	if (fchmodat(fd, name, 0755, 0) < 0)
		return rk_install_error(err, errno, path);
	return rk_strv_check(made, err);
}

static int make_missing(const struct rk_root *root, const char *path,
			struct rk_strv *made, struct rk_error *err)
{
	const char *end = path;

	while (*end) {
		cleanup_free char *part = NULL;
		cleanup_free char *inside = NULL;

		end += strcspn(end, "/");
		if (rk_format(&part, err, "%.*s", (int)(end - path), path) < 0 ||
		    rk_format(&inside, err, "/%s", part) < 0)
			return -(int)err->code;
		if (!rk_root_exists(root, inside) && make_one(root, part, made, err) < 0)
			return -(int)err->code;
		end += *end == '/';
	}
	return 0;
}

int rk_install_folder(const struct rk_root *root, const char *path, struct rk_strv *made,
		      int *ret_fd, struct rk_error *err)
{
	cleanup_free char *inside = NULL;

	if (rk_format(&inside, err, "/%s", path) < 0 ||
	    (made && make_missing(root, path, made, err) < 0))
		return -(int)err->code;
	return rk_root_open_file(root, inside, O_RDONLY | O_DIRECTORY, ret_fd, err);
}

int rk_install_parent(const struct rk_root *root, const char *path, struct rk_strv *made,
		      int *ret_fd, const char **ret_name, struct rk_error *err)
{
	cleanup_free char *dir = NULL;
	const char *base = rk_path_base(path);

	*ret_name = base;
	if (rk_format(&dir, err, "%.*s", base > path ? (int)(base - path - 1) : 0, path) <
	    0)
		return -(int)err->code;
	return rk_install_folder(root, dir, made, ret_fd, err);
}

/* ---- the text ---- */

static bool is_below(const char *path, const char *release)
{
	cleanup_free char *target = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	static const char *const outer[] = {"lib", "lib/modules"};

	for (size_t i = 0; i < RK_ARRAY_LEN(outer); i++)
		if (strcmp(path, outer[i]) == 0)
			return true;
	/* "lib/modules/RELEASE" or below: with files in it, it would be a target. */
	return rk_format(&target, &ignored, "%s/x/x.ko", path) == 0 &&
	       rk_install_is_target(target, release);
}

static int take_line(const char *line, const char *release, struct rk_install_record *ret)
{
	size_t hex = RK_SHA256_HEX_SIZE - 1;

	if (strncmp(line, "dir ", 4) == 0 && is_below(line + 4, release)) {
		rk_strv_add(&ret->dirs, line + 4);
		return 0;
	}
	if (strncmp(line, "file ", 5) != 0)
		return -1;
	line += 5;
	if (strspn(line, "0123456789abcdef") != hex || line[hex] != ' ' ||
	    !rk_install_is_target(line + hex + 1, release))
		return -1;
	rk_strv_addf(&ret->hashes, "%.*s", (int)hex, line);
	rk_strv_add(&ret->paths, line + hex + 1);
	return 0;
}

int rk_install_record_parse(const char *text, const char *release,
			    struct rk_install_record *ret, struct rk_error *err)
{
	memset(ret, 0, sizeof(*ret));
	if (strncmp(text, first_line, sizeof(first_line) - 1) != 0)
		return rk_error_set(err, RK_EFORMAT, "no record of an installation");
	for (text += sizeof(first_line) - 1; *text;) {
		cleanup_free char *line = NULL;
		size_t len = strcspn(text, "\n");

		if (rk_format(&line, err, "%.*s", (int)len, text) < 0)
			return -(int)err->code;
		if (text[len] != '\n' || take_line(line, release, ret) < 0)
			return rk_error_set(err, RK_EFORMAT,
					    "a line of the record makes no sense");
		text += len + 1;
	}
	if (rk_strv_check(&ret->dirs, err) < 0 || rk_strv_check(&ret->hashes, err) < 0)
		return -(int)err->code;
	return rk_strv_check(&ret->paths, err);
}

static void print(const struct rk_install_record *record, struct rk_buf *buf)
{
	rk_buf_adds(buf, first_line);
	for (size_t i = 0; i < record->dirs.n_items; i++)
		rk_buf_addf(buf, "dir %s\n", record->dirs.items[i]);
	for (size_t i = 0; i < record->paths.n_items; i++)
		rk_buf_addf(buf, "file %s %s\n", record->hashes.items[i],
			    record->paths.items[i]);
}

/* ---- the file ---- */

int rk_install_record_read(const struct rk_root *root, const char *release,
			   const char *name, struct rk_install_record *ret,
			   struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	memset(ret, 0, sizeof(*ret));
	if (rk_format(&path, err, "/%s/%s/%s", top, release, name) < 0 ||
	    rk_root_read(root, path, RECORD_LIMIT, &text, err) < 0)
		return -(int)err->code;
	if (rk_install_record_parse(rk_buf_str(&text), release, ret, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return 0;
}

static int write_at(int dir, const char *name, const struct rk_buf *text,
		    struct rk_error *err)
{
	cleanup_free char *temp = NULL;
	cleanup_close int fd = -1;

	if (rk_format(&temp, err, ".%s.new", name) < 0)
		return -(int)err->code;
	unlinkat(dir, temp, 0);
	fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0644);
	if (fd < 0)
		return rk_install_error(err, errno, name);
	if (rk_file_write_fd(fd, text->data, text->len, err) < 0)
		return -(int)err->code;
	if (fchmod(fd, 0644) < 0 || fsync(fd) < 0 || renameat(dir, temp, dir, name) < 0)
		return rk_install_error(err, errno, name);
	return 0;
}

int rk_install_record_write(const struct rk_root *root, const char *release,
			    const char *name, const struct rk_install_record *record,
			    struct rk_error *err)
{
	cleanup_strv struct rk_strv made = RK_STRV_INIT;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	cleanup_close int dir = -1;

	print(record, &text);
	if (rk_buf_check(&text, err) < 0 ||
	    rk_format(&path, err, "%s/%s", top, release) < 0 ||
	    rk_install_folder(root, path, &made, &dir, err) < 0)
		return -(int)err->code;
	return write_at(dir, name, &text, err);
}

/* Up to "var", as far as they are empty. */
static void remove_folders(const struct rk_root *root, const char *release)
{
	cleanup_free char *path = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	char *slash;

	if (rk_format(&path, &ignored, "%s/%s", top, release) < 0)
		return;
	do {
		cleanup_close int fd = -1;
		const char *name;

		if (rk_install_parent(root, path, NULL, &fd, &name, &ignored) < 0 ||
		    unlinkat(fd, name, AT_REMOVEDIR) < 0)
			return;
		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
}

int rk_install_record_remove(const struct rk_root *root, const char *release,
			     const char *name, struct rk_error *err)
{
	cleanup_free char *path = NULL;
	cleanup_close int fd = -1;

	if (rk_format(&path, err, "%s/%s", top, release) < 0 ||
	    rk_install_folder(root, path, NULL, &fd, err) < 0)
		return -(int)err->code;
	if (unlinkat(fd, name, 0) < 0 && errno != ENOENT)
		return rk_install_error(err, errno, name);
	remove_folders(root, release);
	return 0;
}

int rk_install_record_list(const struct rk_root *root, const char *release,
			   struct rk_strv *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv all = RK_STRV_INIT;
	cleanup_free char *path = NULL;

	if (rk_format(&path, err, "/%s%s%s", top, *release ? "/" : "", release) < 0)
		return -(int)err->code;
	if (rk_root_list_dir(root, path, &all, err) < 0)
		return err->code == RK_ENOTFOUND ? 0 : -(int)err->code;
	for (size_t i = 0; i < all.n_items; i++)
		if (all.items[i][0] != '.')
			rk_strv_add(ret, all.items[i]);
	return rk_strv_check(ret, err);
}
