/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_REPO_TEMPLATE_H
#define RK_REPO_TEMPLATE_H

#include "lib/base/buf.h"

/*
 * The folders of samples/, as they are: what `rkmod new` writes is made from them by
 * putting other words in their place. In the files of sample "hello", whose type is
 * Hello:
 *	"hello", hello.o, hello-y    the module's name
 *	Hello                        its type
 *	The rkmod authors            the author
 *	rkmod-sample                 the module's name, as that of a device
 *	hello.rs, as a file name     the module's name
 * and in those of samples/new @WORD@, which is said below.
 */
struct rk_template_file {
	const char *sample; /* the folder of samples/; NULL ends the table */
	const char *name;
	const char *text;
};
extern const struct rk_template_file rk_template_files[];

enum rk_template_kind {
	RK_TEMPLATE_MINIMAL,
	RK_TEMPLATE_PARAMS,
	RK_TEMPLATE_MISCDEV,
	RK_TEMPLATE_MIXED,
	RK_N_TEMPLATES,
};
/* "minimal", ...; NULL from RK_N_TEMPLATES on. */
const char *rk_template_kind_name(enum rk_template_kind kind);
/* False if there is none of that name. */
bool rk_template_kind_find(const char *name, enum rk_template_kind *ret);

/* What is put in; all borrowed. */
struct rk_template_words {
	enum rk_template_kind kind;
	const char *name; /* of the module, '_' for '-' */
	const char *author;
	bool byte_strings; /* module! wants b"x" */
	bool authors;      /* and a list of them */
};

/* Is it a sample's file of this kind that belongs into the module's folder? */
bool rk_template_is_of(const struct rk_template_file *file, enum rk_template_kind kind);

/**
 * rk_template_fill() - a sample's file with these words
 * @ret_name: of the file; free() both
 * Return: 0, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_template_fill(const struct rk_template_file *file,
				   const struct rk_template_words *words, char **ret_name,
				   char **ret_text, struct rk_error *err);

/**
 * rk_template_expand() - a file of samples/new
 * @values: "WORD", its value, ..., NULL
 * Return: 0, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_template_expand(const char *name, const char *const *values,
				     char **ret_text, struct rk_error *err);

/**
 * rk_template_name() - the module's name, of the last component of a path
 * @ret: '_' for each '-'; free() it
 *
 * Small letters (rustc warns of others), digits, '_' and '-', a letter first, at most 55:
 * what Kbuild, rustc and the kernel take; no crate of the kernel, no word of Rust, no
 * other file of the kind. Return: 0, -RK_EREFUSED (new-name), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_template_name(const char *path, enum rk_template_kind kind,
				   char **ret, struct rk_error *err);

#endif
