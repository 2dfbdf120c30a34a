/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BUILD_INTERNAL_H
#define RK_BUILD_INTERNAL_H

#include <stdint.h>

#include "lib/build/build.h"

/* ---- key.c: names for states ---- */

enum {
	RK_KEY_SIZE = 17, /* 16 hex digits and a NUL */
};

/* FNV-1a, 64 bits: tells states apart; nobody who could forge one gains by it. */
struct rk_key {
	uint64_t value;
};
#define RK_KEY_INIT                                                                      \
	{                                                                                \
		.value = 0xcbf29ce484222325                                              \
	}
void rk_key_add(struct rk_key *key, const void *data, size_t size);
/* With its NUL, so that two fields never run together. */
/* For what is large: eight bytes at a time. Not the same value as rk_key_add(). */
void rk_key_add_large(struct rk_key *key, const void *data, size_t size);
void rk_key_add_field(struct rk_key *key, const char *text);
void rk_key_hex(const struct rk_key *key, char ret[RK_KEY_SIZE]);

/**
 * rk_key_add_kernel() - all of a kernel that a built object depends on
 *
 * Release, KDIR, package version, the configuration's bytes, and size and mtime of the
 * files that change whenever headers are installed or a kernel is built.
 */
RK_MUST_CHECK int rk_key_add_kernel(struct rk_key *key, const struct rk_kernel *kernel,
				    struct rk_error *err);

/* ---- paths that Kbuild can take ---- */

/* True if neither make nor a shell reads anything into @path. */
bool rk_build_is_plain_path(const char *path);

/* ---- shim.c ---- */

/* machine->state_dir/shim, or one below /tmp if make cannot take its path; made if
 * missing. free() it. */
RK_MUST_CHECK int rk_build_shim_base(const struct rk_machine *machine, char **ret,
				     struct rk_error *err);
/* Whether the program is where rkmod was installed. Return: 0, -RK_ENOTFOUND, ... */
RK_MUST_CHECK int rk_build_shim_check(const struct rk_machine *machine,
				      struct rk_error *err);

/* "/usr/bin/rustc-1.85" -> "/usr/bin/clippy-driver-1.85". */
RK_MUST_CHECK int rk_build_beside(const char *rustc, const char *program, char **ret,
				  struct rk_error *err);

/* True if Kbuild links bitcode of the metadata into each object: it gets rkmod-llvm-link,
 * beside rkmod-rustc, as LLVM_LINK=. */
bool rk_build_inlines_helpers(const struct rk_build_input *input);

/* ---- out.c, stage.c: building into another folder ---- */

/* Where make works; without request->out the module's own folder. */
struct rk_build_out {
	char *dir;             /* takes what is built; host path */
	char *source;          /* the sources; dir, if nothing else was asked for */
	bool mo;               /* MO=dir; else dir holds a copy of the sources */
	struct rk_strv copied; /* below both: the files of the copy */
};

/* What is known before the kernel is: out is none of the module's own folders. */
RK_MUST_CHECK int rk_build_out_check(const struct rk_build_request *request,
				     struct rk_error *err);

/**
 * rk_build_out_open() - the folder is made, and is a new one or one of a build like this
 * @out: rk_build_out_release()
 * Return: 0, -RK_EREFUSED (out-folder, out-unclean, module-path), -RK_ESYS, -RK_EFORMAT,
 * -RK_ENOTFOUND, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_build_out_open(const struct rk_kernel *kernel,
				    const struct rk_build_request *request,
				    struct rk_build_out *out, struct rk_error *err);
void rk_build_out_release(struct rk_build_out *out);

/* With the folder's lock held: the sources, if they are copied, are brought up to date.
 */
RK_MUST_CHECK int rk_build_out_fill(struct rk_build_out *out, struct rk_error *err);

/* The copy; sets copied. */
RK_MUST_CHECK int rk_build_stage(struct rk_build_out *out, struct rk_error *err);

/* ---- extra.c: exports of other module folders ---- */

/* The files behind -i in modpost's kept command; whether it ran in KDIR. */
void rk_build_parse_modpost(const char *text, struct rk_strv *ret, bool *ret_in_kdir);

/* Those that modpost was given for a folder besides KDIR's, host paths. */
RK_MUST_CHECK int rk_build_list_extra(const struct rk_kernel *kernel, const char *dir,
				      struct rk_strv *ret, struct rk_error *err);

/* Those that KBUILD_EXTRA_SYMBOLS after "--" or in the environment names, and that are
 * files of the host. */
RK_MUST_CHECK int rk_build_wanted_extra(const struct rk_strv *make_args,
					struct rk_strv *ret, struct rk_error *err);

/* ---- makeline.c ---- */

/* "NAME=value", or with another of make's signs. */
bool rk_makeline_assigns(const char *arg, const char *name);

struct rk_makeline {
	struct rk_strv argv;
	struct rk_strv env_remove;
	struct rk_strv env_set;
	char *fifo; /* of the jobserver in MAKEFLAGS, NULL if it has none */
};
void rk_makeline_release(struct rk_makeline *line);

struct rk_makeline_input {
	const char *make; /* inside */
	const char *kdir; /* inside, links resolved */
	const char *shim; /* RUSTC=, from rk_build_shim() */
	const char *kernel_key;
	const char *llvm; /* "" for none */
	const char *cc;   /* "" for none */
	const struct rk_build_out *out;
	bool llvm_link; /* rk_build_inlines_helpers() */
	const struct rk_build_request *request;
};

/* Return: 0, -RK_EREFUSED (make-variable), -RK_ENOMEM. */
RK_MUST_CHECK int rk_makeline_check(const struct rk_strv *make_args,
				    struct rk_error *err);

/**
 * rk_makeline_init() - argv and environment for one build
 * Return: 0, -RK_EREFUSED (make-variable), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_makeline_init(const struct rk_makeline_input *input,
				   struct rk_makeline *line, struct rk_error *err);

/* ---- place.c: what is kept about a module folder between builds ---- */

struct rk_build_place {
	char *log; /* path of the file that holds what was printed */
	int lock_fd;
	bool unfinished; /* the build before was cut off: objects may be half-written */
};

/**
 * rk_build_place_open() - enter the folder's place in the state folder
 *
 * Waits while another rkmod builds the same folder. Until rk_build_place_finish() the
 * build counts as unfinished, also if this process is killed.
 */
RK_MUST_CHECK int rk_build_place_open(const struct rk_machine *machine, const char *dir,
				      struct rk_build_place *place, struct rk_error *err);
RK_MUST_CHECK int rk_build_place_finish(struct rk_build_place *place,
					struct rk_error *err);
void rk_build_place_release(struct rk_build_place *place);

/* ---- modules.c ---- */

/**
 * rk_build_parse_order() - the .ko files that a modules.order names
 * @dir:  the module's folder, absolute
 * @text: @size bytes: lines with the path of a .ko (before Linux 6.4) or .o, absolute
 *        (before Linux 6.13) or relative to @dir
 * @ret:  added, absolute, in their order
 * Return: 0, -RK_EFORMAT (a line that is no such path, or leads out of @dir),
 * -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_build_parse_order(const char *dir, const char *text, size_t size,
				       struct rk_strv *ret, struct rk_error *err);

#endif
