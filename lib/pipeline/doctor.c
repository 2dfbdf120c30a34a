/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/pipeline/doctor-lines.h"

const char *rk_doctor_state_name(enum rk_doctor_state state)
{
	static const char *const names[] = {"blocks", "warning", "note", "ok"};

	return names[state];
}

const char *rk_doctor_step_name(enum rk_doctor_step step)
{
	static const char *const names[] = {"build", "compile", "load", "try"};

	return names[step];
}

/* ---- lines ---- */

static void release_line(struct rk_doctor_line *line)
{
	free(line->what);
	free(line->why);
	free(line->cure);
	memset(line, 0, sizeof(*line));
}

void rk_doctor_release(struct rk_doctor *doctor)
{
	for (size_t i = 0; i < doctor->n_lines; i++)
		release_line(&doctor->lines[i]);
	free(doctor->lines);
	memset(doctor, 0, sizeof(*doctor));
}

static void RK_PRINTF(3, 0)
	set_text(struct rk_doctor_look *look, char **text, const char *fmt, va_list args)
{
	char *made = NULL;

	if (vasprintf(&made, fmt, args) < 0) {
		look->doctor->failed = true;
		return;
	}
	free(*text);
	*text = made;
}

static void set_empty(struct rk_doctor_look *look, char **text)
{
	*text = strdup("");
	if (!*text)
		look->doctor->failed = true;
}

struct rk_doctor_line *rk_doctor_add(struct rk_doctor_look *look,
				     enum rk_doctor_state state, enum rk_doctor_step step,
				     const char *topic, const char *code, const char *fmt,
				     ...)
{
	static struct rk_doctor_line dummy;
	struct rk_doctor *doctor = look->doctor;
	struct rk_doctor_line *lines =
		reallocarray(doctor->lines, doctor->n_lines + 1, sizeof(*lines));
	struct rk_doctor_line *line;
	va_list args;

	if (!lines) {
		doctor->failed = true;
		release_line(&dummy);
		return &dummy;
	}
	doctor->lines = lines;
	line = &lines[doctor->n_lines++];
	*line = (struct rk_doctor_line){
		.state = state, .step = step, .topic = topic, .code = code};
	va_start(args, fmt);
	set_text(look, &line->what, fmt, args);
	va_end(args);
	set_empty(look, &line->why);
	set_empty(look, &line->cure);
	return line;
}

void rk_doctor_why(struct rk_doctor_look *look, struct rk_doctor_line *line,
		   const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_text(look, &line->why, fmt, args);
	va_end(args);
}

void rk_doctor_cure(struct rk_doctor_look *look, struct rk_doctor_line *line,
		    const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_text(look, &line->cure, fmt, args);
	va_end(args);
}

struct rk_doctor_line *rk_doctor_add_error(struct rk_doctor_look *look,
					   enum rk_doctor_state state,
					   enum rk_doctor_step step, const char *topic,
					   const struct rk_error *error)
{
	struct rk_doctor_line *line =
		rk_doctor_add(look, state, step, topic, error->id ? error->id : "failed",
			      "%s", error->msg);

	if (error->cure[0])
		rk_doctor_cure(look, line, "%s", error->cure);
	return line;
}

/* ---- the whole ---- */

/* What blocks, by what it blocks; the rest as it was looked at. */
static int rank(const struct rk_doctor_line *line)
{
	if (line->state == RK_DOCTOR_BLOCKS)
		return (int)line->step;
	return RK_DOCTOR_TRY + 1 + (int)line->state;
}

/* By insertion: stable, and there are few. */
static void sort(struct rk_doctor *doctor)
{
	for (size_t i = 1; i < doctor->n_lines; i++) {
		struct rk_doctor_line line = doctor->lines[i];
		size_t to = i;

		for (; to > 0 && rank(&doctor->lines[to - 1]) > rank(&line); to--)
			doctor->lines[to] = doctor->lines[to - 1];
		doctor->lines[to] = line;
	}
}

int rk_doctor_run(struct rk_pipeline *pipeline, struct rk_doctor *ret,
		  struct rk_error *err)
{
	struct rk_doctor_look look = {.pipeline = pipeline, .doctor = ret};

	memset(ret, 0, sizeof(*ret));
	rk_doctor_look_at_build(&look);
	rk_doctor_look_at_source(&look);
	rk_doctor_look_around(&look);
	rk_doctor_look_at_load(&look);
	if (ret->failed)
		return rk_error_nomem(err);
	sort(ret);
	return 0;
}

bool rk_doctor_is_ready(const struct rk_doctor *doctor)
{
	for (size_t i = 0; i < doctor->n_lines; i++)
		if (doctor->lines[i].state == RK_DOCTOR_BLOCKS &&
		    doctor->lines[i].step == RK_DOCTOR_BUILD)
			return false;
	return true;
}
