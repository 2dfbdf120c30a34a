/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/gzip.h"
#include "lib/base/memory.h"
#include "lib/base/xz.h"
#include "lib/module/module.h"

/* The file may have become shorter since it was asked for its size. */
static int read_all(int fd, struct rk_module *module, struct rk_error *err)
{
	size_t done = 0;

	while (done < module->size) {
		ssize_t n = read(fd, module->data + done, module->size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rk_error_sys(err, errno, "read");
		if (n == 0)
			break;
		done += (size_t)n;
	}
	module->size = done;
	return 0;
}

/*
 * What only uid 0 can change need not be copied: whoever could change it while it is
 * judged could change rkmod as well. Other files may be written to or shortened by
 * whoever builds them, just now.
 */
static bool map_file(int fd, const struct stat *st, struct rk_module *module)
{
	void *data;

	if (st->st_uid != 0 || st->st_mode & 022 || st->st_size == 0)
		return false;
	data = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return false;
	module->data = data;
	module->size = (size_t)st->st_size;
	module->map_size = module->size;
	return true;
}

static int read_file(struct rk_module *module, struct rk_error *err)
{
	cleanup_close int fd = open(module->path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return rk_error_sys(err, errno, "open");
	if (!S_ISREG(st.st_mode))
		return rk_error_set(err, RK_EFORMAT, "is no regular file");
	if (st.st_size > RK_MODULE_SIZE_LIMIT)
		return rk_error_set(err, RK_EFORMAT, "is longer than %d bytes",
				    RK_MODULE_SIZE_LIMIT);
	if (map_file(fd, &st, module))
		return 0;
	module->size = (size_t)st.st_size;
	module->data = rk_memory_alloc(module->size ? module->size : 1, NULL);
	if (!module->data)
		return rk_error_nomem(err);
	return read_all(fd, module, err);
}

/* The kernel has its own decoder, which takes one stream and few kinds of check. */
static int unpack_xz(struct rk_module *module, struct rk_buf *plain, struct rk_error *err)
{
	enum {
		CHECK_OFFSET = 7, /* second byte of the stream's flags */
		CHECK_CRC32 = 1,
	};
	static const enum rk_packing packings[] = {
		[RK_XZ_WHOLE] = RK_PACKING_SOUND,
		[RK_XZ_CUT] = RK_PACKING_CUT,
		[RK_XZ_DAMAGED] = RK_PACKING_DAMAGED,
		[RK_XZ_OPTIONS] = RK_PACKING_OPTIONS,
	};
	enum rk_xz_end end = RK_XZ_CUT;

	if (rk_xz_unpack(module->data, module->size, RK_MODULE_SIZE_LIMIT, plain, &end,
			 err) < 0)
		return -(int)err->code;
	module->packing = packings[end];
	module->is_cut = end != RK_XZ_WHOLE;
	if (end != RK_XZ_DAMAGED && module->size > CHECK_OFFSET &&
	    module->data[CHECK_OFFSET] > CHECK_CRC32)
		module->packing = RK_PACKING_CHECK;
	return 0;
}

static int unpack_gzip(struct rk_module *module, struct rk_buf *plain,
		       struct rk_error *err)
{
	static const enum rk_packing packings[] = {
		[RK_GZIP_WHOLE] = RK_PACKING_SOUND,
		[RK_GZIP_CUT] = RK_PACKING_CUT,
		[RK_GZIP_DAMAGED] = RK_PACKING_DAMAGED,
		[RK_GZIP_CHECK] = RK_PACKING_TRAILER,
		[RK_GZIP_OPTIONS] = RK_PACKING_OPTIONS,
	};
	enum rk_gzip_end end = RK_GZIP_CUT;

	if (rk_gzip_unpack(module->data, module->size, RK_MODULE_SIZE_LIMIT, plain, &end,
			   err) < 0)
		return -(int)err->code;
	module->packing = packings[end];
	return 0;
}

static int unpack_other(struct rk_module *module, struct rk_buf *plain,
			struct rk_error *err)
{
	int ret = rk_decompress(module->data, module->size, RK_MODULE_SIZE_LIMIT, plain,
				err);

	if (ret != -RK_EFORMAT)
		return ret;
	module->packing = RK_PACKING_DAMAGED;
	module->is_cut = true;
	return 0;
}

static int decompress(struct rk_module *module, struct rk_error *err)
{
	cleanup_buf struct rk_buf plain = RK_BUF_INIT;
	int ret;

	module->compression = rk_compression_of(module->data, module->size);
	if (module->compression == RK_COMPRESSION_NONE)
		return 0;
	if (module->compression == RK_COMPRESSION_XZ)
		ret = unpack_xz(module, &plain, err);
	else if (module->compression == RK_COMPRESSION_GZIP)
		ret = unpack_gzip(module, &plain, err);
	else
		ret = unpack_other(module, &plain, err);
	if (ret < 0)
		return ret;
	rk_buf_adds(&plain, ""); /* an object to hand over, also of nothing */
	if (rk_buf_check(&plain, err) < 0)
		return -(int)err->code;
	rk_module_drop(module);
	module->size = plain.len;
	module->data = (uint8_t *)RK_STEAL(plain.data);
	return 0;
}

/* NULL: no memory. */
static struct rk_module *make_module(const char *path, struct rk_error *err)
{
	cleanup(rk_module_free_p) struct rk_module *module = calloc(1, sizeof(*module));

	if (!module) {
		rk_error_nomem(err);
		return NULL;
	}
	if (rk_strdup(path, &module->path, err) < 0)
		return NULL;
	return RK_STEAL(module);
}

int rk_module_new(const char *path, struct rk_module **ret, struct rk_error *err)
{
	struct rk_module *module = make_module(path, err);

	if (!module)
		return -(int)err->code;
	*ret = module;
	return 0;
}

int rk_module_read(struct rk_module *module, struct rk_error *err)
{
	assert(module);
	if (module->data)
		return 0;
	if (read_file(module, err) < 0 || decompress(module, err) < 0) {
		rk_module_drop(module);
		return rk_error_prefix(err, "'%s'", module->path);
	}
	return 0;
}

int rk_module_open(const char *path, struct rk_module **ret, struct rk_error *err)
{
	cleanup(rk_module_free_p) struct rk_module *module = make_module(path, err);

	if (!module || rk_module_read(module, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(module);
	return 0;
}

void rk_module_drop(struct rk_module *module)
{
	if (module->map_size)
		munmap(module->data, module->map_size);
	else
		free(module->data);
	module->data = NULL;
	module->size = 0;
	module->map_size = 0;
}

void rk_module_done(const struct rk_module *module, const uint8_t *data, size_t size)
{
	enum {
		PAGE = 4096, /* of x86-64; where it is larger, madvise refuses, no harm */
		WORTH_IT = 256 << 10,
	};
	uintptr_t start = ((uintptr_t)data + PAGE - 1) / PAGE * PAGE;
	uintptr_t end = ((uintptr_t)data + size) / PAGE * PAGE;

	if (module->map_size && size >= WORTH_IT)
		madvise(module->data + (start - (uintptr_t)module->data), end - start,
			MADV_DONTNEED);
}

void rk_module_free(struct rk_module *module)
{
	if (!module)
		return;
	free(module->path);
	rk_module_drop(module);
	free(module);
}
