// SPDX-License-Identifier: GPL-2.0-or-later
/* Symbols: which are looked up, what is found, and whose errno is returned. */
#include <string.h>

#include "tests/vm/oracle/rules.h"

static const char missing[] = "ora_no_such_symbol";

static size_t add(struct mutation *m, const char *name, unsigned int info, size_t shndx)
{
	Elf64_Sym symbol = {.st_info = (unsigned char)info,
			    .st_shndx = (Elf64_Half)shndx};

	return image_add_symbol(m->image, name, &symbol);
}

static unsigned int info(unsigned int bind, unsigned int type)
{
	return ELF64_ST_INFO(bind, type);
}

/* --- Undefined ones by name, binding and type */

static const struct {
	const char *name;
	unsigned int bind, type;
} undefined[] = {
	{missing, STB_GLOBAL, STT_NOTYPE},
	{missing, STB_WEAK, STT_NOTYPE},
	{missing, STB_LOCAL, STT_NOTYPE},
	{missing, STB_GLOBAL, STT_SECTION},
	{missing, STB_GLOBAL, STT_FILE},
	{missing, 7, STT_NOTYPE},
	{"", STB_GLOBAL, STT_NOTYPE},
	{"_GLOBAL_OFFSET_TABLE_", STB_GLOBAL, STT_NOTYPE},
	{"_GLOBAL_OFFSET_TABLE", STB_GLOBAL, STT_NOTYPE},
	{"__start_ora", STB_GLOBAL, STT_NOTYPE},
	{"__stop_ora", STB_WEAK, STT_NOTYPE},
	{"__this_module", STB_GLOBAL, STT_NOTYPE},
	{"_printk", STB_LOCAL, STT_FUNC},
	{"_printk", STB_GLOBAL, STT_SECTION},
	{"_PRINTK", STB_GLOBAL, STT_FUNC},
	{"_printk ", STB_GLOBAL, STT_FUNC},
	{"kallsyms_lookup_name", STB_GLOBAL, STT_FUNC}, /* there, and not exported */
};

static bool add_undefined(struct mutation *m, uint64_t arg)
{
	add(m, undefined[arg].name, info(undefined[arg].bind, undefined[arg].type), 0);
	return true;
}

/* --- Special section indices */

static bool add_index(struct mutation *m, uint64_t arg)
{
	static const char *const names[] = {"ora_common", "__gnu_lto_v1", "__gnu_lt"};
	size_t n = image_n_sections(m->image);

	switch (arg) {
	case 0:
	case 1:
	case 2:
		add(m, names[arg], info(STB_GLOBAL, STT_OBJECT), SHN_COMMON);
		break;
	case 3:
		add(m, "ora_abs", info(STB_GLOBAL, STT_NOTYPE), SHN_ABS);
		break;
	case 4:
		add(m, "ora_livepatch", info(STB_GLOBAL, STT_NOTYPE), 0xff20);
		break;
	case 5:
		add(m, "ora_xindex", info(STB_GLOBAL, STT_NOTYPE), SHN_XINDEX);
		break;
	case 6:
		add(m, "ora_beyond", info(STB_LOCAL, STT_NOTYPE), n);
		break;
	case 7:
		add(m, "ora_any", info(STB_GLOBAL, STT_OBJECT),
		    rng_below(m->rng, 0x10000));
		break;
	default:
		add(m, "ora_last", info(STB_GLOBAL, STT_OBJECT), n - 1);
		break;
	}
	return true;
}

/* --- Several that fail: the last one in the table gives the errno */

static bool two_failures(struct mutation *m, uint64_t arg)
{
	unsigned int global = info(STB_GLOBAL, STT_NOTYPE);

	if (arg == 0)
		add(m, missing, global, 0);
	add(m, "ora_common", global, SHN_COMMON);
	if (arg == 1)
		add(m, missing, global, 0);
	if (arg == 2)
		add(m, "_printk", global, 0); /* a success resets nothing */
	return true;
}

static bool failure_then_namespace(struct mutation *m, uint64_t arg)
{
	const struct rk_export *export = rule_any_export(m, true, "DMA_BUF");

	if (!export || image_modinfo(m->image, "import_ns"))
		return false;
	if (arg == 0)
		add(m, missing, info(STB_GLOBAL, STT_NOTYPE), 0);
	add(m, export->name, info(STB_GLOBAL, STT_NOTYPE), 0);
	if (arg == 1)
		add(m, missing, info(STB_GLOBAL, STT_NOTYPE), 0);
	return true;
}

/* --- Symbols of the kernel */

enum use {
	USE_PLAIN,
	USE_GPL,
	USE_GPL_WEAK,
	USE_SPACE,
	USE_SPACE_WEAK,
	USE_SPACE_IMPORTED,
	USE_MODULE_SPACE,
	USE_MODULE_SPACE_WEAK,
	USE_RUST,
	USE_RUST_OTHER, /* another compiler's crate: one digit differs */
};

static const struct rk_export *pick(struct mutation *m, enum use use)
{
	switch (use) {
	case USE_PLAIN:
		return rule_any_export(m, false, NULL);
	case USE_GPL:
	case USE_GPL_WEAK:
		return rule_any_export(m, true, NULL);
	case USE_SPACE:
	case USE_SPACE_WEAK:
	case USE_SPACE_IMPORTED:
		return rule_any_export(m, true, "DMA");
	case USE_MODULE_SPACE:
	case USE_MODULE_SPACE_WEAK:
		return rule_any_export(m, true, "module:");
	default:
		for (int i = 0; i < 200; i++) {
			const struct rk_export *export = rule_any_export(m, true, NULL);

			if (export && strncmp(export->name, "_R", 2) == 0)
				return export;
		}
		return NULL;
	}
}

static bool use_symbol(struct mutation *m, uint64_t arg)
{
	const struct rk_export *export = pick(m, (enum use)arg);
	bool weak = arg == USE_GPL_WEAK || arg == USE_SPACE_WEAK ||
		    arg == USE_MODULE_SPACE_WEAK;
	cleanup_buf struct rk_buf name = RK_BUF_INIT;
	char *digit;

	if (!export)
		return false;
	rk_buf_adds(&name, export->name);
	if (arg == USE_RUST_OTHER) {
		digit = strstr(name.data, "Cs");
		if (!digit)
			return false;
		digit[4] = digit[4] == 'x' ? 'y' : 'x';
	}
	if (arg == USE_SPACE_IMPORTED) {
		cleanup_buf struct rk_buf entry = RK_BUF_INIT;

		rk_buf_addf(&entry, "import_ns=%s", export->ns);
		image_modinfo_add(m->image, entry.data, false);
	}
	add(m, name.data, info(weak ? STB_WEAK : STB_GLOBAL, STT_NOTYPE), 0);
	return true;
}

/* A symbol for named modules, and struct module's name is one of them, or nearly. */
static bool module_space_name(struct mutation *m, uint64_t arg)
{
	static const char *const names[] = {"kvm", "kvm_intel", "kvm-intel", "kvm_intel2",
					    "KVM"};
	size_t i;
	char *at;

	if (!rule_find(m, ".gnu.linkonce.this_module", &i) || !image_is_inert(m->image))
		return false;
	at = (char *)image_data(m->image, i) + 24;
	memset(at, 0, 56);
	memcpy(at, names[arg], strlen(names[arg]));
	return use_symbol(m, USE_MODULE_SPACE);
}

/* --- What is already there */

/* Any undefined symbol of the base becomes one that nobody has. */
static bool rename_used(struct mutation *m, uint64_t arg)
{
	size_t n = image_n_symbols(m->image);
	size_t start = rng_below(m->rng, n);

	for (size_t k = 0; k < n; k++) {
		size_t i = (start + k) % n;

		if (i == 0 || image_symbol(m->image, i)->st_shndx != SHN_UNDEF)
			continue;
		if (ELF64_ST_BIND(image_symbol(m->image, i)->st_info) == STB_WEAK)
			continue;
		image_rename_symbol(m->image, i, missing);
		return true;
	}
	return false;
}

/* Types, sizes and visibility mean nothing to the loader. */
static bool decoration(struct mutation *m, uint64_t arg)
{
	size_t i = 1 + rng_below(m->rng, image_n_symbols(m->image) - 1);
	Elf64_Sym *symbol = image_symbol(m->image, i);

	if (arg == 0) {
		symbol->st_size = rng_odd(m->rng, symbol->st_size);
	} else if (arg == 1) {
		symbol->st_other = (unsigned char)rng_next(m->rng);
	} else if (arg == 2) {
		symbol->st_info =
			(unsigned char)((symbol->st_info & 0xf0) | rng_below(m->rng, 16));
	} else {
		symbol->st_info = (unsigned char)ELF64_ST_INFO(
			rng_below(m->rng, 16), ELF64_ST_TYPE(symbol->st_info));
	}
	return true;
}

static bool name_beyond(struct mutation *m, uint64_t arg)
{
	size_t strtab = image_section(m->image, image_symtab(m->image))->sh_link;
	size_t i = arg == 0 ? rng_below(m->rng, image_n_symbols(m->image)) : 0;
	Elf64_Xword size = image_section(m->image, strtab)->sh_size;

	if (arg == 2) /* the last byte: an empty name, of a symbol that is defined */
		i = image_find_symbol(m->image, "orc_header");
	if (arg == 2 && !i)
		return false;
	image_symbol(m->image, i)->st_name =
		(Elf64_Word)(arg == 2 ? size - 1 : size + rng_below(m->rng, 1000));
	return true;
}

/* Entry 0 is never looked at, but for its name. */
static bool first_entry(struct mutation *m, uint64_t arg)
{
	Elf64_Sym *symbol = image_symbol(m->image, 0);

	symbol->st_shndx = (Elf64_Half)rng_next(m->rng);
	symbol->st_info = (unsigned char)rng_next(m->rng);
	symbol->st_value = rng_next(m->rng);
	return true;
}

/* A defined symbol's section or value, where no code runs. */
static bool defined(struct mutation *m, uint64_t arg)
{
	size_t n = image_n_symbols(m->image);
	size_t i = 1 + rng_below(m->rng, n - 1);
	Elf64_Sym *symbol = image_symbol(m->image, i);

	if (!image_is_inert(m->image) || symbol->st_shndx == SHN_UNDEF ||
	    symbol->st_shndx >= SHN_LORESERVE ||
	    ELF64_ST_TYPE(symbol->st_info) == STT_SECTION)
		return false;
	if (arg == 0)
		symbol->st_value = rng_odd(m->rng, symbol->st_value);
	else if (arg == 1)
		symbol->st_shndx = SHN_UNDEF;
	else if (arg == 2)
		symbol->st_shndx =
			(Elf64_Half)(image_n_sections(m->image) + rng_below(m->rng, 4));
	else
		symbol->st_shndx = SHN_COMMON;
	return true;
}

static const struct rule rules[] = {
	{"symbol-missing", "symbol.undefined", add_undefined, 0, 1},
	{"symbol-missing-weak", "symbol.weak", add_undefined, 1, 1},
	{"symbol-missing-local", "symbol.undefined", add_undefined, 2, 1},
	{"symbol-missing-section", "symbol.undefined", add_undefined, 3, 1},
	{"symbol-missing-file", "symbol.undefined", add_undefined, 4, 1},
	{"symbol-missing-bind", "symbol.undefined", add_undefined, 5, 1},
	{"symbol-empty", "symbol.undefined", add_undefined, 6, 1},
	{"symbol-got", "symbol.undefined", add_undefined, 7, 1},
	{"symbol-got-nearly", "symbol.undefined", add_undefined, 8, 1},
	{"symbol-start", "symbol.undefined", add_undefined, 9, 1},
	{"symbol-stop-weak", "symbol.weak", add_undefined, 10, 1},
	{"symbol-this-module", "symbol.undefined", add_undefined, 11, 1},
	{"symbol-printk-local", "symbol.undefined", add_undefined, 12, 1},
	{"symbol-printk-section", "symbol.undefined", add_undefined, 13, 1},
	{"symbol-upper-case", "symbol.undefined", add_undefined, 14, 1},
	{"symbol-blank", "symbol.undefined", add_undefined, 15, 1},
	{"symbol-not-exported", "symbol.undefined", add_undefined, 16, 1},
	{"symbol-common", "symbol.common", add_index, 0, 1},
	{"symbol-common-lto", "symbol.common", add_index, 1, 1},
	{"symbol-common-nearly", "symbol.common", add_index, 2, 1},
	{"symbol-abs", "symbol.index", add_index, 3, 1},
	{"symbol-livepatch", "symbol.index", add_index, 4, 1},
	{"symbol-xindex", "symbol.index", add_index, 5, 1},
	{"symbol-index-beyond", "symbol.index", add_index, 6, 1},
	{"symbol-index-any", "symbol.index", add_index, 7, 2},
	{"symbol-index-last", "symbol.index", add_index, 8, 1},
	{"symbol-missing-then-common", "symbol.last", two_failures, 0, 1},
	{"symbol-common-then-missing", "symbol.last", two_failures, 1, 1},
	{"symbol-common-then-found", "symbol.last", two_failures, 2, 1},
	{"symbol-missing-then-space", "symbol.last", failure_then_namespace, 0, 1},
	{"symbol-space-then-missing", "symbol.last", failure_then_namespace, 1, 1},
	{"symbol-plain", "symbol.found", use_symbol, USE_PLAIN, 2},
	{"symbol-gpl", "symbol.license", use_symbol, USE_GPL, 3},
	{"symbol-gpl-weak", "symbol.weak", use_symbol, USE_GPL_WEAK, 2},
	{"symbol-space", "symbol.namespace", use_symbol, USE_SPACE, 2},
	{"symbol-space-weak", "symbol.namespace", use_symbol, USE_SPACE_WEAK, 1},
	{"symbol-space-imported", "symbol.namespace", use_symbol, USE_SPACE_IMPORTED, 1},
	{"symbol-module-space", "symbol.module", use_symbol, USE_MODULE_SPACE, 2},
	{"symbol-module-space-weak", "symbol.module", use_symbol, USE_MODULE_SPACE_WEAK,
	 1},
	{"symbol-rust", "symbol.found", use_symbol, USE_RUST, 1},
	{"symbol-rust-other", "symbol.undefined", use_symbol, USE_RUST_OTHER, 1},
	{"symbol-named-kvm", "symbol.module", module_space_name, 0, 1},
	{"symbol-named-kvm-intel", "symbol.module", module_space_name, 1, 1},
	{"symbol-named-kvm-dash", "symbol.module", module_space_name, 2, 1},
	{"symbol-named-kvm-longer", "symbol.module", module_space_name, 3, 1},
	{"symbol-named-kvm-upper", "symbol.module", module_space_name, 4, 1},
	{"symbol-renamed", "symbol.undefined", rename_used, 0, 2},
	{"symbol-size", "symbol.ignored", decoration, 0, 1},
	{"symbol-other", "symbol.ignored", decoration, 1, 1},
	{"symbol-type", "symbol.ignored", decoration, 2, 2},
	{"symbol-bind", "symbol.ignored", decoration, 3, 2},
	{"symbol-name-beyond", "elf.28", name_beyond, 0, 1},
	{"symbol-name-beyond-first", "elf.28", name_beyond, 1, 1},
	{"symbol-name-last", "elf.28", name_beyond, 2, 1},
	{"symbol-first-entry", "symbol.ignored", first_entry, 0, 1},
	{"symbol-value", "symbol.ignored", defined, 0, 2},
	{"symbol-undefine", "symbol.undefined", defined, 1, 1},
	{"symbol-index", "symbol.index", defined, 2, 1},
	{"symbol-to-common", "symbol.common", defined, 3, 1},
};

const struct rule_table rules_symbol = {rules, RK_ARRAY_LEN(rules)};
