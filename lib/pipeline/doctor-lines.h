/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_DOCTOR_LINES_H
#define RK_PIPELINE_DOCTOR_LINES_H

#include "lib/pipeline/doctor.h"

/* Between the files of rkmod doctor. */

/* What is being looked at. */
struct rk_doctor_look {
	struct rk_pipeline *pipeline;
	struct rk_doctor *doctor;
	const struct rk_root *keys; /* has the machine's own keys; NULL: pipeline->root */
};

/**
 * rk_doctor_add() - one line
 * @code: in the catalogue, or NULL
 * Return: the line, valid until the next addition; on lack of memory a dummy.
 */
struct rk_doctor_line *rk_doctor_add(struct rk_doctor_look *look,
				     enum rk_doctor_state state, enum rk_doctor_step step,
				     const char *topic, const char *code, const char *fmt,
				     ...) RK_PRINTF(6, 7);
void rk_doctor_why(struct rk_doctor_look *look, struct rk_doctor_line *line,
		   const char *fmt, ...) RK_PRINTF(3, 4);
void rk_doctor_cure(struct rk_doctor_look *look, struct rk_doctor_line *line,
		    const char *fmt, ...) RK_PRINTF(3, 4);
/* A failure as a line, with its cure. */
struct rk_doctor_line *rk_doctor_add_error(struct rk_doctor_look *look,
					   enum rk_doctor_state state,
					   enum rk_doctor_step step, const char *topic,
					   const struct rk_error *error);

/* doctor-build.c: everything that rkmod build asks before it runs make, and what make
 * will run */
void rk_doctor_look_at_build(struct rk_doctor_look *look);
/* doctor-around.c: environment, rust-toolchain, rkmod vm */
void rk_doctor_look_around(struct rk_doctor_look *look);
/* doctor-source.c: what this kernel's module! will say to the sources */
void rk_doctor_look_at_source(struct rk_doctor_look *look);
/* doctor-load.c: the running kernel's rules */
void rk_doctor_look_at_load(struct rk_doctor_look *look);

#endif
