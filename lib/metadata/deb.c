/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/metadata/export.h"
#include "lib/metadata/system.h"
#include "lib/root/distro.h"

/*
 * deb(5): an ar archive of debian-binary, control.tar.xz and data.tar.xz. The package has
 * no scripts: it puts files below rk_system_dir, and rkmod looks there.
 */
enum {
	CHUNK_SIZE = 256 << 10,
};

/* What is in the package comes from two projects. */
static const char copyright[] =
	"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
	"Source: https://www.kernel.org/\n"
	"Comment: Compiled from the source package of the kernel that this package is for,\n"
	" and from the library sources of the Rust compiler that it was built with.\n"
	"\n"
	"Files: *\n"
	"Copyright: (C) the authors of Linux\n"
	"License: GPL-2 with Linux-syscall-note\n"
	" See /usr/share/common-licenses/GPL-2.\n"
	"\n"
	"Files: usr/lib/rkmod/metadata/*/rust/libcore.rmeta\n"
	" usr/lib/rkmod/metadata/*/rust/libcompiler_builtins.rmeta\n"
	"Copyright: (C) the Rust Project developers\n"
	"License: MIT or Apache-2.0\n"
	" See /usr/share/common-licenses/Apache-2.0.\n";

void rk_export_package_release(struct rk_export_package *package)
{
	free(package->name);
	free(package->version);
	free(package->arch);
	free(package->headers);
	memset(package, 0, sizeof(*package));
}

int rk_export_name(const char *release, char **ret, struct rk_error *err)
{
	int r = rk_format(ret, err, "rkmod-metadata-%s", release);

	if (r < 0)
		return r;
	for (char *c = *ret; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
		else if (!(*c >= 'a' && *c <= 'z') && !(*c >= '0' && *c <= '9') &&
			 !strchr("+-.", *c))
			*c = '-';
	}
	return 0;
}

static int fill_package(const struct rk_kernel *kernel, const struct rk_package *headers,
			struct rk_export_package *ret, struct rk_error *err)
{
	if (rk_export_name(kernel->release, &ret->name, err) < 0 ||
	    rk_strdup(headers->version, &ret->version, err) < 0 ||
	    rk_strdup(headers->arch, &ret->arch, err) < 0 ||
	    rk_strdup(headers->name, &ret->headers, err) < 0)
		return -(int)err->code;
	return 0;
}

int rk_export_describe(const struct rk_kernel *kernel, struct rk_export_package *ret,
		       struct rk_error *err)
{
	const struct rk_distro distro = rk_distro_read(kernel->root);
	struct rk_export_package made = {.name = NULL};
	struct rk_package headers = {.name = NULL};
	int r;

	if ((distro.family != RK_DISTRO_DEBIAN && distro.family != RK_DISTRO_UBUNTU) ||
	    !kernel->package[0]) {
		rk_error_set(err, RK_EREFUSED,
			     "no Debian package owns the headers of %s, so a .deb has "
			     "nothing to depend on",
			     kernel->release);
		return rk_error_cure(err, "metadata-export",
				     "export a .tar.xz, for rkmod prepare --import");
	}
	r = rk_package_find(kernel->root, kernel->package, &headers, err);
	if (r == 0)
		r = fill_package(kernel, &headers, &made, err);
	rk_package_release(&headers);
	if (r < 0) {
		rk_export_package_release(&made);
		return r;
	}
	*ret = made;
	return 0;
}

/* ---- the two archives inside ---- */

/* "./", "./usr", ... down to the folder @path. */
static int put_folders(struct rk_archive_writer *writer, const char *path, size_t skip,
		       struct rk_error *err)
{
	for (const char *c = path + skip; *c; c++) {
		cleanup_free char *folder = NULL;

		if (*c != '/')
			continue;
		if (rk_format(&folder, err, "%.*s", (int)(c - path), path) < 0 ||
		    rk_archive_writer_dir(writer, folder, 0755, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

static int put_copyright(struct rk_archive_writer *writer, const char *name,
			 struct rk_buf *md5s, struct rk_error *err)
{
	static const char below[] = "./usr/share/doc/";
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	rk_buf_adds(&text, copyright);
	if (rk_buf_check(&text, err) < 0 ||
	    rk_format(&path, err, "%s%s/copyright", below, name) < 0 ||
	    put_folders(writer, path, strlen("./usr/"), err) < 0)
		return -(int)err->code;
	return rk_export_put_text(writer, path, &text, md5s, err);
}

static int write_data(const struct rk_export_set *set, const char *name, int fd,
		      struct rk_buf *md5s, struct rk_error *err)
{
	cleanup(rk_archive_writer_free_p) struct rk_archive_writer *writer = NULL;
	cleanup_free char *top = NULL;

	if (rk_format(&top, err, ".%s/%s", rk_system_dir, set->kernel->release) < 0 ||
	    rk_archive_writer_open(fd, RK_ARCHIVE_TAR_XZ, set->mtime, &writer, err) < 0 ||
	    put_folders(writer, top, 0, err) < 0 ||
	    rk_export_put(set, writer, top, md5s, err) < 0 ||
	    put_copyright(writer, name, md5s, err) < 0)
		return -(int)err->code;
	return rk_archive_writer_finish(writer, err);
}

static int make_control(const struct rk_export_set *set,
			const struct rk_export_package *package, struct rk_buf *ret,
			struct rk_error *err)
{
	uint64_t kib = (sizeof(copyright) + set->text.len) / 1024 + 2;

	for (size_t i = 0; i < set->record->n_files; i++)
		kib += set->record->files[i].size / 1024 + 1;
	rk_buf_addf(
		ret,
		"Package: %s\nVersion: %s\nArchitecture: %s\n"
		"Maintainer: rkmod prepare --export <nobody@localhost>\n"
		"Installed-Size: %" PRIu64 "\nDepends: %s (= %s)\n"
		"Section: kernel\nPriority: optional\n"
		"Description: Rust metadata for modules of kernel %s\n"
		" What rustc reads when a Rust module is built for this kernel, and its "
		"headers\n"
		" package leaves out: compiled crates and proc-macros, made from the "
		"kernel's\n"
		" own source by its own compiler:\n"
		" %s.\n"
		" .\n"
		" rkmod build finds it; no kernel source is needed.\n",
		package->name, package->version, package->arch, kib, package->headers,
		package->version, set->kernel->release, set->record->rustc_text);
	return rk_buf_check(ret, err);
}

static int write_control(const struct rk_export_set *set,
			 const struct rk_export_package *package, int fd,
			 const struct rk_buf *md5s, struct rk_error *err)
{
	cleanup(rk_archive_writer_free_p) struct rk_archive_writer *writer = NULL;
	cleanup_buf struct rk_buf control = RK_BUF_INIT;

	if (make_control(set, package, &control, err) < 0 ||
	    rk_archive_writer_open(fd, RK_ARCHIVE_TAR_XZ, set->mtime, &writer, err) < 0 ||
	    rk_archive_writer_dir(writer, ".", 0755, err) < 0 ||
	    rk_export_put_text(writer, "./control", &control, NULL, err) < 0 ||
	    rk_export_put_text(writer, "./md5sums", md5s, NULL, err) < 0)
		return -(int)err->code;
	return rk_archive_writer_finish(writer, err);
}

/* ---- the whole ---- */

static int put_from(struct rk_archive_writer *writer, const char *name, int fd,
		    struct rk_error *err)
{
	cleanup_free char *chunk = malloc(CHUNK_SIZE);
	struct stat st;
	ssize_t n;

	if (!chunk)
		return rk_error_nomem(err);
	if (fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return rk_error_sys(err, errno, "'%s'", name);
	if (rk_archive_writer_file(writer, name, 0644, (uint64_t)st.st_size, err) < 0)
		return -(int)err->code;
	while ((n = read(fd, chunk, CHUNK_SIZE)) > 0)
		if (rk_archive_writer_data(writer, chunk, (size_t)n, err) < 0)
			return -(int)err->code;
	return n < 0 ? rk_error_sys(err, errno, "'%s'", name) : 0;
}

static int write_ar(int control, int data, int64_t mtime, int fd, struct rk_error *err)
{
	cleanup(rk_archive_writer_free_p) struct rk_archive_writer *writer = NULL;
	cleanup_buf struct rk_buf version = RK_BUF_INIT;

	rk_buf_adds(&version, "2.0\n");
	if (rk_buf_check(&version, err) < 0 ||
	    rk_archive_writer_open(fd, RK_ARCHIVE_AR, mtime, &writer, err) < 0 ||
	    rk_export_put_text(writer, "debian-binary", &version, NULL, err) < 0 ||
	    put_from(writer, "control.tar.xz", control, err) < 0 ||
	    put_from(writer, "data.tar.xz", data, err) < 0)
		return -(int)err->code;
	return rk_archive_writer_finish(writer, err);
}

int rk_export_deb(const struct rk_export_set *set,
		  const struct rk_export_package *package, int fd, struct rk_error *err)
{
	cleanup_close int control = memfd_create("control.tar.xz", MFD_CLOEXEC);
	cleanup_close int data = memfd_create("data.tar.xz", MFD_CLOEXEC);
	cleanup_buf struct rk_buf md5s = RK_BUF_INIT;

	if (control < 0 || data < 0)
		return rk_error_sys(err, errno, "memfd_create");
	if (write_data(set, package->name, data, &md5s, err) < 0 ||
	    write_control(set, package, control, &md5s, err) < 0)
		return -(int)err->code;
	return write_ar(control, data, set->mtime, fd, err);
}
