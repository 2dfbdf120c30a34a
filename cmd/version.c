/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/cmd.h"
#include "config.h"
#include "lib/base/archive.h"
#include "lib/base/crypto.h"
#include "lib/base/elf.h"
#include "lib/base/gzip.h"
#include "lib/base/json.h"
#include "lib/base/xz.h"
#include "lib/depend/depend.h"
#include "lib/repo/repo.h"

static const struct {
	const char *name;
	int (*version)(struct rk_buf *ret, struct rk_error *err);
} libraries[] = {
	{"libarchive", rk_libarchive_version}, {"libcjson", rk_libcjson_version},
	{"libcrypto", rk_libcrypto_version},   {"libelf", rk_libelf_version},
	{"libgit2", rk_libgit2_version},       {"libkmod", rk_libkmod_version},
	{"liblzma", rk_liblzma_version},       {"libz", rk_zlib_version},
};

void rk_cmd_version(const struct rk_app *app)
{
	fprintf(app->out, "rkmod %s\n", RK_VERSION);
	for (size_t i = 0; i < RK_ARRAY_LEN(libraries); i++) {
		cleanup_buf struct rk_buf version = RK_BUF_INIT;
		struct rk_error err = RK_ERROR_INIT;

		/* That a library is missing is no failure: it may never be needed. */
		if (libraries[i].version(&version, &err) == 0)
			fprintf(app->out, "  %-10s %s\n", libraries[i].name,
				rk_buf_str(&version));
		else
			fprintf(app->out, "  %-10s not there: %s\n", libraries[i].name,
				err.msg);
	}
}
