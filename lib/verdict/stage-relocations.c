/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel/module/main.c: apply_relocations(). The loader stops at the first failure, and
 * checks neither the place nor the symbol's number.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/verdict/byteset.h"
#include "lib/verdict/layout.h"
#include "lib/verdict/relocation.h"

enum {
	SHF_RELA_LIVEPATCH = 0x00100000,
};

/* What is known of a symbol's address. */
struct value {
	enum {
		VALUE_KNOWN,  /* offset is the address */
		VALUE_KERNEL, /* offset from somewhere in the kernel's top 2 GiB */
		VALUE_IMAGE,  /* offset from the loader's copy of the file */
	} base;
	uint64_t offset;
};

/* One RELA section as it is applied. */
struct pass {
	struct rk_judge *judge;
	size_t section;
	Elf64_Shdr header;
	struct rk_bytes relas;
	size_t target;
	Elf64_Shdr target_header;
	struct rk_bytes target_bytes; /* empty: zeroes */
	size_t index;                 /* the running entry */
	uint64_t end;                 /* of the highest place that was written */
	struct rk_byteset written;    /* bytes of the target; not made: in order */
};

static void where(struct pass *pass, struct rk_finding *finding)
{
	rk_judge_where(pass->judge, finding, "section %s, entry %zu",
		       rk_view_label(&pass->judge->view, &pass->header), pass->index);
}

static bool is_target(const struct rk_judge *judge, size_t index, Elf64_Shdr *ret)
{
	if (index >= judge->view.n_sections)
		return false;
	*ret = rk_view_section(&judge->view, index);
	return rk_judge_is_loaded(judge, index, ret) ||
	       (index && index == judge->percpu_index);
}

static struct value value_of(const struct rk_judge *judge, const Elf64_Sym *symbol)
{
	Elf64_Shdr section = rk_view_section(&judge->view, symbol->st_shndx);

	if (symbol->st_shndx == SHN_UNDEF) {
		const char *name = rk_judge_symbol_name(judge, symbol);
		bool is_resolved = strcmp(name, "_GLOBAL_OFFSET_TABLE_") != 0 &&
				   ELF64_ST_BIND(symbol->st_info) != STB_WEAK;

		return is_resolved ? (struct value){VALUE_KERNEL, 0}
				   : (struct value){VALUE_KNOWN, symbol->st_value};
	}
	if (symbol->st_shndx >= judge->view.n_sections)
		return (struct value){VALUE_KNOWN, symbol->st_value};
	if (rk_judge_is_loaded(judge, symbol->st_shndx, &section) ||
	    symbol->st_shndx == judge->percpu_index)
		return (struct value){VALUE_KERNEL, symbol->st_value};
	return (struct value){VALUE_IMAGE, symbol->st_value + section.sh_offset};
}

static bool fits(uint64_t value, enum rk_reloc_class class)
{
	if (class == RK_RELOC_UNSIGNED)
		return value == (uint32_t)value;
	return (int64_t)value == (int32_t)value;
}

/* The kernel's image and modules on x86-64, and the vmalloc area with the file's copy:
 * the lowest and highest base. */
static const uint64_t bases[][2] = {
	[VALUE_KNOWN] = {0, 0},
	[VALUE_KERNEL] = {0xffffffff81000000U, 0xffffffffff000000U},
	[VALUE_IMAGE] = {0xff00000000000000U, 0xfffffe0000000000U},
};

/* Return: 1 it fits, 0 it does not, -1 that depends on where things are. */
static int fits_anywhere(struct value value, enum rk_reloc_class class)
{
	bool low = fits(bases[value.base][0] + value.offset, class);
	bool high = fits(bases[value.base][1] + value.offset, class);

	return low == high ? low : -1;
}

static bool check_range(struct pass *pass, const Elf64_Rela *rela,
			enum rk_reloc_class class)
{
	struct rk_judge *judge = pass->judge;
	uint32_t type = ELF64_R_TYPE(rela->r_info);
	struct rk_finding *finding;
	struct value value;
	Elf64_Sym symbol = {0};
	int answer;

	rk_bytes_symbol(judge->symbols, ELF64_R_SYM(rela->r_info), &symbol);
	value = value_of(judge, &symbol);
	value.offset += (uint64_t)rela->r_addend;
	answer = fits_anywhere(value, class);
	if (answer > 0)
		return true;
	if (answer < 0) {
		finding = rk_judge_doubt(
			judge,
			"whether a relocation of type %u to '%s' fits depends on where the kernel lies",
			type, rk_judge_symbol_name(judge, &symbol));
		where(pass, finding);
		return true;
	}
	finding = rk_judge_refuse(judge, ENOEXEC, "relocation-overflow",
				  "a relocation of type %u to '%s' does not fit", type,
				  rk_judge_symbol_name(judge, &symbol));
	where(pass, finding);
	rk_judge_fix(judge, finding, "compile it with -mcmodel=kernel, as Kbuild does");
	rk_judge_message(judge, "overflow in relocation type %u", type);
	return false;
}

/* Of @size bytes those in the target: what lies behind is padding. */
static size_t inside_target(const struct pass *pass, uint64_t offset, size_t size)
{
	uint64_t end = pass->target_header.sh_size;

	if (offset >= end)
		return 0;
	return end - offset < size ? (size_t)(end - offset) : size;
}

static void mark(struct pass *pass, uint64_t offset, size_t size)
{
	rk_byteset_add(&pass->written, offset, inside_target(pass, offset, size));
}

static size_t count_written(const struct pass *pass, uint64_t offset, size_t size)
{
	return rk_byteset_count(&pass->written, offset,
				inside_target(pass, offset, size));
}

/* The entries of a section that writes into the target; else empty. */
static struct rk_bytes relas_for_target(const struct pass *pass, size_t index)
{
	const struct rk_view *view = &pass->judge->view;
	Elf64_Shdr section = rk_view_section(view, index);

	if (section.sh_type != SHT_RELA || section.sh_info != pass->target)
		return (struct rk_bytes){0};
	return rk_view_contents(view, &section);
}

/* The map of what this and earlier sections wrote into the target. Needed only where
 * places do not rise, which tools never make. */
static bool make_map(struct pass *pass)
{
	size_t n = 0;

	for (size_t i = 1; i <= pass->section; i++)
		n += relas_for_target(pass, i).size / sizeof(Elf64_Rela);
	if (!rk_byteset_init(&pass->written, n)) {
		pass->judge->no_memory = true;
		return false;
	}
	for (size_t i = 1; i <= pass->section; i++) {
		struct rk_bytes relas = relas_for_target(pass, i);
		size_t end = i == pass->section ? pass->index : SIZE_MAX;
		Elf64_Rela rela;

		for (size_t k = 0; k < end && rk_bytes_rela(relas, k, &rela); k++) {
			struct rk_reloc reloc = rk_reloc_of(pass->judge->facts.arch,
							    ELF64_R_TYPE(rela.r_info));

			mark(pass, rela.r_offset, reloc.size);
		}
	}
	return true;
}

static bool refuse_target(struct pass *pass, const Elf64_Rela *rela, const char *what)
{
	struct rk_judge *judge = pass->judge;
	struct rk_finding *finding = rk_judge_refuse(
		judge, ENOEXEC, "relocation-target",
		"offset 0x%llx of %s is not empty before its relocation: %s",
		(unsigned long long)rela->r_offset,
		rk_view_label(&judge->view, &pass->target_header), what);

	where(pass, finding);
	rk_judge_message(
		judge,
		"x86/modules: Invalid relocation target, existing value is nonzero for sec %zu, idx %zu, type %u",
		pass->section, pass->index, (unsigned int)ELF64_R_TYPE(rela->r_info));
	return false;
}

static bool is_zero(struct rk_bytes bytes, uint64_t offset, size_t size)
{
	for (uint64_t i = offset; i < offset + size && i < bytes.size; i++)
		if (bytes.data[i])
			return false;
	return true;
}

/* x86 demands that nothing stands where a relocation writes. */
static bool check_empty(struct pass *pass, const Elf64_Rela *rela, size_t size)
{
	size_t n_written;

	if (!is_zero(pass->target_bytes, rela->r_offset, size))
		return refuse_target(pass, rela, "the file has a value there");
	if (rela->r_offset < pass->end && !pass->written.slots && !make_map(pass))
		return false;
	if (pass->written.slots) {
		n_written = count_written(pass, rela->r_offset, size);
		if (n_written == size)
			return refuse_target(pass, rela, "another relocation wrote it");
		if (n_written)
			where(pass,
			      rk_judge_doubt(
				      pass->judge,
				      "two relocations overlap: what the first leaves is known when it is loaded"));
		mark(pass, rela->r_offset, size);
	}
	if (rela->r_offset + size > pass->end)
		pass->end = rela->r_offset + size;
	return true;
}

static bool refuse_type(struct pass *pass, uint32_t type, enum rk_reloc_class class)
{
	struct rk_judge *judge = pass->judge;
	bool is_riscv = judge->facts.arch == RK_ARCH_RISCV;
	struct rk_finding *finding = rk_judge_refuse(
		judge, is_riscv ? EINVAL : ENOEXEC, "relocation-type",
		"a relocation of type %u, which the loader does not know", type);

	where(pass, finding);
	if (judge->facts.arch == RK_ARCH_X86_64)
		rk_judge_message(judge, "%s: Unknown rela relocation: %u", judge->name,
				 type);
	else if (!is_riscv)
		rk_judge_message(judge, "module %s: unsupported RELA relocation: %u",
				 judge->name, type);
	else if (class == RK_RELOC_UNKNOWN)
		rk_judge_message(judge, "%s: Unknown relocation type %u", judge->name,
				 type);
	return false;
}

/* What lies behind the section decides: other sections of its kind, or the end of the
 * memory that the loader got for them. Return: NULL if the place is known to be harmless
 * padding, else what is wrong. */
static const char *look_behind(struct pass *pass, uint64_t offset, size_t size)
{
	const struct rk_judge *judge = pass->judge;
	const struct rk_place *place = &judge->layout->places[pass->target];
	const char *problem = NULL;

	if (place->region == RK_REGION_NONE ||
	    offset > judge->layout->sizes[place->region] ||
	    place->offset + offset + size > judge->layout->sizes[place->region])
		return "outside the module's memory";
	for (uint64_t i = offset; i < offset + size; i++) {
		uint64_t inside = 0;
		size_t index =
			rk_layout_byte(judge, place->region, place->offset + i, &inside);

		if (index && index != pass->target)
			problem = "in another section";
	}
	return problem;
}

/* A file's byte that is not zero is found by the loader of x86 itself. */
static bool hits_value(struct pass *pass, uint64_t offset, size_t size)
{
	const struct rk_judge *judge = pass->judge;
	const struct rk_place *place = &judge->layout->places[pass->target];

	for (uint64_t i = offset; i < offset + size; i++) {
		uint64_t inside = 0;
		size_t index =
			rk_layout_byte(judge, place->region, place->offset + i, &inside);
		Elf64_Shdr section = rk_view_section(&judge->view, index);
		struct rk_bytes bytes = rk_view_contents(&judge->view, &section);

		if (index && inside < bytes.size && bytes.data[inside])
			return true;
	}
	return false;
}

static bool check_behind(struct pass *pass, const Elf64_Rela *rela, size_t size)
{
	struct rk_judge *judge = pass->judge;
	const char *problem = "outside it";
	struct rk_finding *finding;

	/* Where the end wraps nothing needs to be looked at. */
	if (judge->layout && rela->r_offset <= UINT32_MAX)
		problem = look_behind(pass, rela->r_offset, size);
	if (!problem)
		return true;
	if (judge->facts.arch == RK_ARCH_X86_64 &&
	    strcmp(problem, "in another section") == 0 &&
	    hits_value(pass, rela->r_offset, size))
		return refuse_target(pass, rela, "it lies in another section");
	finding =
		rk_judge_fault(judge, "fault-relocation",
			       "a relocation at 0x%llx of %s, which has %llu bytes: %s",
			       (unsigned long long)rela->r_offset,
			       rk_view_label(&judge->view, &pass->target_header),
			       (unsigned long long)pass->target_header.sh_size, problem);
	where(pass, finding);
	return false;
}

/* The two places that the loader trusts. */
static bool check_places(struct pass *pass, const Elf64_Rela *rela, size_t size)
{
	struct rk_judge *judge = pass->judge;
	struct rk_finding *finding;
	Elf64_Sym symbol;

	if (!rk_bytes_symbol(judge->symbols, ELF64_R_SYM(rela->r_info), &symbol)) {
		finding = rk_judge_fault(judge, "fault-symbol-index",
					 "a relocation to symbol %llu of %zu",
					 (unsigned long long)ELF64_R_SYM(rela->r_info),
					 judge->symbols.size / sizeof(symbol));
		where(pass, finding);
		return false;
	}
	if (rela->r_offset <= pass->target_header.sh_size &&
	    pass->target_header.sh_size - rela->r_offset >= size)
		return true;
	return check_behind(pass, rela, size);
}

static bool apply(struct pass *pass, const Elf64_Rela *rela)
{
	uint32_t type = ELF64_R_TYPE(rela->r_info);
	struct rk_reloc reloc = rk_reloc_of(pass->judge->facts.arch, type);

	switch (reloc.class) {
	case RK_RELOC_NONE:
		return true;
	case RK_RELOC_UNKNOWN:
	case RK_RELOC_UNSUPPORTED:
		return refuse_type(pass, type, reloc.class);
	case RK_RELOC_UNSIGNED:
	case RK_RELOC_SIGNED:
		if (!check_places(pass, rela, reloc.size) ||
		    !check_range(pass, rela, reloc.class))
			return false;
		break;
	default:
		if (!check_places(pass, rela, reloc.size))
			return false;
	}
	return pass->judge->facts.arch != RK_ARCH_X86_64 ||
	       check_empty(pass, rela, reloc.size);
}

/* Places of earlier sections into the same target count, too. */
static uint64_t earlier_end(const struct rk_judge *judge, size_t section, size_t target)
{
	for (size_t i = 1; i < section; i++) {
		Elf64_Shdr header = rk_view_section(&judge->view, i);

		if (header.sh_type == SHT_RELA && header.sh_info == target)
			return UINT64_MAX;
	}
	return 0;
}

/* What a symbol has in the file, but for its value, which is an address by now. */
static bool hits_symbol(const struct rk_judge *judge, const Elf64_Rela *rela, size_t size)
{
	const size_t value = offsetof(Elf64_Sym, st_value);

	for (uint64_t i = rela->r_offset; size && i < judge->symbols.size; i++, size--) {
		size_t inside = i % sizeof(Elf64_Sym);

		if (judge->symbols.data[i] &&
		    (inside < value || inside >= value + sizeof(Elf64_Addr)))
			return true;
	}
	return false;
}

/* True: one of them finds a symbol, and those before did no harm. An unknown type, or a
 * value that does not fit, has the same errno. */
static bool finds_symbol(struct pass *pass, Elf64_Rela *rela)
{
	const struct rk_judge *judge = pass->judge;
	size_t n_symbols = judge->symbols.size / sizeof(Elf64_Sym);

	for (; rk_bytes_rela(pass->relas, pass->index, rela); pass->index++) {
		size_t size =
			rk_reloc_of(judge->facts.arch, ELF64_R_TYPE(rela->r_info)).size;

		if (ELF64_R_SYM(rela->r_info) >= n_symbols ||
		    rela->r_offset >= judge->symbols.size)
			return false;
		if (hits_symbol(judge, rela, size))
			return true;
	}
	return false;
}

/* The loader reads the symbols while it writes into them. */
static bool stop_at_symbols(struct rk_judge *judge, size_t index,
			    const Elf64_Shdr *header, const Elf64_Shdr *target)
{
	struct pass pass = {
		.judge = judge,
		.section = index,
		.header = *header,
		.relas = rk_view_contents(&judge->view, header),
		.target_header = *target,
	};
	Elf64_Rela rela;

	if (judge->facts.arch == RK_ARCH_X86_64 && finds_symbol(&pass, &rela))
		return refuse_target(&pass, &rela, "a symbol is there");
	rk_judge_where(judge,
		       rk_judge_fault(judge, "fault-relocation",
				      "relocations of the symbol table itself"),
		       "section %s", rk_view_label(&judge->view, header));
	return false;
}

/*
 * True for an entry of x86-64 with nothing special: apply() would find that it is good,
 * and go ten times slower. Modules have tens of thousands of these.
 */
static bool is_plain(struct pass *pass, const Elf64_Rela *rela, size_t n_symbols)
{
	static const uint8_t sizes[] = {
		[R_X86_64_64] = 8,
		[R_X86_64_PC32] = 4,
		[R_X86_64_PLT32] = 4,
	};
	uint32_t type = ELF64_R_TYPE(rela->r_info);
	size_t size = type < RK_ARRAY_LEN(sizes) ? sizes[type] : 0;
	uint64_t value = 0;

	if (size == 0 || ELF64_R_SYM(rela->r_info) >= n_symbols ||
	    rela->r_offset < pass->end || pass->target_bytes.size < size ||
	    rela->r_offset > pass->target_bytes.size - size)
		return false;
	if (size == sizeof(value))
		memcpy(&value, pass->target_bytes.data + rela->r_offset, sizeof(value));
	else
		memcpy(&value, pass->target_bytes.data + rela->r_offset,
		       sizeof(uint32_t));
	if (value || pass->written.slots)
		return false;
	pass->end = rela->r_offset + size;
	return true;
}

static bool apply_section(struct rk_judge *judge, size_t index, const Elf64_Shdr *header,
			  const Elf64_Shdr *target)
{
	struct pass pass = {
		.judge = judge,
		.section = index,
		.header = *header,
		.relas = rk_view_contents(&judge->view, header),
		.target = header->sh_info,
		.target_header = *target,
		.target_bytes = rk_view_contents(&judge->view, target),
		.end = earlier_end(judge, index, header->sh_info),
	};
	bool is_x86 = judge->facts.arch == RK_ARCH_X86_64;
	size_t n_symbols = judge->symbols.size / sizeof(Elf64_Sym);
	bool ok = true;
	Elf64_Rela rela;

	for (; ok && rk_bytes_rela(pass.relas, pass.index, &rela); pass.index++)
		ok = (is_x86 && is_plain(&pass, &rela, n_symbols)) || apply(&pass, &rela);
	rk_byteset_release(&pass.written);
	rk_module_done(judge->module, pass.relas.data, pass.relas.size);
	rk_module_done(judge->module, pass.target_bytes.data, pass.target_bytes.size);
	return ok;
}

static bool refuse_rel(struct rk_judge *judge, const Elf64_Shdr *header)
{
	struct rk_finding *finding =
		rk_judge_refuse(judge, ENOEXEC, "relocation-rel",
				"section %s has relocations without addends",
				rk_view_label(&judge->view, header));

	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
	rk_judge_message(judge, "module %s: REL relocation unsupported", judge->name);
	return false;
}

void rk_stage_relocations(struct rk_judge *judge)
{
	bool ok = true;

	for (size_t i = 1; ok && i < judge->view.n_sections; i++) {
		Elf64_Shdr header = rk_view_section(&judge->view, i);
		Elf64_Shdr target;

		if (!is_target(judge, header.sh_info, &target))
			continue;
		if (header.sh_flags & SHF_RELA_LIVEPATCH)
			ok = rk_judge_apply_livepatch(judge, &header);
		else if (header.sh_type == SHT_REL)
			ok = refuse_rel(judge, &header);
		else if (header.sh_type == SHT_RELA &&
			 header.sh_info == judge->symtab_index && header.sh_size)
			ok = stop_at_symbols(judge, i, &header, &target);
		else if (header.sh_type == SHT_RELA)
			ok = apply_section(judge, i, &header, &target);
	}
}
