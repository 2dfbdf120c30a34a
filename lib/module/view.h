/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_VIEW_H
#define RK_MODULE_VIEW_H

#include <elf.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/cleanup.h"

/*
 * A module's bytes as the kernel's loader sees them: raw Elf64 structures, none of the
 * sense that an ELF library would make of them. Nothing here is an error: a place that
 * lies outside the file is NULL or false, and lib/verdict knows what the loader does.
 * All memory is borrowed from the bytes.
 */

/* A range that was checked to lie in the file. */
struct rk_bytes {
	const uint8_t *data; /* not aligned */
	size_t size;
};

/* Records are read a hundred million times where all modules of a kernel are judged:
 * these are inline. Modules of all architectures that rkmod judges are little-endian, and
 * so are its hosts: records are copied as they stand. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are copied");

/* Entries of a table of fixed-size records; false behind the last whole one. */
static inline bool rk_bytes_symbol(struct rk_bytes table, size_t index, Elf64_Sym *ret)
{
	if (index >= table.size / sizeof(*ret))
		return false;
	memcpy(ret, table.data + index * sizeof(*ret), sizeof(*ret));
	return true;
}

static inline bool rk_bytes_rela(struct rk_bytes table, size_t index, Elf64_Rela *ret)
{
	if (index >= table.size / sizeof(*ret))
		return false;
	memcpy(ret, table.data + index * sizeof(*ret), sizeof(*ret));
	return true;
}

/* 0 if outside. */
static inline uint32_t rk_bytes_u32(struct rk_bytes bytes, size_t offset)
{
	uint32_t value = 0;

	if (offset <= bytes.size && bytes.size - offset >= sizeof(value))
		memcpy(&value, bytes.data + offset, sizeof(value));
	return value;
}

static inline uint64_t rk_bytes_u64(struct rk_bytes bytes, size_t offset)
{
	uint64_t value = 0;

	if (offset <= bytes.size && bytes.size - offset >= sizeof(value))
		memcpy(&value, bytes.data + offset, sizeof(value));
	return value;
}

struct rk_view {
	struct rk_bytes file;    /* what is left when a signature was cut off */
	Elf64_Ehdr header;       /* all 0 if the file is shorter */
	const uint8_t *sections; /* the section headers, NULL until set */
	size_t n_sections;       /* e_shnum, or 0 until set */
	size_t names; /* where the section names begin in the file, 0 until set */
	size_t names_size;
};

/* A copy of a section's header; all 0 if there is no such section. */
static inline Elf64_Shdr rk_view_section(const struct rk_view *view, size_t index)
{
	Elf64_Shdr section = {0};

	if (index < view->n_sections)
		memcpy(&section, view->sections + index * sizeof(section),
		       sizeof(section));
	return section;
}

/* The header is copied, sections and names are not looked at yet. */
void rk_view_init(struct rk_view *view, const uint8_t *data, size_t size);

/* False: the table of section headers does not fit into the file. */
bool rk_view_set_sections(struct rk_view *view);
/* @section: the string table of section names; false if it lies outside. */
bool rk_view_set_names(struct rk_view *view, const Elf64_Shdr *section);

/* False if the range leaves the file; @ret is then untouched. */
bool rk_view_range(const struct rk_view *view, uint64_t offset, uint64_t size,
		   struct rk_bytes *ret);

/* Bytes of a section; empty if it has none or they lie outside. */
struct rk_bytes rk_view_contents(const struct rk_view *view, const Elf64_Shdr *section);

/**
 * rk_view_name() - a section's name, as strcmp() in the loader would read it
 *
 * The loader does not check names of SHT_NULL sections: a name behind the table is read
 * from whatever follows. NULL: outside the file, where the kernel would fault.
 */
const char *rk_view_name(const struct rk_view *view, const Elf64_Shdr *section);
/* For messages: never NULL. */
const char *rk_view_label(const struct rk_view *view, const Elf64_Shdr *section);

/* The loader's two ways of finding a section, both from index 1; 0: none. */
size_t rk_view_find_loaded(const struct rk_view *view, const char *name);
/* @ret_count: how many there are of that name. Return: the last. */
size_t rk_view_find_any(const struct rk_view *view, const char *name, size_t *ret_count);

/* A NUL-terminated string at a place of the file; NULL if it is outside or does not end.
 */
const char *rk_view_string(const struct rk_view *view, uint64_t offset);

#endif
