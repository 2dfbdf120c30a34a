/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_DOCTOR_H
#define RK_PIPELINE_DOCTOR_H

#include "lib/pipeline/pipeline.h"

/*
 * What stands between a folder and a loaded module, found without building. Each line
 * comes from what a build itself asks first, in a build's order: the first line that
 * blocks the build has the code that the build would fail with.
 */
enum rk_doctor_state {
	RK_DOCTOR_BLOCKS,
	RK_DOCTOR_WARNING,
	RK_DOCTOR_NOTE,
	RK_DOCTOR_OK,
};
/* "blocks", "warning", "note", "ok" */
const char *rk_doctor_state_name(enum rk_doctor_state state);

/* What a line is about, and so what it blocks. */
enum rk_doctor_step {
	RK_DOCTOR_BUILD,   /* rkmod build ends before rustc is run */
	RK_DOCTOR_COMPILE, /* rustc, the C compiler or the linker will fail */
	RK_DOCTOR_LOAD,    /* the running kernel will not take the module */
	RK_DOCTOR_TRY,     /* rkmod vm */
};
const char *rk_doctor_step_name(enum rk_doctor_step step); /* "build", "compile", ... */

struct rk_doctor_line {
	enum rk_doctor_state state;
	enum rk_doctor_step step;
	const char *topic; /* "kernel", "rustc", ...; static */
	const char *code; /* of the catalogue, NULL for what is as it should be; static */
	char *what;
	char *why;  /* "" if what says it all */
	char *cure; /* "" if there is nothing to do */
};

struct rk_doctor {
	struct rk_doctor_line *lines; /* what blocks first comes first */
	size_t n_lines;
	bool failed; /* memory ran out */
};

/**
 * rk_doctor_run() - look at everything
 * @pipeline: new; keeps what was found
 * @ret:      rk_doctor_release(), whatever is returned
 *
 * Nothing is run but --version of programs (cached). What cannot be found out is a line.
 * Return: 0, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_doctor_run(struct rk_pipeline *pipeline, struct rk_doctor *ret,
				struct rk_error *err);
void rk_doctor_release(struct rk_doctor *doctor);

/* A build would get to the compiler. */
bool rk_doctor_is_ready(const struct rk_doctor *doctor);

#endif
