/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_CMD_ANNOTATE_H
#define RK_CMD_ANNOTATE_H

#include "cmd/cmd.h"
#include "lib/pipeline/pipeline.h"

/*
 * --format github and --format gitlab: what was found, as notes at the lines of a change.
 * They are made as a text of lines, one each: workflow commands, or JSON objects.
 */
struct rk_annotation {
	enum rk_severity severity;
	const char *path; /* from the repository's top; NULL: it has no place */
	size_t line;      /* 0: not known */
	const char *code;
	const char *what;
	const char *more; /* why and what to do, lines; "" */
};

/* What a run left. All borrowed. */
struct rk_annotate {
	const struct rk_pipeline *pipeline;
	const char *output; /* of the compilers, places named from @top; "" if none */
	const char *top;    /* absolute: sources of modules are looked for below */
	const char *dir;    /* absolute, below @top: where what has no place belongs */
};

bool rk_annotate_is_asked(const struct rk_app *app);
/* Adds a line. */
void rk_annotate_one(const struct rk_app *app, const struct rk_annotation *annotation,
		     struct rk_buf *ret);
/* Adds errors and warnings, notes with -v, with -q errors alone. */
RK_MUST_CHECK int rk_annotate(const struct rk_app *app, const struct rk_annotate *from,
			      struct rk_buf *ret, struct rk_error *err);
/**
 * rk_annotate_hear() - keep a line of a compiler, its place named from the top
 * @output: of at most a megabyte; what comes then is left out. Failed if memory ran out.
 */
void rk_annotate_hear(const struct rk_request *request, const char *line, size_t len,
		      struct rk_buf *output);
/* Those of a pipeline with a request. @output: what was heard, or NULL. */
RK_MUST_CHECK int rk_annotate_pipeline(const struct rk_app *app,
				       const struct rk_pipeline *pipeline,
				       const struct rk_buf *output, struct rk_buf *ret,
				       struct rk_error *err);
/* The same, printed. */
enum rk_exit rk_annotate_answer(const struct rk_app *app,
				const struct rk_pipeline *pipeline,
				const struct rk_buf *output);
/* Prints lines: GitHub's as they are, GitLab's as one array. */
enum rk_exit rk_annotate_print(const struct rk_app *app, const char *lines);

#endif
