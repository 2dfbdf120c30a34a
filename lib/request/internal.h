/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_REQUEST_INTERNAL_H
#define RK_REQUEST_INTERNAL_H

#include "lib/request/request.h"

/* What one origin asks for; strings are owned, NULL where it says nothing. */
struct rk_layer {
	char *values[RK_N_SETTINGS];
};
void rk_layer_release(struct rk_layer *layer);

/* How a value stands in rkmod.json; kept as one text all the same. */
enum rk_setting_kind {
	RK_SETTING_IS_TEXT,
	RK_SETTING_IS_BOOL, /* true or false */
	RK_SETTING_IS_LIST, /* of texts without blanks; kept with blanks between */
	RK_SETTING_IS_MAP,  /* of codes to severities; kept as "CODE=SEVERITY ..." */
};
enum rk_setting_kind rk_setting_kind(enum rk_setting_name name);

/**
 * rk_request_read_file() - what an rkmod.json asks for
 * @dir:   where it lies; a relative root is relative to this
 * @layer: filled
 * @ret:   its path; NULL if there is none, which is no failure
 * Return: as rk_request_init().
 */
RK_MUST_CHECK int rk_request_read_file(const char *dir, struct rk_layer *layer,
				       char **ret, struct rk_error *err);

/* The same for the text of one that is staged; @ret tells it from the one that lies
 * there. */
RK_MUST_CHECK int rk_request_take_file(const char *dir, const struct rk_buf *text,
				       struct rk_layer *layer, char **ret,
				       struct rk_error *err);

/* The same for its text; @path is for messages. */
RK_MUST_CHECK int rk_request_parse_file(const char *path, const char *text, size_t size,
					struct rk_layer *layer, struct rk_error *err);

#endif
