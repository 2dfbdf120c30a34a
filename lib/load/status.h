/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_LOAD_STATUS_H
#define RK_LOAD_STATUS_H

#include <stdint.h>

#include "lib/base/machine.h"
#include "lib/base/strv.h"

enum rk_same {
	RK_SAME_UNKNOWN, /* no file is known, or one of them has no build-id */
	RK_SAME_YES,
	RK_SAME_NO,
};

/* What /sys/module tells of a loaded module. */
struct rk_status {
	char *name;
	char *state;        /* "live", "coming", "going" */
	int64_t size;       /* bytes, -1 unknown */
	int64_t references; /* -1 unknown: the kernel cannot unload modules */
	struct rk_strv holders;
	struct rk_strv parameters; /* "name=value"; a name alone cannot be read by us */
	char *taint;               /* letters, "" if none */
	char *build_id;            /* hex digits, "" if none */
	char *path;        /* of the file it came from as far as is known, or NULL */
	enum rk_same same; /* does the file have that build-id */
};

/* One loaded module; '-' and '_' in @name are one. Return: 0, -RK_ENOTFOUND (not loaded:
 * module-not-loaded), -RK_ENOMEM. */
RK_MUST_CHECK int rk_status_read(const struct rk_machine *machine, const char *name,
				 struct rk_status *ret, struct rk_error *err);
/* Fills path and same. @file: NULL: the one that rkmod loaded for this user, or else that
 * of the module folder. Return: 0, -RK_ESYS, -RK_ENOMEM. */
RK_MUST_CHECK int rk_status_compare(const struct rk_machine *machine, const char *file,
				    struct rk_status *status, struct rk_error *err);
void rk_status_release(struct rk_status *status);

/* The names of loaded modules, sorted; @all: also the kernel's own. */
RK_MUST_CHECK int rk_status_list(const struct rk_machine *machine, bool all,
				 struct rk_strv *ret, struct rk_error *err);

#endif
