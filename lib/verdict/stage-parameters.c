/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel/params.c: parse_args(). All are looked at, and the last that is wrong fixes the
 * errno. The types are those that modinfo names.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "lib/verdict/judge.h"

/* What a type takes, by kstrtox.c; Rust's integers are parsed by core. */
struct type {
	const char *name;
	unsigned int bits; /* 0: no integer */
	bool is_signed;
	bool is_rust;
};

static const struct type integers[] = {
	{"byte", 8, false, false},    {"short", 16, true, false},
	{"ushort", 16, false, false}, {"int", 32, true, false},
	{"uint", 32, false, false},   {"long", 64, true, false},
	{"ulong", 64, false, false},  {"ullong", 64, false, false},
	{"hexint", 32, false, false}, {"i8", 8, true, true},
	{"u8", 8, false, true},       {"i16", 16, true, true},
	{"u16", 16, false, true},     {"i32", 32, true, true},
	{"u32", 32, false, true},     {"i64", 64, true, true},
	{"u64", 64, false, true},     {"isize", 64, true, true},
	{"usize", 64, false, true},
};

static const struct type *find_integer(const char *name)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(integers); i++)
		if (strcmp(integers[i].name, name) == 0)
			return &integers[i];
	return NULL;
}

static bool is_bool(const char *type)
{
	return strcmp(type, "bool") == 0 || strcmp(type, "invbool") == 0 ||
	       strcmp(type, "bint") == 0;
}

/* kstrtobool() */
static int check_bool(const char *value)
{
	if (value[0] && strchr("eEyYtT1dDnNfF0", value[0]))
		return 0;
	if ((value[0] == 'o' || value[0] == 'O') && value[1] && strchr("nNfF", value[1]))
		return 0;
	return EINVAL;
}

static char lower(char c)
{
	return (char)tolower((unsigned char)c);
}

/* Of a digit in any base; 16 if it is none. */
static unsigned int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, lower(c)) : NULL;

	return at ? (unsigned int)(at - digits) : 16;
}

/* "0x" and its kin; a leading 0 alone is octal. @text goes behind it. */
static unsigned int take_base(const char **text, const struct type *type)
{
	const char *t = *text;

	if (t[0] != '0')
		return 10;
	if (lower(t[1]) == 'x' && digit_of(t[2]) < 16) {
		*text += 2;
		return 16;
	}
	if (!type->is_rust || (lower(t[1]) != 'o' && lower(t[1]) != 'b'))
		return 8;
	*text += 2;
	return lower(t[1]) == 'o' ? 8 : 2;
}

/* As _parse_integer() and core take them. Return: errno, or 0. */
static int read_digits(const char *text, const struct type *type, uint64_t *ret)
{
	unsigned int base = take_base(&text, type);
	size_t n = 0;

	*ret = 0;
	for (; digit_of(text[n]) < base; n++) {
		if (*ret > (UINT64_MAX - digit_of(text[n])) / base)
			return ERANGE;
		*ret = *ret * base + digit_of(text[n]);
	}
	if (n == 0)
		return EINVAL;
	/* One newline is what echo leaves behind. */
	n += text[n] == '\n' && !type->is_rust;
	return text[n] ? EINVAL : 0;
}

/* Return: errno, or 0. */
static int check_integer(const struct type *type, const char *value)
{
	bool is_negative = value[0] == '-';
	uint64_t max = UINT64_MAX >> (64 - type->bits + type->is_signed);
	uint64_t number;
	int r;

	if (is_negative && !type->is_signed && !type->is_rust)
		return EINVAL;
	r = read_digits(value + (is_negative || value[0] == '+'), type, &number);
	if (r == 0 && number > max + (is_negative && type->is_signed))
		r = ERANGE;
	if (r == 0 && is_negative && !type->is_signed && number)
		r = ERANGE;
	return r && type->is_rust ? EINVAL : r;
}

/* One value of a type. Return: errno, 0, or -1 if the type is not known. */
static int check_value(const char *type, const char *value)
{
	enum {
		CHARP_LIMIT = 1024,
	};
	const struct type *integer = find_integer(type);

	if (is_bool(type))
		return check_bool(value);
	if (integer)
		return check_integer(integer, value);
	if (strcmp(type, "charp") == 0)
		return strlen(value) > CHARP_LIMIT ? ENOSPC : 0;
	return -1;
}

/* param_array(): how many it takes is not in modinfo. */
static int check_array(const char *type, const char *value)
{
	for (;;) {
		size_t len = strcspn(value, ",");
		char one[64];
		int r;

		if (len >= sizeof(one))
			return -1;
		memcpy(one, value, len);
		one[len] = '\0';
		r = check_value(type, one);
		if (r)
			return r;
		if (value[len] == '\0')
			return -1;
		value += len + 1;
	}
}

static int check_typed(const char *type, const char *value)
{
	static const char array[] = "array of ";

	if (!value)
		return is_bool(type) ? 0 : EINVAL;
	if (strncmp(type, array, strlen(array)) == 0)
		return check_array(type + strlen(array), value);
	return check_value(type, value);
}

/* "name:type"; '-' and '_' in the name are one. */
static const char *type_of(const struct rk_judge *judge, const char *name, size_t len)
{
	const char *entry = NULL;

	while ((entry = rk_modinfo_next(&judge->modinfo, "parmtype", entry))) {
		size_t i = 0;

		while (i < len && entry[i] &&
		       (name[i] == '-' ? '_' : name[i]) ==
			       (entry[i] == '-' ? '_' : entry[i]))
			i++;
		if (i == len && entry[i] == ':')
			return entry + i + 1;
	}
	return NULL;
}

static void note_unknown(struct rk_judge *judge, const char *name, size_t len)
{
	struct rk_finding *finding =
		rk_judge_note(judge, "parameter-unknown",
			      "the module has no parameter '%.*s'", (int)len, name);

	rk_judge_why(judge, finding, "%s", finding->kind->cause);
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
}

static void refuse(struct rk_judge *judge, const char *text, const char *type,
		   int sys_errno)
{
	size_t len = strcspn(text, "=");
	const char *value = text[len] ? text + len + 1 : "";
	struct rk_finding *finding =
		rk_judge_refuse(judge, sys_errno, "parameter-value",
				"'%s' is no value for parameter '%.*s' of type %s", value,
				(int)len, text, type);

	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
	rk_judge_message(judge, "%s: `%s' %s for parameter `%.*s'", judge->name, value,
			 sys_errno == ENOSPC ? "too large" : "invalid", (int)len, text);
}

void rk_stage_parameters(struct rk_judge *judge)
{
	const struct rk_strv *params = judge->target->params;

	for (size_t i = 0; params && i < params->n_items; i++) {
		const char *text = params->items[i];
		size_t len = strcspn(text, "=");
		const char *type = type_of(judge, text, len);
		int r = type ? check_typed(type, text[len] ? text + len + 1 : NULL) : 0;

		if (!type)
			note_unknown(judge, text, len);
		else if (r > 0)
			refuse(judge, text, type, r);
		else if (r < 0)
			rk_judge_doubt(
				judge,
				"whether parameter '%.*s' of type %s takes '%s' is not known",
				(int)len, text, type, text[len] ? text + len + 1 : "");
	}
}
