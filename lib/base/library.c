/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/library.h"

static int fill(void *handle, const struct rk_library *library, struct rk_error *err)
{
	for (size_t i = 0; i < library->n_symbols; i++) {
		void *address = dlsym(handle, library->symbols[i].name);

		if (!address)
			return rk_error_set(err, RK_ETOOL,
					    "library '%s' has no function '%s'",
					    library->soname, library->symbols[i].name);
		/* Filled before, it may be in use by other threads. */
		if (*library->symbols[i].address != address)
			*library->symbols[i].address = address;
	}
	return 0;
}

int rk_library_open(const struct rk_library *library, struct rk_error *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	void *handle;
	int r;

	pthread_mutex_lock(&lock);
	/* Counts up when it is open already; never closed, so nothing is left over. */
	handle = dlopen(library->soname, RTLD_NOW | RTLD_LOCAL);
	if (handle)
		r = fill(handle, library, err);
	else
		r = rk_error_set(err, RK_ETOOL, "cannot open library '%s': %s",
				 library->soname, dlerror());
	pthread_mutex_unlock(&lock);
	if (r < 0)
		return rk_error_cure(
			err, "library-missing",
			"install the package that has it; Debian calls it '%s'",
			library->package);
	return 0;
}

int rk_library_file(const void *address, struct rk_buf *ret, struct rk_error *err)
{
	cleanup_free char *path = NULL;
	Dl_info info;

	if (!dladdr(address, &info) || !info.dli_fname)
		return rk_error_set(err, RK_ENOTFOUND,
				    "the file of a library is not known");
	if (rk_path_real(info.dli_fname, &path, err) < 0)
		return -(int)err->code;
	rk_buf_adds(ret, strrchr(path, '/') + 1);
	return rk_buf_check(ret, err);
}
