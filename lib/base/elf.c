/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>

#include "lib/base/elf.h"
#include "lib/base/library.h"

static void end_elf_p(Elf **elf)
{
	elf_end(*elf); /* accepts NULL */
}

static int fail(struct rk_error *err, const char *what)
{
	return rk_error_set(err, RK_EFORMAT, "%s: %s", what, elf_errmsg(-1));
}

static int begin_elf(int fd, Elf **ret, struct rk_error *err)
{
	cleanup(end_elf_p) Elf *elf = NULL;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return fail(err, "libelf");
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!elf)
		return fail(err, "cannot be read as an ELF file");
	if (elf_kind(elf) != ELF_K_ELF)
		return rk_error_set(err, RK_EFORMAT, "is no ELF file");
	*ret = RK_STEAL(elf);
	return 0;
}

static int find_section(Elf *elf, const char *name, Elf_Scn **ret, struct rk_error *err)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) < 0)
		return fail(err, "section names");
	while ((section = elf_nextscn(elf, section))) {
		const char *found;
		GElf_Shdr header;

		if (!gelf_getshdr(section, &header))
			return fail(err, "section header");
		found = elf_strptr(elf, names, header.sh_name);
		if (found && strcmp(found, name) == 0) {
			*ret = section;
			return 0;
		}
	}
	return rk_error_set(err, RK_ENOTFOUND, "has no section '%s'", name);
}

int rk_elf_map_section(int fd, const char *name, size_t limit, struct rk_elf_section *ret,
		       struct rk_error *err)
{
	cleanup(end_elf_p) Elf *elf = NULL;
	const Elf_Data *data;
	Elf_Scn *section = NULL;

	if (begin_elf(fd, &elf, err) < 0 || find_section(elf, name, &section, err) < 0)
		return -(int)err->code;
	data = elf_rawdata(section, NULL);
	if (!data)
		return fail(err, name);
	if (data->d_size > limit)
		return rk_error_set(err, RK_EFORMAT,
				    "section '%s' is longer than %zu bytes", name, limit);
	if (data->d_size && !data->d_buf)
		return rk_error_set(err, RK_EFORMAT, "section '%s' has no bytes", name);
	*ret = (struct rk_elf_section){
		.data = data->d_buf, .size = data->d_size, .elf = RK_STEAL(elf)};
	return 0;
}

void rk_elf_section_release(struct rk_elf_section *section)
{
	elf_end(section->elf); /* accepts NULL */
	*section = (struct rk_elf_section)RK_ELF_SECTION_INIT;
}

int rk_elf_read_section(int fd, const char *name, size_t limit, struct rk_buf *ret,
			struct rk_error *err)
{
	cleanup_elf_section struct rk_elf_section section = RK_ELF_SECTION_INIT;

	if (rk_elf_map_section(fd, name, limit, &section, err) < 0)
		return -(int)err->code;
	rk_buf_add(ret, section.data, section.size);
	return rk_buf_check(ret, err);
}

/* The first defined symbol of a table whose name starts with @prefix, or NULL. */
static const char *find_in_table(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
				 const char *prefix)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n_symbols;

	if (!data || !header->sh_entsize)
		return NULL;
	n_symbols = data->d_size / header->sh_entsize;
	for (int i = 0; (size_t)i < n_symbols && i < INT32_MAX; i++) {
		GElf_Sym symbol;
		const char *name;

		if (!gelf_getsym(data, i, &symbol))
			return NULL;
		if (symbol.st_shndx == SHN_UNDEF)
			continue;
		name = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (name && strncmp(name, prefix, strlen(prefix)) == 0)
			return name;
	}
	return NULL;
}

int rk_elf_find_symbol(int fd, const char *prefix, char **ret, struct rk_error *err)
{
	cleanup(end_elf_p) Elf *elf = NULL;
	Elf_Scn *section = NULL;

	if (begin_elf(fd, &elf, err) < 0)
		return -(int)err->code;
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		const char *name;

		if (!gelf_getshdr(section, &header))
			return fail(err, "section header");
		if (header.sh_type != SHT_DYNSYM)
			continue;
		name = find_in_table(elf, section, &header, prefix);
		if (name)
			return rk_strdup(name, ret, err);
	}
	return rk_error_set(err, RK_ENOTFOUND, "defines no symbol '%s...'", prefix);
}

int rk_libelf_version(struct rk_buf *ret, struct rk_error *err)
{
	return rk_library_file(dlsym(RTLD_DEFAULT, "elf_version"), ret, err);
}
