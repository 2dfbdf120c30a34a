/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_CMD_FOLDER_H
#define RK_CMD_FOLDER_H

#include "cmd/cmd.h"

/* Commands that build one folder: options, at most one DIR, the settings, then the work.
 */
struct rk_folder {
	struct rk_common common;
	unsigned int jobs; /* 0: not given */
	const char *dir;   /* as given, "." if not */
};

enum {
	RK_FOLDER_NO_PREPARE = 511,
};
/* A row of such a command's options; -j is one of its own words. */
#define RK_FOLDER_NO_PREPARE_ROW                                                         \
	{                                                                                \
		"no-prepare", RK_FOLDER_NO_PREPARE, NULL,                                \
			"do not make Rust metadata that is missing"                      \
	}

struct rk_folder_command {
	const struct rk_cmd *cmd;
	/* An option other than -j and --no-prepare: false after saying what is wrong.
	 * NULL: there is none. */
	bool (*take)(void *data, int option);
	enum rk_exit (*work)(struct rk_app *app, const struct rk_folder *folder,
			     const struct rk_request *request, void *data);
	void *data; /* the command's own options */
};

enum rk_exit rk_folder_run(struct rk_app *app, int argc, char **argv,
			   const struct rk_folder_command *command);

#endif
