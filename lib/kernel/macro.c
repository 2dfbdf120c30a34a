/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/kernel/macro.h"

enum {
	SOURCE_LIMIT = 1 << 20,
};

const struct rk_macro_rule *rk_macro_rules_find(const struct rk_macro_rules *rules,
						const char *name)
{
	for (size_t i = 0; i < rules->n_keys; i++)
		if (strcmp(rules->keys[i].name, name) == 0)
			return &rules->keys[i];
	return NULL;
}

static void add(struct rk_macro_rules *rules, const char *name, size_t len,
		enum rk_value_form form)
{
	struct rk_macro_rule *rule;

	if (rules->n_keys == RK_MACRO_MAX_KEYS || !len || len >= RK_MACRO_NAME_SIZE)
		return;
	rule = &rules->keys[rules->n_keys++];
	*rule = (struct rk_macro_rule){.form = form};
	memcpy(rule->name, name, len);
}

/* ---- by version ---- */

static const struct row {
	const char *name;
	int since;
	int until; /* the first version without it */
	enum rk_value_form form;
	bool required;
} rows[] = {
	{"type", 0, 9999, RK_VALUE_OTHER, true},
	{"name", 0, 602, RK_VALUE_BYTES, true},
	{"name", 602, 9999, RK_VALUE_STRING, true},
	{"author", 0, 602, RK_VALUE_BYTES, false},
	{"author", 602, 618, RK_VALUE_STRING, false},
	{"authors", 615, 9999, RK_VALUE_LIST, false},
	{"description", 0, 602, RK_VALUE_BYTES, false},
	{"description", 602, 9999, RK_VALUE_STRING, false},
	{"license", 0, 602, RK_VALUE_BYTES, true},
	{"license", 602, 9999, RK_VALUE_STRING, true},
	{"alias", 0, 602, RK_VALUE_BYTES, false},
	{"alias", 602, 604, RK_VALUE_STRING, false},
	{"alias", 604, 9999, RK_VALUE_LIST, false},
	{"firmware", 611, 9999, RK_VALUE_LIST, false},
	{"imports_ns", 619, 9999, RK_VALUE_LIST, false},
	{"params", 619, 9999, RK_VALUE_BLOCK, false},
};

bool rk_macro_rules_of_version(const char *version, struct rk_macro_rules *ret)
{
	int number = rk_version_number(version);

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; number && i < RK_ARRAY_LEN(rows); i++) {
		if (number < rows[i].since || number >= rows[i].until)
			continue;
		add(ret, rows[i].name, strlen(rows[i].name), rows[i].form);
		ret->keys[ret->n_keys - 1].required = rows[i].required;
	}
	return ret->n_keys != 0;
}

/* ---- by the source ---- */

/* How the lines from @at on read the value; up to the next key's arrow. */
static enum rk_value_form form_at(const char *name, size_t len, const char *at,
				  const char *end)
{
	const struct words {
		const char *text;
		enum rk_value_form form;
	} words[] = {
		{"byte_string", RK_VALUE_BYTES}, {"string_array", RK_VALUE_LIST},
		{"bracketed!", RK_VALUE_LIST},   {"braced!", RK_VALUE_BLOCK},
		{"params", RK_VALUE_BLOCK},
	};

	if (len == strlen("type") && strncmp(name, "type", len) == 0)
		return RK_VALUE_OTHER;
	for (size_t i = 0; i < RK_ARRAY_LEN(words); i++)
		if (memmem(at, (size_t)(end - at), words[i].text, strlen(words[i].text)))
			return words[i].form;
	return RK_VALUE_STRING;
}

static const char *min_end(const char *found, const char *end)
{
	return found && found < end ? found : end;
}

/* The next quoted word before @end. */
static const char *next_quoted(const char **at, const char *end, size_t *ret_len)
{
	const char *open = memchr(*at, '"', (size_t)(end - *at));
	const char *close = open ? memchr(open + 1, '"', (size_t)(end - open - 1)) : NULL;

	if (!close)
		return NULL;
	*at = close + 1;
	*ret_len = (size_t)(close - open - 1);
	return open + 1;
}

/* `"name" => info.name = expect_string(it),` */
static enum rk_value_form form_of_arm(const char *text, const char *name, size_t len)
{
	cleanup_free char *arm = NULL;
	struct rk_error err = RK_ERROR_INIT;
	const char *at;

	if (rk_format(&arm, &err, "\"%.*s\" =>", (int)len, name) < 0 ||
	    !(at = strstr(text, arm)))
		return RK_VALUE_STRING;
	at += strlen(arm);
	return form_at(name, len, at, at + strcspn(at, "\n"));
}

static bool is_in_list(const char *text, const char *list, const char *name)
{
	const char *at = strstr(text, list);
	const char *end = at ? strchr(at, ';') : NULL;
	const char *word;
	size_t len;

	/* The type has brackets, but no quotes. */
	while (end && (word = next_quoted(&at, end, &len)))
		if (strlen(name) == len && strncmp(word, name, len) == 0)
			return true;
	return false;
}

/* Up to 6.19: const EXPECTED_KEYS: &[&str] = &["type", "name", ...]; */
static void parse_lists(const char *text, struct rk_macro_rules *ret)
{
	const char *at = strstr(text, "EXPECTED_KEYS");
	const char *end = at ? strchr(at, ';') : NULL;
	const char *word;
	size_t len;

	while (end && (word = next_quoted(&at, end, &len)))
		add(ret, word, len, form_of_arm(text, word, len));
	for (size_t i = 0; i < ret->n_keys; i++)
		ret->keys[i].required =
			is_in_list(text, "REQUIRED_KEYS", ret->keys[i].name);
}

/* The first word of the line that @at is in, not before @begin. */
static const char *line_of(const char *at, const char *begin)
{
	while (at > begin && at[-1] != '\n')
		at--;
	return at + strspn(at, " \t");
}

/*
 * Since 7.0, where module! itself is read:
 *	parse_ordered_fields!(
 *		from input;
 *		type as type_ [required] => input.parse()?,
 *		authors => { let list; bracketed!(list in input); ... },
 */
static void parse_fields(const char *text, struct rk_macro_rules *ret)
{
	const char *info = strstr(text, "impl Parse for ModuleInfo");
	const char *at = info ? strstr(info, "from input;") : NULL;
	const char *end = at ? strstr(at, "Ok(ModuleInfo") : NULL;

	if (!at || !end)
		return;
	at += strlen("from input;");
	for (const char *arrow = min_end(strstr(at, "=>"), end); arrow < end;) {
		const char *word = line_of(arrow, at);
		size_t len = strcspn(word, " \t=");
		const char *next = min_end(strstr(arrow + 2, "=>"), end);

		add(ret, word, len, form_at(word, len, arrow, line_of(next, arrow)));
		if (ret->n_keys)
			ret->keys[ret->n_keys - 1].required =
				memmem(word, (size_t)(arrow - word), "[required]", 10);
		arrow = next;
	}
}

bool rk_macro_rules_parse(const char *text, struct rk_macro_rules *ret)
{
	memset(ret, 0, sizeof(*ret));
	parse_fields(text, ret);
	if (!ret->n_keys)
		parse_lists(text, ret);
	ret->from_source = true;
	/* Another form than those two: nothing is known. */
	return rk_macro_rules_find(ret, "type") && rk_macro_rules_find(ret, "license");
}

static bool read_source(const struct rk_kernel *kernel, const char *dir,
			struct rk_macro_rules *ret)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	return rk_path_join(dir, "rust/macros/module.rs", &path, &err) == 0 &&
	       rk_root_read(kernel->root, path, SOURCE_LIMIT, &text, &err) == 0 &&
	       rk_macro_rules_parse(rk_buf_str(&text), ret);
}

bool rk_macro_rules_read(const struct rk_kernel *kernel, struct rk_macro_rules *ret)
{
	return read_source(kernel, kernel->srctree, ret) ||
	       read_source(kernel, kernel->kdir_real, ret) ||
	       rk_macro_rules_of_version(kernel->source_version, ret);
}
