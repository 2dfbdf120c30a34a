/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arch/{x86,arm64,riscv}/kernel/module.c: apply_relocate_add() */
#include <elf.h>

#include "lib/verdict/relocation.h"

static struct rk_reloc x86_reloc(uint32_t type)
{
	switch (type) {
	case R_X86_64_NONE:
		return (struct rk_reloc){RK_RELOC_NONE, 0};
	case R_X86_64_64:
		return (struct rk_reloc){RK_RELOC_WRITE, 8};
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
		return (struct rk_reloc){RK_RELOC_RELATIVE, 4};
	case R_X86_64_PC64:
		return (struct rk_reloc){RK_RELOC_RELATIVE, 8};
	case R_X86_64_32:
		return (struct rk_reloc){RK_RELOC_UNSIGNED, 4};
	case R_X86_64_32S:
		return (struct rk_reloc){RK_RELOC_SIGNED, 4};
	default:
		return (struct rk_reloc){RK_RELOC_UNKNOWN, 0};
	}
}

/* Relocations of instructions that arm64's loader takes, as ranges of their numbers. */
static bool is_arm64_code(uint32_t type)
{
	static const struct {
		uint32_t first;
		uint32_t last;
	} ranges[] = {
		{R_AARCH64_MOVW_UABS_G0, R_AARCH64_CONDBR19},
		{R_AARCH64_JUMP26, R_AARCH64_MOVW_PREL_G3},
		{R_AARCH64_LDST128_ABS_LO12_NC, R_AARCH64_LDST128_ABS_LO12_NC},
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(ranges); i++)
		if (type >= ranges[i].first && type <= ranges[i].last)
			return true;
	return false;
}

static struct rk_reloc arm64_reloc(uint32_t type)
{
	enum {
		NONE_OLD = 256, /* R_ARM_NONE's number, as the ABI once had it */
	};

	switch (type) {
	case R_AARCH64_NONE:
	case NONE_OLD:
		return (struct rk_reloc){RK_RELOC_NONE, 0};
	case R_AARCH64_ABS64:
	case R_AARCH64_PREL64:
		return (struct rk_reloc){RK_RELOC_WRITE, 8};
	case R_AARCH64_ABS32:
	case R_AARCH64_PREL32:
		return (struct rk_reloc){RK_RELOC_WRITE, 4};
	case R_AARCH64_ABS16:
	case R_AARCH64_PREL16:
		return (struct rk_reloc){RK_RELOC_WRITE, 2};
	default:
		if (is_arm64_code(type))
			return (struct rk_reloc){RK_RELOC_WRITE, 4};
		return (struct rk_reloc){RK_RELOC_UNKNOWN, 0};
	}
}

/* Bytes that a riscv type writes; 0: not taken, -1: known and refused. RELAX writes
 * nothing. The numbers are those of the psABI: not all have a name in Debian 12's elf.h.
 */
static int riscv_size(uint32_t type)
{
	static const int8_t sizes[] = {
		[1] = 4,   [2] = 8,   [3] = -1,  [4] = -1,  [5] = -1,  [6] = -1,
		[7] = -1,  [8] = -1,  [9] = -1,  [10] = -1, [11] = -1, [16] = 4,
		[17] = 4,  [18] = 8,  [19] = 8,  [20] = 4,  [21] = -1, [22] = -1,
		[23] = 4,  [24] = 4,  [25] = 4,  [26] = 4,  [27] = 4,  [28] = 4,
		[29] = -1, [30] = -1, [31] = -1, [32] = -1, [33] = 1,  [34] = 2,
		[35] = 4,  [36] = 8,  [37] = 1,  [38] = 2,  [39] = 4,  [40] = 8,
		[43] = -1, [44] = 2,  [45] = 2,  [52] = 1,  [53] = 1,  [54] = 1,
		[55] = 2,  [56] = 4,  [57] = 4,  [58] = -1, [59] = 4,  [60] = 1,
		[61] = 1,
	};

	return type < RK_ARRAY_LEN(sizes) ? sizes[type] : 0;
}

static struct rk_reloc riscv_reloc(uint32_t type)
{
	enum {
		RELAX = 51,
	};
	int size = riscv_size(type);

	if (type == RELAX)
		return (struct rk_reloc){RK_RELOC_NONE, 0};
	if (size == 0)
		return (struct rk_reloc){RK_RELOC_UNKNOWN, 0};
	if (size < 0)
		return (struct rk_reloc){RK_RELOC_UNSUPPORTED, 0};
	return (struct rk_reloc){RK_RELOC_WRITE, (unsigned int)size};
}

struct rk_reloc rk_reloc_of(enum rk_arch arch, uint32_t type)
{
	switch (arch) {
	case RK_ARCH_X86_64:
		return x86_reloc(type);
	case RK_ARCH_ARM64:
		return arm64_reloc(type);
	case RK_ARCH_RISCV:
		return riscv_reloc(type);
	default:
		return (struct rk_reloc){RK_RELOC_NONE, 0};
	}
}
