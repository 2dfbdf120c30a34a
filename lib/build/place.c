/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/prune.h"
#include "lib/build/internal.h"

void rk_build_place_release(struct rk_build_place *place)
{
	free(place->log);
	if (place->lock_fd >= 0)
		close(place->lock_fd);
	*place = (struct rk_build_place){.lock_fd = -1};
}

/* "<last component>-<hash of the path>": readable, and never two folders' the same. */
static int name_place(const char *base, const char *dir, char **ret, struct rk_error *err)
{
	struct rk_key key = RK_KEY_INIT;
	char hex[RK_KEY_SIZE];

	rk_key_add_field(&key, dir);
	rk_key_hex(&key, hex);
	return rk_format(ret, err, "%s/%.100s-%s", base, rk_path_base(dir), hex);
}

static void say_waiting(void *dir)
{
	rk_log(RK_LOG_STEP, "waiting: another rkmod builds '%s'", (const char *)dir);
}

/* The lock file holds a byte while a build is on its way. */
static int begin(struct rk_build_place *place, const char *path, struct rk_error *err)
{
	struct stat st;

	if (fstat(place->lock_fd, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	place->unfinished = st.st_size > 0;
	return place->unfinished ? 0 : rk_file_write_fd(place->lock_fd, "1", 1, err);
}

/* ---- old logs ---- */

enum {
	MAX_LOGS = 50,
};

static bool is_log(const char *name)
{
	size_t len = strlen(name);

	return len >= 4 && strcmp(name + len - 4, ".log") == 0;
}

/* Folders come and go; their logs would stay for ever. A log that is being written is
 * young. */
static void prune_logs(const char *base)
{
	const struct rk_prune logs = {
		.dir = base, .concerns = is_log, .max_items = MAX_LOGS};

	rk_prune(&logs);
}

int rk_build_place_open(const struct rk_machine *machine, const char *dir,
			struct rk_build_place *place, struct rk_error *err)
{
	cleanup_free char *base = NULL;
	cleanup_free char *path = NULL;
	cleanup_free char *lock = NULL;

	*place = (struct rk_build_place){.lock_fd = -1};
	if (rk_machine_private_dir(machine->state_dir, "build", &base, err) < 0 ||
	    name_place(base, dir, &path, err) < 0 ||
	    rk_format(&place->log, err, "%s.log", path) < 0 ||
	    rk_format(&lock, err, "%s.lock", path) < 0 ||
	    rk_file_lock(lock, say_waiting, (void *)dir, &place->lock_fd, err) < 0 ||
	    begin(place, lock, err) < 0) {
		rk_build_place_release(place);
		return rk_error_cure(err, NULL,
				     "set XDG_STATE_HOME to a folder that you can write");
	}
	prune_logs(base);
	return 0;
}

int rk_build_place_finish(struct rk_build_place *place, struct rk_error *err)
{
	if (ftruncate(place->lock_fd, 0) < 0)
		return rk_error_sys(err, errno, "the lock of the build");
	return 0;
}
