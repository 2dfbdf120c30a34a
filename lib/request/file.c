/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/finding/finding.h"
#include "lib/request/internal.h"

enum {
	FILE_LIMIT = 64 << 10,
	DEPTH_LIMIT = 4,
};

static int find_setting(const char *key, enum rk_setting_name *ret)
{
	for (unsigned int i = 0; i < RK_N_SETTINGS; i++) {
		if (strcmp(rk_setting_key((enum rk_setting_name)i), key) == 0) {
			*ret = (enum rk_setting_name)i;
			return 0;
		}
	}
	return -1;
}

static int refuse_key(const char *path, const char *key, struct rk_error *err)
{
	const char *known[RK_N_SETTINGS];
	const char *nearest;

	for (unsigned int i = 0; i < RK_N_SETTINGS; i++)
		known[i] = rk_setting_key((enum rk_setting_name)i);
	nearest = rk_nearest(key, known, RK_N_SETTINGS);
	rk_error_set(err, RK_EFORMAT, "'%s': unknown key '%s'%s%s%s", path, key,
		     nearest ? ", did you mean '" : "", nearest ? nearest : "",
		     nearest ? "'?" : "");
	return rk_error_cure(
		err, "config-key",
		"the keys are root, kernel, kdir, package, rustc, llvm, source, prepare, kernels, check and fmt");
}

static int refuse_value(const char *path, const char *key, const char *why,
			struct rk_error *err)
{
	rk_error_set(err, RK_EFORMAT, "'%s': '%s' %s", path, key, why);
	return rk_error_cure(err, "config-value", "correct it there");
}

static int take_list(const char *path, const struct rk_json *list, char **ret,
		     struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	for (const struct rk_json *item = rk_json_first(list); item;
	     item = rk_json_next(item)) {
		const char *word = rk_json_string(item);

		if (!word || !word[0] || strpbrk(word, " \t\n"))
			return refuse_value(path, rk_json_key(list),
					    "holds something that is no release", err);
		rk_buf_addf(&text, "%s%s", text.len ? " " : "", word);
	}
	if (!text.len)
		return refuse_value(path, rk_json_key(list), "is empty", err);
	return rk_buf_take(&text, ret, err);
}

static bool is_severity(const char *word)
{
	return word && (strcmp(word, "error") == 0 || strcmp(word, "warning") == 0 ||
			strcmp(word, "note") == 0);
}

static int take_map(const char *path, const struct rk_json *map, char **ret,
		    struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	for (const struct rk_json *item = rk_json_first(map); item;
	     item = rk_json_next(item)) {
		const char *code = rk_json_key(item);
		const char *severity = rk_json_string(item);

		if (!rk_finding_kind(code)) {
			rk_error_set(err, RK_EFORMAT, "'%s': 'check' has no code '%s'",
				     path, code);
			return rk_error_cure(err, "config-value",
					     "'rkmod explain --list' has the codes");
		}
		if (!is_severity(severity))
			return refuse_value(path, code, "is not error, warning or note",
					    err);
		rk_buf_addf(&text, "%s%s=%s", text.len ? " " : "", code, severity);
	}
	if (!text.len)
		return refuse_value(path, rk_json_key(map), "is empty", err);
	return rk_buf_take(&text, ret, err);
}

static int take_member(const char *path, const struct rk_json *item,
		       struct rk_layer *layer, struct rk_error *err)
{
	static const struct {
		enum rk_json_kind kind;
		const char *wrong;
	} kinds[] = {
		[RK_SETTING_IS_TEXT] = {RK_JSON_STRING, "is not a text in quotes"},
		[RK_SETTING_IS_BOOL] = {RK_JSON_BOOL, "is not true or false"},
		[RK_SETTING_IS_LIST] = {RK_JSON_ARRAY, "is not a list in brackets"},
		[RK_SETTING_IS_MAP] = {RK_JSON_OBJECT, "is not an object in braces"},
	};
	const char *key = rk_json_key(item);
	enum rk_setting_name name;
	char **value;

	if (find_setting(key, &name) < 0)
		return refuse_key(path, key, err);
	if (rk_json_kind(item) != kinds[rk_setting_kind(name)].kind)
		return refuse_value(path, key, kinds[rk_setting_kind(name)].wrong, err);
	value = &layer->values[name];
	switch (rk_setting_kind(name)) {
	case RK_SETTING_IS_BOOL:
		return rk_strdup(rk_json_bool(item) ? "true" : "false", value, err);
	case RK_SETTING_IS_LIST:
		return take_list(path, item, value, err);
	case RK_SETTING_IS_MAP:
		return take_map(path, item, value, err);
	default:
		return rk_strdup(rk_json_string(item), value, err);
	}
}

int rk_request_parse_file(const char *path, const char *text, size_t size,
			  struct rk_layer *layer, struct rk_error *err)
{
	static const struct rk_json_limits limits = {.size = FILE_LIMIT,
						     .depth = DEPTH_LIMIT};
	cleanup(rk_json_free_p) struct rk_json *top = NULL;

	if (rk_json_parse(text, size, &limits, &top, err) < 0) {
		rk_error_prefix(err, "'%s'", path);
		if (err->code == RK_ENOMEM)
			return -RK_ENOMEM;
		return rk_error_cure(err, "config-syntax", "correct it there");
	}
	if (rk_json_kind(top) != RK_JSON_OBJECT) {
		rk_error_set(err, RK_EFORMAT, "'%s' is not an object in braces", path);
		return rk_error_cure(err, "config-syntax",
				     "write { \"key\": \"value\" }");
	}
	for (const struct rk_json *item = rk_json_first(top); item;
	     item = rk_json_next(item))
		if (take_member(path, item, layer, err) < 0)
			return -(int)err->code;
	return 0;
}

/* A root that is a path is relative to the file; names of trees have no slash. */
static int anchor_root(const char *dir, struct rk_layer *layer, struct rk_error *err)
{
	char **root = &layer->values[RK_SETTING_ROOT];
	char *anchored = NULL;

	if (!*root || !strchr(*root, '/') || (*root)[0] == '/')
		return 0;
	if (rk_path_join(dir, *root, &anchored, err) < 0)
		return -(int)err->code;
	free(*root);
	*root = anchored;
	return 0;
}

/* Inside a root tree there is nothing that a relative path could start from. */
static int require_absolute(const char *path, const struct rk_layer *layer,
			    struct rk_error *err)
{
	static const enum rk_setting_name names[] = {RK_SETTING_KDIR, RK_SETTING_SOURCE,
						     RK_SETTING_RUSTC};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		const char *value = layer->values[names[i]];

		if (!value || value[0] == '/' ||
		    (names[i] == RK_SETTING_RUSTC && !strchr(value, '/')))
			continue;
		return refuse_value(path, rk_setting_key(names[i]),
				    "is not an absolute path", err);
	}
	return 0;
}

static int refuse_owner(const char *path, const char *why, struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED, "'%s' is not read: %s", path, why);
	return rk_error_cure(
		err, "config-owner",
		"chown it to yourself and take away others' write permission (chmod go-w), or remove it");
}

/* It names a compiler that will run: whoever can write it can run code as the caller. */
static int check_owner(const char *path, int fd, struct rk_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (!S_ISREG(st.st_mode))
		return refuse_owner(path, "it is no regular file", err);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return refuse_owner(path, "it belongs to somebody else", err);
	if (st.st_mode & 022)
		return refuse_owner(path, "others can write it", err);
	return 0;
}

static int take_text(const char *dir, const char *path, const struct rk_buf *text,
		     struct rk_layer *layer, struct rk_error *err)
{
	if (rk_request_parse_file(path, rk_buf_str(text), text->len, layer, err) < 0 ||
	    require_absolute(path, layer, err) < 0)
		return -(int)err->code;
	return anchor_root(dir, layer, err);
}

int rk_request_read_file(const char *dir, struct rk_layer *layer, char **ret,
			 struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	cleanup_close int fd = -1;

	*ret = NULL;
	if (rk_path_join(dir, "rkmod.json", &path, err) < 0)
		return -(int)err->code;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && errno == ELOOP)
		return refuse_owner(path, "it is a link", err);
	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (check_owner(path, fd, err) < 0)
		return -(int)err->code;
	if (rk_file_read_fd(fd, FILE_LIMIT, &text, err) < 0) {
		rk_error_prefix(err, "'%s'", path);
		return rk_error_cure(err,
				     err->code == RK_EFORMAT ? "config-syntax" : NULL,
				     "correct it there");
	}
	if (take_text(dir, path, &text, layer, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(path);
	return 0;
}

int rk_request_take_file(const char *dir, const struct rk_buf *text,
			 struct rk_layer *layer, char **ret, struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_format(&path, err, "%s/rkmod.json (staged)", dir) < 0 ||
	    take_text(dir, path, text, layer, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(path);
	return 0;
}
