/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <string.h>

#include "lib/base/strv.h"

/* Takes over @text, NULL being memory that ran out. */
static void add_owned(struct rk_strv *strv, char *text)
{
	if (!text || strv->failed)
		goto fail;
	if (strv->n_items + 2 > strv->cap) {
		size_t cap = strv->cap ? strv->cap * 2 : 8;
		char **items = reallocarray(strv->items, cap, sizeof(*items));

		if (!items)
			goto fail;
		strv->items = items;
		strv->cap = cap;
	}
	strv->items[strv->n_items++] = text;
	strv->items[strv->n_items] = NULL;
	return;
fail:
	free(text);
	strv->failed = true;
}

void rk_strv_add(struct rk_strv *strv, const char *text)
{
	add_owned(strv, strdup(text));
}

void rk_strv_addf(struct rk_strv *strv, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	add_owned(strv, text);
}

void rk_strv_add_all(struct rk_strv *strv, ...)
{
	const char *text;
	va_list args;

	va_start(args, strv);
	while ((text = va_arg(args, const char *)))
		rk_strv_add(strv, text);
	va_end(args);
}

void rk_strv_add_strv(struct rk_strv *strv, const struct rk_strv *other)
{
	for (size_t i = 0; i < other->n_items; i++)
		rk_strv_add(strv, other->items[i]);
}

bool rk_strv_contains(const struct rk_strv *strv, const char *text)
{
	for (size_t i = 0; i < strv->n_items; i++)
		if (strcmp(strv->items[i], text) == 0)
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void rk_strv_sort(struct rk_strv *strv)
{
	if (strv->n_items)
		qsort(strv->items, strv->n_items, sizeof(*strv->items), compare);
}

int rk_strv_check(const struct rk_strv *strv, struct rk_error *err)
{
	return strv->failed ? rk_error_nomem(err) : 0;
}

void rk_strv_release(struct rk_strv *strv)
{
	for (size_t i = 0; i < strv->n_items; i++)
		free(strv->items[i]);
	free(strv->items);
	*strv = (struct rk_strv)RK_STRV_INIT;
}
