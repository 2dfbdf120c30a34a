/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/kernel/internal.h"

enum { MAKEFILE_LIMIT = 4 << 20 };

/*
 * What a KDIR's Makefile says about where things are. Debian's is two lines, as is the
 * one that Kbuild makes in an O= folder:
 *	export KBUILD_OUTPUT = /usr/src/linux-headers-7.2.12+deb13-amd64
 *	include /usr/src/linux-headers-7.2.12+deb13-common/Makefile
 * The kernel's own names both only through variables.
 */
struct redirect {
	char *output;   /* value of KBUILD_OUTPUT, or NULL */
	char *included; /* the other Makefile, or NULL */
};

static void redirect_release(struct redirect *redirect)
{
	free(redirect->output);
	free(redirect->included);
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* Behind @word and blanks, or NULL. */
static const char *skip_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(text, word, len) != 0 || !strchr(" \t:?=", text[len]))
		return NULL;
	return skip_blanks(text + len);
}

static bool names_makefile(const char *path)
{
	return path && strcmp(rk_path_base(path), "Makefile") == 0;
}

/* A value that is all text: NULL for one with variables, or none. */
static char *plain_value(const char *value)
{
	size_t len = strcspn(value, " \t\r#");

	if (!len || memchr(value, '$', len))
		return NULL;
	return strndup(value, len);
}

static void read_line(const char *line, struct redirect *redirect)
{
	const char *rest = skip_word(line, "include");
	const char *next;

	if (rest) {
		cleanup_free char *path = plain_value(rest);

		/* Not include/config/auto.conf.cmd, as in the kernel's own. */
		if (!redirect->included && names_makefile(path))
			redirect->included = RK_STEAL(path);
		return;
	}
	while ((next = skip_word(line, "export")) || (next = skip_word(line, "override")))
		line = next;
	rest = skip_word(line, "KBUILD_OUTPUT");
	if (!rest)
		return;
	rest += strspn(rest, ":?");
	if (*rest == '=' && !redirect->output)
		redirect->output = plain_value(skip_blanks(rest + 1));
}

static int read_makefile(const struct rk_root *root, const char *kdir,
			 struct redirect *redirect, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	char *next;
	char *line;

	if (rk_path_join(kdir, "Makefile", &path, err) < 0 ||
	    rk_root_read(root, path, MAKEFILE_LIMIT, &text, err) < 0)
		return -(int)err->code;
	for (line = text.data; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		read_line(line, redirect);
	}
	return 0;
}

/* make would work, and write, in another folder. */
static int check_output(const struct rk_kernel *kernel, const char *output,
			struct rk_error *err)
{
	cleanup_free char *path = NULL;
	cleanup_free char *real = NULL;

	if (output[0] == '/' ? rk_strdup(output, &path, err) < 0
			     : rk_path_join(kernel->kdir_real, output, &path, err) < 0)
		return -(int)err->code;
	if (rk_root_real(kernel->root, path, &real, err) < 0)
		rk_error_set(err, RK_EREFUSED,
			     "the Makefile of KDIR '%s' sets KBUILD_OUTPUT to '%s', "
			     "which does not exist",
			     kernel->kdir, path);
	else if (strcmp(real, kernel->kdir_real) == 0)
		return 0;
	else
		rk_error_set(err, RK_EREFUSED,
			     "the Makefile of KDIR '%s' sets KBUILD_OUTPUT to '%s': make "
			     "would work, and write, there",
			     kernel->kdir, path);
	return rk_error_cure(
		err, "kdir-elsewhere",
		"name the folder that it means; a copy of Debian's headers is no KDIR");
}

static int find_srctree(struct rk_kernel *kernel, const char *included,
			struct rk_error *err)
{
	cleanup_free char *path = NULL;
	char *slash;

	if (included[0] == '/'
		    ? rk_strdup(included, &path, err) < 0
		    : rk_path_join(kernel->kdir_real, included, &path, err) < 0)
		return -(int)err->code;
	if (!rk_root_exists(kernel->root, path)) {
		rk_error_set(err, RK_ENOTFOUND,
			     "the Makefile of KDIR '%s' includes '%s', which does not "
			     "exist",
			     kernel->kdir, path);
		return rk_error_cure(err, "kdir-empty",
				     "install the headers package again, and the common "
				     "one that it depends on");
	}
	slash = strrchr(path, '/');
	*slash = '\0';
	return rk_root_real(kernel->root, path[0] ? path : "/", &kernel->srctree, err);
}

static bool has(const struct rk_kernel *kernel, const char *name)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	return rk_path_join(kernel->kdir_real, name, &path, &err) == 0 &&
	       rk_root_exists(kernel->root, path);
}

static int fail_empty(const struct rk_kernel *kernel, struct rk_error *err)
{
	rk_error_set(err, RK_ENOTFOUND,
		     "KDIR '%s' is an empty shell: there is no Makefile in '%s'",
		     kernel->kdir, kernel->kdir_real);
	return rk_error_cure(err, "kdir-empty",
			     "install the headers package again, or name another kernel: "
			     "rkmod kernels lists them");
}

static int check_config(const struct rk_kernel *kernel, struct rk_error *err)
{
	if (has(kernel, "include/config/auto.conf"))
		return 0;
	if (!has(kernel, ".config")) {
		rk_error_set(err, RK_ENOTFOUND,
			     "KDIR '%s' has no configuration: neither "
			     "include/config/auto.conf nor .config",
			     kernel->kdir);
		return rk_error_cure(err, "config-missing",
				     "name the folder that the kernel was configured in, "
				     "or install its headers package");
	}
	rk_error_set(err, RK_ENOTFOUND,
		     "KDIR '%s' was never prepared: there is no include/config/auto.conf",
		     kernel->kdir);
	return rk_error_cure(err, "kdir-empty", "make -C %s modules_prepare",
			     kernel->kdir);
}

int rk_kdir_inspect(struct rk_kernel *kernel, struct rk_error *err)
{
	cleanup(redirect_release) struct redirect redirect = {0};

	if (rk_root_real(kernel->root, kernel->kdir, &kernel->kdir_real, err) < 0)
		return -(int)err->code;
	if (!has(kernel, "Makefile"))
		return fail_empty(kernel, err);
	if (read_makefile(kernel->root, kernel->kdir_real, &redirect, err) < 0)
		return -(int)err->code;
	/* First, because a copy's own files look complete. */
	if (redirect.output && check_output(kernel, redirect.output, err) < 0)
		return -(int)err->code;
	if (check_config(kernel, err) < 0)
		return -(int)err->code;
	if (redirect.included)
		return find_srctree(kernel, redirect.included, err);
	return rk_strdup(kernel->kdir_real, &kernel->srctree, err);
}
