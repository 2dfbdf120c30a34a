// SPDX-License-Identifier: GPL-2.0-or-later
/* The ELF header and the file as a whole. */
#include <string.h>

#include "tests/vm/oracle/rules.h"

static bool magic(struct mutation *m, uint64_t arg)
{
	image_ehdr(m->image)->e_ident[rng_below(m->rng, SELFMAG)] ^=
		(unsigned char)(1 + rng_below(m->rng, 255));
	return true;
}

/* Fields at which the kernel does not look: offset and size of each. */
static const struct {
	size_t offset, size;
} ignored[] = {
	{EI_CLASS, 1},
	{EI_DATA, 1},
	{EI_VERSION, 1},
	{EI_OSABI, 1},
	{EI_ABIVERSION, 8},
	{offsetof(Elf64_Ehdr, e_version), 4},
	{offsetof(Elf64_Ehdr, e_entry), 8},
	{offsetof(Elf64_Ehdr, e_phoff), 8},
	{offsetof(Elf64_Ehdr, e_flags), 4},
	{offsetof(Elf64_Ehdr, e_ehsize), 2},
	{offsetof(Elf64_Ehdr, e_phentsize), 2},
	{offsetof(Elf64_Ehdr, e_phnum), 2},
};

static bool ignored_field(struct mutation *m, uint64_t arg)
{
	uint64_t value = rng_odd(m->rng, 1);

	memcpy(m->image->bytes.data + ignored[arg].offset, &value, ignored[arg].size);
	return true;
}

static bool type(struct mutation *m, uint64_t arg)
{
	image_ehdr(m->image)->e_type =
		arg ? (Elf64_Half)arg : (Elf64_Half)rng_next(m->rng);
	return image_ehdr(m->image)->e_type != ET_REL;
}

static bool machine(struct mutation *m, uint64_t arg)
{
	Elf64_Ehdr *ehdr = image_ehdr(m->image);
	Elf64_Half old = ehdr->e_machine;

	ehdr->e_machine = arg ? (Elf64_Half)arg : (Elf64_Half)rng_next(m->rng);
	return ehdr->e_machine != old;
}

static bool shentsize(struct mutation *m, uint64_t arg)
{
	image_ehdr(m->image)->e_shentsize = (Elf64_Half)rng_odd(m->rng, 64);
	return image_ehdr(m->image)->e_shentsize != 64;
}

enum shoff {
	SHOFF_LENGTH,
	SHOFF_WRAP,
	SHOFF_BEYOND,
	SHOFF_NEXT, /* one header further */
	SHOFF_ANY,  /* inside the file: what lies there is taken for headers */
};

static bool shoff(struct mutation *m, uint64_t arg)
{
	Elf64_Ehdr *ehdr = image_ehdr(m->image);
	size_t size = m->image->bytes.len;

	switch ((enum shoff)arg) {
	case SHOFF_LENGTH:
		ehdr->e_shoff = size;
		break;
	case SHOFF_WRAP:
		ehdr->e_shoff = -(rng_below(m->rng, 4096) + 1);
		break;
	case SHOFF_BEYOND:
		ehdr->e_shoff = size + rng_next(m->rng) / 2;
		break;
	case SHOFF_NEXT:
		ehdr->e_shoff += sizeof(Elf64_Shdr);
		break;
	case SHOFF_ANY:
		ehdr->e_shoff = rng_below(m->rng, size);
		break;
	}
	return true;
}

enum shnum {
	SHNUM_ZERO,
	SHNUM_MANY, /* more than the file has room for */
	SHNUM_MAX,
	SHNUM_LESS, /* the last ones are cut off, the names' section among them */
};

static bool shnum(struct mutation *m, uint64_t arg)
{
	Elf64_Ehdr *ehdr = image_ehdr(m->image);

	switch ((enum shnum)arg) {
	case SHNUM_ZERO:
		ehdr->e_shnum = 0;
		break;
	case SHNUM_MANY:
		ehdr->e_shnum = (Elf64_Half)(ehdr->e_shnum + 1 + rng_below(m->rng, 64));
		break;
	case SHNUM_MAX:
		ehdr->e_shnum = 0xffff;
		break;
	case SHNUM_LESS:
		ehdr->e_shnum = (Elf64_Half)(1 + rng_below(m->rng, ehdr->e_shnum - 1));
		break;
	}
	return true;
}

enum shstrndx {
	SHSTRNDX_NONE,
	SHSTRNDX_COUNT,
	SHSTRNDX_XINDEX,
	SHSTRNDX_ANY,
	SHSTRNDX_STRTAB,
};

static bool shstrndx(struct mutation *m, uint64_t arg)
{
	Elf64_Ehdr *ehdr = image_ehdr(m->image);
	Elf64_Half old = ehdr->e_shstrndx;

	switch ((enum shstrndx)arg) {
	case SHSTRNDX_NONE:
		ehdr->e_shstrndx = 0;
		break;
	case SHSTRNDX_COUNT:
		ehdr->e_shstrndx = (Elf64_Half)(ehdr->e_shnum + rng_below(m->rng, 9));
		break;
	case SHSTRNDX_XINDEX:
		ehdr->e_shstrndx = SHN_XINDEX;
		image_section(m->image, 0)->sh_link = old;
		break;
	case SHSTRNDX_ANY:
		ehdr->e_shstrndx = (Elf64_Half)rule_any_section(m);
		break;
	case SHSTRNDX_STRTAB:
		ehdr->e_shstrndx =
			(Elf64_Half)image_section(m->image, image_symtab(m->image))
				->sh_link;
		break;
	}
	return ehdr->e_shstrndx != old;
}

/* Extended numbering, as ELF has it and the kernel does not: the count in header 0. */
static bool extended_count(struct mutation *m, uint64_t arg)
{
	Elf64_Ehdr *ehdr = image_ehdr(m->image);

	image_section(m->image, 0)->sh_size = ehdr->e_shnum;
	ehdr->e_shnum = 0;
	return true;
}

enum cut {
	CUT_EMPTY,
	CUT_HEADER, /* within the ELF header */
	CUT_LAST,   /* one byte less */
	CUT_ANY,
	CUT_TABLE, /* the last section header stays incomplete */
};

static bool cut(struct mutation *m, uint64_t arg)
{
	size_t size = m->image->bytes.len;

	switch ((enum cut)arg) {
	case CUT_EMPTY:
		size = 0;
		break;
	case CUT_HEADER:
		size = 1 + rng_below(m->rng, sizeof(Elf64_Ehdr) - 1);
		break;
	case CUT_LAST:
		size--;
		break;
	case CUT_ANY:
		size = sizeof(Elf64_Ehdr) + rng_below(m->rng, size - sizeof(Elf64_Ehdr));
		break;
	case CUT_TABLE:
		size = image_ehdr(m->image)->e_shoff +
		       image_n_sections(m->image) * sizeof(Elf64_Shdr) - 1 -
		       rng_below(m->rng, sizeof(Elf64_Shdr));
		break;
	}
	rk_buf_truncate(&m->image->bytes, size);
	return true;
}

static bool append(struct mutation *m, uint64_t arg)
{
	for (uint64_t n = 1 + rng_below(m->rng, 200); n; n--)
		rk_buf_addc(&m->image->bytes, arg ? (char)rng_next(m->rng) : 0);
	return true;
}

/* The kernel asks for no alignment of the header table. */
static bool unaligned_table(struct mutation *m, uint64_t arg)
{
	cleanup_buf struct rk_buf table = RK_BUF_INIT;

	rk_buf_add(&table, image_section(m->image, 0),
		   image_n_sections(m->image) * sizeof(Elf64_Shdr));
	do
		rk_buf_addc(&m->image->bytes, 0);
	while (m->image->bytes.len % 8 == 0);
	image_ehdr(m->image)->e_shoff = m->image->bytes.len;
	rk_buf_add(&m->image->bytes, table.data, table.len);
	return true;
}

static const struct rule rules[] = {
	{"ehdr-magic", "elf.2", magic, 0, 2},
	{"ehdr-class", "elf.ignored", ignored_field, 0, 1},
	{"ehdr-data", "elf.ignored", ignored_field, 1, 1},
	{"ehdr-ident-version", "elf.ignored", ignored_field, 2, 1},
	{"ehdr-osabi", "elf.ignored", ignored_field, 3, 1},
	{"ehdr-ident-rest", "elf.ignored", ignored_field, 4, 1},
	{"ehdr-version", "elf.ignored", ignored_field, 5, 1},
	{"ehdr-entry", "elf.ignored", ignored_field, 6, 1},
	{"ehdr-phoff", "elf.ignored", ignored_field, 7, 1},
	{"ehdr-flags", "elf.ignored", ignored_field, 8, 1},
	{"ehdr-ehsize", "elf.ignored", ignored_field, 9, 1},
	{"ehdr-phentsize", "elf.ignored", ignored_field, 10, 1},
	{"ehdr-phnum", "elf.ignored", ignored_field, 11, 1},
	{"ehdr-type-exec", "elf.3", type, ET_EXEC, 1},
	{"ehdr-type-dyn", "elf.3", type, ET_DYN, 1},
	{"ehdr-type", "elf.3", type, 0, 1},
	{"ehdr-machine-386", "elf.4", machine, EM_386, 1},
	{"ehdr-machine-aarch64", "elf.4", machine, EM_AARCH64, 1},
	{"ehdr-machine-riscv", "elf.4", machine, EM_RISCV, 1},
	{"ehdr-machine", "elf.4", machine, 0, 1},
	{"ehdr-shentsize", "elf.6", shentsize, 0, 2},
	{"ehdr-shoff-length", "elf.7", shoff, SHOFF_LENGTH, 1},
	{"ehdr-shoff-wrap", "elf.7", shoff, SHOFF_WRAP, 1},
	{"ehdr-shoff-beyond", "elf.7", shoff, SHOFF_BEYOND, 1},
	{"ehdr-shoff-next", "elf.7", shoff, SHOFF_NEXT, 1},
	{"ehdr-shoff-any", "elf.8", shoff, SHOFF_ANY, 3},
	{"ehdr-shnum-zero", "elf.10", shnum, SHNUM_ZERO, 1},
	{"ehdr-shnum-many", "elf.7", shnum, SHNUM_MANY, 1},
	{"ehdr-shnum-max", "elf.7", shnum, SHNUM_MAX, 1},
	{"ehdr-shnum-less", "elf.10", shnum, SHNUM_LESS, 2},
	{"ehdr-shnum-extended", "elf.8", extended_count, 0, 1},
	{"ehdr-shstrndx-none", "elf.10", shstrndx, SHSTRNDX_NONE, 1},
	{"ehdr-shstrndx-count", "elf.10", shstrndx, SHSTRNDX_COUNT, 1},
	{"ehdr-shstrndx-xindex", "elf.10", shstrndx, SHSTRNDX_XINDEX, 1},
	{"ehdr-shstrndx-any", "elf.11", shstrndx, SHSTRNDX_ANY, 2},
	{"ehdr-shstrndx-strtab", "elf.14", shstrndx, SHSTRNDX_STRTAB, 1},
	{"file-empty", "load.6", cut, CUT_EMPTY, 1},
	{"file-cut-header", "elf.1", cut, CUT_HEADER, 2},
	{"file-cut-last", "elf.7", cut, CUT_LAST, 1},
	{"file-cut-any", "elf.7", cut, CUT_ANY, 2},
	{"file-cut-table", "elf.7", cut, CUT_TABLE, 1},
	{"file-append-zeros", "elf.ignored", append, 0, 1},
	{"file-append", "elf.ignored", append, 1, 1},
	{"file-unaligned-table", "elf.ignored", unaligned_table, 0, 1},
};

const struct rule_table rules_header = {rules, RK_ARRAY_LEN(rules)};
