/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_DPKG_H
#define RK_ROOT_DPKG_H

#include "lib/root/package.h"

/*
 * Only for lib/root: the paragraphs of dpkg's status file and of what apt-cache prints,
 * from raw bytes. Nothing is trusted: names are checked before they become parts of
 * paths, and what makes no sense is skipped, as dpkg's own readers get to see it first.
 */
struct rk_dpkg_iter {
	const char *next; /* borrowed bytes, need no NUL at the end */
	const char *end;
};

/* A piece of the text, not terminated. */
struct rk_dpkg_span {
	const char *text;
	size_t len;
};

/* The next paragraph, false at the end. */
bool rk_dpkg_next(struct rk_dpkg_iter *iter, struct rk_dpkg_span *ret);

/* A field of a paragraph, blanks around it and case of @name aside; lines that continue
 * it are part of it. Absent: false. */
bool rk_dpkg_field(const struct rk_dpkg_span *paragraph, const char *name,
		   struct rk_dpkg_span *ret);

/* Lower case letters, digits and "+-.", two at least: safe as part of a path. */
bool rk_dpkg_is_name(const char *name, size_t len);

/**
 * rk_dpkg_package() - a paragraph as a package
 * @ret: rk_package_release()
 * Return: 0, -RK_EFORMAT (no sound name or no version), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_dpkg_package(const struct rk_dpkg_span *paragraph,
				  struct rk_package *ret, struct rk_error *err);

#endif
