/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "lib/base/error.h"

/* One line: control characters of hostile names never reach a terminal or a log. */
static void make_one_line(char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
}

static void RK_PRINTF(3, 0)
	vset(struct rk_error *err, enum rk_code code, const char *fmt, va_list args)
{
	memset(err, 0, sizeof(*err));
	err->code = code;
	vsnprintf(err->msg, sizeof(err->msg), fmt, args);
	make_one_line(err->msg);
}

int(rk_error_set)(struct rk_error *err, enum rk_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vset(err, code, fmt, args);
	va_end(args);
	return -(int)code;
}

int(rk_error_sys)(struct rk_error *err, int sys_errno, const char *fmt, ...)
{
	va_list args;
	size_t len;

	va_start(args, fmt);
	vset(err, sys_errno == ENOENT ? RK_ENOTFOUND : RK_ESYS, fmt, args);
	va_end(args);
	err->sys_errno = sys_errno;
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", strerror(sys_errno));
	return -(int)err->code;
}

int(rk_error_prefix)(struct rk_error *err, const char *fmt, ...)
{
	char old[sizeof(err->msg)];
	va_list args;
	size_t len;

	memcpy(old, err->msg, sizeof(old));
	va_start(args, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, args);
	va_end(args);
	make_one_line(err->msg);
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", old);
	return -(int)err->code;
}

int(rk_error_cure)(struct rk_error *err, const char *id, const char *fmt, ...)
{
	va_list args;

	if (id && !err->id)
		err->id = id;
	if (err->cure[0])
		return -(int)err->code;
	va_start(args, fmt);
	vsnprintf(err->cure, sizeof(err->cure), fmt, args);
	va_end(args);
	make_one_line(err->cure);
	return -(int)err->code;
}

int(rk_error_nomem)(struct rk_error *err)
{
	return rk_error_set(err, RK_ENOMEM, "out of memory");
}
