/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_KCONFIG_H
#define RK_KERNEL_KCONFIG_H

#include "lib/base/buf.h"

/* A kernel's .config or include/config/auto.conf. */
struct rk_kconfig;

/**
 * rk_kconfig_parse() - read "CONFIG_X=value" and "# CONFIG_X is not set"
 * Anything else that is not a comment or blank is -RK_EFORMAT with its line.
 * The last of two lines for one symbol counts, as in make.
 */
RK_MUST_CHECK int rk_kconfig_parse(const char *text, size_t size, struct rk_kconfig **ret,
				   struct rk_error *err);
void rk_kconfig_free(struct rk_kconfig *config); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_kconfig *, rk_kconfig_free);

/* @name with "CONFIG_". The value, quotes of a string removed; NULL if not set at all or
 * "is not set". Borrowed. */
const char *rk_kconfig_get(const struct rk_kconfig *config, const char *name);
bool rk_kconfig_is_yes(const struct rk_kconfig *config, const char *name);
/* There is a line for it, be it "is not set". */
bool rk_kconfig_mentions(const struct rk_kconfig *config, const char *name);
/* Decimal or hexadecimal; @fallback if not set or no number. */
long rk_kconfig_number(const struct rk_kconfig *config, const char *name, long fallback);

/**
 * rk_kconfig_diff() - the first lines in which two configurations differ
 * @ignore: called with a name; true: this one may differ
 * @report: called for each difference (NULL value: not set)
 * Return: the number of differences.
 */
size_t rk_kconfig_diff(const struct rk_kconfig *a, const struct rk_kconfig *b,
		       bool (*ignore)(const char *name),
		       void (*report)(void *data, const char *name, const char *value_a,
				      const char *value_b),
		       void *data);

#endif
