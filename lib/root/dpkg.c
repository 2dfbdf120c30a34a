/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/root/dpkg.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim(struct rk_dpkg_span *span)
{
	while (span->len && is_blank(span->text[0])) {
		span->text++;
		span->len--;
	}
	while (span->len && is_blank(span->text[span->len - 1]))
		span->len--;
}

/* The line at @at without its newline; *next is behind it. */
static struct rk_dpkg_span take_line(const char *at, const char *end, const char **next)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));
	const char *stop = newline ? newline : end;

	*next = newline ? newline + 1 : end;
	return (struct rk_dpkg_span){.text = at, .len = (size_t)(stop - at)};
}

bool rk_dpkg_next(struct rk_dpkg_iter *iter, struct rk_dpkg_span *ret)
{
	const char *stop;

	while (iter->next < iter->end && *iter->next == '\n')
		iter->next++;
	if (iter->next >= iter->end)
		return false;
	stop = memmem(iter->next, (size_t)(iter->end - iter->next), "\n\n", 2);
	if (!stop)
		stop = iter->end;
	*ret = (struct rk_dpkg_span){.text = iter->next,
				     .len = (size_t)(stop - iter->next)};
	iter->next = stop;
	return true;
}

bool rk_dpkg_field(const struct rk_dpkg_span *paragraph, const char *name,
		   struct rk_dpkg_span *ret)
{
	const char *end = paragraph->text + paragraph->len;
	const char *next = paragraph->text;
	size_t len = strlen(name);

	while (next < end) {
		struct rk_dpkg_span line = take_line(next, end, &next);

		if (line.len <= len || line.text[len] != ':' ||
		    strncasecmp(line.text, name, len) != 0)
			continue;
		while (next < end && (*next == ' ' || *next == '\t')) {
			take_line(next, end, &next);
			line.len = (size_t)(next - line.text);
		}
		*ret = (struct rk_dpkg_span){.text = line.text + len + 1,
					     .len = line.len - len - 1};
		trim(ret);
		return true;
	}
	return false;
}

bool rk_dpkg_is_name(const char *name, size_t len)
{
	if (len < 2 ||
	    !(islower((unsigned char)name[0]) || isdigit((unsigned char)name[0])))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!islower((unsigned char)name[i]) &&
		    !isdigit((unsigned char)name[i]) &&
		    (name[i] == '\0' || !strchr("+-.", name[i])))
			return false;
	return true;
}

/* "linux (7.2.11-1)": name and, if given, the version in parentheses. */
static void split_source(const struct rk_dpkg_span *source, struct rk_dpkg_span *name,
			 struct rk_dpkg_span *version)
{
	const char *open = memchr(source->text, '(', source->len);

	*name = *source;
	if (!open)
		return;
	name->len = (size_t)(open - source->text);
	trim(name);
	version->text = open + 1;
	version->len = source->len - (size_t)(open + 1 - source->text);
	if (version->len && version->text[version->len - 1] == ')')
		version->len--;
	trim(version);
}

static int copy(const struct rk_dpkg_span *span, char **ret, struct rk_error *err)
{
	return rk_format(ret, err, "%.*s", (int)span->len, span->text);
}

int rk_dpkg_package(const struct rk_dpkg_span *paragraph, struct rk_package *ret,
		    struct rk_error *err)
{
	struct rk_dpkg_span name, version, source, source_name, source_version;
	struct rk_dpkg_span arch = {.text = ""};
	struct rk_dpkg_span depends = {.text = ""};
	struct rk_package package = {0};

	if (!rk_dpkg_field(paragraph, "Package", &name) ||
	    !rk_dpkg_is_name(name.text, name.len))
		return rk_error_set(err, RK_EFORMAT, "a paragraph without package name");
	if (!rk_dpkg_field(paragraph, "Version", &version) || !version.len)
		return rk_error_set(err, RK_EFORMAT, "package '%.*s' has no version",
				    (int)name.len, name.text);
	rk_dpkg_field(paragraph, "Architecture", &arch);
	rk_dpkg_field(paragraph, "Depends", &depends);
	source_name = name;
	source_version = version;
	if (rk_dpkg_field(paragraph, "Source", &source) && source.len)
		split_source(&source, &source_name, &source_version);
	if (copy(&name, &package.name, err) < 0 ||
	    copy(&version, &package.version, err) < 0 ||
	    copy(&arch, &package.arch, err) < 0 ||
	    copy(&source_name, &package.source, err) < 0 ||
	    copy(&source_version, &package.source_version, err) < 0 ||
	    copy(&depends, &package.depends, err) < 0) {
		rk_package_release(&package);
		return -(int)err->code;
	}
	*ret = package;
	return 0;
}
