/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cJSON.h>
#include <string.h>

#include "lib/base/json.h"

/* The handle is cJSON's own node; the type only keeps cJSON out of the header. */
static const cJSON *node(const struct rk_json *value)
{
	return (const cJSON *)value;
}

static cJSON *mutable_node(struct rk_json *value)
{
	return (cJSON *)value;
}

/* ---- reading ---- */

struct place {
	size_t line; /* both from 1 */
	size_t column;
};

static struct place place_of(const char *text, size_t offset)
{
	struct place place = {1, 1};

	for (size_t i = 0; i < offset; i++) {
		place.column++;
		if (text[i] == '\n') {
			place.line++;
			place.column = 1;
		}
	}
	return place;
}

static int refuse(const char *text, size_t offset, const char *why, struct rk_error *err)
{
	struct place place = place_of(text, offset);

	return rk_error_set(err, RK_EFORMAT, "line %zu, column %zu: %s", place.line,
			    place.column, why);
}

/* cJSON has a limit of its own on depth (1000), and recurses that deep. */
static int check_depth(const char *text, size_t size, unsigned int limit,
		       struct rk_error *err)
{
	unsigned int depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
			continue;
		}
		if (c == '"')
			in_string = true;
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth)
			depth--;
		if (depth > limit)
			return refuse(text, i, "nested too deeply", err);
	}
	return 0;
}

/* cJSON keeps the first of two equal keys and drops nothing: say it instead. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as check_depth() lets it be */
static int check_keys(const cJSON *value, struct rk_error *err)
{
	const cJSON *a;
	const cJSON *b;

	for (a = value->child; a; a = a->next) {
		for (b = a->next; cJSON_IsObject(value) && b; b = b->next)
			if (strcmp(a->string, b->string) == 0)
				return rk_error_set(err, RK_EFORMAT,
						    "the key '%s' stands there twice",
						    a->string);
		if (check_keys(a, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

int rk_json_parse(const char *text, size_t size, const struct rk_json_limits *limits,
		  struct rk_json **ret, struct rk_error *err)
{
	const char *end = NULL;
	const char *nul;
	cJSON *value;

	if (size > limits->size)
		return rk_error_set(err, RK_EFORMAT, "longer than %zu bytes",
				    limits->size);
	nul = size ? memchr(text, '\0', size) : NULL;
	if (nul)
		return refuse(text, (size_t)(nul - text), "a NUL byte", err);
	if (check_depth(text, size, limits->depth, err) < 0)
		return -(int)err->code;
	value = cJSON_ParseWithLengthOpts(text, size, &end, false);
	if (!value)
		return refuse(text, end ? (size_t)(end - text) : size,
			      "no valid JSON here", err);
	while (end < text + size && strchr(" \t\r\n", *end))
		end++;
	if (end < text + size)
		refuse(text, (size_t)(end - text), "more after the end of the value",
		       err);
	else if (check_keys(value, err) == 0) {
		*ret = (struct rk_json *)value;
		return 0;
	}
	cJSON_Delete(value);
	return -(int)err->code;
}

enum rk_json_kind rk_json_kind(const struct rk_json *value)
{
	if (cJSON_IsObject(node(value)))
		return RK_JSON_OBJECT;
	if (cJSON_IsArray(node(value)))
		return RK_JSON_ARRAY;
	if (cJSON_IsString(node(value)))
		return RK_JSON_STRING;
	if (cJSON_IsNumber(node(value)))
		return RK_JSON_NUMBER;
	return cJSON_IsBool(node(value)) ? RK_JSON_BOOL : RK_JSON_NULL;
}

const char *rk_json_string(const struct rk_json *value)
{
	return cJSON_GetStringValue(node(value));
}

double rk_json_number(const struct rk_json *value)
{
	return cJSON_IsNumber(node(value)) ? node(value)->valuedouble : 0;
}

bool rk_json_bool(const struct rk_json *value)
{
	return cJSON_IsTrue(node(value));
}

const struct rk_json *rk_json_get(const struct rk_json *object, const char *key)
{
	return (const struct rk_json *)cJSON_GetObjectItemCaseSensitive(node(object),
									key);
}

const struct rk_json *rk_json_first(const struct rk_json *container)
{
	return container ? (const struct rk_json *)node(container)->child : NULL;
}

const struct rk_json *rk_json_next(const struct rk_json *item)
{
	return (const struct rk_json *)node(item)->next;
}

const char *rk_json_key(const struct rk_json *item)
{
	return node(item)->string;
}

/* ---- writing ---- */

/*
 * A container that lost an addition is marked, so that printing tells: cJSON gives
 * every node a type word of which it uses the low ten bits.
 */
enum {
	INCOMPLETE = 1 << 20,
};

struct rk_json *rk_json_new_object(void)
{
	return (struct rk_json *)cJSON_CreateObject();
}

struct rk_json *rk_json_new_array(void)
{
	return (struct rk_json *)cJSON_CreateArray();
}

void rk_json_add(struct rk_json *to, const char *key, struct rk_json *child)
{
	cJSON *parent = mutable_node(to);
	bool added = false;

	if (parent && child)
		added = key ? cJSON_AddItemToObject(parent, key, mutable_node(child))
			    : cJSON_AddItemToArray(parent, mutable_node(child));
	if (added)
		return;
	cJSON_Delete(mutable_node(child));
	if (parent)
		parent->type |= INCOMPLETE;
}

/* The length of the UTF-8 sequence at @text, 0 if it is none (Unicode, table 3-7). */
static size_t utf8_len(const unsigned char *text)
{
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t len;

	if (text[0] < 0x80)
		return 1;
	if (text[0] >= 0xc2 && text[0] <= 0xdf)
		len = 2;
	else if ((text[0] & 0xf0) == 0xe0)
		len = 3;
	else if (text[0] >= 0xf0 && text[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (text[0] == 0xe0)
		low = 0xa0;
	else if (text[0] == 0xed)
		high = 0x9f;
	else if (text[0] == 0xf0)
		low = 0x90;
	else if (text[0] == 0xf4)
		high = 0x8f;
	if (text[1] < low || text[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

void rk_json_add_string(struct rk_json *to, const char *key, const char *text)
{
	cleanup_buf struct rk_buf clean = RK_BUF_INIT;

	if (!text) {
		rk_json_add_null(to, key);
		return;
	}
	while (*text) {
		size_t len = utf8_len((const unsigned char *)text);

		if (len)
			rk_buf_add(&clean, text, len);
		else
			rk_buf_adds(&clean, "\xef\xbf\xbd");
		text += len ? len : 1;
	}
	rk_json_add(to, key,
		    clean.failed
			    ? NULL
			    : (struct rk_json *)cJSON_CreateString(rk_buf_str(&clean)));
}

void rk_json_add_int(struct rk_json *to, const char *key, int64_t number)
{
	rk_json_add_number(to, key, (double)number);
}

void rk_json_add_number(struct rk_json *to, const char *key, double number)
{
	rk_json_add(to, key, (struct rk_json *)cJSON_CreateNumber(number));
}

void rk_json_add_bool(struct rk_json *to, const char *key, bool value)
{
	rk_json_add(to, key, (struct rk_json *)cJSON_CreateBool(value));
}

void rk_json_add_null(struct rk_json *to, const char *key)
{
	rk_json_add(to, key, (struct rk_json *)cJSON_CreateNull());
}

static bool is_complete(const cJSON *value) /* NOLINT(misc-no-recursion) */
{
	const cJSON *child;

	if (value->type & INCOMPLETE)
		return false;
	cJSON_ArrayForEach(child, value) if (!is_complete(child)) return false;
	return true;
}

int rk_json_print(const struct rk_json *value, bool pretty, struct rk_buf *buf,
		  struct rk_error *err)
{
	char *text;

	if (!value || !is_complete(node(value)))
		return rk_error_nomem(err);
	text = pretty ? cJSON_Print(node(value)) : cJSON_PrintUnformatted(node(value));
	if (!text)
		return rk_error_nomem(err);
	rk_buf_adds(buf, text);
	cJSON_free(text);
	return rk_buf_check(buf, err);
}

void rk_json_free(struct rk_json *value)
{
	cJSON_Delete(mutable_node(value));
}

int rk_libcjson_version(struct rk_buf *ret, struct rk_error *err)
{
	rk_buf_adds(ret, cJSON_Version());
	return rk_buf_check(ret, err);
}
