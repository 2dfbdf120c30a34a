/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <string.h>

#include "lib/finding/pattern.h"

enum {
	MAX_STARTS = 4, /* places in a line where a pattern is tried */
};

/* "{symbol=_R}" or "{text*}" taken apart. */
struct slot {
	const char *name;
	size_t name_len;
	const char *prefix; /* not terminated */
	size_t prefix_len;
	bool any;   /* blanks too */
	size_t len; /* of all of it, with the braces */
};

static struct slot parse_slot(const char *pattern)
{
	struct slot slot = {.name = pattern + 1};
	size_t inner = strcspn(pattern, "}") - 1;

	assert(pattern[0] == '{' && pattern[inner + 1] == '}');
	slot.len = inner + 2;
	slot.name_len = strcspn(slot.name, "=*}");
	slot.any = slot.name[slot.name_len] == '*';
	if (slot.name[slot.name_len] == '=') {
		slot.prefix = slot.name + slot.name_len + 1;
		slot.prefix_len = inner - slot.name_len - 1;
	}
	return slot;
}

/* The end of a literal piece: a capture, the end of the line, or of the pattern. */
static size_t literal_len(const char *pattern)
{
	size_t len = strcspn(pattern, "{");

	if (len > 0 && pattern[len] == '\0' && pattern[len - 1] == '$')
		len--;
	return len;
}

size_t rk_pattern_weight(const char *pattern, size_t *ret_anchor)
{
	const char *at = pattern;
	size_t weight = 0;
	size_t longest = 0;

	*ret_anchor = 0;
	while (*at) {
		size_t len = literal_len(at);

		if (len > longest) {
			longest = len;
			*ret_anchor = (size_t)(at - pattern);
		}
		weight += len;
		at += len;
		if (*at == '$') {
			weight++;
			at++;
		}
		if (*at == '{') {
			struct slot slot = parse_slot(at);

			weight += slot.prefix_len;
			at += slot.len;
		}
	}
	assert(longest >= RK_PATTERN_ANCHOR_LEN && literal_len(pattern) > 0);
	return weight;
}

static bool add_capture(struct rk_captures *captures, const struct slot *slot,
			const char *value, size_t len)
{
	size_t n = captures->n_items;

	if (len == 0 || len < slot->prefix_len || (!slot->any && memchr(value, ' ', len)))
		return false;
	if (slot->prefix_len > 0 && memcmp(value, slot->prefix, slot->prefix_len) != 0)
		return false;
	assert(n < RK_CAPTURES_MAX);
	captures->items[n].name = slot->name;
	captures->items[n].name_len = slot->name_len;
	captures->items[n].value = value;
	captures->items[n].value_len = len;
	captures->n_items++;
	return true;
}

/* The value of a capture ends where the literal after it begins, or, at the end of the
 * pattern, with the word or the line. NULL: that literal does not follow. */
static const char *value_end(const struct slot *slot, const char *rest, const char *line)
{
	size_t len = literal_len(rest);
	size_t line_len = strlen(line);

	if (len > 0 && rest[len] == '$') /* at the end, and nowhere before */
		return line_len > len ? line + line_len - len : NULL;
	if (len > 0)
		return line[0] ? memmem(line + 1, line_len - 1, rest, len) : NULL;
	if (slot->any || *rest == '$')
		return line + line_len;
	return line + strcspn(line, " ");
}

/* The rest of a pattern, at this place. */
static bool match_here(const char *pattern, const char *line, struct rk_captures *ret)
{
	while (*pattern) {
		size_t len = literal_len(pattern);
		const char *end;
		struct slot slot;

		if (strncmp(line, pattern, len) != 0)
			return false;
		line += len;
		pattern += len;
		if (*pattern != '{')
			return *pattern == '\0' || *line == '\0';
		slot = parse_slot(pattern);
		pattern += slot.len;
		end = value_end(&slot, pattern, line);
		if (!end || !add_capture(ret, &slot, line, (size_t)(end - line)))
			return false;
		line = end;
	}
	return true;
}

bool rk_pattern_match(const char *pattern, const char *line, struct rk_captures *ret)
{
	size_t len = literal_len(pattern);

	for (int i = 0; i < MAX_STARTS; i++) {
		line = memmem(line, strlen(line), pattern, len);
		if (!line)
			return false;
		ret->n_items = 0;
		if (match_here(pattern, line, ret))
			return true;
		line++;
	}
	return false;
}

/* ---- kept ---- */

int rk_captures_keep(const struct rk_captures *captures, struct rk_capture **items,
		     size_t *n_items, struct rk_error *err)
{
	struct rk_capture *all;

	if (captures->n_items == 0)
		return 0;
	all = reallocarray(*items, *n_items + captures->n_items, sizeof(*all));
	if (!all)
		return rk_error_nomem(err);
	*items = all;
	for (size_t i = 0; i < captures->n_items; i++) {
		const char *name = captures->items[i].name;
		size_t name_len = captures->items[i].name_len;
		char *value;

		if (rk_captures_find(all, *n_items, name, name_len))
			continue;
		value = strndup(captures->items[i].value, captures->items[i].value_len);
		if (!value)
			return rk_error_nomem(err);
		all[(*n_items)++] = (struct rk_capture){
			.value = value, .name = name, .name_len = name_len};
	}
	return 0;
}

const char *rk_captures_find(const struct rk_capture *items, size_t n_items,
			     const char *name, size_t name_len)
{
	for (size_t i = 0; i < n_items; i++)
		if (items[i].name_len == name_len &&
		    memcmp(items[i].name, name, name_len) == 0)
			return items[i].value;
	return NULL;
}

void rk_captures_release(struct rk_capture *items, size_t n_items)
{
	for (size_t i = 0; i < n_items; i++)
		free(items[i].value);
	free(items);
}
