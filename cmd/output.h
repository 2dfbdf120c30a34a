/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_CMD_OUTPUT_H
#define RK_CMD_OUTPUT_H

#include "cmd/cmd.h"
#include "lib/base/json.h"
#include "lib/pipeline/pipeline.h"

/* Text and JSON in one place: commands build data, this prints it. */

/* Prints @value on stdout as indented JSON with a newline. Takes it over. */
enum rk_exit rk_output_json(const struct rk_app *app, struct rk_json *value);

/* A result line on stdout: nothing in JSON format. */
void rk_output_text(const struct rk_app *app, const char *fmt, ...) RK_PRINTF(2, 3);

/* A table: rows of the same number of cells, the first is the heading; columns aligned.
 */
void rk_output_table(const struct rk_app *app, const struct rk_strv *rows, size_t n_rows);

/* Errors and warnings, notes with -v; indented. */
void rk_output_findings(const struct rk_app *app, const struct rk_findings *findings);
/* Notes too, not indented. */
void rk_output_all_findings(const struct rk_app *app, const struct rk_findings *findings);

/* The verdicts of a pipeline's modules: a line each, then findings. */
void rk_output_modules(const struct rk_app *app, const struct rk_pipeline *pipeline);

/* The same as the member "modules": [...] of an object. */
void rk_output_json_modules(struct rk_json *to, const struct rk_pipeline *pipeline);
/* Adds the items of a text with a JSON value on each line to an array. */
RK_MUST_CHECK int rk_output_json_lines(struct rk_json *to, const char *lines,
				       struct rk_error *err);
void rk_output_json_findings(struct rk_json *to, const struct rk_findings *findings);
void rk_output_json_kernel(struct rk_json *to, const struct rk_kernel *kernel);
void rk_output_json_toolchain(struct rk_json *to, const struct rk_toolchain *toolchain);
void rk_output_json_metadata(struct rk_json *to, const struct rk_metadata *metadata);

/* The sink for rk_log_to(): steps and warnings on stderr, progress on a terminal. */
struct rk_log_event;
void rk_output_log(void *data, const struct rk_log_event *event);

/* A line that make or a compiler printed, on stderr: what went to stderr always, the
 * steps on a terminal or with -v. */
void rk_output_tool_line(void *app, const char *line, size_t len, bool is_stderr);

#endif
