/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/module/modinfo.h"
#include "lib/module/signature.h"

struct rk_modinfo rk_modinfo_open(const struct rk_view *view, const Elf64_Shdr *section)
{
	if (section->sh_offset >= view->file.size)
		return (struct rk_modinfo){0};
	return (struct rk_modinfo){
		.text = (const char *)view->file.data + section->sh_offset,
		.size = section->sh_size,
		.limit = view->file.size - section->sh_offset,
	};
}

static bool open_view(const uint8_t *data, size_t size, struct rk_view *view)
{
	struct rk_signature signature = rk_signature_find(data, size);
	Elf64_Shdr names;
	struct rk_bytes bytes;

	rk_view_init(view, data, signature.size);
	if (view->file.size < sizeof(view->header) ||
	    memcmp(view->header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    view->header.e_shentsize != sizeof(Elf64_Shdr) || !rk_view_set_sections(view))
		return false;
	names = rk_view_section(view, view->header.e_shstrndx);
	bytes = rk_view_contents(view, &names);
	return bytes.size && bytes.data[bytes.size - 1] == '\0' &&
	       rk_view_set_names(view, &names);
}

bool rk_modinfo_find(const uint8_t *data, size_t size, struct rk_view *view,
		     struct rk_modinfo *ret)
{
	Elf64_Shdr section;
	size_t count;

	if (!open_view(data, size, view))
		return false;
	section = rk_view_section(view, rk_view_find_any(view, ".modinfo", &count));
	*ret = rk_modinfo_open(view, &section);
	return true;
}

/* Where the string at @offset ends: at its NUL, or at the end of the file. */
static size_t end_of(const struct rk_modinfo *info, size_t offset)
{
	return offset + strnlen(info->text + offset, info->limit - offset);
}

/* The entry after the one at @offset; false behind the last. The loader counts the bytes
 * it passes against the section's size. */
static bool advance(const struct rk_modinfo *info, size_t *offset)
{
	size_t next = end_of(info, *offset);

	while (next < info->limit && info->text[next] == '\0')
		next++;
	if (next >= info->size || next >= info->limit)
		return false;
	*offset = next;
	return true;
}

static const char *value_of(const struct rk_modinfo *info, size_t offset, const char *key)
{
	size_t end = end_of(info, offset);
	size_t len = strlen(key);

	if (end == info->limit || end - offset <= len ||
	    strncmp(info->text + offset, key, len) != 0 ||
	    info->text[offset + len] != '=')
		return NULL;
	return info->text + offset + len + 1;
}

const char *rk_modinfo_next(const struct rk_modinfo *info, const char *key,
			    const char *previous)
{
	size_t offset = 0;
	const char *value;

	if (!info->text)
		return NULL;
	if (previous) {
		offset = previous - info->text;
		if (!advance(info, &offset))
			return NULL;
	}
	do {
		value = value_of(info, offset, key);
	} while (!value && advance(info, &offset));
	return value;
}
