/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_TESTS_UNIT_TAR_H
#define RK_TESTS_UNIT_TAR_H

#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"

/* A tar archive in memory, entry by entry, whatever they say. */
struct tar_header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], chksum[8], type,
		linkname[100], magic[8], rest[247];
};

static inline void add_entry(struct rk_buf *tar, const char *name, char type,
			     const char *text)
{
	struct tar_header h = {.type = type, .magic = "ustar"};
	size_t size = type == '0' ? strlen(text) : 0;
	unsigned int sum = 0;

	snprintf(h.name, sizeof(h.name), "%s", name);
	snprintf(h.mode, sizeof(h.mode), "%07o", 0755U);
	snprintf(h.size, sizeof(h.size), "%011o", (unsigned int)size & 077777777);
	memcpy(h.magic + 6, "00", 2);
	if (type != '0')
		snprintf(h.linkname, sizeof(h.linkname), "%s", text);
	memset(h.chksum, ' ', sizeof(h.chksum));
	for (size_t i = 0; i < sizeof(h); i++)
		sum += ((unsigned char *)&h)[i];
	snprintf(h.chksum, sizeof(h.chksum), "%06o", sum);
	rk_buf_add(tar, &h, sizeof(h));
	rk_buf_add(tar, text, size);
	while (tar->len % 512)
		rk_buf_addc(tar, '\0');
}

static inline void finish_tar(struct rk_buf *tar)
{
	static const char zeros[1024];

	rk_buf_add(tar, zeros, sizeof(zeros));
}

#endif
