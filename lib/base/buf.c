/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/memory.h"

/* Makes room for @extra bytes and a NUL. */
static bool reserve(struct rk_buf *buf, size_t extra)
{
	size_t need;
	size_t cap;
	char *data;

	if (buf->failed)
		return false;
	if (__builtin_add_overflow(buf->len, extra, &need) ||
	    __builtin_add_overflow(need, 1, &need)) {
		buf->failed = true;
		return false;
	}
	if (need <= buf->cap)
		return true;
	cap = buf->cap ? buf->cap : 64;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	data = realloc(buf->data, cap);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	return true;
}

void rk_buf_reserve(struct rk_buf *buf, size_t size)
{
	size_t cap = 0;

	if (!buf->data && !buf->failed && size && size < SIZE_MAX) {
		buf->data = rk_memory_alloc(size + 1, &cap);
		buf->cap = buf->data ? cap : 0;
	}
	if (reserve(buf, size))
		buf->data[buf->len] = '\0';
}

void rk_buf_add(struct rk_buf *buf, const void *data, size_t size)
{
	if (!reserve(buf, size))
		return;
	if (size)
		memcpy(buf->data + buf->len, data, size);
	buf->len += size;
	buf->data[buf->len] = '\0';
}

void rk_buf_adds(struct rk_buf *buf, const char *text)
{
	rk_buf_add(buf, text, strlen(text));
}

void rk_buf_addc(struct rk_buf *buf, char c)
{
	rk_buf_add(buf, &c, 1);
}

static void RK_PRINTF(2, 0) add_vformat(struct rk_buf *buf, const char *fmt, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	if (len < 0)
		buf->failed = true;
	else if (reserve(buf, (size_t)len)) {
		vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void rk_buf_addf(struct rk_buf *buf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_vformat(buf, fmt, args);
	va_end(args);
}

void rk_buf_truncate(struct rk_buf *buf, size_t len)
{
	if (!buf->data || len > buf->len)
		return;
	buf->len = len;
	buf->data[len] = '\0';
}

const char *rk_buf_str(const struct rk_buf *buf)
{
	return buf->data ? buf->data : "";
}

int rk_buf_check(const struct rk_buf *buf, struct rk_error *err)
{
	return buf->failed ? rk_error_nomem(err) : 0;
}

int rk_buf_take(struct rk_buf *buf, char **ret, struct rk_error *err)
{
	rk_buf_add(buf, "", 0);
	if (buf->failed) {
		rk_buf_release(buf);
		return rk_error_nomem(err);
	}
	*ret = buf->data;
	*buf = (struct rk_buf)RK_BUF_INIT;
	return 0;
}

void rk_buf_release(struct rk_buf *buf)
{
	free(buf->data);
	*buf = (struct rk_buf)RK_BUF_INIT;
}

int rk_format(char **ret, struct rk_error *err, const char *fmt, ...)
{
	struct rk_buf buf = RK_BUF_INIT;
	va_list args;

	va_start(args, fmt);
	add_vformat(&buf, fmt, args);
	va_end(args);
	return rk_buf_take(&buf, ret, err);
}

int rk_strdup(const char *text, char **ret, struct rk_error *err)
{
	char *copy = strdup(text);

	if (!copy)
		return rk_error_nomem(err);
	*ret = copy;
	return 0;
}
