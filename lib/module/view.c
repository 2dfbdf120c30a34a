/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/module/view.h"

void rk_view_init(struct rk_view *view, const uint8_t *data, size_t size)
{
	*view = (struct rk_view){.file = {data, size}};
	if (size >= sizeof(view->header))
		memcpy(&view->header, data, sizeof(view->header));
}

bool rk_view_range(const struct rk_view *view, uint64_t offset, uint64_t size,
		   struct rk_bytes *ret)
{
	uint64_t end;

	if (__builtin_add_overflow(offset, size, &end) || end > view->file.size)
		return false;
	*ret = (struct rk_bytes){view->file.data + offset, size};
	return true;
}

bool rk_view_set_sections(struct rk_view *view)
{
	struct rk_bytes table;
	size_t n = view->header.e_shnum;

	if (view->header.e_shoff >= view->file.size ||
	    !rk_view_range(view, view->header.e_shoff, n * sizeof(Elf64_Shdr), &table))
		return false;
	view->sections = table.data;
	view->n_sections = n;
	return true;
}

bool rk_view_set_names(struct rk_view *view, const Elf64_Shdr *section)
{
	struct rk_bytes names;

	if (!rk_view_range(view, section->sh_offset, section->sh_size, &names))
		return false;
	view->names = section->sh_offset;
	view->names_size = names.size;
	return true;
}

struct rk_bytes rk_view_contents(const struct rk_view *view, const Elf64_Shdr *section)
{
	struct rk_bytes contents = {0};

	if (section->sh_type != SHT_NULL && section->sh_type != SHT_NOBITS)
		rk_view_range(view, section->sh_offset, section->sh_size, &contents);
	return contents;
}

const char *rk_view_string(const struct rk_view *view, uint64_t offset)
{
	const char *text;

	if (!view->file.data || offset >= view->file.size)
		return NULL;
	text = (const char *)view->file.data + offset;
	return memchr(text, 0, view->file.size - offset) ? text : NULL;
}

const char *rk_view_name(const struct rk_view *view, const Elf64_Shdr *section)
{
	if (view->names == 0)
		return NULL;
	/* Inside the table the last byte, which was checked, ends every name. */
	if (section->sh_name < view->names_size)
		return (const char *)view->file.data + view->names + section->sh_name;
	return rk_view_string(view, (uint64_t)view->names + section->sh_name);
}

const char *rk_view_label(const struct rk_view *view, const Elf64_Shdr *section)
{
	const char *name = rk_view_name(view, section);

	return name ? name : "?";
}

size_t rk_view_find_loaded(const struct rk_view *view, const char *name)
{
	for (size_t i = 1; i < view->n_sections; i++) {
		Elf64_Shdr section = rk_view_section(view, i);
		const char *own;

		if (!(section.sh_flags & SHF_ALLOC))
			continue;
		own = rk_view_name(view, &section);
		if (own && strcmp(own, name) == 0)
			return i;
	}
	return 0;
}

size_t rk_view_find_any(const struct rk_view *view, const char *name, size_t *ret_count)
{
	size_t found = 0;

	*ret_count = 0;
	for (size_t i = 1; i < view->n_sections; i++) {
		Elf64_Shdr section = rk_view_section(view, i);
		const char *own = rk_view_name(view, &section);

		if (own && strcmp(own, name) == 0) {
			found = i;
			++*ret_count;
		}
	}
	return found;
}
