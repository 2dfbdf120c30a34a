/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KBUILD_SHIM_REWRITE_H
#define RK_KBUILD_SHIM_REWRITE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What rkmod-rustc does to a command line. It stands alone (nothing of lib/ is linked
 * into the shim) and is shared with its unit test only.
 */

/* The file beside the program; strings point into the text that was parsed. */
struct shim_conf {
	const char *compiler; /* absolute */
	const char *kdir;     /* absolute; NULL: nothing is redirected */
	const char *metadata; /* a folder shaped like KDIR: rust/, scripts/; with kdir */
};

/**
 * shim_conf_parse() - read the file beside the program
 * @text: @size bytes and a NUL; changed, and borrowed by @conf
 *
 * The form is "rkmod-rustc 1", then "compiler PATH" and, both or none, "kdir PATH" and
 * "metadata PATH", then "end": a file that was cut off is told from a whole one.
 * Return: NULL, or what is wrong with it.
 */
const char *shim_conf_parse(char *text, size_t size, struct shim_conf *conf);

struct shim_command {
	char **argv;   /* NULL-terminated; argv[0] is the compiler */
	char *objtree; /* new value of OBJTREE, NULL: as it was */
};

/**
 * shim_rewrite() - the command line that the compiler gets
 * @argv:    as Kbuild gave it, argv[0] the shim
 * @objtree: OBJTREE of the environment, or NULL
 *
 * KDIR is recognised by its inode, not by its text: Kbuild names it as ".", by its
 * absolute path, or through a link. Response files (@file) are handed on as they are;
 * Kbuild's hold nothing but --cfg. The same for llvm-link, which is given a file of
 * KDIR's rust/helpers.
 * Return: false if memory ran out.
 */
bool shim_rewrite(const struct shim_conf *conf, char *const *argv, const char *objtree,
		  struct shim_command *command);
void shim_command_release(struct shim_command *command);

#endif
