/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "lib/module/params.h"

bool rk_param_is_one(const char *word)
{
	size_t len = 0;

	while (isalnum((unsigned char)word[len]) || word[len] == '_' || word[len] == '-')
		len++;
	return len && word[len] == '=';
}

int rk_param_add(struct rk_buf *params, const char *word, struct rk_error *err)
{
	size_t name_len = strcspn(word, "=");
	const char *value = word + name_len + (word[name_len] == '=');
	bool quote = strpbrk(value, " \t") && value[0] != '"';

	if (strchr(word, '\n') || (quote && strchr(value, '"'))) {
		rk_error_set(err, RK_EFORMAT,
			     "the kernel cannot be given the parameter '%s'", word);
		return rk_error_cure(err, "parameter-value",
				     "it takes no newline, and no blank beside a quote");
	}
	rk_buf_addf(params, "%s%.*s%s%s%s", params->len ? " " : "", (int)(value - word),
		    word, quote ? "\"" : "", value, quote ? "\"" : "");
	return 0;
}

int rk_param_names(const struct rk_modinfo *info, struct rk_strv *ret,
		   struct rk_error *err)
{
	const char *entry = NULL;

	while ((entry = rk_modinfo_next(info, "parmtype", entry)))
		rk_strv_addf(ret, "%.*s", (int)strcspn(entry, ":"), entry);
	return rk_strv_check(ret, err);
}

static bool is_same(const char *name, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((name[i] == '-' ? '_' : name[i]) != (word[i] == '-' ? '_' : word[i]))
			return false;
	return name[len] == '\0';
}

bool rk_param_is_known(const struct rk_strv *names, const char *word)
{
	static const char *const of_all[] = {"dyndbg", "async_probe"};
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < RK_ARRAY_LEN(of_all); i++)
		if (is_same(of_all[i], word, len))
			return true;
	for (size_t i = 0; i < names->n_items; i++)
		if (strlen(names->items[i]) >= len && is_same(names->items[i], word, len))
			return true;
	return false;
}
