/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_APT_H
#define RK_ROOT_APT_H

#include "lib/root/root.h"

/*
 * Only for lib/root: a private apt, which knows one Debian suite and its backports and
 * touches nothing of the machine's. Of the machine's own configuration it takes the
 * mirror and the settings for downloads (proxies and the like).
 */
struct rk_apt {
	char *dir;               /* holds all of it; removed by its owner */
	char *conf;              /* for APT_CONFIG */
	char *sources;           /* a sources.list, for mmdebstrap too */
	const char *mirror;      /* the request's */
	struct rk_strv settings; /* 'Acquire::X "v"', for mmdebstrap too */
};

struct rk_apt_request {
	const char *dir; /* exists, empty */
	const char *suite;
	const char *mirror;
	const char *arch; /* Debian's name */
};

/**
 * rk_apt_open() - write the configuration and fetch the lists of packages
 * @ret: rk_apt_release()
 * Return: 0, -RK_ETOOL (root-failed: apt failed; root-tool: no keyring),
 * -RK_EFORMAT (no such suite or mirror can be), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_apt_open(const struct rk_apt_request *request, struct rk_apt *ret,
			      struct rk_error *err);
void rk_apt_release(struct rk_apt *apt);

/* Paragraphs of these packages, all versions, the newest of each first; what does not
 * exist is left out. */
RK_MUST_CHECK int rk_apt_show(const struct rk_apt *apt, const struct rk_strv *names,
			      struct rk_buf *ret, struct rk_error *err);

/* The Debian mirror of the machine's own apt. Return: as rk_apt_pick_mirror(), and
 * -RK_ETOOL, -RK_ESYS. */
RK_MUST_CHECK int rk_apt_machine_mirror(char **ret, struct rk_error *err);

/* The first Debian mirror that is not the security one, from lines "URI|ORIGIN|LABEL".
 * Return: 0, -RK_ENOTFOUND, -RK_ENOMEM. */
RK_MUST_CHECK int rk_apt_pick_mirror(const char *lines, char **ret, struct rk_error *err);

/* The settings about downloads in what `apt-config dump` prints. */
RK_MUST_CHECK int rk_apt_pick_settings(const char *dump, struct rk_strv *ret,
				       struct rk_error *err);

#endif
