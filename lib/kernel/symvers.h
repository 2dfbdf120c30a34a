/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_SYMVERS_H
#define RK_KERNEL_SYMVERS_H

#include <stdint.h>

#include "lib/base/buf.h"

/*
 * Module.symvers (scripts/mod/modpost.c: read_dump): what a kernel and its modules
 * export. Made for 30,000 lines in a few milliseconds: the text is kept and pointed into.
 */
struct rk_export {
	const char *name;  /* NUL-terminated */
	const char *owner; /* "vmlinux", or a module's path without ".ko" */
	const char *ns;    /* namespace, "" if none; "module:a,b" names modules */
	uint32_t crc;
	bool gpl_only;
};

struct rk_symvers;

/**
 * rk_symvers_parse() - take apart the text
 * @text: taken over on success; on failure still the caller's to release, but cut up
 * Return: 0, -RK_EFORMAT with the line, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_symvers_parse(struct rk_buf *text, struct rk_symvers **ret,
				   struct rk_error *err);
void rk_symvers_free(struct rk_symvers *symvers); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_symvers *, rk_symvers_free);

/* NULL if nobody exports it. Where a name stands twice, vmlinux's entry is found first.
 */
const struct rk_export *rk_symvers_find(const struct rk_symvers *symvers,
					const char *name);

size_t rk_symvers_count(const struct rk_symvers *symvers);
/* In the file's order; @i below the count. */
const struct rk_export *rk_symvers_at(const struct rk_symvers *symvers, size_t i);

#endif
