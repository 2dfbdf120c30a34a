// SPDX-License-Identifier: GPL-2.0-or-later
/* Relocations of x86-64. Where a changed one would change code that runs, only bases
 * that run no code are taken. */
#include <string.h>

#include "tests/vm/oracle/rules.h"

/* A relocation section of @target (NULL: of .text or .data), and any entry of it. */
static bool any_rela(struct mutation *m, const char *target, size_t *ret_section,
		     Elf64_Rela **ret)
{
	size_t i, n;

	if (!target)
		target = rng_below(m->rng, 3) ? ".text" : ".data";
	if (!rule_find(m, target, &i) || !(*ret_section = image_rela_of(m->image, i)))
		return false;
	n = image_section(m->image, *ret_section)->sh_size / sizeof(Elf64_Rela);
	*ret = (Elf64_Rela *)image_data(m->image, *ret_section) + rng_below(m->rng, n);
	return true;
}

/* Size of what the relocation writes, 0 if it is none of the kernel's. */
static size_t width(const Elf64_Rela *rela)
{
	switch (ELF64_R_TYPE(rela->r_info)) {
	case R_X86_64_64:
	case R_X86_64_PC64:
		return 8;
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
	case R_X86_64_32:
	case R_X86_64_32S:
		return 4;
	default:
		return 0;
	}
}

static void set_type(Elf64_Rela *rela, uint64_t type)
{
	rela->r_info = ELF64_R_INFO(ELF64_R_SYM(rela->r_info), type);
}

enum type {
	TYPE_UNKNOWN,
	TYPE_NONE,
	TYPE_SWAP, /* PC32 and PLT32 are one thing */
	TYPE_ANY_KNOWN,
	TYPE_32, /* no module lies so low */
	TYPE_GOT,
};

static bool type(struct mutation *m, uint64_t arg)
{
	static const unsigned int unknown[] = {3,  5,  6,  7,  8,  9,   12,        13, 14,
					       15, 16, 17, 18, 19, 20,  21,        22, 23,
					       25, 26, 27, 28, 29, 31,  33,        34, 36,
					       37, 39, 40, 43, 99, 255, 0x7fffffff};
	static const unsigned int known[] = {1, 2, 4, 10, 11, 24};
	static const unsigned int got[] = {3, 9, 41, 42};
	size_t section;
	Elf64_Rela *rela;

	if (!any_rela(m, NULL, &section, &rela))
		return false;
	switch ((enum type)arg) {
	case TYPE_UNKNOWN:
		set_type(rela, unknown[rng_below(m->rng, RK_ARRAY_LEN(unknown))]);
		return true;
	case TYPE_GOT:
		set_type(rela, got[rng_below(m->rng, RK_ARRAY_LEN(got))]);
		return true;
	case TYPE_SWAP:
		if (ELF64_R_TYPE(rela->r_info) == R_X86_64_PLT32)
			set_type(rela, R_X86_64_PC32);
		else if (ELF64_R_TYPE(rela->r_info) == R_X86_64_PC32)
			set_type(rela, R_X86_64_PLT32);
		else
			return false;
		return true;
	case TYPE_NONE:
		set_type(rela, R_X86_64_NONE);
		break;
	case TYPE_ANY_KNOWN:
		set_type(rela, known[rng_below(m->rng, RK_ARRAY_LEN(known))]);
		break;
	case TYPE_32:
		set_type(rela, R_X86_64_32);
		break;
	}
	return rule_is_quiet(m);
}

enum addend {
	ADDEND_HUGE, /* does not fit 32 bits, where they are checked */
	ADDEND_NEAR,
	ADDEND_ANY,
};

static bool addend(struct mutation *m, uint64_t arg)
{
	size_t section;
	Elf64_Rela *rela;

	if (!rule_is_quiet(m) || !any_rela(m, ".text", &section, &rela))
		return false;
	switch ((enum addend)arg) {
	case ADDEND_HUGE:
		set_type(rela, R_X86_64_32S);
		rela->r_addend = (INT64_C(1) << (36 + rng_below(m->rng, 20)));
		break;
	case ADDEND_NEAR:
		rela->r_addend += (int64_t)rng_below(m->rng, 64) - 32;
		break;
	case ADDEND_ANY:
		rela->r_addend = (int64_t)rng_odd(m->rng, (uint64_t)rela->r_addend);
		break;
	}
	return true;
}

/* The place is not zero when the relocation is to be written. */
static bool place(struct mutation *m, uint64_t arg)
{
	size_t section, target;
	Elf64_Rela *rela, copy;

	if (!any_rela(m, NULL, &section, &rela) || !width(rela))
		return false;
	target = image_section(m->image, section)->sh_info;
	copy = *rela;
	if (arg == 0) { /* an addend left in place, as REL has it */
		image_data(m->image,
			   target)[rela->r_offset + rng_below(m->rng, width(rela))] =
			(uint8_t)(1 + rng_below(m->rng, 255));
	} else if (arg == 1) { /* twice the same: zero only if it wrote zeros */
		image_add_rela(m->image, section, &copy);
	} else { /* a second one that overlaps by some bytes */
		copy.r_offset += 1 + rng_below(m->rng, width(&copy) - 1);
		image_add_rela(m->image, section, &copy);
	}
	return true;
}

enum where {
	WHERE_NEAR,   /* a few bytes off */
	WHERE_INSIDE, /* anywhere in the section */
	WHERE_END,    /* partly behind the section's end */
	WHERE_FAR,
};

static bool where(struct mutation *m, uint64_t arg)
{
	size_t section;
	Elf64_Rela *rela;
	Elf64_Xword size;

	if (!rule_is_quiet(m) || !any_rela(m, NULL, &section, &rela))
		return false;
	size = image_section(m->image, image_section(m->image, section)->sh_info)
		       ->sh_size;
	switch ((enum where)arg) {
	case WHERE_NEAR:
		rela->r_offset += 1 + rng_below(m->rng, 4);
		break;
	case WHERE_INSIDE:
		rela->r_offset = rng_below(m->rng, size - 8);
		break;
	case WHERE_END:
		rela->r_offset = size - rng_below(m->rng, 3) - 1;
		break;
	case WHERE_FAR:
		rela->r_offset = rng_odd(m->rng, size) | UINT64_C(1) << 36;
		break;
	}
	return true;
}

static bool symbol(struct mutation *m, uint64_t arg)
{
	size_t section;
	Elf64_Rela *rela;
	uint64_t n = image_n_symbols(m->image);

	if (!rule_is_quiet(m) || !any_rela(m, NULL, &section, &rela))
		return false;
	n = arg ? n + rng_below(m->rng, 1 << 30) : rng_below(m->rng, n);
	rela->r_info = ELF64_R_INFO(n, ELF64_R_TYPE(rela->r_info));
	return true;
}

enum header {
	HEADER_REL,       /* no such thing on x86-64 */
	HEADER_OTHER,     /* no relocations any more */
	HEADER_INFO,      /* the target does not exist: skipped */
	HEADER_NOALLOC,   /* the target is not in memory: skipped */
	HEADER_LIVEPATCH, /* a name that livepatch does not like */
	HEADER_LINK,      /* not looked at */
	HEADER_ENTSIZE,
	HEADER_PART, /* rounded down */
	HEADER_OTHER_TARGET,
};

static bool header(struct mutation *m, uint64_t arg)
{
	size_t i;
	Elf64_Rela *rela;
	Elf64_Shdr *shdr;

	if (!any_rela(m, NULL, &i, &rela))
		return false;
	shdr = image_section(m->image, i);
	switch ((enum header)arg) {
	case HEADER_REL:
		shdr->sh_type = SHT_REL;
		return true;
	case HEADER_LIVEPATCH:
		shdr->sh_flags |= 0x100000;
		return true;
	case HEADER_LINK:
		shdr->sh_link = (Elf64_Word)rng_next(m->rng);
		return true;
	case HEADER_ENTSIZE:
		shdr->sh_entsize = rng_odd(m->rng, shdr->sh_entsize);
		return true;
	case HEADER_PART:
		shdr->sh_size -= 1 + rng_below(m->rng, 23);
		break;
	case HEADER_OTHER:
		shdr->sh_type = SHT_PROGBITS;
		break;
	case HEADER_INFO:
		shdr->sh_info = (Elf64_Word)(image_n_sections(m->image) +
					     rng_below(m->rng, 1000));
		break;
	case HEADER_NOALLOC:
		shdr->sh_info = (Elf64_Word)image_symtab(m->image);
		break;
	case HEADER_OTHER_TARGET:
		if (!rule_find(m, ".BTF", &i) && !rule_find_idle(m, &i))
			return false;
		shdr->sh_info = (Elf64_Word)i;
		break;
	}
	return rule_is_quiet(m);
}

/* Of a section that is not loaded, relocations may be anything. */
static bool unloaded(struct mutation *m, uint64_t arg)
{
	size_t target;
	Elf64_Rela rela = {rng_next(m->rng), rng_next(m->rng), (int64_t)rng_next(m->rng)};
	Elf64_Shdr shdr = {.sh_type = arg ? SHT_REL : SHT_RELA, .sh_addralign = 8};

	if (!rule_find(m, ".comment", &target))
		return false;
	shdr.sh_info = (Elf64_Word)target;
	image_add_section(m->image, ".rela.comment", &shdr, &rela, sizeof(rela));
	return true;
}

/* Of a section that is loaded, another relocation of an unknown or a sound kind. */
static bool added(struct mutation *m, uint64_t arg)
{
	size_t target;
	Elf64_Rela rela = {.r_info = ELF64_R_INFO(1, arg)};
	Elf64_Shdr shdr = {.sh_type = SHT_RELA, .sh_addralign = 8};

	if (!rule_find(m, ".note.Linux", &target))
		return false;
	shdr.sh_info = (Elf64_Word)target;
	image_add_section(m->image, ".rela.note", &shdr, &rela, sizeof(rela));
	return true;
}

static const struct rule rules[] = {
	{"rela-type-unknown", "reloc.type", type, TYPE_UNKNOWN, 3},
	{"rela-type-got", "reloc.type", type, TYPE_GOT, 1},
	{"rela-type-none", "reloc.type", type, TYPE_NONE, 1},
	{"rela-type-swap", "reloc.type", type, TYPE_SWAP, 1},
	{"rela-type-known", "reloc.range", type, TYPE_ANY_KNOWN, 3},
	{"rela-type-32", "reloc.range", type, TYPE_32, 1},
	{"rela-addend-huge", "reloc.range", addend, ADDEND_HUGE, 1},
	{"rela-addend-near", "reloc.range", addend, ADDEND_NEAR, 1},
	{"rela-addend-any", "reloc.range", addend, ADDEND_ANY, 2},
	{"rela-place-addend", "reloc.place", place, 0, 2},
	{"rela-place-twice", "reloc.place", place, 1, 1},
	{"rela-place-overlap", "reloc.place", place, 2, 1},
	{"rela-offset-near", "reloc.place", where, WHERE_NEAR, 2},
	{"rela-offset-inside", "reloc.place", where, WHERE_INSIDE, 2},
	{"rela-offset-end", "fault.offset", where, WHERE_END, 1},
	{"rela-offset-far", "fault.offset", where, WHERE_FAR, 1},
	{"rela-symbol", "reloc.symbol", symbol, 0, 2},
	{"rela-symbol-beyond", "fault.symbol", symbol, 1, 1},
	{"rela-rel", "reloc.rel", header, HEADER_REL, 1},
	{"rela-other", "reloc.skipped", header, HEADER_OTHER, 1},
	{"rela-info-beyond", "reloc.skipped", header, HEADER_INFO, 1},
	{"rela-info-noalloc", "reloc.skipped", header, HEADER_NOALLOC, 1},
	{"rela-livepatch", "reloc.livepatch", header, HEADER_LIVEPATCH, 1},
	{"rela-link", "reloc.ignored", header, HEADER_LINK, 1},
	{"rela-entsize", "reloc.ignored", header, HEADER_ENTSIZE, 1},
	{"rela-part", "reloc.ignored", header, HEADER_PART, 1},
	{"rela-other-target", "reloc.skipped", header, HEADER_OTHER_TARGET, 1},
	{"rela-unloaded", "reloc.skipped", unloaded, 0, 1},
	{"rel-unloaded", "reloc.skipped", unloaded, 1, 1},
	{"rela-added-unknown", "reloc.type", added, 9, 1},
	{"rela-added-place", "reloc.place", added, 1, 1},
	{"rela-added-none", "reloc.type", added, 0, 1},
};

const struct rule_table rules_reloc = {rules, RK_ARRAY_LEN(rules)};
