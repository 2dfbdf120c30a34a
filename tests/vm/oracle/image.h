/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ORACLE_IMAGE_H
#define RK_ORACLE_IMAGE_H

#include <elf.h>

#include "lib/base/buf.h"

/*
 * A sound module that is about to be damaged. Its bytes are trusted: the bases are what
 * Kbuild and the linker made. Whatever grows is moved to the end of the file, so that the
 * other parts keep their places. Pointers into it live until the next call that adds.
 */
struct image {
	struct rk_buf bytes;
};

Elf64_Ehdr *image_ehdr(struct image *image);
size_t image_n_sections(struct image *image);
Elf64_Shdr *image_section(struct image *image, size_t i);
const char *image_section_name(struct image *image, size_t i);
/* Index of the first section of that name, 0 if there is none. */
size_t image_find(struct image *image, const char *name);
uint8_t *image_data(struct image *image, size_t section);

/* 0 if there is none. */
size_t image_symtab(struct image *image);
size_t image_n_symbols(struct image *image);
Elf64_Sym *image_symbol(struct image *image, size_t i);
const char *image_symbol_name(struct image *image, size_t i);
/* Index of the symbol of that name, 0 if there is none. */
size_t image_find_symbol(struct image *image, const char *name);

/* No code of it runs when it is loaded: it has neither init nor exit function. */
bool image_is_inert(struct image *image);

/* New contents, put at the end of the file. */
void image_set_data(struct image *image, size_t section, const void *data, size_t size);
/* Index of the new section, which is the last one. */
size_t image_add_section(struct image *image, const char *name, const Elf64_Shdr *shdr,
			 const void *data, size_t size);
void image_rename_section(struct image *image, size_t section, const char *name);
/* Index of the new symbol; st_name is filled in. */
size_t image_add_symbol(struct image *image, const char *name, const Elf64_Sym *symbol);
void image_rename_symbol(struct image *image, size_t i, const char *name);
void image_add_rela(struct image *image, size_t section, const Elf64_Rela *rela);

/* Index of the relocation section of @target, 0 if it has none. */
size_t image_rela_of(struct image *image, size_t target);

/* The value of the first entry "KEY=...", NULL if there is none. */
const char *image_modinfo(struct image *image, const char *key);
/* Puts @entry first or last. */
void image_modinfo_add(struct image *image, const char *entry, bool first);
/* All entries of that key. Return: false if there was none. */
bool image_modinfo_remove(struct image *image, const char *key);

#endif
