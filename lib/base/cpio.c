/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/archive.h"
#include "lib/base/file.h"

/*
 * The newc format (Documentation/driver-api/early-userspace/buffer-format.rst) is a
 * header of 110 characters, a name and the bytes, both padded to four: less to write
 * down than to ask a library for.
 */
struct rk_cpio {
	int fd; /* borrowed */
	uint32_t n_entries;
};

struct header {
	const char *path;
	mode_t mode;
	size_t size;
	unsigned int major;
	unsigned int minor;
};

int rk_cpio_open(int fd, struct rk_cpio **ret, struct rk_error *err)
{
	struct rk_cpio *cpio = calloc(1, sizeof(*cpio));

	if (!cpio)
		return rk_error_nomem(err);
	cpio->fd = fd;
	*ret = cpio;
	return 0;
}

void rk_cpio_free(struct rk_cpio *cpio)
{
	free(cpio);
}

static void pad(struct rk_buf *buf)
{
	while (buf->len % 4)
		rk_buf_addc(buf, '\0');
}

static int add(struct rk_cpio *cpio, const struct header *header, const void *data,
	       struct rk_error *err)
{
	static const char zeros[4];
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	if (header->size > UINT32_MAX)
		return rk_error_set(err, RK_EFORMAT, "'%s' is too large for an initramfs",
				    header->path);
	/* magic, ino, mode, uid, gid, nlink, mtime, size, device, its own number, length
	 * of the name, checksum */
	rk_buf_addf(&buf, "070701%08X%08X%08X%08X%08X%08X%08zX%08X%08X%08X%08X%08zX%08X",
		    ++cpio->n_entries, (unsigned int)header->mode, 0U, 0U,
		    S_ISDIR(header->mode) ? 2U : 1U, 0U, header->size, 0U, 0U,
		    header->major, header->minor, strlen(header->path) + 1, 0U);
	rk_buf_add(&buf, header->path, strlen(header->path) + 1);
	pad(&buf);
	if (rk_buf_check(&buf, err) < 0 ||
	    rk_file_write_fd(cpio->fd, buf.data, buf.len, err) < 0 ||
	    rk_file_write_fd(cpio->fd, data, header->size, err) < 0)
		return -(int)err->code;
	return rk_file_write_fd(cpio->fd, zeros, -header->size % 4, err);
}

int rk_cpio_add_dir(struct rk_cpio *cpio, const char *path, mode_t mode,
		    struct rk_error *err)
{
	const struct header header = {.path = path, .mode = S_IFDIR | (mode & 07777)};

	return add(cpio, &header, NULL, err);
}

int rk_cpio_add_file(struct rk_cpio *cpio, const char *path, mode_t mode,
		     const void *data, size_t size, struct rk_error *err)
{
	const struct header header = {
		.path = path, .mode = S_IFREG | (mode & 07777), .size = size};

	return add(cpio, &header, data, err);
}

int rk_cpio_add_link(struct rk_cpio *cpio, const char *path, const char *target,
		     struct rk_error *err)
{
	const struct header header = {
		.path = path, .mode = S_IFLNK | 0777, .size = strlen(target)};

	return add(cpio, &header, target, err);
}

int rk_cpio_add_node(struct rk_cpio *cpio, const char *path, mode_t mode,
		     unsigned int major, unsigned int minor, struct rk_error *err)
{
	const struct header header = {
		.path = path, .mode = mode, .major = major, .minor = minor};

	return add(cpio, &header, NULL, err);
}

int rk_cpio_finish(struct rk_cpio *cpio, struct rk_error *err)
{
	const struct header trailer = {.path = "TRAILER!!!"};

	return add(cpio, &trailer, NULL, err);
}
