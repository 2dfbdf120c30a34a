/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BUILD_FORMAT_H
#define RK_BUILD_FORMAT_H

#include "lib/finding/finding.h"
#include "lib/root/root.h"

/*
 * rustfmt, a file at a time: given a path it would follow its modules to files that
 * nobody asked about. Settings are those of the nearest rustfmt.toml or .rustfmt.toml in
 * the file's folder or above; where it names no edition, the kernel's 2021.
 */
struct rk_format_request {
	const struct rk_root *root;
	const char *rustc; /* inside; the rustfmt beside it is taken first */
	const char *tree; /* absolute; what is above it is not looked at in a root tree */
	bool staged;      /* findings say that the file is to be added again */
};

bool rk_format_is_rust(const char *path); /* *.rs */

/**
 * rk_format_find() - the rustfmt that belongs to a rustc
 * @ret: inside; NULL if there is none, which is no failure; free() it
 */
RK_MUST_CHECK int rk_format_find(const struct rk_format_request *request, char **ret,
				 struct rk_error *err);

enum rk_format_answer {
	RK_FORMAT_SAME,
	RK_FORMAT_OTHER,   /* rustfmt would write it in another way */
	RK_FORMAT_UNKNOWN, /* it cannot be parsed: the compiler says the same better */
};

struct rk_format_result {
	enum rk_format_answer answer;
	size_t line;        /* RK_FORMAT_OTHER: the first that differs, from 1 */
	struct rk_buf text; /* the whole file as it should be; not if UNKNOWN */
	struct rk_buf said; /* rustfmt's own words */
};
void rk_format_result_release(struct rk_format_result *result);

/**
 * rk_format_file() - what rustfmt makes of a file
 * @rustfmt: from rk_format_find()
 * @path:    of a regular file below the tree, relative
 * @result:  rk_format_result_release(), whatever is returned
 *
 * The file is not written. Ends of lines are as in its first one.
 * Return: 0, -RK_ETOOL (rustfmt cannot be run), -RK_EREFUSED (no regular file),
 * -RK_ENOTFOUND, -RK_EFORMAT (more than 16 MiB), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_format_file(const struct rk_format_request *request,
				 const char *rustfmt, const char *path,
				 struct rk_format_result *result, struct rk_error *err);

/* The same, and a file that differs is a finding: not-formatted, with the line. */
RK_MUST_CHECK int rk_format_check(const struct rk_format_request *request,
				  const char *rustfmt, const char *path,
				  struct rk_findings *findings, struct rk_error *err);

/* Puts result.text in the file's place, at once; its mode stays, the umask applies. */
RK_MUST_CHECK int rk_format_write(const struct rk_format_request *request,
				  const char *path, const struct rk_format_result *result,
				  struct rk_error *err);

/* ---- its parts, for tests ---- */

/* Whether the text of a rustfmt.toml names an edition. */
bool rk_format_names_edition(const char *toml);
/* The first line in which two texts differ, from 1. */
size_t rk_format_first_line(const struct rk_buf *a, const struct rk_buf *b);
/* Gives @text the ends of lines that @like has in its first one. */
RK_MUST_CHECK int rk_format_end_lines(struct rk_buf *text, const struct rk_buf *like,
				      struct rk_error *err);

#endif
