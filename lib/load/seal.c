/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "lib/base/file.h"
#include "lib/load/seal.h"

static int fill(const struct rk_module *module, int fd, struct rk_error *err)
{
#ifdef RK_TEST_READ_TWICE
	/* For the test that shows what the seal is good for: as insmod after modinfo. */
	cleanup_buf struct rk_buf again = RK_BUF_INIT;

	usleep(300000);
	if (rk_file_read(module->path, RK_MODULE_SIZE_LIMIT, &again, err) < 0)
		return -(int)err->code;
	return rk_file_write_fd(fd, again.data, again.len, err);
#else
	return rk_file_write_fd(fd, module->data, module->size, err);
#endif
}

#ifndef RK_TEST_READ_TWICE
static int map(struct rk_module *module, int fd, struct rk_error *err)
{
	const size_t size = module->size;
	void *data;

	if (size == 0) /* nothing to map, and nothing that could be changed */
		return 0;
	data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return rk_error_sys(err, errno, "mmap");
	rk_module_drop(module);
	module->data = data;
	module->size = size;
	module->map_size = size;
	return 0;
}
#endif

int rk_seal(struct rk_module *module, int fd, struct rk_error *err)
{
	const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

	if (fill(module, fd, err) < 0)
		return rk_error_prefix(err, "file in memory");
	if (fcntl(fd, F_ADD_SEALS, seals) < 0)
		return rk_error_sys(err, errno, "sealing a file in memory");
#ifdef RK_TEST_READ_TWICE
	return 0;
#else
	return map(module, fd, err);
#endif
}
