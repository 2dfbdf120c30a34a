/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_DKMS_H
#define RK_PIPELINE_DKMS_H

#include "lib/pipeline/pipeline.h"

/* A dkms.conf that lets dkms(8) build a folder through rkmod. */
struct rk_dkms_request {
	const char *dir;             /* absolute */
	const struct rk_strv *paths; /* its modules, host paths below @dir */
	const char *name;            /* PACKAGE_NAME; NULL: the module's if there is
					one, else the folder's */
	const char *version;         /* PACKAGE_VERSION; NULL: the first module's own,
					else "0.1" */
	bool replace;                /* one that is there, and says something else */
};

struct rk_dkms_result {
	char *path; /* of the file */
	char *name;
	char *version;
	struct rk_strv names;     /* of the modules, without ".ko" */
	struct rk_strv locations; /* as many: below dir, "" or "sub/" */
	bool unchanged;           /* it was there with the same text */
};
void rk_dkms_result_release(struct rk_dkms_result *result);

/**
 * rk_dkms_write() - write dir/dkms.conf
 * @result: rk_dkms_result_release(), whatever is returned
 *
 * Written aside and renamed.
 * Return: 0, -RK_EREFUSED (dkms-exists; dkms-name: what dkms or its shell would not take;
 * dkms-nothing: no modules), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_dkms_write(const struct rk_dkms_request *request,
				struct rk_dkms_result *result, struct rk_error *err);

#endif
