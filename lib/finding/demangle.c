/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one user of libiberty. */
#include <libiberty/demangle.h>
#include <string.h>

#include "lib/finding/finding.h"

enum {
	NAME_LIMIT = 512, /* KSYM_NAME_LEN: the kernel knows no longer symbol */
	TEXT_LIMIT = 2048,
	/* A back reference prints an earlier part again, so that each may double the
	 * text: a hostile name of 500 bytes would print for years. Kernel symbols have
	 * up to ten. */
	BACKREF_LIMIT = 32,
};

static void add_part(const char *data, size_t len, void *opaque)
{
	struct rk_buf *buf = opaque;

	if (buf->len + len <= TEXT_LIMIT)
		rk_buf_add(buf, data, len);
}

/* Counts the capital letter, be it a back reference or part of a word. */
static bool is_harmless(const char *name)
{
	size_t len = strlen(name);
	size_t n_backrefs = 0;

	if (len >= NAME_LIMIT)
		return false;
	for (size_t i = 0; i < len; i++)
		n_backrefs += name[i] == 'B';
	return n_backrefs <= BACKREF_LIMIT;
}

int rk_demangle(const char *name, char **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	if (strncmp(name, "_R", 2) != 0 && strncmp(name, "_ZN", 3) != 0)
		return rk_strdup(name, ret, err);
	if (!is_harmless(name) || !rust_demangle_callback(name, 0, add_part, &buf) ||
	    buf.len == 0)
		return rk_strdup(name, ret, err);
	return rk_buf_take(&buf, ret, err);
}
