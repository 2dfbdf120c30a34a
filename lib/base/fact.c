/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "lib/base/log.h"

enum { FACT_LIMIT = 65536 };

static uint64_t hash_path(const char *path)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a; a collision costs a rewrite */

	for (; *path; path++)
		hash = (hash ^ (unsigned char)*path) * 0x100000001b3;
	return hash;
}

int rk_fact_identity(const char *path, const struct stat *st, struct rk_buf *buf,
		     struct rk_error *err)
{
	rk_buf_addf(buf, "%s\n%" PRIu64 " %" PRIu64 " %jd %jd.%09ld %jd.%09ld\n", path,
		    (uint64_t)st->st_dev, (uint64_t)st->st_ino, (intmax_t)st->st_size,
		    (intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
		    (intmax_t)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
	return rk_buf_check(buf, err);
}

int rk_fact_file(const struct rk_machine *machine, const char *kind, const char *path,
		 char **ret, struct rk_error *err)
{
	cleanup_free char *dir = NULL;

	if (rk_machine_private_dir(machine->cache_dir, "facts", &dir, err) < 0)
		return -(int)err->code;
	return rk_format(ret, err, "%s/%s-%016" PRIx64, dir, kind, hash_path(path));
}

bool rk_fact_get(const struct rk_machine *machine, const char *kind, const char *path,
		 const struct stat *st, char **ret)
{
	cleanup_buf struct rk_buf identity = RK_BUF_INIT;
	cleanup_buf struct rk_buf kept = RK_BUF_INIT;
	cleanup_free char *file = NULL;
	struct rk_error err = RK_ERROR_INIT;
	const char *text;

	if (rk_fact_file(machine, kind, path, &file, &err) < 0 ||
	    rk_fact_identity(path, st, &identity, &err) < 0 ||
	    rk_file_read(file, FACT_LIMIT, &kept, &err) < 0)
		return false;
	if (kept.len <= identity.len || memchr(kept.data, '\0', kept.len) ||
	    memcmp(kept.data, identity.data, identity.len) != 0)
		return false;
	/* A file that was cut off has no newline at its end. */
	if (kept.data[kept.len - 1] != '\n')
		return false;
	rk_buf_truncate(&kept, kept.len - 1);
	text = kept.data + identity.len;
	return rk_strdup(text, ret, &err) == 0;
}

void rk_fact_put(const struct rk_machine *machine, const char *kind, const char *path,
		 const struct stat *st, const char *text)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *file = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_fact_identity(path, st, &buf, &err) < 0)
		return;
	rk_buf_addf(&buf, "%s\n", text);
	if (rk_buf_check(&buf, &err) < 0 ||
	    rk_fact_file(machine, kind, path, &file, &err) < 0 ||
	    rk_file_write(file, buf.data, buf.len, 0600, &err) < 0)
		rk_log(RK_LOG_DEBUG, "not cached: %s", err.msg);
}
