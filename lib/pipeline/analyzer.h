/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_ANALYZER_H
#define RK_PIPELINE_ANALYZER_H

#include "lib/base/json.h"
#include "lib/pipeline/pipeline.h"

struct rk_analyzer_result {
	struct rk_json *project; /* what rust-project.json holds */
	struct rk_strv roots;    /* of the module: crate roots, absolute, sorted */
	size_t n_crates;
	char *sources; /* the kernel's Rust sources: folder above rust/, host path */
	char *library; /* rustc's: folder of core/, host path */
};
void rk_analyzer_result_release(struct rk_analyzer_result *result);

/**
 * rk_pipeline_analyzer() - what rust-analyzer has to know of a module's folder
 * @prepare: make metadata that is missing
 *
 * As the kernel's scripts/generate_rust_analyzer.py writes it, from the kernel's sources,
 * its metadata and rustc's library; no make and no bindgen. Paths are the host's.
 * Return: 0, -RK_ENOTFOUND (sources-missing; rust-src-missing; no-rust: the folder's
 * makefile names no .rs file), as rk_pipeline_require().
 */
RK_MUST_CHECK int rk_pipeline_analyzer(struct rk_pipeline *pipeline, unsigned int jobs,
				       bool prepare, struct rk_analyzer_result *result,
				       struct rk_error *err);

/* ---- its parts, for tests ---- */

/* The words of `NAME := \` and its continued lines in rust/Makefile, those with '$' left
 * out: "core-cfgs", "zerocopy-envs". Adds none if there is no such variable. */
void rk_analyzer_words(const char *makefile, const char *name, struct rk_strv *ret);
/* "2024" of a Cargo.toml; "2021" if it does not say. @ret: 8 bytes */
void rk_analyzer_edition(const char *toml, char ret[8]);

#endif
