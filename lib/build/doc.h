/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BUILD_DOC_H
#define RK_BUILD_DOC_H

#include "lib/build/build.h"

/* The command that Kbuild kept for an object. */
struct rk_saved_command {
	struct rk_strv env;  /* "OBJTREE=..." before it */
	struct rk_strv argv; /* [0]: the compiler */
};
void rk_saved_command_release(struct rk_saved_command *command);

/**
 * rk_saved_command_parse() - take apart a .NAME.o.cmd
 *
 * Words as a shell and make read them: quotes, backslashes, "$$", "$(pound)". It ends at
 * a ';', '&' or '|' outside of quotes. Untrusted text.
 * Return: 0, -RK_EFORMAT, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_saved_command_parse(const char *text, struct rk_saved_command *ret,
					 struct rk_error *err);

struct rk_build_doc {
	const char *dir; /* as in rk_build_request: a build of it went well */
	const char *top;
	const char *root; /* crate root below dir: "main.rs" */
	const char *out;  /* folder that takes the pages; exists, host path */
	void (*on_line)(void *data, const char *line, size_t len, bool is_stderr);
	void *data;
};

/**
 * rk_build_doc() - rustdoc for one crate, by the command that compiled it
 * @ret_status: rustdoc's
 * Return: 0, -RK_ENOTFOUND (rustdoc-missing; no such object was built), -RK_EFORMAT, as
 * rk_root_run().
 */
RK_MUST_CHECK int rk_build_doc(const struct rk_machine *machine,
			       const struct rk_build_input *input,
			       const struct rk_build_doc *doc, int *ret_status,
			       struct rk_error *err);

#endif
