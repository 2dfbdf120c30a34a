/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_STAGED_RUN_H
#define RK_PIPELINE_STAGED_RUN_H

#include "lib/base/crypto.h"
#include "lib/finding/recognise.h"
#include "lib/pipeline/staged.h"

/*
 * One check of what is staged on its way, for the files staged*.c of this folder.
 *
 * CACHE/staged/<repository>-<kernel>/
 *   lock        held while the rest is used
 *   tree/       a checkout of what is staged, and what was built in it
 *   index, asked, objects/, whole    lib/repo's
 *   inputs      of the last build that went through: a hash of their contents, then what
 *               it read, a path a line
 *   answers/    what was printed for a content
 *   said-*      what is said once
 */
struct rk_staged_run {
	struct rk_pipeline *pipeline;
	const struct rk_staged_request *request;
	struct rk_staged_check *check;
	struct rk_strv inputs;          /* of the last build that went through; sorted */
	bool has_inputs;                /* there was one */
	char built[RK_SHA256_HEX_SIZE]; /* the hash of what their contents were */
	struct rk_recogniser *recogniser; /* of what the tools say */
	const char *dir;                  /* of the module that is being built */
};

/* Warns of something the first time it happens in this place. @name: said-* */
void rk_staged_say_once(const struct rk_staged_run *run, const char *name,
			const char *text);

/* A staged .rs file that is to be shown to rustfmt. */
bool rk_staged_wants_format(const struct rk_staged_run *run,
			    const struct rk_staged_entry *entry);

/* @ret: as of rk_format_find() */
RK_MUST_CHECK int rk_staged_find_rustfmt(const struct rk_staged_run *run, char **ret,
					 struct rk_error *err);

/* ---- staged-inputs.c: what modules are made from ---- */

/* Those of the last build that went through, if there was one. */
RK_MUST_CHECK int rk_staged_inputs_read(struct rk_staged_run *run, struct rk_error *err);
/* Those of the build that has just gone through. @inputs: taken over, left empty */
RK_MUST_CHECK int rk_staged_inputs_take(struct rk_staged_run *run, struct rk_strv *inputs,
					struct rk_error *err);
/* What a build that failed would have read is not known: then everything counts. */
void rk_staged_inputs_forget(struct rk_staged_run *run);

/* A hash of the contents of all inputs, as they are staged. */
RK_MUST_CHECK int rk_staged_inputs_hash(const struct rk_staged_run *run,
					char ret[RK_SHA256_HEX_SIZE],
					struct rk_error *err);

/**
 * rk_staged_inputs_compare() - what of it the commit changes
 * @ret: false: nothing of what was built last and went well has changed since, and the
 *       commit touches none of it
 */
RK_MUST_CHECK int rk_staged_inputs_compare(struct rk_staged_run *run, bool *ret,
					   struct rk_error *err);

/* ---- staged-answer.c: what was printed for a content ---- */

/* Gives the check the key of its answer, by the inputs that are known now. */
RK_MUST_CHECK int rk_staged_answer_name(struct rk_staged_run *run, struct rk_error *err);
/* @ret: whether the same content was judged before: the check has its answer */
RK_MUST_CHECK int rk_staged_answer_find(struct rk_staged_run *run, bool *ret,
					struct rk_error *err);

/* ---- staged-build.c: a checkout, and make in it ---- */

/* The tree becomes a checkout of what is staged. */
RK_MUST_CHECK int rk_staged_check_out(const struct rk_staged_run *run,
				      struct rk_error *err);
/* All folders that Kbuild would be called for, until one fails; judges the modules. */
RK_MUST_CHECK int rk_staged_build(struct rk_staged_run *run, struct rk_error *err);

#endif
