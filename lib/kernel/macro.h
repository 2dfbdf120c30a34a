/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_MACRO_H
#define RK_KERNEL_MACRO_H

#include "lib/kernel/kernel.h"
#include "lib/repo/macro.h"

/* What the kernel's module! takes. */
struct rk_macro_rules {
	struct rk_macro_rule {
		char name[RK_MACRO_NAME_SIZE];
		enum rk_value_form form;
		bool required;
	} keys[RK_MACRO_MAX_KEYS]; /* in the order that it wants */
	size_t n_keys;
	bool from_source; /* else by the version */
};

/**
 * rk_macro_rules_read() - by rust/macros/module.rs in KDIR or its sources
 *
 * Headers packages leave it out: then by the kernel's version, a table from part of
 * whose rows stable releases may differ.
 * Return: false if neither tells.
 */
bool rk_macro_rules_read(const struct rk_kernel *kernel, struct rk_macro_rules *ret);

/* The same of the text of a module.rs, and of "6.12.107-1". */
bool rk_macro_rules_parse(const char *text, struct rk_macro_rules *ret);
bool rk_macro_rules_of_version(const char *version, struct rk_macro_rules *ret);

/* NULL: it has no such key. */
const struct rk_macro_rule *rk_macro_rules_find(const struct rk_macro_rules *rules,
						const char *name);

#endif
