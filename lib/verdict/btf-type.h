/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VERDICT_BTF_TYPE_H
#define RK_VERDICT_BTF_TYPE_H

#include "lib/verdict/btf.h"

/* Between the files that check BTF: one type by itself. */

enum {
	RK_BTF_MAX_NAME = 0x00ffffff, /* offset */
	RK_BTF_NOT_SUPPORTED = 524,   /* the kernel's own errno */
};

/* The name at an offset, in the base's or its own strings; NULL: there is none. */
const char *rk_btf_name(const struct rk_btf *btf, uint32_t offset);

/* The bytes behind a type's first three words. @kind: below RK_BTF_N_KINDS */
size_t rk_btf_rest_size(uint32_t kind, uint32_t n);

/* @type: its kind is known, and its rest is there. Return: true, or false with @ret. */
bool rk_btf_check_type(const struct rk_btf_type *type, struct rk_btf_problem *ret);

#endif
