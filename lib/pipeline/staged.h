/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_STAGED_H
#define RK_PIPELINE_STAGED_H

#include "lib/pipeline/pipeline.h"
#include "lib/repo/staged.h"

/* How what is staged is to be checked. All borrowed. */
struct rk_staged_request {
	struct rk_staged *staged; /* what is not as in HEAD is marked in it */
	bool fmt;                 /* rustfmt --check on staged .rs files */
	bool anew;                /* look for no kept answer */
	bool prepare;             /* make Rust metadata that is missing */
	unsigned int jobs;
	const char *as; /* how the answer is printed: kept answers are told apart by it */
};

enum rk_staged_outcome {
	RK_STAGED_UNRELATED, /* nothing that a module is made from is to be committed */
	RK_STAGED_KEPT,      /* the same content was judged before: answer holds it */
	RK_STAGED_CHECKED,   /* look at the pipeline */
};

struct rk_staged_check {
	enum rk_staged_outcome outcome;
	struct rk_buf answer; /* RK_STAGED_KEPT: what was printed then */
	bool answer_good;     /* RK_STAGED_KEPT: and whether that was a yes */
	struct rk_buf output; /* what make and the compilers said, if a build failed */
	char *failed;         /* the folder in it whose build failed, absolute; or NULL */
	char *tree;           /* the private checkout: paths of modules begin with it */
	char *place;          /* of this repository and kernel */
	char *key;            /* what the answer is kept under */
	int lock_fd;          /* held until released */
};
void rk_staged_check_init(struct rk_staged_check *check);
void rk_staged_check_release(struct rk_staged_check *check);

/**
 * rk_pipeline_staged() - build what is staged in a private folder, and judge it
 *
 * Each folder that Kbuild would be called for is built in bubblewrap, everything
 * read-only but the private folder, no network; where bubblewrap cannot work, plainly,
 * which is said once. A failed build or a refused module is 0: look at
 * pipeline->build.make_status, the verdicts and pipeline->findings (not-formatted).
 */
RK_MUST_CHECK int rk_pipeline_staged(struct rk_pipeline *pipeline,
				     const struct rk_staged_request *request,
				     struct rk_staged_check *check, struct rk_error *err);

/**
 * rk_staged_keep() - keep what was printed for the same content
 * @good: false: printed again, it is a no again
 * A cache that cannot be written costs time, and is no error.
 */
void rk_staged_keep(const struct rk_staged_check *check, const char *text, size_t size,
		    bool good);

#endif
