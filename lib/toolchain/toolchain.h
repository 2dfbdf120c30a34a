/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_TOOLCHAIN_TOOLCHAIN_H
#define RK_TOOLCHAIN_TOOLCHAIN_H

#include "lib/kernel/kernel.h"
#include "lib/toolchain/crateid.h"

/* Why a rustc was looked at. */
enum rk_rustc_origin {
	RK_RUSTC_ASKED,     /* --rustc or RUSTC */
	RK_RUSTC_VERSIONED, /* rustc-1.82 in PATH, /usr/lib/rust-1.82 */
	RK_RUSTC_PATH,      /* rustc in PATH */
	RK_RUSTC_RUSTUP,    /* below ~/.rustup/toolchains or RUSTUP_HOME, the real binary
			     */
};

struct rk_rustc {
	char *path; /* inside the tree, the real compiler */
	char *text; /* `rustc --version`: "rustc 1.85.1 (4eb161250 2025-03-15) ..." */
	enum rk_rustc_origin origin;
	struct rk_crate_tags core; /* the hashes that it gives crate core */
	bool built_kernel;         /* Module.symvers has one of them */
	bool fits; /* text equals the wanted one; where none is known: built_kernel */
};

struct rk_toolchain_request {
	const char *rustc; /* a name in PATH or an inside path, or NULL; nothing else is
			      taken then. rustup's proxy stands for its toolchains */
	const char *llvm;  /* explicit LLVM= value ("1", "-19"; "0" or "" for none), or
			      NULL;  wins over what the kernel says */
	const char *env_llvm; /* LLVM of the environment, or NULL: must not contradict */
	bool force; /* what contradicts, is missing or does not fit is said, and taken */
};

/* The compilers that fit a kernel. Made once, handed on read-only. */
struct rk_toolchain {
	char *wanted;      /* rustc text that the kernel needs, "" unknown */
	char *wanted_from; /* "CONFIG_RUSTC_VERSION_TEXT", "libcore.rmeta",
			      "Module.symvers" */
	char core_tag[RK_CRATE_TAG_SIZE]; /* of crate core in Module.symvers, "" unknown
					   */
	struct rk_rustc *candidates;      /* in the order they were looked at */
	size_t n_candidates;
	const struct rk_rustc *rustc; /* the fitting one, among candidates */
	char *llvm;                   /* value for LLVM=, "" for none */
	char *cc;                     /* value for CC=, "" for what KDIR says */
	char *cc_why;                 /* one line: which facts of the config decided */
};

/**
 * rk_toolchain_resolve() - the rustc and the C compiler for a kernel
 * @wanted: rustc text from metadata that is there, or NULL: the configuration's
 *
 * On -RK_ENOTFOUND (id rustc-mismatch or rustc-missing; rust-off: the kernel names no
 * rustc) @ret is set all the same, with rustc NULL, so that the candidates can be shown.
 * The first candidate that fits ends the search.
 * Version texts are cached in machine->cache_dir by path, inode, size and mtime.
 * With request->force and none that fits the first one that runs is taken.
 * Other failures: -RK_EREFUSED (LLVM contradicts the kernel: llvm-mismatch),
 * -RK_ENOTFOUND (clang-built, and no clang here: llvm-missing; @ret is set then, too),
 * -RK_ETOOL, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_toolchain_resolve(const struct rk_machine *machine,
				       const struct rk_kernel *kernel,
				       const struct rk_toolchain_request *request,
				       const char *wanted, struct rk_toolchain **ret,
				       struct rk_error *err);

/**
 * rk_toolchain_identify() - which compiler built a kernel, by its exports alone
 * @asked: the compilers in question, as for rk_toolchain_request; NULL or empty: all
 *         that are found
 * @ret:   all of them as candidates, rustc the first that did, or NULL; llvm and cc are
 *         ""; rk_toolchain_free()
 * Return: 0, also if it was none of them; -RK_EFORMAT (@symvers has no Rust: rust-off),
 * -RK_ENOTFOUND (an asked one is not there: rustc-missing), others as above.
 */
RK_MUST_CHECK int rk_toolchain_identify(const struct rk_machine *machine,
					const struct rk_root *root,
					const struct rk_symvers *symvers,
					const struct rk_strv *asked,
					struct rk_toolchain **ret, struct rk_error *err);
void rk_toolchain_free(struct rk_toolchain *toolchain); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_toolchain *, rk_toolchain_free);

#endif
