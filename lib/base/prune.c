/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/prune.h"

enum {
	TOUCH_AGE = 60 * 60,
};

struct item {
	char *name;
	struct timespec mtime;
};

struct items {
	struct item *items;
	size_t n;
};

static void release_items(struct items *items)
{
	for (size_t i = 0; i < items->n; i++)
		free(items->items[i].name);
	free(items->items);
}

/* Return: false if memory ran out: then nothing is pruned this time. */
static bool add_item(struct items *items, const char *name, const struct timespec *mtime)
{
	struct item *more =
		reallocarray(items->items, items->n + 1, sizeof(*items->items));
	char *copy = strdup(name);

	if (more)
		items->items = more;
	if (!more || !copy) {
		free(copy);
		return false;
	}
	items->items[items->n++] = (struct item){.name = copy, .mtime = *mtime};
	return true;
}

static bool list_items(const struct rk_prune *prune, struct items *ret)
{
	DIR *dir = opendir(prune->dir);
	const struct dirent *entry;
	bool good = dir;

	while (good && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		struct stat st;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		    (prune->concerns && !prune->concerns(name)) ||
		    fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		good = add_item(ret, name, &st.st_mtim);
	}
	if (dir)
		closedir(dir);
	return good;
}

static int oldest_first(const void *a, const void *b)
{
	const struct timespec *left = &((const struct item *)a)->mtime;
	const struct timespec *right = &((const struct item *)b)->mtime;

	if (left->tv_sec != right->tv_sec)
		return left->tv_sec < right->tv_sec ? -1 : 1;
	return (left->tv_nsec > right->tv_nsec) - (left->tv_nsec < right->tv_nsec);
}

static time_t age_of(const struct timespec *mtime)
{
	time_t now = time(NULL);

	return now > mtime->tv_sec ? now - mtime->tv_sec : 0;
}

static void remove_item(const struct rk_prune *prune, const char *name)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (prune->remove)
		prune->remove(prune->dir, name);
	else if (rk_path_join(prune->dir, name, &path, &err) < 0 ||
		 rk_dir_remove(path, &err) < 0)
		rk_log(RK_LOG_DEBUG, "%s", err.msg);
}

void rk_prune(const struct rk_prune *prune)
{
	cleanup(release_items) struct items items = {NULL, 0};

	if (!list_items(prune, &items) || items.n == 0)
		return;
	qsort(items.items, items.n, sizeof(*items.items), oldest_first);
	for (size_t i = 0; i < items.n; i++) {
		bool old =
			prune->max_age && age_of(&items.items[i].mtime) > prune->max_age;

		if (!old && (!prune->max_items || items.n - i <= prune->max_items))
			return;
		remove_item(prune, items.items[i].name);
	}
}

/* Not each time: it is a write, and ages are counted in days. */
void rk_prune_touch(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && age_of(&st.st_mtim) < TOUCH_AGE)
		return;
	if (utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW) < 0)
		rk_log(RK_LOG_DEBUG, "'%s' cannot be touched", path);
}
