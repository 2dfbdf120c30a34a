/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_MODINFO_H
#define RK_MODULE_MODINFO_H

#include "lib/module/view.h"

/*
 * The .modinfo section as kernel/module/main.c: get_next_modinfo() walks it: any number
 * of NULs between entries, a key matches by its text before '=', and the first string is
 * looked at whatever the section's size. A last entry without NUL runs on into the file.
 */
struct rk_modinfo {
	const char *text; /* first byte; NULL: the loader would read outside the file */
	size_t size;      /* sh_size, which may be more than the file has */
	size_t limit;     /* bytes of the file from @text on */
};

/* @section: as the loader chose it; that of index 0 if there is no .modinfo. */
struct rk_modinfo rk_modinfo_open(const struct rk_view *view, const Elf64_Shdr *section);

/**
 * rk_modinfo_find() - the modinfo of a file that need not be a module
 * @view: filled as well, for what else is wanted of the file
 * Return: false if sections or their names cannot be read. Nothing is judged.
 */
bool rk_modinfo_find(const uint8_t *data, size_t size, struct rk_view *view,
		     struct rk_modinfo *ret);

/**
 * rk_modinfo_next() - the value of the next entry with a key
 * @previous: what was returned before, NULL for the first
 * Return: ends with NUL inside the file; NULL: no more.
 */
const char *rk_modinfo_next(const struct rk_modinfo *info, const char *key,
			    const char *previous);

static inline const char *rk_modinfo_get(const struct rk_modinfo *info, const char *key)
{
	return rk_modinfo_next(info, key, NULL);
}

#endif
