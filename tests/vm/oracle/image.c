// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/vm/oracle/image.h"

#include <string.h>

enum {
	ALIGN = 16,
};

/* Offset of new room at the end of the file, aligned for any structure of ELF. @data may
 * lie in the image itself. */
static size_t append(struct image *image, const void *data, size_t size)
{
	cleanup_buf struct rk_buf copy = RK_BUF_INIT;
	size_t at;

	rk_buf_add(&copy, data, size);
	while (image->bytes.len % ALIGN)
		rk_buf_addc(&image->bytes, 0);
	at = image->bytes.len;
	rk_buf_add(&image->bytes, copy.data, copy.len);
	return at;
}

static void *at_offset(struct image *image, size_t offset)
{
	return image->bytes.data + offset;
}

Elf64_Ehdr *image_ehdr(struct image *image)
{
	return at_offset(image, 0);
}

size_t image_n_sections(struct image *image)
{
	return image_ehdr(image)->e_shnum;
}

Elf64_Shdr *image_section(struct image *image, size_t i)
{
	return (Elf64_Shdr *)at_offset(image, image_ehdr(image)->e_shoff) + i;
}

uint8_t *image_data(struct image *image, size_t section)
{
	return at_offset(image, image_section(image, section)->sh_offset);
}

const char *image_section_name(struct image *image, size_t i)
{
	return (const char *)image_data(image, image_ehdr(image)->e_shstrndx) +
	       image_section(image, i)->sh_name;
}

size_t image_find(struct image *image, const char *name)
{
	for (size_t i = 1; i < image_n_sections(image); i++) {
		if (strcmp(image_section_name(image, i), name) == 0)
			return i;
	}
	return 0;
}

size_t image_symtab(struct image *image)
{
	for (size_t i = 1; i < image_n_sections(image); i++) {
		if (image_section(image, i)->sh_type == SHT_SYMTAB)
			return i;
	}
	return 0;
}

size_t image_n_symbols(struct image *image)
{
	size_t symtab = image_symtab(image);

	return symtab ? image_section(image, symtab)->sh_size / sizeof(Elf64_Sym) : 0;
}

Elf64_Sym *image_symbol(struct image *image, size_t i)
{
	return (Elf64_Sym *)image_data(image, image_symtab(image)) + i;
}

const char *image_symbol_name(struct image *image, size_t i)
{
	size_t strtab = image_section(image, image_symtab(image))->sh_link;

	return (const char *)image_data(image, strtab) + image_symbol(image, i)->st_name;
}

size_t image_find_symbol(struct image *image, const char *name)
{
	for (size_t i = 1; i < image_n_symbols(image); i++) {
		if (strcmp(image_symbol_name(image, i), name) == 0)
			return i;
	}
	return 0;
}

bool image_is_inert(struct image *image)
{
	return !image_rela_of(image, image_find(image, ".gnu.linkonce.this_module"));
}

void image_set_data(struct image *image, size_t section, const void *data, size_t size)
{
	size_t at = append(image, data, size);

	image_section(image, section)->sh_offset = at;
	image_section(image, section)->sh_size = size;
}

/* The section's contents and more behind them. */
static void grow(struct image *image, size_t section, const void *data, size_t size)
{
	cleanup_buf struct rk_buf whole = RK_BUF_INIT;

	rk_buf_add(&whole, image_data(image, section),
		   image_section(image, section)->sh_size);
	rk_buf_add(&whole, data, size);
	image_set_data(image, section, whole.data, whole.len);
}

static Elf64_Word add_string(struct image *image, size_t strtab, const char *text)
{
	size_t at = image_section(image, strtab)->sh_size;

	grow(image, strtab, text, strlen(text) + 1);
	return (Elf64_Word)at;
}

size_t image_add_section(struct image *image, const char *name, const Elf64_Shdr *shdr,
			 const void *data, size_t size)
{
	cleanup_buf struct rk_buf table = RK_BUF_INIT;
	size_t n = image_n_sections(image);
	size_t at;

	rk_buf_add(&table, image_section(image, 0), n * sizeof(*shdr));
	rk_buf_add(&table, shdr, sizeof(*shdr));
	at = append(image, table.data, table.len);
	image_ehdr(image)->e_shoff = at;
	image_ehdr(image)->e_shnum = (Elf64_Half)(n + 1);
	image_rename_section(image, n, name);
	image_set_data(image, n, data, size);
	return n;
}

void image_rename_section(struct image *image, size_t section, const char *name)
{
	Elf64_Word at = add_string(image, image_ehdr(image)->e_shstrndx, name);

	image_section(image, section)->sh_name = at;
}

size_t image_add_symbol(struct image *image, const char *name, const Elf64_Sym *symbol)
{
	size_t i = image_n_symbols(image);

	grow(image, image_symtab(image), symbol, sizeof(*symbol));
	image_rename_symbol(image, i, name);
	return i;
}

void image_rename_symbol(struct image *image, size_t i, const char *name)
{
	size_t strtab = image_section(image, image_symtab(image))->sh_link;
	Elf64_Word at = add_string(image, strtab, name);

	image_symbol(image, i)->st_name = at;
}

void image_add_rela(struct image *image, size_t section, const Elf64_Rela *rela)
{
	grow(image, section, rela, sizeof(*rela));
}

size_t image_rela_of(struct image *image, size_t target)
{
	for (size_t i = 1; i < image_n_sections(image); i++) {
		const Elf64_Shdr *shdr = image_section(image, i);

		if (shdr->sh_type == SHT_RELA && shdr->sh_info == target)
			return i;
	}
	return 0;
}

/* The entry after @at (the first one for NULL), NULL at the end. */
static const char *next_entry(struct image *image, const char *at)
{
	size_t section = image_find(image, ".modinfo");
	const char *start = (const char *)image_data(image, section);
	const char *end = start + image_section(image, section)->sh_size;

	at = at ? at + strlen(at) : start;
	while (at < end && !*at)
		at++;
	return at < end ? at : NULL;
}

static bool has_key(const char *entry, const char *key)
{
	size_t len = strlen(key);

	return strncmp(entry, key, len) == 0 && entry[len] == '=';
}

const char *image_modinfo(struct image *image, const char *key)
{
	const char *entry = NULL;

	if (!image_find(image, ".modinfo"))
		return NULL;
	while ((entry = next_entry(image, entry))) {
		if (has_key(entry, key))
			return entry + strlen(key) + 1;
	}
	return NULL;
}

void image_modinfo_add(struct image *image, const char *entry, bool first)
{
	size_t section = image_find(image, ".modinfo");
	cleanup_buf struct rk_buf whole = RK_BUF_INIT;

	if (!first) {
		grow(image, section, entry, strlen(entry) + 1);
		return;
	}
	rk_buf_add(&whole, entry, strlen(entry) + 1);
	rk_buf_add(&whole, image_data(image, section),
		   image_section(image, section)->sh_size);
	image_set_data(image, section, whole.data, whole.len);
}

bool image_modinfo_remove(struct image *image, const char *key)
{
	cleanup_buf struct rk_buf rest = RK_BUF_INIT;
	const char *entry = NULL;
	bool found = false;

	while ((entry = next_entry(image, entry))) {
		if (has_key(entry, key))
			found = true;
		else
			rk_buf_add(&rest, entry, strlen(entry) + 1);
	}
	if (found)
		image_set_data(image, image_find(image, ".modinfo"), rest.data, rest.len);
	return found;
}
