/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/strv.h"
#include "lib/metadata/check.h"
#include "lib/root/distro.h"

enum {
	MAX_SHOWN = 4, /* differing lines in a message */
	MAX_NEEDS = 4, /* packages for one symbol */
};

/* A symbol that Kconfig asks a program about, and what brings that program. */
static const struct probe {
	const char *prefix; /* of the symbol, without CONFIG_ */
	struct rk_need needs[MAX_NEEDS];
	size_t n_needs;
} probes[] = {
	{"OPENSSL_", {{RK_NEED_PROGRAM, "openssl"}}, 1},
	{"PAHOLE_", {{RK_NEED_PROGRAM, "pahole"}}, 1},
	{"DEBUG_INFO_BTF", {{RK_NEED_PROGRAM, "pahole"}}, 1},
	{"RUST",
	 {{RK_NEED_RUSTC, NULL},
	  {RK_NEED_RUST_SRC, NULL},
	  {RK_NEED_BINDGEN, NULL},
	  {RK_NEED_PROGRAM, "libclang-dev"}},
	 4},
	{"BINDGEN", {{RK_NEED_BINDGEN, NULL}, {RK_NEED_PROGRAM, "libclang-dev"}}, 2},
	{"GENDWARFKSYMS", {{RK_NEED_PROGRAM, "libdw-dev"}}, 1},
};

static bool is_tolerated(const char *line)
{
	static const char end[] = "_VERSION_TEXT";
	size_t len = strcspn(line, "= ");

	if (len == strlen("CONFIG_PAHOLE_VERSION") &&
	    strncmp(line, "CONFIG_PAHOLE_VERSION", len) == 0)
		return true;
	return len > sizeof(end) - 1 &&
	       strncmp(line + len - (sizeof(end) - 1), end, sizeof(end) - 1) == 0;
}

/* "CONFIG_X=..." or "# CONFIG_X ...": where the symbol starts, NULL if no such line. */
static const char *symbol_of(const char *line)
{
	if (strncmp(line, "# ", 2) == 0)
		line += 2;
	return strncmp(line, "CONFIG_", 7) == 0 ? line : NULL;
}

/* The lines that count, sorted. Borrows nothing. */
static int collect(const char *text, struct rk_strv *ret, struct rk_error *err)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		cleanup_free char *line = strndup(text, len);
		const char *symbol;

		if (!line)
			return rk_error_nomem(err);
		symbol = symbol_of(line);
		if (symbol && !is_tolerated(symbol))
			rk_strv_add(ret, line);
		text += len;
		text += *text == '\n';
	}
	rk_strv_sort(ret);
	return rk_strv_check(ret, err);
}

struct difference {
	struct rk_buf text;        /* the first lines */
	const char *symbol;        /* the first one, without CONFIG_; borrowed */
	const struct probe *probe; /* what decides one of them, or NULL */
	size_t n;
};

static void note(struct difference *difference, char sign, const char *line)
{
	const char *symbol = symbol_of(line) + strlen("CONFIG_");

	if (difference->n++ < MAX_SHOWN)
		rk_buf_addf(&difference->text, "%s%c%s", difference->n > 1 ? ", " : "",
			    sign, line);
	if (!difference->symbol)
		difference->symbol = symbol;
	for (size_t i = 0; i < RK_ARRAY_LEN(probes) && !difference->probe; i++)
		if (strncmp(symbol, probes[i].prefix, strlen(probes[i].prefix)) == 0)
			difference->probe = &probes[i];
}

/* Walks two sorted lists beside each other. */
static void compare(const struct rk_strv *wanted, const struct rk_strv *got,
		    struct difference *difference)
{
	size_t i = 0;
	size_t k = 0;

	while (i < wanted->n_items || k < got->n_items) {
		int order = i == wanted->n_items ? 1
			    : k == got->n_items  ? -1
						: strcmp(wanted->items[i], got->items[k]);

		if (order < 0)
			note(difference, '-', wanted->items[i]);
		else if (order > 0)
			note(difference, '+', got->items[k]);
		i += order <= 0;
		k += order >= 0;
	}
}

static int refuse(const struct rk_kernel *kernel, const struct difference *difference,
		  struct rk_error *err)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *advice = NULL;

	rk_error_set(
		err, RK_EREFUSED,
		"the source makes another configuration than that of %s (differing lines: %zu): %s",
		kernel->release, difference->n, rk_buf_str(&difference->text));
	if (difference->probe &&
	    rk_distro_advice(kernel->root, difference->probe->needs,
			     difference->probe->n_needs, &advice, &ignored) == 0)
		return rk_error_cure(
			err, "source-config",
			"%s (a program that the configuration asks is missing or of another version)",
			advice);
	return rk_error_cure(
		err, "source-config",
		"install the compiler, linker and tools that the kernel was built with (%s)",
		kernel->cc_text);
}

static int refuse_empty(const struct rk_kernel *kernel, struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED, "the configuration of %s is empty",
		     kernel->release);
	return rk_error_cure(err, "source-config", "install the headers package again");
}

int rk_check_config(const struct rk_kernel *kernel, const char *wanted, const char *got,
		    struct rk_error *err)
{
	cleanup_strv struct rk_strv wanted_lines = RK_STRV_INIT;
	cleanup_strv struct rk_strv got_lines = RK_STRV_INIT;
	struct difference difference = {.text = RK_BUF_INIT};
	int r = 0;

	if (collect(wanted, &wanted_lines, err) < 0 || collect(got, &got_lines, err) < 0)
		return -(int)err->code;
	compare(&wanted_lines, &got_lines, &difference);
	if (difference.n)
		r = refuse(kernel, &difference, err);
	else if (!wanted_lines.n_items)
		r = refuse_empty(kernel, err);
	rk_buf_release(&difference.text);
	return r;
}
