/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/archive.h"
#include "lib/base/libarchive.h"

static struct rk_libarchive table;

#define SYMBOL(fn) RK_LIBRARY_SYMBOL(table, fn),
static const struct rk_library_symbol symbols[] = {RK_LIBARCHIVE_FUNCTIONS(SYMBOL)};

static const struct rk_library library = {
	.soname = "libarchive.so.13",
	.package =
		"libarchive13", /* Debian 13 calls it libarchive13t64 and provides this */
	.symbols = symbols,
	.n_symbols = RK_ARRAY_LEN(symbols),
};

int rk_libarchive(const struct rk_libarchive **ret, struct rk_error *err)
{
	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	*ret = &table;
	return 0;
}

const char *rk_libarchive_why(const struct rk_libarchive *lib, struct archive *archive)
{
	const char *text = lib->archive_error_string(archive);

	return text ? text : "unknown failure";
}

int rk_libarchive_version(struct rk_buf *ret, struct rk_error *err)
{
	const char *text;

	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	text = table.archive_version_string(); /* "libarchive 3.6.2" */
	rk_buf_adds(ret, text + strcspn(text, "0123456789"));
	return rk_buf_check(ret, err);
}
