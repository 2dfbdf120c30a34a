/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/kmsg.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* The byte of a "\xNN" at @text, or -1. */
static int escaped_byte(const char *text)
{
	int high;
	int low;

	if (text[0] != '\\' || text[1] != 'x')
		return -1;
	high = hex_value(text[2]);
	low = high < 0 ? -1 : hex_value(text[3]);
	return low < 0 ? -1 : high * 16 + low;
}

int rk_kmsg_unescape(const char *from, struct rk_buf *to, struct rk_error *err)
{
	while (*from) {
		int byte = escaped_byte(from);
		unsigned char c = byte < 0 ? (unsigned char)*from : (unsigned char)byte;

		rk_buf_add(to, &c, 1);
		from += byte < 0 ? 1 : 4;
	}
	return rk_buf_check(to, err);
}

/* Decimal digits only: strtoul alone takes signs and blanks. */
static bool take_number(const char **text, uint64_t *ret)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	errno = 0;
	*ret = strtoull(*text, &end, 10);
	*text = end;
	return errno == 0;
}

/* "prio,seq,usec,flags[,more];text" */
int rk_kmsg_read(const char *record, uint64_t *ret_seq, struct rk_buf *text,
		 struct rk_error *err)
{
	const char *semicolon = strchr(record, ';');
	const char *next = record;
	uint64_t priority;
	uint64_t seq;

	rk_buf_truncate(text, 0);
	if (!semicolon || !take_number(&next, &priority) || *next++ != ',' ||
	    !take_number(&next, &seq) || *next != ',' || next > semicolon)
		return rk_error_set(err, RK_EFORMAT, "damaged kernel log record: '%.40s'",
				    record);
	*ret_seq = seq;
	return rk_kmsg_unescape(semicolon + 1, text, err);
}
