/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The certificates that are linked into a kernel's image. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/archive.h"
#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/kernel/internal.h"

enum {
	IMAGE_LIMIT = 128 << 20,
	KERNEL_LIMIT = 512 << 20,
	ALIGNMENT = 8,          /* of the list, and of the sizes behind it */
	SIZES_RANGE = 64 << 10, /* CONFIG_SYSTEM_EXTRA_CERTIFICATE may lie between */
};

static const char fact_kind[] = "certificates";

static uint32_t get_u32(const struct rk_buf *buf, size_t offset)
{
	uint32_t value = 0;

	if (offset <= buf->len && buf->len - offset >= sizeof(value))
		memcpy(&value, buf->data + offset, sizeof(value));
	return le32toh(value);
}

static bool has_text(const struct rk_buf *buf, size_t offset, const char *text)
{
	size_t len = strlen(text);

	return offset <= buf->len && buf->len - offset >= len &&
	       memcmp(buf->data + offset, text, len) == 0;
}

/* Where the compressed kernel lies in the file: Documentation/arch/x86/boot.rst, and
 * drivers/firmware/efi/libstub/zboot-header.S; else the file is it. */
static bool find_payload(const struct rk_buf *image, size_t *ret_start, size_t *ret_size)
{
	enum {
		SETUP_SECTS = 0x1f1,
		MAGIC = 0x202,
		PAYLOAD_OFFSET = 0x248,
		PAYLOAD_LENGTH = 0x24c,
		SECTOR = 512,
	};

	*ret_start = 0;
	*ret_size = image->len;
	if (has_text(image, MAGIC, "HdrS")) {
		*ret_start = ((size_t)(uint8_t)image->data[SETUP_SECTS] + 1) * SECTOR +
			     get_u32(image, PAYLOAD_OFFSET);
		*ret_size = get_u32(image, PAYLOAD_LENGTH);
	} else if (has_text(image, 0, "MZ") && has_text(image, 4, "zimg")) {
		*ret_start = get_u32(image, 8);
		*ret_size = get_u32(image, 12);
	}
	return *ret_start <= image->len && *ret_size <= image->len - *ret_start;
}

static int decompress(const struct rk_buf *image, struct rk_buf *ret,
		      struct rk_error *err)
{
	enum {
		PLAIN_SIZE = 4, /* Kbuild appends it, but to gzip, which has it itself */
	};
	enum rk_compression compression;
	size_t start;
	size_t size;

	if (!find_payload(image, &start, &size))
		return rk_error_set(err, RK_EFORMAT, "is cut off");
	compression = rk_compression_of(image->data + start, size);
	if (start && compression == RK_COMPRESSION_NONE)
		return rk_error_set(err, RK_EFORMAT,
				    "is compressed in a way that rkmod cannot unpack");
	if (start && compression != RK_COMPRESSION_GZIP && size > PLAIN_SIZE)
		size -= PLAIN_SIZE;
	return rk_decompress(image->data + start, size, KERNEL_LIMIT, ret, err);
}

/* The size of all certificates from here on. */
static size_t run_size(struct rk_der bytes, size_t *ret_first)
{
	struct rk_x509 x509;
	size_t size = 0;

	*ret_first = 0;
	while (rk_x509_read(bytes, &x509)) {
		if (size == 0)
			*ret_first = x509.whole.size;
		size += x509.whole.size;
		bytes.data += x509.whole.size;
		bytes.size -= x509.whole.size;
	}
	return size;
}

static bool has_sizes(struct rk_der image, size_t end, size_t all, size_t first)
{
	uint64_t sizes[2];
	size_t offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

	for (; offset < end + SIZES_RANGE && image.size >= sizeof(sizes) &&
	       offset <= image.size - sizeof(sizes);
	     offset += ALIGNMENT) {
		memcpy(sizes, image.data + offset, sizeof(sizes));
		if (le64toh(sizes[0]) == all &&
		    (le64toh(sizes[1]) == first || sizes[1] == 0))
			return true;
	}
	return false;
}

struct rk_der rk_certs_find_list(struct rk_der image)
{
	static const uint8_t start[] = {RK_DER_SEQUENCE, 0x82}; /* 256 bytes or more */

	for (size_t i = 0; i + sizeof(start) < image.size; i += ALIGNMENT) {
		struct rk_der rest = {image.data + i, image.size - i};
		size_t first;
		size_t size;

		if (memcmp(rest.data, start, sizeof(start)) != 0)
			continue;
		size = run_size(rest, &first);
		if (size && has_sizes(image, i + size, size, first))
			return (struct rk_der){rest.data, size};
	}
	return (struct rk_der){NULL, 0};
}

static int read_image(int fd, struct rk_buf *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf image = RK_BUF_INIT;
	cleanup_buf struct rk_buf kernel = RK_BUF_INIT;
	struct rk_der list;

	if (rk_file_read_fd(fd, IMAGE_LIMIT, &image, err) < 0 ||
	    decompress(&image, &kernel, err) < 0)
		return -(int)err->code;
	list = rk_certs_find_list(
		(struct rk_der){(const uint8_t *)kernel.data, kernel.len});
	if (list.size == 0)
		return rk_error_set(err, RK_EFORMAT, "holds no list of certificates");
	rk_buf_add(ret, list.data, list.size);
	return rk_buf_check(ret, err);
}

/* A fact is text. */
static void put_fact(const struct rk_machine *machine, const char *path,
		     const struct stat *st, const struct rk_buf *list)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	for (size_t i = 0; i < list->len; i++)
		rk_buf_addf(&text, "%02x", (uint8_t)list->data[i]);
	if (rk_buf_check(&text, &err) == 0)
		rk_fact_put(machine, fact_kind, path, st, rk_buf_str(&text));
}

static bool get_fact(const struct rk_machine *machine, const char *path,
		     const struct stat *st, struct rk_buf *ret)
{
	cleanup_free char *text = NULL;
	struct rk_error err = RK_ERROR_INIT;
	size_t len;

	if (!rk_fact_get(machine, fact_kind, path, st, &text))
		return false;
	len = strlen(text);
	for (size_t i = 0; i + 2 <= len; i += 2) {
		char digits[3] = {text[i], text[i + 1]};

		rk_buf_addc(ret, (char)strtoul(digits, NULL, 16));
	}
	return rk_buf_check(ret, &err) == 0;
}

static int read_list(const struct rk_machine *machine, const struct rk_kernel *kernel,
		     struct rk_buf *ret, struct rk_error *err)
{
	cleanup_free char *host_path = NULL;
	cleanup_close int fd = -1;
	struct stat st;

	if (rk_root_host_path(kernel->root, kernel->image, &host_path, err) < 0 ||
	    rk_root_open_file(kernel->root, kernel->image, O_RDONLY | O_NONBLOCK, &fd,
			      err) < 0)
		return -(int)err->code;
	if (fstat(fd, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", kernel->image);
	if (get_fact(machine, host_path, &st, ret))
		return 0;
	if (read_image(fd, ret, err) < 0)
		return rk_error_prefix(err, "'%s'", kernel->image);
	put_fact(machine, host_path, &st, ret);
	return 0;
}

/* Revoked certificates are linked in beside the trusted ones, and look alike. */
static bool has_revoked(const struct rk_kernel *kernel)
{
	const char *keys =
		rk_kconfig_get(kernel->config, "CONFIG_SYSTEM_REVOCATION_KEYS");

	return keys && keys[0];
}

static int add_image(struct rk_certs *certs, const struct rk_machine *machine,
		     const struct rk_kernel *kernel, struct rk_error *err)
{
	cleanup_buf struct rk_buf list = RK_BUF_INIT;

	if (!kernel->image || kernel->image[0] == '\0')
		return rk_error_set(err, RK_ENOTFOUND,
				    "the image of kernel '%s' is not here",
				    kernel->release);
	if (has_revoked(kernel))
		return rk_error_set(
			err, RK_EFORMAT,
			"kernel '%s' has revoked certificates, which rkmod does not tell from the others",
			kernel->release);
	if (read_list(machine, kernel, &list, err) < 0)
		return -(int)err->code;
	return rk_certs_add_list(
		certs, (struct rk_der){(const uint8_t *)list.data, list.len}, err);
}

int rk_certs_add_kernel(struct rk_certs *certs, const struct rk_machine *machine,
			const struct rk_kernel *kernel, struct rk_error *err)
{
	struct rk_error why = RK_ERROR_INIT;

	if (add_image(certs, machine, kernel, &why) == 0)
		return 0;
	if (why.code == RK_ENOMEM)
		return rk_error_nomem(err);
	rk_log(RK_LOG_DEBUG, "the kernel's certificates are not known: %s", why.msg);
	return rk_strdup(why.msg, &certs->missing, err);
}
