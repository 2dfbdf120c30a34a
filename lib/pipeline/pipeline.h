/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_PIPELINE_H
#define RK_PIPELINE_PIPELINE_H

#include "lib/build/build.h"
#include "lib/request/request.h"
#include "lib/verdict/verdict.h"

/* How modules are judged. */
struct rk_pipeline_judging {
	const struct rk_strv *certs; /* files with more that the kernel trusts, or NULL */
	bool skip_digests;           /* believe known signers */
	bool running; /* against the kernel that runs here, in the state it is in */
	const struct rk_strv *params; /* "name=value" given when loading, or NULL */
	bool unweighed; /* "check" of rkmod.json does not count: the kernel's word does */
};

/*
 * The only place that chains the nouns: kernel, toolchain, metadata, build, verdict.
 * Every step keeps what it found here, also when a later one fails.
 */
struct rk_pipeline {
	const struct rk_machine *machine; /* borrowed */
	const struct rk_request *request; /* borrowed; NULL if the kernel is set */
	struct rk_root *root;
	struct rk_kernel *kernel;
	struct rk_toolchain *toolchain;
	struct rk_metadata *metadata;
	struct rk_build_result build;
	struct rk_pipeline_judging judging; /* set by the caller, all of it optional */
	struct rk_certs certs;              /* read if a module is signed */
	struct rk_state state;              /* if judging.running */
	struct rk_findings findings;        /* of the whole run; modules have their own */
	struct rk_pipeline_module *modules;
	size_t n_modules;
	const struct rk_strv
		*extra_symbols;    /* files like Module.symvers; borrowed, or NULL */
	struct rk_symvers **extra; /* what they and KBUILD_EXTRA_SYMBOLS hold */
	size_t n_extra;
	unsigned int kernel_ms; /* how long each step took */
	unsigned int toolchain_ms;
	unsigned int metadata_ms;
	unsigned int build_ms;
	unsigned int check_ms;
};

/* A judged module file. */
struct rk_pipeline_module {
	struct rk_module *module; /* without its bytes where there are many */
	struct rk_verdict verdict;
	bool forgiven;  /* refused, for reasons that the user does not count */
	bool condemned; /* has a finding that the user counts as an error */
};

void rk_pipeline_init(struct rk_pipeline *pipeline, const struct rk_machine *machine,
		      const struct rk_request *request);
void rk_pipeline_release(struct rk_pipeline *pipeline);

/* Root tree and target kernel. Each step does the ones before it if they are not done. */
RK_MUST_CHECK int rk_pipeline_kernel(struct rk_pipeline *pipeline, struct rk_error *err);

/* Toolchain and metadata that are there; metadata of origin NONE is no failure. */
RK_MUST_CHECK int rk_pipeline_find(struct rk_pipeline *pipeline, struct rk_error *err);

/* The steps of rk_pipeline_find() one by one, for who goes on after a failure: is Rust
 * on, which metadata is there, which toolchain fits it (or the kernel). */
RK_MUST_CHECK int rk_pipeline_rust(struct rk_pipeline *pipeline, struct rk_error *err);
RK_MUST_CHECK int rk_pipeline_metadata(struct rk_pipeline *pipeline,
				       struct rk_error *err);
RK_MUST_CHECK int rk_pipeline_toolchain(struct rk_pipeline *pipeline,
					struct rk_error *err);
/* What a build says that may make no metadata. Return: -RK_ENOTFOUND. */
int rk_pipeline_fail_metadata(const struct rk_pipeline *pipeline, struct rk_error *err);

struct rk_pipeline_prepare {
	unsigned int jobs;
	bool again;
};
/* Metadata, made if there is none. */
RK_MUST_CHECK int rk_pipeline_prepare(struct rk_pipeline *pipeline,
				      const struct rk_pipeline_prepare *prepare,
				      struct rk_error *err);

/* Metadata from an archive (rk_metadata_import()), unless KDIR has its own. */
RK_MUST_CHECK int rk_pipeline_import(struct rk_pipeline *pipeline, const char *path,
				     struct rk_error *err);

/* Metadata is there, or is made now if @prepare says so; else -RK_ENOTFOUND
 * (metadata-missing). */
RK_MUST_CHECK int rk_pipeline_require(struct rk_pipeline *pipeline, unsigned int jobs,
				      bool prepare, struct rk_error *err);

/**
 * rk_pipeline_build() - build a module folder and judge each .ko
 * @request: dir, jobs, verbose, make_args and the callback
 * @prepare: false: metadata that is missing is -RK_ENOTFOUND (metadata-missing)
 *
 * A failed build or a refused module is 0: look at build.make_status and the verdicts;
 * what make, rustc and modpost said and rkmod knows is in findings.
 */
RK_MUST_CHECK int rk_pipeline_build(struct rk_pipeline *pipeline,
				    const struct rk_build_request *request, bool prepare,
				    struct rk_error *err);

/* Judges files against the target kernel, beside each other (and beside the modules
 * that extra_symbols and KBUILD_EXTRA_SYMBOLS name). */
RK_MUST_CHECK int rk_pipeline_check(struct rk_pipeline *pipeline,
				    const struct rk_strv *paths, struct rk_error *err);

/* True if every module was accepted or is undecided, or counts as good, and make
 * succeeded. */
bool rk_pipeline_is_good(const struct rk_pipeline *pipeline);

#endif
