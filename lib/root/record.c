/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/root/record.h"

static const char file_name[] = "rkmod-root.json";

enum { FILE_LIMIT = 1 << 20 };

void rk_record_release(struct rk_record *record)
{
	free(record->request);
	free(record->suite);
	free(record->headers);
	free(record->version);
	free(record->release);
	memset(record, 0, sizeof(*record));
}

int rk_record_write(const char *dir, const struct rk_record *record,
		    const struct rk_strv *packages, struct rk_error *err)
{
	cleanup(rk_json_free_p) struct rk_json *object = rk_json_new_object();
	struct rk_json *list = rk_json_new_array();
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	rk_json_add_string(object, "request", record->request);
	rk_json_add_string(object, "suite", record->suite);
	rk_json_add_string(object, "headers", record->headers);
	rk_json_add_string(object, "version", record->version);
	rk_json_add_string(object, "release", record->release);
	for (size_t i = 0; i < packages->n_items; i++)
		rk_json_add_string(list, NULL, packages->items[i]);
	rk_json_add(object, "packages", list);
	if (rk_json_print(object, true, &text, err) < 0 ||
	    rk_path_join(dir, file_name, &path, err) < 0)
		return -(int)err->code;
	return rk_file_write(path, rk_buf_str(&text), text.len, 0644, err);
}

static int take(const struct rk_json *object, const char *key, char **ret,
		struct rk_error *err)
{
	const char *text = rk_json_string(rk_json_get(object, key));

	if (!text)
		return rk_error_set(err, RK_EFORMAT, "no text '%s'", key);
	return rk_strdup(text, ret, err);
}

static int read_object(const char *path, struct rk_json **ret, struct rk_error *err)
{
	static const struct rk_json_limits limits = {.size = FILE_LIMIT, .depth = 4};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	if (rk_file_read(path, FILE_LIMIT, &text, err) < 0)
		return -(int)err->code;
	if (rk_json_parse(rk_buf_str(&text), text.len, &limits, ret, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return 0;
}

int rk_record_read(const char *dir, struct rk_record *ret, struct rk_error *err)
{
	cleanup(rk_json_free_p) struct rk_json *object = NULL;
	cleanup_free char *path = NULL;
	struct rk_record record = {0};

	if (rk_path_join(dir, file_name, &path, err) < 0 ||
	    read_object(path, &object, err) < 0)
		return -(int)err->code;
	if (take(object, "request", &record.request, err) < 0 ||
	    take(object, "suite", &record.suite, err) < 0 ||
	    take(object, "headers", &record.headers, err) < 0 ||
	    take(object, "version", &record.version, err) < 0 ||
	    take(object, "release", &record.release, err) < 0) {
		rk_record_release(&record);
		return rk_error_prefix(err, "'%s'", path);
	}
	*ret = record;
	return 0;
}
