/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_PRUNE_H
#define RK_BASE_PRUNE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* What is to be removed from a folder that only the caller can write. */
struct rk_prune {
	const char *dir;
	bool (*concerns)(const char *name); /* NULL: everything in it */
	/* Removes one, or leaves it, or NULL: rk_dir_remove() */
	void (*remove)(const char *dir, const char *name);
	time_t max_age;   /* seconds since it was changed or rk_prune_touch()ed; 0: any */
	size_t max_items; /* so many may stay, the youngest; 0: any number */
};

/* A folder that is not there, and what cannot be removed, is no failure. */
void rk_prune(const struct rk_prune *prune);

/* It is in use: its age begins anew, give or take an hour. */
void rk_prune_touch(const char *path);

#endif
