/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_REQUEST_INTERNAL_H
#define RK_REQUEST_INTERNAL_H

#include "lib/request/request.h"

/* What one origin asks for; strings are owned, NULL where it says nothing. */
struct rk_layer {
	char *values[RK_N_SETTINGS];
};
void rk_layer_release(struct rk_layer *layer);

/* Settings whose value in rkmod.json is true or false, not a text. */
bool rk_setting_is_bool(enum rk_setting_name name);

/**
 * rk_request_read_file() - what an rkmod.json asks for
 * @dir:   where it lies; a relative root is relative to this
 * @layer: filled
 * @ret:   its path; NULL if there is none, which is no failure
 * Return: as rk_request_init().
 */
RK_MUST_CHECK int rk_request_read_file(const char *dir, struct rk_layer *layer,
				       char **ret, struct rk_error *err);

/* The same for its text; @path is for messages. */
RK_MUST_CHECK int rk_request_parse_file(const char *path, const char *text, size_t size,
					struct rk_layer *layer, struct rk_error *err);

#endif
