// SPDX-License-Identifier: GPL-2.0-or-later
/* Section headers, section names, the string tables, struct module's section. */
#include <string.h>

#include "tests/vm/oracle/rules.h"

static const char this_module[] = ".gnu.linkonce.this_module";

static Elf64_Shdr *named(struct mutation *m, const char *name)
{
	size_t i;

	return rule_find(m, name, &i) ? image_section(m->image, i) : NULL;
}

/* --- Index 0 */

enum null_field {
	NULL_TYPE,
	NULL_SIZE,
	NULL_ADDR,
	NULL_REST, /* fields at which the kernel does not look */
	NULL_NAME, /* out of the names' section, and not checked */
};

static bool null_section(struct mutation *m, uint64_t arg)
{
	Elf64_Shdr *shdr = image_section(m->image, 0);
	uint64_t odd = rng_odd(m->rng, 0) | 1;

	switch ((enum null_field)arg) {
	case NULL_TYPE:
		shdr->sh_type = (Elf64_Word)odd;
		break;
	case NULL_SIZE:
		shdr->sh_size = odd;
		break;
	case NULL_ADDR:
		shdr->sh_addr = odd;
		break;
	case NULL_REST:
		shdr->sh_offset = odd;
		shdr->sh_link = (Elf64_Word)rng_next(m->rng);
		shdr->sh_info = (Elf64_Word)rng_next(m->rng);
		shdr->sh_entsize = rng_next(m->rng);
		break;
	case NULL_NAME:
		shdr->sh_name = 0x7fffffff;
		break;
	}
	return true;
}

/* --- Bounds */

enum bounds {
	BOUNDS_OFFSET_WRAP,
	BOUNDS_OFFSET_BEYOND,
	BOUNDS_SIZE_WRAP,
	BOUNDS_SIZE_BEYOND,
	BOUNDS_SIZE_TO_END, /* exactly: allowed */
};

static bool bounds(struct mutation *m, uint64_t arg)
{
	size_t i = rule_any_section(m);
	Elf64_Shdr *shdr;

	if (arg == BOUNDS_SIZE_TO_END && !rule_find_idle(m, &i))
		return false;
	shdr = image_section(m->image, i);
	switch ((enum bounds)arg) {
	case BOUNDS_OFFSET_WRAP:
		shdr->sh_offset = -(rng_below(m->rng, 8) + shdr->sh_size / 2);
		break;
	case BOUNDS_OFFSET_BEYOND:
		shdr->sh_offset =
			m->image->bytes.len - shdr->sh_size + 1 + rng_below(m->rng, 64);
		break;
	case BOUNDS_SIZE_WRAP:
		shdr->sh_size = -(rng_below(m->rng, shdr->sh_offset) + 1);
		break;
	case BOUNDS_SIZE_BEYOND:
		shdr->sh_size =
			m->image->bytes.len - shdr->sh_offset + 1 + rng_below(m->rng, 64);
		break;
	case BOUNDS_SIZE_TO_END:
		shdr->sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
		shdr->sh_size = m->image->bytes.len - shdr->sh_offset;
		break;
	}
	return shdr->sh_type != SHT_NOBITS;
}

/* A section without bytes may point anywhere. */
static bool nobits_offset(struct mutation *m, uint64_t arg)
{
	size_t i;
	Elf64_Shdr *shdr;

	if (arg ? !rule_find(m, ".bss", &i) : !rule_find_idle(m, &i))
		return false;
	shdr = image_section(m->image, i);
	shdr->sh_type = SHT_NOBITS;
	shdr->sh_offset = rng_odd(m->rng, m->image->bytes.len);
	return true;
}

/* --- Names */

enum name {
	NAME_BEYOND,
	NAME_LAST,    /* the last byte, an empty name: allowed */
	NAME_OF_NULL, /* of a section without type: not checked, and read */
};

static bool name(struct mutation *m, uint64_t arg)
{
	size_t i = rule_any_section(m);
	Elf64_Xword size =
		image_section(m->image, image_ehdr(m->image)->e_shstrndx)->sh_size;

	if (arg != NAME_BEYOND && !rule_find_idle(m, &i))
		return false;
	switch ((enum name)arg) {
	case NAME_BEYOND:
		image_section(m->image, i)->sh_name =
			(Elf64_Word)(size + rng_below(m->rng, 1000));
		break;
	case NAME_LAST:
		image_section(m->image, i)->sh_name = (Elf64_Word)(size - 1);
		break;
	case NAME_OF_NULL:
		image_section(m->image, i)->sh_type = SHT_NULL;
		image_section(m->image, i)->sh_name = 0x7fffffff;
		break;
	}
	return true;
}

enum strings {
	STRINGS_TYPE,
	STRINGS_EMPTY,
	STRINGS_LAST,
	STRINGS_FIRST,
};

/* Of the section names (@section 0) or of the symbol names. */
static bool strings(struct mutation *m, size_t section, enum strings what)
{
	Elf64_Shdr *shdr = image_section(m->image, section);

	switch (what) {
	case STRINGS_TYPE:
		shdr->sh_type = (Elf64_Word)rng_odd(m->rng, SHT_STRTAB);
		return shdr->sh_type != SHT_STRTAB && shdr->sh_type != SHT_SYMTAB;
	case STRINGS_EMPTY:
		shdr->sh_size = 0;
		return true;
	case STRINGS_LAST:
		image_data(m->image, section)[shdr->sh_size - 1] = 'x';
		return true;
	case STRINGS_FIRST:
		image_data(m->image, section)[0] = 'x';
		return true;
	}
	return false;
}

static bool section_names(struct mutation *m, uint64_t arg)
{
	return strings(m, image_ehdr(m->image)->e_shstrndx, (enum strings)arg);
}

static bool symbol_names(struct mutation *m, uint64_t arg)
{
	size_t symtab = image_symtab(m->image);

	return strings(m, image_section(m->image, symtab)->sh_link, (enum strings)arg);
}

/* --- Sections that must be there once */

static bool second(struct mutation *m, uint64_t arg)
{
	static const char *const names[] = {".modinfo", this_module};
	size_t i;

	if (!rule_find_idle(m, &i))
		return false;
	image_rename_section(m->image, i, names[arg]);
	return true;
}

static bool gone(struct mutation *m, uint64_t arg)
{
	static const char *const names[] = {".modinfo", this_module};
	size_t i;

	if (!rule_find(m, names[arg], &i))
		return false;
	image_rename_section(m->image, i, ".gone");
	return true;
}

enum module {
	MODULE_NOBITS,
	MODULE_NOALLOC,
	MODULE_SMALLER,
	MODULE_LARGER,
	MODULE_READONLY, /* not looked at, and written to */
};

static bool module_section(struct mutation *m, uint64_t arg)
{
	Elf64_Shdr *shdr = named(m, this_module);

	if (!shdr)
		return false;
	switch ((enum module)arg) {
	case MODULE_NOBITS:
		shdr->sh_type = SHT_NOBITS;
		break;
	case MODULE_NOALLOC:
		shdr->sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
		break;
	case MODULE_SMALLER:
		shdr->sh_size -= 1 + rng_below(m->rng, shdr->sh_size);
		break;
	case MODULE_LARGER:
		shdr->sh_size += 1 + rng_below(m->rng, 64);
		break;
	case MODULE_READONLY:
		shdr->sh_flags &= ~(Elf64_Xword)SHF_WRITE;
		break;
	}
	return true;
}

enum symtab {
	SYMTAB_NONE,
	SYMTAB_TWO,
	SYMTAB_LINK_NONE,
	SYMTAB_LINK_BEYOND,
	SYMTAB_LINK_TYPE,
	SYMTAB_LINK_NAMES, /* the section names: allowed, if the symbols' names lie in it
			    */
	SYMTAB_ENTSIZE,    /* not looked at */
	SYMTAB_INFO,       /* nor this */
	SYMTAB_PART,       /* a part of an entry at the end: rounded down */
};

static bool symtab_section(struct mutation *m, uint64_t arg)
{
	Elf64_Shdr *shdr = image_section(m->image, image_symtab(m->image));
	size_t i;

	switch ((enum symtab)arg) {
	case SYMTAB_NONE:
		shdr->sh_type = SHT_DYNSYM;
		break;
	case SYMTAB_TWO:
		if (!rule_find_idle(m, &i))
			return false;
		image_section(m->image, i)->sh_type = SHT_SYMTAB;
		break;
	case SYMTAB_LINK_NONE:
		shdr->sh_link = 0;
		break;
	case SYMTAB_LINK_BEYOND:
		shdr->sh_link =
			(Elf64_Word)(image_n_sections(m->image) + rng_below(m->rng, 100));
		break;
	case SYMTAB_LINK_TYPE:
		do
			i = rule_any_section(m);
		while (image_section(m->image, i)->sh_type == SHT_STRTAB);
		shdr->sh_link = (Elf64_Word)i;
		break;
	case SYMTAB_LINK_NAMES:
		shdr->sh_link = image_ehdr(m->image)->e_shstrndx;
		break;
	case SYMTAB_ENTSIZE:
		shdr->sh_entsize = rng_odd(m->rng, 24);
		break;
	case SYMTAB_INFO:
		shdr->sh_info = (Elf64_Word)rng_odd(m->rng, shdr->sh_info);
		break;
	case SYMTAB_PART:
		image_set_data(m->image, image_symtab(m->image),
			       image_data(m->image, image_symtab(m->image)),
			       shdr->sh_size);
		for (size_t n = 1 + rng_below(m->rng, 23); n; n--) {
			rk_buf_addc(&m->image->bytes, 'x');
			image_section(m->image, image_symtab(m->image))->sh_size++;
		}
		break;
	}
	return true;
}

/* --- Flags and types */

static bool write_exec(struct mutation *m, uint64_t arg)
{
	size_t i = rule_any_section(m);

	if (arg == 1)
		i = 0;
	else if (arg == 2 && !rule_find_idle(m, &i))
		return false;
	if (arg == 2)
		image_section(m->image, i)->sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
	image_section(m->image, i)->sh_flags |= SHF_WRITE | SHF_EXECINSTR;
	return true;
}

enum idle {
	IDLE_COMPRESSED,
	IDLE_FLAGS, /* any that is neither ALLOC nor WRITE nor EXECINSTR */
	IDLE_TYPE,
	IDLE_NULL,
	IDLE_ADDR,
	IDLE_REST,
	IDLE_NOALLOC,
	IDLE_RENAME,
	IDLE_EMPTY,
};

static bool idle_section(struct mutation *m, uint64_t arg)
{
	size_t i;
	Elf64_Shdr *shdr;

	if (!rule_find_idle(m, &i))
		return false;
	shdr = image_section(m->image, i);
	switch ((enum idle)arg) {
	case IDLE_COMPRESSED:
		shdr->sh_flags |= SHF_COMPRESSED;
		break;
	case IDLE_FLAGS:
		shdr->sh_flags ^= rng_next(m->rng) &
				  ~(Elf64_Xword)(SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR);
		break;
	case IDLE_TYPE:
		shdr->sh_type = 0x60000000 + (Elf64_Word)rng_below(m->rng, 1 << 20);
		break;
	case IDLE_NULL:
		shdr->sh_type = SHT_NULL;
		break;
	case IDLE_ADDR:
		shdr->sh_addr = rng_odd(m->rng, 0);
		break;
	case IDLE_REST:
		shdr->sh_link = (Elf64_Word)rng_next(m->rng);
		shdr->sh_info = (Elf64_Word)rng_next(m->rng);
		shdr->sh_entsize = rng_next(m->rng);
		break;
	case IDLE_NOALLOC:
		shdr->sh_flags ^= SHF_ALLOC;
		break;
	case IDLE_RENAME:
		image_rename_section(m->image, i, ".renamed");
		break;
	case IDLE_EMPTY:
		shdr->sh_size = 0;
		break;
	}
	return true;
}

/* Layout is recomputed for any alignment; odd ones are taken as they are. */
static bool alignment(struct mutation *m, uint64_t arg)
{
	static const char *const names[] = {".text", ".rodata", ".data", ".bss",
					    ".note.Linux"};
	Elf64_Shdr *shdr = named(m, names[rng_below(m->rng, RK_ARRAY_LEN(names))]);

	if (!shdr || !image_is_inert(m->image))
		return false;
	if (arg == 0)
		shdr->sh_addralign = UINT64_C(1) << rng_below(m->rng, 13);
	else if (arg == 1)
		shdr->sh_addralign = rng_below(m->rng, 100);
	else
		shdr->sh_addralign = UINT64_C(1) << (33 + rng_below(m->rng, 20));
	return true;
}

/* Two sections of one name cannot both have a file in /sys/module/X/sections. */
static bool same_name(struct mutation *m, uint64_t arg)
{
	size_t i, other;

	if (!rule_find(m, ".note.Linux", &i) ||
	    !rule_find(m, ".note.gnu.property", &other))
		return false;
	image_rename_section(m->image, other, ".note.Linux");
	if (arg == 1)
		image_section(m->image, i)->sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
	if (arg == 2)
		image_section(m->image, i)->sh_size = 0;
	return true;
}

/* Sections with a meaning, or with one to older kernels, and contents of no sense. */
static bool special(struct mutation *m, uint64_t arg)
{
	static const char *const names[] = {".ctors", ".init_array", "__ksymtab_gpl",
					    "__kcrctab_gpl", "__obsparm"};
	static const uint8_t zeros[48];
	Elf64_Shdr shdr = {
		.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_addralign = 8};

	if (arg < RK_ARRAY_LEN(names)) {
		image_add_section(m->image, names[arg], &shdr, zeros, sizeof(zeros));
		return true;
	}
	image_add_section(m->image, ".ctors", &shdr, zeros, 8);
	image_add_section(m->image, ".init_array", &shdr, zeros, 8);
	return image_is_inert(m->image);
}

/* The tables that the kernel applies: without its name the kernel does not find one. */
static bool lose_table(struct mutation *m, uint64_t arg)
{
	static const char *const names[] = {
		".return_sites", ".call_sites", "__patchable_function_entries",
		"__mcount_loc",  ".orc_header", "__param",
		".BTF.base"};
	size_t i;

	if (!image_is_inert(m->image) || !rule_find(m, names[arg], &i))
		return false;
	image_rename_section(m->image, i, ".lost");
	return true;
}

/* --- Memory */

enum percpu {
	PERCPU_HUGE,
	PERCPU_ALIGN,
	PERCPU_GONE,
};

static bool percpu(struct mutation *m, uint64_t arg)
{
	size_t i;
	Elf64_Shdr *shdr;

	if (!rule_find(m, ".data..percpu", &i) ||
	    (arg == PERCPU_GONE && !image_is_inert(m->image)))
		return false;
	shdr = image_section(m->image, i);
	switch ((enum percpu)arg) {
	case PERCPU_HUGE:
		shdr->sh_type = SHT_NOBITS;
		shdr->sh_size = (65536 + rng_below(m->rng, 1 << 20)) & ~UINT64_C(7);
		break;
	case PERCPU_ALIGN:
		shdr->sh_addralign = UINT64_C(8192) << rng_below(m->rng, 4);
		break;
	case PERCPU_GONE:
		shdr->sh_size = 0;
		break;
	}
	return true;
}

static const struct rule rules[] = {
	{"null-type", "elf.8", null_section, NULL_TYPE, 1},
	{"null-size", "elf.8", null_section, NULL_SIZE, 1},
	{"null-addr", "elf.8", null_section, NULL_ADDR, 1},
	{"null-rest", "elf.ignored", null_section, NULL_REST, 1},
	{"null-name", "fault.name", null_section, NULL_NAME, 1},
	{"section-offset-wrap", "elf.9", bounds, BOUNDS_OFFSET_WRAP, 1},
	{"section-offset-beyond", "elf.9", bounds, BOUNDS_OFFSET_BEYOND, 2},
	{"section-size-wrap", "elf.9", bounds, BOUNDS_SIZE_WRAP, 1},
	{"section-size-beyond", "elf.9", bounds, BOUNDS_SIZE_BEYOND, 2},
	{"section-size-to-end", "elf.9", bounds, BOUNDS_SIZE_TO_END, 1},
	{"section-nobits", "elf.9", nobits_offset, 0, 1},
	{"section-bss-offset", "elf.9", nobits_offset, 1, 1},
	{"section-name-beyond", "elf.14", name, NAME_BEYOND, 2},
	{"section-name-last", "elf.14", name, NAME_LAST, 1},
	{"section-null-name", "fault.name", name, NAME_OF_NULL, 1},
	{"names-type", "elf.11", section_names, STRINGS_TYPE, 1},
	{"names-empty", "elf.12", section_names, STRINGS_EMPTY, 1},
	{"names-last", "elf.13", section_names, STRINGS_LAST, 1},
	{"names-first", "elf.13", section_names, STRINGS_FIRST, 1},
	{"modinfo-twice", "elf.15", second, 0, 1},
	{"modinfo-gone", "load.14", gone, 0, 1},
	{"this-module-twice", "elf.16", second, 1, 1},
	{"this-module-gone", "elf.16", gone, 1, 1},
	{"this-module-nobits", "elf.17", module_section, MODULE_NOBITS, 1},
	{"this-module-noalloc", "elf.18", module_section, MODULE_NOALLOC, 1},
	{"this-module-smaller", "elf.19", module_section, MODULE_SMALLER, 1},
	{"this-module-larger", "elf.19", module_section, MODULE_LARGER, 1},
	{"this-module-readonly", "fault.readonly", module_section, MODULE_READONLY, 1},
	{"symtab-none", "elf.20", symtab_section, SYMTAB_NONE, 1},
	{"symtab-two", "elf.20", symtab_section, SYMTAB_TWO, 1},
	{"symtab-link-none", "elf.21", symtab_section, SYMTAB_LINK_NONE, 1},
	{"symtab-link-beyond", "elf.21", symtab_section, SYMTAB_LINK_BEYOND, 1},
	{"symtab-link-type", "elf.22", symtab_section, SYMTAB_LINK_TYPE, 1},
	{"symtab-link-names", "elf.22", symtab_section, SYMTAB_LINK_NAMES, 1},
	{"symtab-entsize", "elf.ignored", symtab_section, SYMTAB_ENTSIZE, 1},
	{"symtab-info", "elf.ignored", symtab_section, SYMTAB_INFO, 1},
	{"symtab-part", "elf.ignored", symtab_section, SYMTAB_PART, 1},
	{"strtab-type", "elf.22", symbol_names, STRINGS_TYPE, 1},
	{"strtab-empty", "elf.25", symbol_names, STRINGS_EMPTY, 1},
	{"strtab-first", "elf.26", symbol_names, STRINGS_FIRST, 1},
	{"strtab-last", "elf.27", symbol_names, STRINGS_LAST, 1},
	{"write-exec", "load.19", write_exec, 0, 2},
	{"write-exec-null", "load.19", write_exec, 1, 1},
	{"write-exec-noalloc", "load.19", write_exec, 2, 1},
	{"idle-compressed", "elf.ignored", idle_section, IDLE_COMPRESSED, 1},
	{"idle-flags", "elf.ignored", idle_section, IDLE_FLAGS, 1},
	{"idle-type", "elf.ignored", idle_section, IDLE_TYPE, 1},
	{"idle-null", "elf.ignored", idle_section, IDLE_NULL, 1},
	{"idle-addr", "elf.ignored", idle_section, IDLE_ADDR, 1},
	{"idle-rest", "elf.ignored", idle_section, IDLE_REST, 1},
	{"idle-noalloc", "elf.ignored", idle_section, IDLE_NOALLOC, 1},
	{"idle-rename", "elf.ignored", idle_section, IDLE_RENAME, 1},
	{"idle-empty", "elf.ignored", idle_section, IDLE_EMPTY, 1},
	{"align-power", "elf.ignored", alignment, 0, 1},
	{"align-odd", "elf.ignored", alignment, 1, 1},
	{"align-huge", "elf.ignored", alignment, 2, 1},
	{"section-same-name", "load.42", same_name, 0, 1},
	{"section-same-name-noalloc", "load.42", same_name, 1, 1},
	{"section-same-name-empty", "load.42", same_name, 2, 1},
	{"special-ctors", "load.25", special, 0, 1},
	{"special-init-array", "load.25", special, 1, 1},
	{"special-both", "load.25", special, 5, 1},
	{"special-ksymtab-gpl", "load.26", special, 2, 1},
	{"special-kcrctab-gpl", "load.26", special, 3, 1},
	{"special-obsparm", "load.26", special, 4, 1},
	{"lose-return-sites", "load.32", lose_table, 0, 1},
	{"lose-call-sites", "load.32", lose_table, 1, 1},
	{"lose-patchable", "load.34", lose_table, 2, 1},
	{"lose-mcount", "load.34", lose_table, 3, 1},
	{"lose-orc-header", "load.32", lose_table, 4, 1},
	{"lose-param", "load.41", lose_table, 5, 1},
	{"lose-btf-base", "load.40", lose_table, 6, 1},
	{"percpu-huge", "load.24", percpu, PERCPU_HUGE, 2},
	{"percpu-align", "load.24", percpu, PERCPU_ALIGN, 1},
	{"percpu-gone", "load.24", percpu, PERCPU_GONE, 1},
};

const struct rule_table rules_section = {rules, RK_ARRAY_LEN(rules)};
