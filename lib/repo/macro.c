/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/repo/macro.h"

/* ---- tokens ---- */

enum kind {
	KIND_END,
	KIND_WORD,
	KIND_STRING,
	KIND_BYTES,
	KIND_SIGN,
	KIND_OTHER, /* numbers, characters, C strings */
};

struct token {
	enum kind kind;
	char sign;        /* of KIND_SIGN */
	const char *text; /* of KIND_WORD */
	size_t len;
	size_t line;
};

static bool at_end(const struct rk_macro_scan *scan)
{
	return scan->at >= scan->end;
}

/* '\0' behind the end. */
static char peek(const struct rk_macro_scan *scan, size_t offset)
{
	if (offset >= (size_t)(scan->end - scan->at))
		return '\0';
	return scan->at[offset];
}

static void step(struct rk_macro_scan *scan)
{
	if (at_end(scan))
		return;
	if (*scan->at == '\n')
		scan->line++;
	scan->at++;
}

static void skip(struct rk_macro_scan *scan, size_t n)
{
	for (; n; n--)
		step(scan);
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* They nest. */
static void skip_block_comment(struct rk_macro_scan *scan)
{
	size_t depth = 0;

	do {
		if (peek(scan, 0) == '/' && peek(scan, 1) == '*') {
			depth++;
			skip(scan, 2);
		} else if (peek(scan, 0) == '*' && peek(scan, 1) == '/') {
			depth--;
			skip(scan, 2);
		} else {
			step(scan);
		}
	} while (depth && !at_end(scan));
}

static void skip_space(struct rk_macro_scan *scan)
{
	while (!at_end(scan)) {
		if (isspace((unsigned char)*scan->at)) {
			step(scan);
		} else if (peek(scan, 0) == '/' && peek(scan, 1) == '/') {
			while (!at_end(scan) && *scan->at != '\n')
				step(scan);
		} else if (peek(scan, 0) == '/' && peek(scan, 1) == '*') {
			skip_block_comment(scan);
		} else {
			return;
		}
	}
}

/* At the opening quote. */
static void skip_string(struct rk_macro_scan *scan)
{
	step(scan);
	while (!at_end(scan) && *scan->at != '"')
		skip(scan, *scan->at == '\\' ? 2 : 1);
	step(scan);
}

/* At the first '#' or the quote, behind the 'r'. */
static void skip_raw_string(struct rk_macro_scan *scan)
{
	size_t hashes = 0;

	while (peek(scan, 0) == '#') {
		hashes++;
		step(scan);
	}
	step(scan);
	while (!at_end(scan)) {
		size_t n = 0;

		if (*scan->at != '"') {
			step(scan);
			continue;
		}
		step(scan);
		while (n < hashes && peek(scan, n) == '#')
			n++;
		if (n == hashes) {
			skip(scan, n);
			return;
		}
	}
}

/* 'x', '\n', or the quote of a lifetime. */
static void skip_quote(struct rk_macro_scan *scan)
{
	size_t n = 1;

	step(scan);
	if (peek(scan, 0) == '\\') {
		skip(scan, 2);
		while (!at_end(scan) && *scan->at != '\'' && *scan->at != '\n')
			step(scan);
		step(scan);
		return;
	}
	/* A character of several bytes is one. */
	while ((unsigned char)peek(scan, 0) >= 0xc0 &&
	       ((unsigned char)peek(scan, n) & 0xc0) == 0x80)
		n++;
	if (peek(scan, n) == '\'')
		skip(scan, n + 1);
}

/* Behind r, b, br, c, cr: is it a string, and does that begin with "r"? */
static bool begins_string(const struct rk_macro_scan *scan, const struct token *word,
			  bool *ret_raw)
{
	size_t n = 0;

	*ret_raw = word->len && word->text[word->len - 1] == 'r';
	if (word->len > 2 || strspn(word->text, "rbc") < word->len)
		return false;
	while (*ret_raw && peek(scan, n) == '#')
		n++;
	return peek(scan, n) == '"';
}

static void take_word(struct rk_macro_scan *scan, struct token *token)
{
	bool raw;

	token->kind = KIND_WORD;
	token->text = scan->at;
	while (!at_end(scan) && is_word_char(*scan->at))
		step(scan);
	token->len = (size_t)(scan->at - token->text);
	if (begins_string(scan, token, &raw)) {
		if (raw)
			skip_raw_string(scan);
		else
			skip_string(scan);
		token->kind = token->text[0] == 'b'   ? KIND_BYTES
			      : token->text[0] == 'c' ? KIND_OTHER
						      : KIND_STRING;
	} else if (isdigit((unsigned char)token->text[0])) {
		token->kind = KIND_OTHER;
	}
}

static struct token take(struct rk_macro_scan *scan)
{
	struct token token = {.kind = KIND_END};

	skip_space(scan);
	token.line = scan->line;
	if (at_end(scan))
		return token;
	if (is_word_char(*scan->at)) {
		take_word(scan, &token);
	} else if (*scan->at == '"') {
		token.kind = KIND_STRING;
		skip_string(scan);
	} else if (*scan->at == '\'') {
		token.kind = KIND_OTHER;
		skip_quote(scan);
	} else {
		token.kind = KIND_SIGN;
		token.sign = *scan->at;
		step(scan);
	}
	return token;
}

static bool is_sign(const struct token *token, char sign)
{
	return token->kind == KIND_SIGN && token->sign == sign;
}

/* ---- one macro ---- */

static void copy_name(char name[RK_MACRO_NAME_SIZE], const struct token *word)
{
	snprintf(name, RK_MACRO_NAME_SIZE, "%.*s", (int)word->len, word->text);
}

static bool opens(char c)
{
	return c == '{' || c == '(' || c == '[' || c == '<';
}

static bool closes(char c)
{
	return c == '}' || c == ')' || c == ']' || c == '>';
}

static enum rk_value_form form_of(const struct token *token)
{
	if (token->kind == KIND_STRING)
		return RK_VALUE_STRING;
	if (token->kind == KIND_BYTES)
		return RK_VALUE_BYTES;
	if (is_sign(token, '['))
		return RK_VALUE_LIST;
	return is_sign(token, '{') ? RK_VALUE_BLOCK : RK_VALUE_OTHER;
}

enum value_end {
	VALUE_COMMA,
	VALUE_LAST, /* the end of the macro */
	VALUE_LOST, /* it cannot be followed */
};

static enum value_end take_value(struct rk_macro_scan *scan, struct rk_macro_key *key)
{
	struct token token = take(scan);
	size_t depth = 0;

	key->form = form_of(&token);
	for (;; token = take(scan)) {
		if (token.kind == KIND_END || is_sign(&token, '$'))
			return VALUE_LOST;
		if (token.kind != KIND_SIGN)
			continue;
		if (opens(token.sign)) {
			depth++;
		} else if (closes(token.sign)) {
			if (!depth)
				return token.sign == '>' ? VALUE_LOST : VALUE_LAST;
			depth--;
		} else if (token.sign == ',' && !depth) {
			return VALUE_COMMA;
		}
	}
}

/* Behind the opening brace. */
static bool take_keys(struct rk_macro_scan *scan, struct rk_macro *macro)
{
	while (macro->n_keys < RK_MACRO_MAX_KEYS) {
		struct token word = take(scan);
		struct token colon;
		struct rk_macro_key *key = &macro->keys[macro->n_keys];
		enum value_end end;

		if (word.kind == KIND_SIGN && closes(word.sign))
			return true;
		if (word.kind != KIND_WORD)
			return false;
		colon = take(scan);
		if (!is_sign(&colon, ':'))
			return false;
		*key = (struct rk_macro_key){.line = word.line};
		copy_name(key->name, &word);
		end = take_value(scan, key);
		if (end == VALUE_LOST)
			return false;
		key->comma = end == VALUE_COMMA;
		macro->n_keys++;
		if (end == VALUE_LAST)
			return true;
	}
	return false;
}

/* "module", "module_platform_driver": those of the kernel crate that take its keys. */
static bool is_module_macro(const struct token *word)
{
	static const char prefix[] = "module_";
	static const char suffix[] = "_driver";
	size_t prefix_len = strlen(prefix);
	size_t suffix_len = strlen(suffix);

	if (word->kind != KIND_WORD)
		return false;
	if (word->len == strlen("module"))
		return strncmp(word->text, "module", word->len) == 0;
	return word->len > prefix_len + suffix_len &&
	       strncmp(word->text, prefix, prefix_len) == 0 &&
	       strncmp(word->text + word->len - suffix_len, suffix, suffix_len) == 0;
}

void rk_macro_begin(struct rk_macro_scan *scan, const char *text, size_t size)
{
	*scan = (struct rk_macro_scan){.at = text, .end = text + size, .line = 1};
}

bool rk_macro_next(struct rk_macro_scan *scan, struct rk_macro *ret)
{
	struct token word;

	while ((word = take(scan)).kind != KIND_END) {
		struct rk_macro_scan ahead = *scan;
		struct token bang;
		struct token open;

		if (!is_module_macro(&word))
			continue;
		bang = take(&ahead);
		open = take(&ahead);
		if (!is_sign(&bang, '!') || open.kind != KIND_SIGN || !opens(open.sign))
			continue;
		*ret = (struct rk_macro){.line = word.line};
		copy_name(ret->name, &word);
		if (!take_keys(&ahead, ret))
			continue;
		*scan = ahead;
		return true;
	}
	return false;
}
