/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_JSON_H
#define RK_BASE_JSON_H

#include <stdint.h>

#include "lib/base/buf.h"

/*
 * The one user of cJSON. Reading checks what cJSON does not: size, depth, a NUL inside,
 * trailing bytes, a key twice. Writing never fails on the spot: rk_json_print()
 * reports it once.
 */
struct rk_json;

enum rk_json_kind {
	RK_JSON_NULL,
	RK_JSON_BOOL,
	RK_JSON_NUMBER,
	RK_JSON_STRING,
	RK_JSON_ARRAY,
	RK_JSON_OBJECT,
};

struct rk_json_limits {
	size_t size;        /* bytes */
	unsigned int depth; /* nested arrays and objects */
};

/**
 * rk_json_parse() - read a text that may be hostile
 * @ret: the top value, owned by the caller; rk_json_free()
 * @err: says line and column
 * Return: 0, -RK_EFORMAT, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_json_parse(const char *text, size_t size,
				const struct rk_json_limits *limits, struct rk_json **ret,
				struct rk_error *err);

enum rk_json_kind rk_json_kind(const struct rk_json *value);
/* Accept a value of any kind and NULL: then NULL, 0, false, NULL. Borrowed. */
const char *rk_json_string(const struct rk_json *value);
double rk_json_number(const struct rk_json *value);
bool rk_json_bool(const struct rk_json *value);
const struct rk_json *rk_json_get(const struct rk_json *object, const char *key);

/* Members of an object or items of an array, in order; NULL at the end. */
const struct rk_json *rk_json_first(const struct rk_json *container);
const struct rk_json *rk_json_next(const struct rk_json *item);
/* The key of a member; NULL for an item of an array. */
const char *rk_json_key(const struct rk_json *item);

/* New containers, owned by the caller until they are added to another. */
struct rk_json *rk_json_new_object(void);
struct rk_json *rk_json_new_array(void);

/* To an object with @key, to an array with @key NULL. NULL @text becomes null. Bytes
 * that are not UTF-8 are written as U+FFFD. */
void rk_json_add_string(struct rk_json *to, const char *key, const char *text);
void rk_json_add_int(struct rk_json *to, const char *key, int64_t number);
void rk_json_add_number(struct rk_json *to, const char *key, double number);
void rk_json_add_bool(struct rk_json *to, const char *key, bool value);
void rk_json_add_null(struct rk_json *to, const char *key);
/* Takes over @child, also on failure. */
void rk_json_add(struct rk_json *to, const char *key, struct rk_json *child);

/* Return: 0, or -RK_ENOMEM also if an earlier addition below @value failed. */
RK_MUST_CHECK int rk_json_print(const struct rk_json *value, bool pretty,
				struct rk_buf *buf, struct rk_error *err);

/* Accepts NULL. */
void rk_json_free(struct rk_json *value);
RK_CLEANUP_FUNC(struct rk_json *, rk_json_free);

/* The version of the libcjson that is used, added to @ret. */
RK_MUST_CHECK int rk_libcjson_version(struct rk_buf *ret, struct rk_error *err);

#endif
