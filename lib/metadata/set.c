/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/metadata/set.h"

/* Another number: sets of an older rkmod are not looked at any more. */
static const char format[] = "rkmod metadata set 1";

enum {
	CONFIG_LIMIT = 16 << 20,
	SYMVERS_LIMIT = 64 << 20,
	RECORD_LIMIT = 1 << 20,
	KEY_DIGITS = 16, /* of each half of rk_metadata.key */
};

void rk_set_release(struct rk_set *set)
{
	free(set->parent);
	free(set->dir);
	free(set->lock);
	free(set->log);
	memset(set, 0, sizeof(*set));
}

static int read_kdir(const struct rk_kernel *kernel, const char *name, size_t limit,
		     struct rk_buf *buf, struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_path_join(kernel->kdir_real, name, &path, err) < 0)
		return -(int)err->code;
	return rk_root_read(kernel->root, path, limit, buf, err);
}

int rk_set_read_config(const struct rk_kernel *kernel, struct rk_buf *buf,
		       struct rk_error *err)
{
	if (read_kdir(kernel, ".config", CONFIG_LIMIT, buf, err) == 0)
		return 0;
	if (err->code != RK_ENOTFOUND)
		return -(int)err->code;
	return read_kdir(kernel, "include/config/auto.conf", CONFIG_LIMIT, buf, err);
}

static int hash_kernel(const struct rk_kernel *kernel, struct rk_sha256 *hash,
		       struct rk_error *err)
{
	cleanup_buf struct rk_buf config = RK_BUF_INIT;
	cleanup_buf struct rk_buf symvers = RK_BUF_INIT;

	if (rk_set_read_config(kernel, &config, err) < 0)
		return -(int)err->code;
	if (read_kdir(kernel, "Module.symvers", SYMVERS_LIMIT, &symvers, err) < 0 &&
	    err->code != RK_ENOTFOUND)
		return -(int)err->code;
	rk_sha256_add_field(hash, format);
	rk_sha256_add_field(hash, kernel->release);
	rk_sha256_add_field(hash, kernel->source_version);
	rk_sha256_add_field(hash, kernel->rustc_text);
	rk_sha256_add_field(hash, rk_buf_str(&config));
	rk_sha256_add(hash, rk_buf_str(&symvers), symvers.len);
	return 0;
}

static int make_key(const struct rk_kernel *kernel, char ret[RK_SHA256_HEX_SIZE],
		    struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;

	if (rk_sha256_new(&hash, err) < 0 || hash_kernel(kernel, hash, err) < 0)
		return -(int)err->code;
	return rk_sha256_hex(hash, ret, err);
}

int rk_set_locate(const struct rk_machine *machine, const struct rk_kernel *kernel,
		  struct rk_set *set, struct rk_error *err)
{
	struct rk_set found = {.parent = NULL};

	if (make_key(kernel, found.key, err) < 0 ||
	    rk_machine_private_dir(machine->cache_dir, "metadata", &found.parent, err) <
		    0 ||
	    rk_format(&found.dir, err, "%s/%s", found.parent, found.key) < 0 ||
	    rk_format(&found.lock, err, "%s.lock", found.dir) < 0 ||
	    rk_format(&found.log, err, "%s.log", found.dir) < 0) {
		rk_set_release(&found);
		return -(int)err->code;
	}
	*set = found;
	return 0;
}

int rk_set_read_record(const char *dir, struct rk_record **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	int r = rk_path_join(dir, rk_record_name, &path, err);

	if (r == 0)
		r = rk_file_read(path, RECORD_LIMIT, &text, err);
	if (r < 0)
		return r;
	r = rk_record_parse(rk_buf_str(&text), text.len, ret, err);
	if (r < 0)
		rk_error_prefix(err, "'%s'", path);
	return r;
}

static int fill(const struct rk_record *record, const char *dir,
		struct rk_metadata *metadata, struct rk_error *err)
{
	char content[RK_SHA256_HEX_SIZE];

	metadata->n_exports = record->n_exports;
	if (rk_record_content(record, content, err) < 0 ||
	    rk_strdup(dir, &metadata->dir, err) < 0 ||
	    rk_strdup(record->rustc_text, &metadata->rustc_text, err) < 0)
		return -(int)err->code;
	return rk_format(&metadata->key, err, "%.*s-%.*s", KEY_DIGITS, record->key,
			 KEY_DIGITS, content);
}

int rk_set_describe(const struct rk_record *record, const char *dir,
		    enum rk_metadata_origin origin, struct rk_metadata **ret,
		    struct rk_error *err)
{
	cleanup(rk_metadata_free_p) struct rk_metadata *metadata =
		calloc(1, sizeof(*metadata));

	if (!metadata)
		return rk_error_nomem(err);
	metadata->origin = origin;
	if (fill(record, dir, metadata, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(metadata);
	return 0;
}

static int load(const struct rk_set *set, struct rk_metadata **ret, struct rk_error *err)
{
	cleanup(rk_record_free_p) struct rk_record *record = NULL;

	if (rk_set_read_record(set->dir, &record, err) < 0)
		return err->code == RK_ENOTFOUND
			       ? rk_error_set(err, RK_EFORMAT, "it has no record")
			       : -(int)err->code;
	if (strcmp(record->key, set->key) != 0)
		return rk_error_set(err, RK_EFORMAT, "its record is of another set");
	if (rk_record_compare(record, set->dir, err) < 0)
		return -(int)err->code;
	return rk_set_describe(record, set->dir, RK_METADATA_CACHE, ret, err);
}

int rk_set_load(const struct rk_set *set, struct rk_metadata **ret, struct rk_error *err)
{
	if (access(set->dir, F_OK) < 0)
		return rk_error_sys(err, errno, "'%s'", set->dir);
	if (load(set, ret, err) < 0)
		return rk_error_prefix(err, "metadata set '%s'", set->dir);
	return 0;
}

/* Of what lies in @dir now. */
static int make_record(const struct rk_set *set, const char *dir, const char *rustc_text,
		       size_t n_exports, struct rk_record **ret, struct rk_error *err)
{
	cleanup(rk_record_free_p) struct rk_record *record = calloc(1, sizeof(*record));

	if (!record)
		return rk_error_nomem(err);
	record->n_exports = n_exports;
	if (rk_strdup(set->key, &record->key, err) < 0 ||
	    rk_strdup(rustc_text, &record->rustc_text, err) < 0 ||
	    rk_record_scan(record, dir, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(record);
	return 0;
}

static int write_record(const struct rk_record *record, const char *dir,
			struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	if (rk_record_print(record, &text, err) < 0 ||
	    rk_path_join(dir, rk_record_name, &path, err) < 0)
		return -(int)err->code;
	return rk_file_write(path, text.data, text.len, 0600, err);
}

/* The one step that makes it count. An old set is exchanged, and goes with the rest. */
static int publish(const struct rk_set *set, const char *stage, struct rk_error *err)
{
	cleanup_close int fd = open(stage, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* After a power cut a set is whole or not there. */
	if (fd < 0 || syncfs(fd) < 0)
		return rk_error_sys(err, errno, "'%s'", stage);
	if (rename(stage, set->dir) == 0)
		return 0;
	if ((errno == ENOTEMPTY || errno == EEXIST) &&
	    renameat2(AT_FDCWD, stage, AT_FDCWD, set->dir, RENAME_EXCHANGE) == 0)
		return 0;
	return rk_error_sys(err, errno, "'%s'", set->dir);
}

int rk_set_store(const struct rk_set *set, const char *stage, const char *rustc_text,
		 size_t n_exports, struct rk_error *err)
{
	cleanup(rk_record_free_p) struct rk_record *record = NULL;

	if (make_record(set, stage, rustc_text, n_exports, &record, err) < 0 ||
	    write_record(record, stage, err) < 0)
		return -(int)err->code;
	return publish(set, stage, err);
}

int rk_set_renew(const struct rk_set *set, struct rk_error *err)
{
	cleanup(rk_record_free_p) struct rk_record *was = NULL;
	cleanup(rk_record_free_p) struct rk_record *now = NULL;
	char was_content[RK_SHA256_HEX_SIZE];
	char content[RK_SHA256_HEX_SIZE];

	if (rk_set_read_record(set->dir, &was, err) < 0 ||
	    make_record(set, set->dir, was->rustc_text, was->n_exports, &now, err) < 0 ||
	    rk_record_content(was, was_content, err) < 0 ||
	    rk_record_content(now, content, err) < 0)
		return -(int)err->code;
	if (strcmp(was->key, set->key) != 0 || strcmp(was_content, content) != 0)
		return rk_error_set(err, RK_EFORMAT, "its contents are others");
	return write_record(now, set->dir, err);
}

int rk_set_remove(const struct rk_set *set, struct rk_error *err)
{
	cleanup_free char *temp = NULL;
	cleanup_free char *old = NULL;

	if (rk_dir_make_temp(set->dir, &temp, err) < 0 ||
	    rk_path_join(temp, "old", &old, err) < 0)
		return -(int)err->code;
	if (rename(set->dir, old) < 0 && errno != ENOENT) {
		rk_error_sys(err, errno, "remove '%s'", set->dir);
		rmdir(temp);
		return -(int)err->code;
	}
	return rk_dir_remove(temp, err);
}
