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
	bool base_is_unknown;      /* the base is the kernel's, which cannot be read */
	bool has_layout;           /* the target's header has a layout section (7.x) */
	uint32_t n_types;          /* with void, without those of the base */
};

/* include/uapi/linux/btf.h; newer systems define them, older ones not all. */
enum {
	RK_BTF_INT = 1,
	RK_BTF_PTR,
	RK_BTF_ARRAY,
	RK_BTF_STRUCT,
	RK_BTF_UNION,
	RK_BTF_ENUM,
	RK_BTF_FWD,
	RK_BTF_TYPEDEF,
	RK_BTF_VOLATILE,
	RK_BTF_CONST,
	RK_BTF_RESTRICT,
	RK_BTF_FUNC,
	RK_BTF_FUNC_PROTO,
	RK_BTF_VAR,
	RK_BTF_DATASEC,
	RK_BTF_FLOAT,
	RK_BTF_DECL_TAG,
	RK_BTF_TYPE_TAG,
	RK_BTF_ENUM64,
	RK_BTF_N_KINDS,
};

/* One type, while it is looked at. */
struct rk_btf_type {
	const struct rk_btf *btf;
	uint32_t name;
	uint32_t info;
	uint32_t size; /* or the type it refers to */
	uint32_t kind;
	uint32_t n;           /* vlen */
	bool flag;            /* kind_flag */
	struct rk_bytes rest; /* what follows up to the end of the section */
};

/* Why the kernel refuses. */
struct rk_btf_problem {
	int sys_errno;
	const char *text; /* what it logs after "BPF: "; static, "" if it is not known */
	uint32_t type;    /* id within this BTF, 0: none */
	bool is_fault;    /* it does not refuse: it faults, or never ends */
	bool no_memory;   /* rkmod's */
};

/**
 * rk_btf_check() - header, sections, names, each type by itself, chains of modifiers
 * @btf: base, base_is_unknown and has_layout are set; the rest is filled
 * Return: true, or false with @ret.
 */
bool rk_btf_check(struct rk_btf *btf, struct rk_bytes data, struct rk_btf_problem *ret);

/* The kernel's own, which is taken for sound: false if it is not BTF at all. Its types
 * are not counted: n_types is 0. */
bool rk_btf_open(struct rk_btf *btf, struct rk_bytes data);

/* Fills n_types, for a base. Return: false if there are types that rkmod does not know.
 */
bool rk_btf_count_types(struct rk_btf *btf);

/* The types one after the other; false at the end. @at begins as btf->types. */
bool rk_btf_next(const struct rk_btf *btf, struct rk_bytes *at, struct rk_btf_type *ret);

/* The @i-th 32-bit word behind the type's first three. */
uint32_t rk_btf_word(const struct rk_btf_type *type, size_t i);

/* The number of ids, with those of the base. */
uint32_t rk_btf_count(const struct rk_btf *btf);

/**
 * rk_btf_relocate() - are the types of .BTF.base found again in the kernel's
 * @btf:    checked, and its base as well
 * @kernel: opened; one with types that rkmod does not know is not looked at
 * Return: true, or false with @ret.
 */
bool rk_btf_relocate(const struct rk_btf *btf, const struct rk_btf *kernel,
		     struct rk_btf_problem *ret);

#endif
