/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_REPO_MACRO_H
#define RK_REPO_MACRO_H

#include "lib/base/strv.h"

/* How the value of a key of module! is written. */
enum rk_value_form {
	RK_VALUE_STRING, /* "x" */
	RK_VALUE_BYTES,  /* b"x" */
	RK_VALUE_LIST,   /* ["x"] */
	RK_VALUE_BLOCK,  /* { ... } */
	RK_VALUE_OTHER,  /* a type */
};

enum {
	RK_MACRO_MAX_KEYS = 16,
	RK_MACRO_NAME_SIZE = 32, /* of keys and macros; longer ones are cut off */
};

struct rk_macro_key {
	char name[RK_MACRO_NAME_SIZE];
	enum rk_value_form form;
	size_t line; /* from 1 */
	bool comma;  /* one follows */
};

/* One module! { ... }, or module_platform_driver! and its kin, which take the same. */
struct rk_macro {
	char name[RK_MACRO_NAME_SIZE]; /* "module" */
	size_t line;
	struct rk_macro_key keys[RK_MACRO_MAX_KEYS]; /* in their order */
	size_t n_keys;
};

/* Where the next one is looked for. Set by rk_macro_begin(). */
struct rk_macro_scan {
	const char *at;
	const char *end;
	size_t line;
};
void rk_macro_begin(struct rk_macro_scan *scan, const char *text, size_t size);

/**
 * rk_macro_next() - the next macro in Rust source
 *
 * Tolerant: comments, strings and characters are skipped as Rust has them; a macro that
 * cannot be followed (variables of another macro in it, attributes) is passed over.
 * Return: false at the end.
 */
bool rk_macro_next(struct rk_macro_scan *scan, struct rk_macro *ret);

/**
 * rk_repo_rust_files() - the .rs files that Kbuild or Makefile of a folder names
 * @dir: host path
 * @ret: "main.rs", "sub/x.rs": those that exist, sorted, each once
 *
 * Every word that ends in ".o" counts, and every "sub/" that is a folder is looked into:
 * no variables, no conditions.
 * Return: 0, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_repo_rust_files(const char *dir, struct rk_strv *ret,
				     struct rk_error *err);

#endif
