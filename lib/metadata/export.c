/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/metadata/export.h"

enum {
	CHUNK_SIZE = 256 << 10,
	UTS_LIMIT = 4096,
};

/* ---- what is written ---- */

static int copy_file(const struct rk_record_file *from, struct rk_record *to,
		     struct rk_error *err)
{
	struct rk_record_file *file = &to->files[to->n_files];

	memcpy(file->sha256, from->sha256, sizeof(file->sha256));
	file->size = from->size;
	to->n_files++;
	return rk_strdup(from->path, &file->path, err);
}

/* The label comes first: "label" is before "rust" and "scripts". */
static int add_label(struct rk_export_set *set, struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	cleanup_label struct rk_label label = {.release = NULL};
	struct rk_record_file *file = &set->record->files[0];

	if (rk_label_make(set->kernel, &label, err) < 0 ||
	    rk_label_print(&label, &set->label, err) < 0 || rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	rk_sha256_add(hash, set->label.data, set->label.len);
	file->size = set->label.len;
	set->record->n_files = 1;
	if (rk_sha256_hex(hash, file->sha256, err) < 0)
		return -(int)err->code;
	return rk_strdup(rk_label_name, &file->path, err);
}

static int fill(struct rk_export_set *set, const struct rk_record *from,
		struct rk_error *err)
{
	struct rk_record *to = calloc(1, sizeof(*to));

	set->record = to;
	if (!to)
		return rk_error_nomem(err);
	to->files = calloc(from->n_files + 1, sizeof(*to->files));
	if (!to->files)
		return rk_error_nomem(err);
	to->n_exports = from->n_exports;
	if (rk_strdup(from->key, &to->key, err) < 0 ||
	    rk_strdup(from->rustc_text, &to->rustc_text, err) < 0 ||
	    add_label(set, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < from->n_files; i++)
		if (strcmp(from->files[i].path, rk_label_name) != 0 &&
		    copy_file(&from->files[i], to, err) < 0)
			return -(int)err->code;
	return rk_record_print(to, &set->text, err);
}

static void release_set(struct rk_export_set *set)
{
	rk_record_free(set->record);
	rk_buf_release(&set->label);
	rk_buf_release(&set->text);
}

/* ---- into an archive ---- */

static int add_md5(struct rk_sha256 *md5, const char *path, struct rk_buf *md5s,
		   struct rk_error *err)
{
	char hex[RK_SHA256_HEX_SIZE];

	if (rk_sha256_hex(md5, hex, err) < 0)
		return -(int)err->code;
	rk_buf_addf(md5s, "%s  %s\n", hex, strncmp(path, "./", 2) == 0 ? path + 2 : path);
	return rk_buf_check(md5s, err);
}

int rk_export_put_text(struct rk_archive_writer *writer, const char *path,
		       const struct rk_buf *text, struct rk_buf *md5s,
		       struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *md5 = NULL;

	if (rk_archive_writer_file(writer, path, 0644, text->len, err) < 0 ||
	    rk_archive_writer_data(writer, text->data, text->len, err) < 0)
		return -(int)err->code;
	if (!md5s)
		return 0;
	if (rk_md5_new(&md5, err) < 0)
		return -(int)err->code;
	rk_sha256_add(md5, text->data, text->len);
	return add_md5(md5, path, md5s, err);
}

struct copying {
	struct rk_archive_writer *writer;
	struct rk_sha256 *sha256;
	struct rk_sha256 *md5;
	uint64_t size;
	char chunk[CHUNK_SIZE];
};

static void copying_free(struct copying *copying)
{
	if (!copying)
		return;
	rk_sha256_free(copying->sha256);
	rk_sha256_free(copying->md5);
	free(copying);
}
RK_CLEANUP_FUNC(struct copying *, copying_free);

static int copy_bytes(struct copying *copying, int fd, struct rk_error *err)
{
	for (;;) {
		ssize_t n = read(fd, copying->chunk, CHUNK_SIZE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rk_error_sys(err, errno, "read");
		if (n == 0)
			return 0;
		copying->size += (uint64_t)n;
		rk_sha256_add(copying->sha256, copying->chunk, (size_t)n);
		rk_sha256_add(copying->md5, copying->chunk, (size_t)n);
		if (rk_archive_writer_data(copying->writer, copying->chunk, (size_t)n,
					   err) < 0)
			return -(int)err->code;
	}
}

static int check_copy(struct copying *copying, const struct rk_record_file *file,
		      struct rk_error *err)
{
	char sha256[RK_SHA256_HEX_SIZE];

	if (rk_sha256_hex(copying->sha256, sha256, err) < 0)
		return -(int)err->code;
	if (copying->size == file->size && strcmp(sha256, file->sha256) == 0)
		return 0;
	rk_error_set(err, RK_EFORMAT, "'%s' has other contents than when it was made",
		     file->path);
	return rk_error_cure(err, "metadata-export", "run rkmod prepare --verify first");
}

static int put_file(const struct rk_export_set *set, struct rk_archive_writer *writer,
		    const struct rk_record_file *file, const char *path,
		    struct rk_buf *md5s, struct rk_error *err)
{
	cleanup(copying_free_p) struct copying *copying = calloc(1, sizeof(*copying));
	cleanup_free char *from = NULL;
	cleanup_close int fd = -1;

	if (!copying)
		return rk_error_nomem(err);
	copying->writer = writer;
	if (rk_sha256_new(&copying->sha256, err) < 0 ||
	    rk_md5_new(&copying->md5, err) < 0 ||
	    rk_path_join(set->metadata->dir, file->path, &from, err) < 0)
		return -(int)err->code;
	fd = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", from);
	if (rk_archive_writer_file(writer, path, 0644, file->size, err) < 0 ||
	    copy_bytes(copying, fd, err) < 0 || check_copy(copying, file, err) < 0)
		return -(int)err->code;
	return md5s ? add_md5(copying->md5, path, md5s, err) : 0;
}

/* The folder of @path, unless it was the one of the file before. */
static int put_folder(struct rk_archive_writer *writer, const char *top, const char *path,
		      struct rk_strv *folders, struct rk_error *err)
{
	const char *slash = path;

	while ((slash = strchr(slash, '/'))) {
		cleanup_free char *folder = NULL;

		if (rk_format(&folder, err, "%s/%.*s", top, (int)(slash - path), path) <
		    0)
			return -(int)err->code;
		slash++;
		if (rk_strv_contains(folders, folder))
			continue;
		rk_strv_add(folders, folder);
		if (rk_archive_writer_dir(writer, folder, 0755, err) < 0)
			return -(int)err->code;
	}
	return rk_strv_check(folders, err);
}

static int put_entry(const struct rk_export_set *set, struct rk_archive_writer *writer,
		     const struct rk_record_file *file, const char *top,
		     struct rk_buf *md5s, struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_path_join(top, file->path, &path, err) < 0)
		return -(int)err->code;
	if (strcmp(file->path, rk_label_name) == 0)
		return rk_export_put_text(writer, path, &set->label, md5s, err);
	return put_file(set, writer, file, path, md5s, err);
}

int rk_export_put(const struct rk_export_set *set, struct rk_archive_writer *writer,
		  const char *top, struct rk_buf *md5s, struct rk_error *err)
{
	cleanup_strv struct rk_strv folders = RK_STRV_INIT;
	cleanup_free char *record = NULL;

	if (rk_path_join(top, rk_record_name, &record, err) < 0 ||
	    rk_archive_writer_dir(writer, top, 0755, err) < 0 ||
	    rk_export_put_text(writer, record, &set->text, md5s, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < set->record->n_files; i++) {
		const struct rk_record_file *file = &set->record->files[i];

		if (put_folder(writer, top, file->path, &folders, err) < 0 ||
		    put_entry(set, writer, file, top, md5s, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

static int write_tar(const struct rk_export_set *set, int fd, struct rk_error *err)
{
	cleanup(rk_archive_writer_free_p) struct rk_archive_writer *writer = NULL;
	cleanup_free char *top = NULL;

	if (rk_format(&top, err, "rkmod-metadata-%s", set->kernel->release) < 0 ||
	    rk_archive_writer_open(fd, RK_ARCHIVE_TAR_XZ, set->mtime, &writer, err) < 0 ||
	    rk_export_put(set, writer, top, NULL, err) < 0)
		return -(int)err->code;
	return rk_archive_writer_finish(writer, err);
}

/* ---- when ---- */

/* "2026-10-18" of "... Debian 7.2.11-1 (2026-10-18)": seconds; 0 if there is none. */
static int64_t read_date(const char *text)
{
	while ((text = strchr(text, '('))) {
		struct tm tm = {0};

		if (strptime(++text, "%Y-%m-%d)", &tm) && tm.tm_year >= 90)
			return timegm(&tm);
	}
	return 0;
}

/* Distributions write the date of their source package into the kernel's version. */
static int64_t kernel_date(const struct rk_kernel *kernel)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (rk_path_join(kernel->kdir_real, "include/generated/utsversion.h", &path,
			 &ignored) < 0 ||
	    rk_root_read(kernel->root, path, UTS_LIMIT, &text, &ignored) < 0)
		return 0;
	return read_date(rk_buf_str(&text));
}

/* ---- into a file ---- */

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

static int write_by_suffix(const struct rk_export_set *set, const char *path, int fd,
			   struct rk_error *err)
{
	struct rk_export_package package = {.name = NULL};
	int r;

	if (!ends_with(path, ".deb"))
		return write_tar(set, fd, err);
	r = rk_export_describe(set->kernel, &package, err);
	if (r == 0)
		r = rk_export_deb(set, &package, fd, err);
	rk_export_package_release(&package);
	return r;
}

/* Others see the old file or the new one. */
static int write_file(const struct rk_export_set *set, const char *path,
		      struct rk_error *err)
{
	cleanup_free char *temp = NULL;
	cleanup_close int fd = -1;
	mode_t mask = umask(0);
	int r;

	umask(mask);
	if (rk_format(&temp, err, "%s.tmp-XXXXXX", path) < 0)
		return -(int)err->code;
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", temp);
	rk_log(RK_LOG_STEP, "writing '%s'", path);
	r = write_by_suffix(set, path, fd, err);
	if (r == 0 &&
	    (fchmod(fd, 0666 & ~mask) < 0 || fsync(fd) < 0 || rename(temp, path) < 0))
		r = rk_error_sys(err, errno, "'%s'", path);
	if (r < 0)
		unlink(temp);
	return r;
}

static int refuse_path(const char *path, struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED,
		     "'%s' ends neither in .tar.xz nor in .deb, and is no folder", path);
	return rk_error_cure(err, "metadata-export",
			     "name the file so, or a folder that is there");
}

/* The names in a folder: as dpkg-deb calls packages; without one, by the release. */
static int list_files(const struct rk_export_set *set, const char *path,
		      struct rk_strv *ret, struct rk_error *err)
{
	struct rk_export_package package = {.name = NULL};
	struct rk_error none = RK_ERROR_INIT;
	const char *version;
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
		if (!ends_with(path, ".tar.xz") && !ends_with(path, ".deb"))
			return refuse_path(path, err);
		rk_strv_add(ret, path);
		return rk_strv_check(ret, err);
	}
	if (rk_export_describe(set->kernel, &package, &none) < 0) {
		rk_strv_addf(ret, "%s/rkmod-metadata-%s.tar.xz", path,
			     set->kernel->release);
		rk_log(RK_LOG_WARNING, "no .deb: %s", none.msg);
		return rk_strv_check(ret, err);
	}
	version = strchr(package.version, ':'); /* file names have no epoch */
	version = version ? version + 1 : package.version;
	rk_strv_addf(ret, "%s/%s_%s_%s.deb", path, package.name, version, package.arch);
	rk_strv_addf(ret, "%s/%s_%s_%s.tar.xz", path, package.name, version,
		     package.arch);
	rk_export_package_release(&package);
	return rk_strv_check(ret, err);
}

static int require_own(const struct rk_kernel *kernel, const struct rk_metadata *metadata,
		       struct rk_error *err)
{
	if (rk_metadata_is_set(metadata))
		return 0;
	rk_error_set(
		err, RK_EREFUSED,
		"the headers of %s bring their own Rust metadata, there is nothing to "
		"export",
		kernel->release);
	return rk_error_cure(err, "metadata-export", "install the headers package there");
}

int rk_metadata_export(const struct rk_kernel *kernel, const struct rk_metadata *metadata,
		       const char *path, int64_t mtime, struct rk_strv *ret,
		       struct rk_error *err)
{
	cleanup(release_set) struct rk_export_set set = {
		.kernel = kernel,
		.metadata = metadata,
		.mtime = mtime < 0 ? kernel_date(kernel) : mtime};
	cleanup(rk_record_free_p) struct rk_record *record = NULL;

	if (require_own(kernel, metadata, err) < 0 ||
	    list_files(&set, path, ret, err) < 0 ||
	    rk_set_read_record(metadata->dir, &record, err) < 0 ||
	    rk_record_compare(record, metadata->dir, err) < 0 ||
	    fill(&set, record, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < ret->n_items; i++)
		if (write_file(&set, ret->items[i], err) < 0)
			return -(int)err->code;
	return 0;
}
