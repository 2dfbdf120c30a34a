/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_REQUEST_REQUEST_H
#define RK_REQUEST_REQUEST_H

#include "lib/base/buf.h"
#include "lib/base/machine.h"

/* Who decided a setting, weakest first. */
enum rk_origin {
	RK_ORIGIN_DEFAULT,
	RK_ORIGIN_FILE,        /* rkmod.json at the repository's top */
	RK_ORIGIN_ENVIRONMENT, /* RKMOD_ROOT, KDIR, RUSTC */
	RK_ORIGIN_COMMAND,     /* the command line */
};

enum rk_setting_name {
	RK_SETTING_ROOT,
	RK_SETTING_KERNEL,
	RK_SETTING_KDIR,
	RK_SETTING_PACKAGE,
	RK_SETTING_RUSTC,
	RK_SETTING_LLVM,
	RK_SETTING_SOURCE,
	RK_SETTING_PREPARE, /* "true" or "false" */
	RK_SETTING_KERNELS, /* releases that `check --staged` is for, blanks between */
	RK_SETTING_CHECK,   /* "CODE=SEVERITY ...": how findings are shown and count */
	RK_SETTING_FMT,     /* "true" or "false" */
	RK_N_SETTINGS,
};

struct rk_setting {
	char *value; /* NULL: not set */
	enum rk_origin origin;
	char *origin_text; /* "command line", "environment (KDIR)", "/x/rkmod.json" */
};

/* What was asked for, all sources weighed. kernel, kdir and package exclude each other:
 * the strongest origin that names one of them clears the other two. */
struct rk_request {
	struct rk_setting settings[RK_N_SETTINGS];
	char *dir;  /* the folder that is worked on, absolute, links resolved */
	char *top;  /* the repository's top, NULL if none or without use_file */
	char *file; /* the rkmod.json that was read, NULL if none */
	bool force; /* --force: go on against advice; never from a file */
};

/* "root", "kernel", ...: the key in rkmod.json; the option is "--" and the same. */
const char *rk_setting_key(enum rk_setting_name name);
const char *rk_setting_help(enum rk_setting_name name);

/**
 * rk_request_init() - weigh command line, environment and rkmod.json
 * @dir:      the folder that is worked on
 * @command:  values from the command line, by setting; NULL where not given
 * @use_file: false for `load`, which reads no rkmod.json
 *
 * rkmod.json lies at the repository's top, outside a repository in @dir itself. It is
 * read only if the caller or uid 0 owns it and nobody else can write it.
 * Return: 0, -RK_EFORMAT (config-syntax, config-key with the nearest key, config-value,
 * or kernel, kdir and package given together by one origin), -RK_EREFUSED (config-owner),
 * -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_request_init(const struct rk_machine *machine, const char *dir,
				  const char *const command[RK_N_SETTINGS], bool use_file,
				  struct rk_request *request, struct rk_error *err);
/* The same; @file is what rkmod.json holds, instead of the one that lies there. */
RK_MUST_CHECK int rk_request_init_staged(const char *dir,
					 const char *const command[RK_N_SETTINGS],
					 const struct rk_buf *file,
					 struct rk_request *request,
					 struct rk_error *err);
void rk_request_release(struct rk_request *request);

/* The value, NULL if not set. */
const char *rk_request_get(const struct rk_request *request, enum rk_setting_name name);
/* Of a setting that is true or false: not set is true. */
bool rk_request_is_on(const struct rk_request *request, enum rk_setting_name name);
/* The repository's top, outside of one the folder itself. */
const char *rk_request_top(const struct rk_request *request);

/**
 * rk_request_kernels() - the kernels that what is staged is checked for
 * @ret: releases; none if the other settings name the one
 *
 * A kernel that command line or environment name is the only one.
 */
RK_MUST_CHECK int rk_request_kernels(const struct rk_request *request,
				     struct rk_strv *ret, struct rk_error *err);

/**
 * rk_request_for_kernel() - the same request for another kernel
 * @ret: rk_request_release(), whatever is returned
 */
RK_MUST_CHECK int rk_request_for_kernel(const struct rk_request *request,
					const char *release, struct rk_request *ret,
					struct rk_error *err);

/* The known word that is nearest to a mistyped one, NULL if none is near. */
const char *rk_nearest(const char *word, const char *const *known, size_t n_known);

#endif
