/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "lib/kernel/index.h"
#include "lib/kernel/kconfig.h"

struct entry {
	const char *name;
	const char *value; /* NULL: "is not set" */
};

struct rk_kconfig {
	char *text; /* what the entries point into */
	struct entry *entries;
	size_t n_entries;
	size_t cap;
	struct rk_index index;
};

static bool is_name_char(char c)
{
	return (unsigned char)(c - 'A') < 26 || c == '_' ||
	       (unsigned char)(c - '0') < 10 || (unsigned char)(c - 'a') < 26;
}

/* Bytes of "CONFIG_<name>" at @text, 0 if it does not begin with one. */
static size_t name_len(const char *text)
{
	static const char prefix[] = "CONFIG_";
	size_t len = 0;

	/* A dozen thousand lines: a call of strncmp() for each is felt. */
	for (; prefix[len]; len++)
		if (text[len] != prefix[len])
			return 0;
	if (!is_name_char(text[len]))
		return 0;
	while (is_name_char(text[len]))
		len++;
	return len;
}

/* Removes quotes and backslashes in place, as Kconfig's conf_set_sym_val(); NULL if the
 * string does not end, or something follows it. */
static char *unquote(char *text)
{
	char *to = text;

	for (char *from = text + 1; *from; from++) {
		if (*from == '"') {
			*to = '\0';
			return from[1] ? NULL : text;
		}
		if (*from == '\\' && !*++from)
			return NULL;
		*to++ = *from;
	}
	return NULL;
}

/* What is wrong with the line, or NULL; @ret->name stays NULL for a comment. */
static const char *parse_line(char *line, struct entry *ret)
{
	bool comment = line[0] == '#';
	size_t len;

	if (comment && line[1] != ' ')
		return NULL;
	line += comment ? 2 : 0;
	if (!line[0])
		return NULL;
	len = name_len(line);
	if (comment && (!len || strcmp(line + len, " is not set") != 0))
		return NULL;
	if (!comment && (!len || line[len] != '='))
		return "is neither a CONFIG_ assignment nor a comment";
	if (!comment) {
		ret->value = line + len + 1;
		if (ret->value[0] == '"')
			ret->value = unquote(line + len + 1);
		if (!ret->value)
			return "has a string without its closing quote at the end";
	}
	line[len] = '\0';
	ret->name = line;
	return NULL;
}

static int add_entry(struct rk_kconfig *config, struct entry entry, struct rk_error *err)
{
	if (config->n_entries == config->cap) {
		size_t cap = config->cap ? config->cap * 2 : 12288;
		struct entry *entries =
			reallocarray(config->entries, cap, sizeof(*entries));

		if (!entries)
			return rk_error_nomem(err);
		config->entries = entries;
		config->cap = cap;
	}
	config->entries[config->n_entries++] = entry;
	return 0;
}

static int parse_lines(struct rk_kconfig *config, size_t size, struct rk_error *err)
{
	char *end = config->text + size;
	size_t line = 0;

	for (char *next = config->text; next < end;) {
		char *newline = memchr(next, '\n', (size_t)(end - next));
		char *line_end = newline ? newline : end;
		struct entry entry = {0};
		const char *wrong;

		line++;
		if (line_end > next && line_end[-1] == '\r')
			line_end[-1] = '\0';
		*line_end = '\0';
		wrong = parse_line(next, &entry);
		if (wrong)
			return rk_error_set(err, RK_EFORMAT, "line %zu %s", line, wrong);
		if (entry.name && add_entry(config, entry, err) < 0)
			return -(int)err->code;
		next = line_end + 1;
	}
	return 0;
}

static int index_entries(struct rk_kconfig *config, struct rk_error *err)
{
	const struct entry *entries = config->entries;

	if (rk_index_init(&config->index, config->n_entries, err) < 0)
		return -(int)err->code;
	for (int32_t i = 0; (size_t)i < config->n_entries; i++)
		if (rk_index_add(&config->index, entries, sizeof(*entries), i) !=
		    RK_INDEX_NONE)
			rk_index_replace(&config->index, entries, sizeof(*entries), i);
	return 0;
}

int rk_kconfig_parse(const char *text, size_t size, struct rk_kconfig **ret,
		     struct rk_error *err)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config = calloc(1, sizeof(*config));

	if (!config)
		return rk_error_nomem(err);
	if (size && memchr(text, '\0', size))
		return rk_error_set(err, RK_EFORMAT, "has a NUL byte");
	config->text = malloc(size + 1);
	if (!config->text)
		return rk_error_nomem(err);
	if (size)
		memcpy(config->text, text, size);
	config->text[size] = '\0';
	if (parse_lines(config, size, err) < 0 || index_entries(config, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(config);
	return 0;
}

void rk_kconfig_free(struct rk_kconfig *config)
{
	if (!config)
		return;
	free(config->text);
	free(config->entries);
	rk_index_release(&config->index);
	free(config);
}

static const struct entry *find(const struct rk_kconfig *config, const char *name)
{
	int32_t i = rk_index_find(&config->index, config->entries,
				  sizeof(*config->entries), name);

	return i == RK_INDEX_NONE ? NULL : &config->entries[i];
}

const char *rk_kconfig_get(const struct rk_kconfig *config, const char *name)
{
	const struct entry *entry = find(config, name);

	return entry ? entry->value : NULL;
}

bool rk_kconfig_is_yes(const struct rk_kconfig *config, const char *name)
{
	const char *value = rk_kconfig_get(config, name);

	return value && strcmp(value, "y") == 0;
}

bool rk_kconfig_mentions(const struct rk_kconfig *config, const char *name)
{
	return find(config, name) != NULL;
}

long rk_kconfig_number(const struct rk_kconfig *config, const char *name, long fallback)
{
	const char *value = rk_kconfig_get(config, name);
	bool hex;
	char *end;
	long number;

	if (!value || !*value)
		return fallback;
	/* Not base 0: a leading zero is no octal number in Kconfig. */
	hex = value[0] == '0' && (value[1] == 'x' || value[1] == 'X');
	errno = 0;
	number = strtol(value, &end, hex ? 16 : 10);
	return errno || *end ? fallback : number;
}

struct diff {
	bool (*ignore)(const char *name);
	void (*report)(void *data, const char *name, const char *value_a,
		       const char *value_b);
	void *data;
	size_t n_differences;
};

static bool is_last(const struct rk_kconfig *config, size_t i)
{
	return find(config, config->entries[i].name) == &config->entries[i];
}

static void compare(struct diff *diff, const char *name, const char *value_a,
		    const char *value_b)
{
	if (!value_a && !value_b)
		return;
	if (value_a && value_b && strcmp(value_a, value_b) == 0)
		return;
	if (diff->ignore && diff->ignore(name))
		return;
	diff->n_differences++;
	if (diff->report)
		diff->report(diff->data, name, value_a, value_b);
}

size_t rk_kconfig_diff(const struct rk_kconfig *a, const struct rk_kconfig *b,
		       bool (*ignore)(const char *name),
		       void (*report)(void *data, const char *name, const char *value_a,
				      const char *value_b),
		       void *data)
{
	struct diff diff = {.ignore = ignore, .report = report, .data = data};

	for (size_t i = 0; i < a->n_entries; i++) {
		const struct entry *entry = &a->entries[i];

		if (is_last(a, i))
			compare(&diff, entry->name, entry->value,
				rk_kconfig_get(b, entry->name));
	}
	for (size_t i = 0; i < b->n_entries; i++) {
		const struct entry *entry = &b->entries[i];

		if (is_last(b, i) && !find(a, entry->name))
			compare(&diff, entry->name, NULL, entry->value);
	}
	return diff.n_differences;
}
