/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VERDICT_BTF_H
#define RK_VERDICT_BTF_H

#include "lib/module/view.h"

/* Type information of a module as kernel/bpf/btf.c checks it before it takes it. */
struct rk_btf {
	struct rk_bytes types;
	struct rk_bytes strings;
	/* What stands before: ids and name offsets go on from there. */
	const struct rk_btf *base; /* NULL: none */
	bool base_is_kernel;       /* the base is the kernel's, which is not known here */
	bool has_layout;           /* the target's header has a layout section (7.x) */
	uint32_t n_types;          /* with void, without those of the base */
};

/* Why the kernel refuses. */
struct rk_btf_problem {
	int sys_errno;
	const char *text; /* what it logs after "BPF: "; static, "" if it is not known */
	uint32_t type;    /* id within this BTF, 0: none */
};

/**
 * rk_btf_check() - header, sections, names and each type by itself
 * @btf: base, base_is_kernel and has_layout are set; the rest is filled
 * Return: true, or false with @ret.
 */
bool rk_btf_check(struct rk_btf *btf, struct rk_bytes data, struct rk_btf_problem *ret);

#endif
