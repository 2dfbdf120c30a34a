/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BUILD_BUILD_H
#define RK_BUILD_BUILD_H

#include "lib/metadata/metadata.h"

/* What a module is built for and with; all borrowed. */
struct rk_build_input {
	const struct rk_kernel *kernel;
	const struct rk_toolchain *toolchain; /* with a rustc */
	const struct rk_metadata *metadata;   /* of another origin than NONE */
};

struct rk_build_request {
	const char *dir;   /* the module's folder, host path, absolute, links resolved */
	const char *out;   /* folder for all that is built, made if missing; NULL: dir */
	bool copy;         /* the sources are copied to @out, even where Kbuild could read
			      them where they are: what lies beside them does not matter */
	const char *top;   /* the repository's top: readable in a tree too; or NULL */
	bool top_writable; /* a private copy: makefiles may write beside @dir */
	bool confine;      /* in bubblewrap even on the host: no network, and nothing can
			      be written but what is named here */
	unsigned int jobs; /* 0: make's own default, or the jobserver in MAKEFLAGS */
	bool verbose;      /* V=1: everything is passed through */
	const struct rk_strv
		*make_args; /* extra variables and targets after "--", or NULL */
	/* Each line that make, rustc and modpost print, as it comes. */
	void (*on_line)(void *data, const char *line, size_t len, bool is_stderr);
	void *data;
};

struct rk_build_result {
	int make_status;        /* exit status of make */
	struct rk_strv modules; /* the .ko files of this folder, host paths, sorted */
	struct rk_strv extra;   /* files with exports of other modules that modpost was
				   given (KBUILD_EXTRA_SYMBOLS), host paths */
	char *log;              /* path of the file that holds everything printed */
};
void rk_build_result_release(struct rk_build_result *result);

/**
 * rk_build_check() - refuse what can be known before anything is looked up
 *
 * rk_build_run() does the same; called early, nobody waits for metadata in vain.
 * Return: 0, -RK_EREFUSED (make-variable, module-path, no-kbuild, out-folder),
 * -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_build_check(const struct rk_build_request *request,
				 struct rk_error *err);

/**
 * rk_build_check_tools() - whether make can be run on this kernel
 *
 * rk_build_run() does the same. Return: 0, -RK_EREFUSED (module-path: KDIR's; a state
 * folder of somebody else), -RK_ETOOL (make, bwrap-missing), -RK_ENOTFOUND (the shim's
 * program), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_build_check_tools(const struct rk_machine *machine,
				       const struct rk_kernel *kernel,
				       struct rk_error *err);

/**
 * rk_build_run() - make -C KDIR M=DIR with the shim
 *
 * Never writes into KDIR. In a root tree only @dir is writable, with @out only that: the
 * sources are read where they are (MO=), or copied there where Kbuild cannot. One build
 * of a folder at a time: a second one waits. -RK_EREFUSED with an id: make-variable (O,
 * MO, M, RUSTC, KBUILD_OUTPUT, KBUILD_EXTMOD in make_args or MAKEFLAGS), module-path (a
 * blank, '%', ':' or another character that make or a shell reads something into),
 * no-kbuild (no Kbuild or Makefile in the folder), out-folder (out is not empty, or holds
 * the sources), out-unclean (the module's folder holds objects), interrupted. -RK_ETOOL:
 * make is missing. A build that fails is 0 with make_status.
 */
RK_MUST_CHECK int rk_build_run(const struct rk_machine *machine,
			       const struct rk_build_input *input,
			       const struct rk_build_request *request,
			       struct rk_build_result *result, struct rk_error *err);

/* The modules that a build left in a folder: those of its modules.order that exist, host
 * paths, sorted, each once. Without one there are none. */
RK_MUST_CHECK int rk_build_list_modules(const char *dir, struct rk_strv *ret,
					struct rk_error *err);

/**
 * rk_build_shim() - the RUSTC that Kbuild is given
 * @ret: machine->state_dir/shim/<key>/rkmod-rustc, made if missing; rkmod-clippy, for
 *       CLIPPY_DRIVER=, is beside it; free() it
 *
 * <key> is a hash of kernel, compiler text, metadata set and shim version, so that
 * Kbuild's own command comparison rebuilds when any of them changes.
 */
RK_MUST_CHECK int rk_build_shim(const struct rk_machine *machine,
				const struct rk_build_input *input, char **ret,
				struct rk_error *err);

/**
 * rk_build_find_clippy() - the clippy-driver beside the rustc that builds
 * @ret: inside; what rkmod-clippy runs; free() it
 * Return: 0, -RK_ENOTFOUND (clippy-missing), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_build_find_clippy(const struct rk_build_input *input, char **ret,
				       struct rk_error *err);

#endif
