/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VERDICT_RELOCATION_H
#define RK_VERDICT_RELOCATION_H

#include <stdint.h>

#include "lib/kernel/kernel.h"

/* What an architecture's loader does with a type of relocation. */
enum rk_reloc_class {
	RK_RELOC_UNKNOWN,     /* refused as unknown */
	RK_RELOC_UNSUPPORTED, /* riscv knows it and refuses: dynamic linking, TLS, ALIGN
			       */
	RK_RELOC_NONE,        /* nothing is written */
	RK_RELOC_WRITE,       /* any value is taken */
	RK_RELOC_RELATIVE,    /* the place is subtracted, the result cut off silently */
	RK_RELOC_UNSIGNED,    /* must fit without sign */
	RK_RELOC_SIGNED,      /* must fit with sign */
};

struct rk_reloc {
	enum rk_reloc_class class;
	unsigned int size; /* bytes that are written */
};

struct rk_reloc rk_reloc_of(enum rk_arch arch, uint32_t type);

#endif
