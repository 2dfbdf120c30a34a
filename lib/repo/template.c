/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/repo/template.h"

enum {
	NAME_LIMIT = 55, /* MODULE_NAME_LEN of the kernel, with its NUL */
};

static const struct sample {
	const char *kind;
	const char *sample; /* also the name of its module */
	const char *type;
	const char *own; /* another object of it, which no module can be called */
} samples[RK_N_TEMPLATES] = {
	[RK_TEMPLATE_MINIMAL] = {"minimal", "hello", "Hello", NULL},
	[RK_TEMPLATE_PARAMS] = {"params", "params", "Params", NULL},
	[RK_TEMPLATE_MISCDEV] = {"miscdev", "miscdev", "Sample", NULL},
	[RK_TEMPLATE_MIXED] = {"mixed", "mixed", "Mixed", "fnv1a"},
};

const char *rk_template_kind_name(enum rk_template_kind kind)
{
	return kind < RK_N_TEMPLATES ? samples[kind].kind : NULL;
}

bool rk_template_kind_find(const char *name, enum rk_template_kind *ret)
{
	for (unsigned int i = 0; i < RK_N_TEMPLATES; i++) {
		if (strcmp(samples[i].kind, name) != 0)
			continue;
		*ret = (enum rk_template_kind)i;
		return true;
	}
	return false;
}

/* ---- names ---- */

static bool is_reserved(const char *name)
{
	/* Crates that a module is compiled with, then Rust's own words. */
	static const char *const words[] = {
		"alloc",    "bindings", "build_error", "compiler_builtins",
		"core",     "ffi",      "kernel",      "macros",
		"pin_init", "std",      "test",        "uapi",
		"zerocopy", "as",       "async",       "await",
		"break",    "const",    "continue",    "crate",
		"dyn",      "else",     "enum",        "extern",
		"false",    "fn",       "for",         "if",
		"impl",     "in",       "let",         "loop",
		"main",     "match",    "mod",         "move",
		"mut",      "pub",      "ref",         "return",
		"self",     "static",   "struct",      "super",
		"trait",    "true",     "type",        "unsafe",
		"use",      "where",    "while",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(words); i++)
		if (strcmp(name, words[i]) == 0)
			return true;
	return false;
}

static const char *what_is_wrong(const char *name, enum rk_template_kind kind)
{
	const char *own = samples[kind].own;

	if (!islower((unsigned char)name[0]))
		return "does not begin with a small letter";
	for (const char *c = name; *c; c++)
		if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) &&
		    *c != '_')
			return "has other signs than small letters, digits, '_' and '-'";
	if (strlen(name) > NAME_LIMIT)
		return "is longer than 55 letters";
	if (is_reserved(name))
		return "is a word of Rust or a crate of the kernel";
	if (own && strcmp(name, own) == 0)
		return "is that of another file of this kind of module";
	return NULL;
}

int rk_template_name(const char *path, enum rk_template_kind kind, char **ret,
		     struct rk_error *err)
{
	cleanup_free char *name = NULL;
	const char *why;

	if (rk_strdup(rk_path_base(path), &name, err) < 0)
		return -(int)err->code;
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	why = what_is_wrong(name, kind);
	if (why) {
		rk_error_set(err, RK_EREFUSED, "a module cannot be called '%s': it %s",
			     rk_path_base(path), why);
		return rk_error_cure(err, "new-name", "give it another name");
	}
	*ret = RK_STEAL(name);
	return 0;
}

/* "my_driver" -> "MyDriverModule": none of the names that the prelude has. */
static void add_type(struct rk_buf *to, const char *name)
{
	for (bool first = true; *name; name++) {
		bool is_small = *name >= 'a' && *name <= 'z';
		char sign = *name;

		if (first && is_small)
			sign = (char)(sign - 'a' + 'A');
		if (sign != '_')
			rk_buf_addc(to, sign);
		first = *name == '_';
	}
	rk_buf_adds(to, "Module");
}

/* ---- words ---- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* What stands at @at, as long as a word; 0: nothing that is replaced. */
static size_t replace(const struct sample *sample, const struct rk_template_words *words,
		      const char *begin, const char *at, struct rk_buf *to)
{
	static const char device[] = "rkmod-sample";
	static const char authors[] = "The rkmod authors";
	size_t len = 0;

	while (is_word(at[len]))
		len++;
	if (strncmp(at, device, strlen(device)) == 0) {
		rk_buf_adds(to, words->name);
		return strlen(device);
	}
	if (strncmp(at, authors, strlen(authors)) == 0) {
		rk_buf_adds(to, words->author);
		return strlen(authors);
	}
	if (len == strlen(sample->type) && strncmp(at, sample->type, len) == 0) {
		add_type(to, words->name);
		return len;
	}
	if (len != strlen(sample->sample) || strncmp(at, sample->sample, len) != 0)
		return 0;
	/* In prose the word stays. */
	if (strncmp(at + len, ".o", 2) != 0 && strncmp(at + len, "-y", 2) != 0 &&
	    !(at > begin && at[-1] == '"' && at[len] == '"'))
		return 0;
	rk_buf_adds(to, words->name);
	return len;
}

static void put_words(const char *text, const struct rk_template_words *words,
		      struct rk_buf *to)
{
	const struct sample *sample = &samples[words->kind];

	for (const char *at = text; *at;) {
		bool starts = at == text || !is_word(at[-1]);
		size_t len =
			starts && is_word(*at) ? replace(sample, words, text, at, to) : 0;

		if (!len)
			rk_buf_addc(to, *at);
		at += len ? len : 1;
	}
}

/* ---- how module! is written ---- */

/* `    authors: ["x"],` -> `    author: "x",` */
static bool put_author(const char *line, size_t len, bool bytes, struct rk_buf *to)
{
	static const char list[] = "    authors: [\"";
	static const char end[] = "\"],";
	size_t used = strlen(list) + strlen(end);

	if (len < used || strncmp(line, list, strlen(list)) != 0 ||
	    strncmp(line + len - strlen(end), end, strlen(end)) != 0)
		return false;
	rk_buf_addf(to, "    author: %s\"%.*s\",", bytes ? "b" : "", (int)(len - used),
		    line + strlen(list));
	return true;
}

/* A line of module!, without its newline. */
static void put_key(const char *line, size_t len, const struct rk_template_words *words,
		    struct rk_buf *to)
{
	const char *quote = memmem(line, len, ": \"", 3);

	if (!words->authors && put_author(line, len, words->byte_strings, to))
		return;
	if (!words->byte_strings || !quote) {
		rk_buf_add(to, line, len);
		return;
	}
	rk_buf_addf(to, "%.*s: b%.*s", (int)(quote - line), line,
		    (int)(line + len - quote - 2), quote + 2);
}

static void put_macro(const char *text, const struct rk_template_words *words,
		      struct rk_buf *to)
{
	bool in_macro = false;

	while (*text) {
		size_t len = strcspn(text, "\n");

		in_macro = in_macro ? text[0] != '}' : strncmp(text, "module! {", 9) == 0;
		if (in_macro)
			put_key(text, len, words, to);
		else
			rk_buf_add(to, text, len);
		rk_buf_addc(to, '\n');
		text += len + (text[len] == '\n');
	}
}

/* ---- files ---- */

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

bool rk_template_is_of(const struct rk_template_file *file, enum rk_template_kind kind)
{
	return strcmp(file->sample, samples[kind].sample) == 0;
}

static int name_file(const struct rk_template_file *file,
		     const struct rk_template_words *words, char **ret,
		     struct rk_error *err)
{
	size_t len = strcspn(file->name, ".");
	const char *sample = samples[words->kind].sample;

	if (file->name[len] && strlen(sample) == len &&
	    strncmp(file->name, sample, len) == 0)
		return rk_format(ret, err, "%s%s", words->name, file->name + len);
	return rk_strdup(file->name, ret, err);
}

int rk_template_fill(const struct rk_template_file *file,
		     const struct rk_template_words *words, char **ret_name,
		     char **ret_text, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_buf struct rk_buf whole = RK_BUF_INIT;
	cleanup_free char *name = NULL;

	put_words(file->text, words, &text);
	if (rk_buf_check(&text, err) < 0 || name_file(file, words, &name, err) < 0)
		return -(int)err->code;
	if (ends_with(file->name, ".rs"))
		put_macro(rk_buf_str(&text), words, &whole);
	else
		rk_buf_add(&whole, rk_buf_str(&text), text.len);
	if (rk_buf_take(&whole, ret_text, err) < 0)
		return -(int)err->code;
	*ret_name = RK_STEAL(name);
	return 0;
}

static const struct rk_template_file *find_file(const char *name)
{
	const struct rk_template_file *file = rk_template_files;

	while (file->sample &&
	       (strcmp(file->sample, "new") != 0 || strcmp(file->name, name) != 0))
		file++;
	return file;
}

/* "@WORD@" at @at; its length, or 0. */
static size_t put_value(const char *at, const char *const *values, struct rk_buf *to)
{
	for (; *values; values += 2) {
		size_t len = strlen(values[0]);

		if (strncmp(at + 1, values[0], len) != 0 || at[len + 1] != '@')
			continue;
		rk_buf_adds(to, values[1]);
		return len + 2;
	}
	return 0;
}

int rk_template_expand(const char *name, const char *const *values, char **ret_text,
		       struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	for (const char *at = find_file(name)->text; at && *at;) {
		size_t len = *at == '@' ? put_value(at, values, &text) : 0;

		if (!len)
			rk_buf_addc(&text, *at);
		at += len ? len : 1;
	}
	return rk_buf_take(&text, ret_text, err);
}
