/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/build/internal.h"

/* They would make it another build than the one that was asked for. */
static const char *const refused[] = {
	"O", "MO", "M", "RUSTC", "KBUILD_OUTPUT", "KBUILD_EXTMOD", "KBUILD_EXTMOD_OUTPUT",
};

/*
 * Besides the refused ones: LLVM and CLIPPY_DRIVER are given on the command line,
 * sub_make_done is exported by Kbuild (rkmod may run below one), and a variable of the
 * environment that a makefile of Kbuild assigns is handed to every command, which
 * breaks it with "Argument list too long" for some (NixOS sets src and modules).
 * The locale: what make and gcc say is recognised by its English text. Kbuild unexports
 * LC_ALL, so the categories are set one by one.
 */
static const char *const removed[] = {
	"LLVM", "CLIPPY_DRIVER", "sub_make_done", "src", "modules", "LC_ALL", "LANGUAGE",
};

void rk_makeline_release(struct rk_makeline *line)
{
	rk_strv_release(&line->argv);
	rk_strv_release(&line->env_remove);
	rk_strv_release(&line->env_set);
	free(line->fifo);
	memset(line, 0, sizeof(*line));
}

/* ---- variables ---- */

/*
 * "NAME=value", also with ":=", "::=", "?=", "+=", "!=" and blanks before them, as make
 * takes them. Return: the length of the name, 0 if @arg assigns nothing.
 */
static size_t variable_name_len(const char *arg)
{
	size_t end = strcspn(arg, "=");
	size_t len = end;

	if (!arg[end])
		return 0;
	while (len && strchr(":?+!", arg[len - 1]))
		len--;
	while (len && strchr(" \t", arg[len - 1]))
		len--;
	return strcspn(arg, " \t:") < len ? 0 : len;
}

bool rk_makeline_assigns(const char *arg, const char *name)
{
	size_t len = variable_name_len(arg);

	return len && strlen(name) == len && memcmp(arg, name, len) == 0;
}

static int refuse_variable(const char *arg, const char *where, struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED, "'%s' %s cannot be given to a module build", arg,
		     where);
	return rk_error_cure(
		err, "make-variable",
		"rkmod sets these itself: use --kdir for the kernel, --rustc for the compiler, and the folder as argument");
}

static int check_variable(const char *arg, const char *where, struct rk_error *err)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(refused); i++)
		if (rk_makeline_assigns(arg, refused[i]))
			return refuse_variable(arg, where, err);
	return 0;
}

/* -C, -f and -E, alone or among others as in "-kC": up to one that takes a value. */
static bool is_refused_cluster(const char *letters)
{
	letters += strcspn(letters, "CfEIjloOW");
	return *letters && strchr("CfE", *letters);
}

/* make takes a long option by any part that it begins with. */
static bool is_refused_long(const char *name)
{
	static const char *const longs[] = {"directory", "file", "makefile", "eval"};
	size_t len = strcspn(name, "=");

	for (size_t i = 0; len && i < RK_ARRAY_LEN(longs); i++)
		if (strncmp(longs[i], name, len) == 0)
			return true;
	return false;
}

/* Options that take make elsewhere, or that assign variables in a makefile of their own.
 */
static int check_option(const char *arg, struct rk_error *err)
{
	if (arg[0] != '-')
		return 0;
	if (arg[1] == '-' ? is_refused_long(arg + 2) : is_refused_cluster(arg + 1))
		return refuse_variable(arg, "after '--'", err);
	return 0;
}

static int check_make_args(const struct rk_strv *args, struct rk_error *err)
{
	for (size_t i = 0; args && i < args->n_items; i++) {
		const char *arg = args->items[i];

		if (check_variable(arg, "after '--'", err) < 0 ||
		    check_option(arg, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/* ---- MAKEFLAGS ---- */

/* The next word at *text, a backslash taken off what it protects, as make wrote it. */
static bool take_word(const char **text, struct rk_buf *word)
{
	const char *c = *text + strspn(*text, " \t");

	rk_buf_truncate(word, 0);
	if (!*c)
		return false;
	for (; *c && *c != ' ' && *c != '\t'; c++) {
		if (*c == '\\' && c[1])
			c++;
		rk_buf_addc(word, *c);
	}
	*text = c;
	return true;
}

/* What matters to us among the words of MAKEFLAGS. */
struct flags {
	char *kcflags; /* NULL: does not say */
	char *kaflags;
	char *fifo;
};

static void release_flags(struct flags *flags)
{
	free(flags->kcflags);
	free(flags->kaflags);
	free(flags->fifo);
}

static int replace(char **value, const char *text, struct rk_error *err)
{
	free(*value);
	*value = NULL;
	return rk_strdup(text, value, err);
}

static int take_flag(const char *word, const char *where, struct flags *flags,
		     struct rk_error *err)
{
	static const char fifo[] = "--jobserver-auth=fifo:";

	if (strncmp(word, fifo, sizeof(fifo) - 1) == 0)
		return replace(&flags->fifo, word + sizeof(fifo) - 1, err);
	if (word[0] == '-')
		return 0;
	if (rk_makeline_assigns(word, "KCFLAGS"))
		return replace(&flags->kcflags, strchr(word, '=') + 1, err);
	if (rk_makeline_assigns(word, "KAFLAGS"))
		return replace(&flags->kaflags, strchr(word, '=') + 1, err);
	return check_variable(word, where, err);
}

static int read_flags(const char *variable, struct flags *flags, struct rk_error *err)
{
	cleanup_buf struct rk_buf word = RK_BUF_INIT;
	cleanup_free char *where = NULL;
	const char *text = getenv(variable);

	if (rk_format(&where, err, "in %s", variable) < 0)
		return -(int)err->code;
	while (text && take_word(&text, &word))
		if (rk_buf_check(&word, err) < 0 ||
		    take_flag(rk_buf_str(&word), where, flags, err) < 0)
			return -(int)err->code;
	return 0;
}

/* ---- the command line ---- */

static bool has_variable(const struct rk_strv *args, const char *name)
{
	for (size_t i = 0; args && i < args->n_items; i++)
		if (rk_makeline_assigns(args->items[i], name))
			return true;
	return getenv(name) != NULL;
}

/*
 * C and assembler commands name nothing that changes when another kernel is installed
 * at KDIR's path, and its files are older than the objects: make would keep those. A
 * macro that names the kernel's state changes their commands, as RUSTC= does for Rust;
 * it changes nothing in the objects.
 */
static void add_flags(struct rk_strv *argv, const char *name, const char *given,
		      const char *key)
{
	if (!given)
		given = getenv(name);
	rk_strv_addf(argv, "%s=%s%s-DRKMOD_KERNEL=0x%s", name, given ? given : "",
		     given && *given ? " " : "", key);
}

/* What stands after "--", with ours added to flags that it replaces. */
static void add_make_args(struct rk_strv *argv, const struct rk_strv *args,
			  const char *key)
{
	for (size_t i = 0; args && i < args->n_items; i++) {
		const char *arg = args->items[i];
		const char *value = strchr(arg, '=');

		if (rk_makeline_assigns(arg, "KCFLAGS") && value[-1] != '+')
			add_flags(argv, "KCFLAGS", value + 1, key);
		else if (rk_makeline_assigns(arg, "KAFLAGS") && value[-1] != '+')
			add_flags(argv, "KAFLAGS", value + 1, key);
		else
			rk_strv_add(argv, arg);
	}
}

static void add_argv(const struct rk_makeline_input *input, const struct flags *flags,
		     struct rk_strv *argv)
{
	const struct rk_build_request *request = input->request;
	size_t shim_dir_len = strlen(input->shim) - strlen("rkmod-rustc");

	rk_strv_add_all(argv, input->make, "-C", input->kdir, NULL);
	if (input->out->mo)
		rk_strv_addf(argv, "M=%s", input->out->source);
	rk_strv_addf(argv, "%s=%s", input->out->mo ? "MO" : "M", input->out->dir);
	rk_strv_addf(argv, "RUSTC=%s", input->shim);
	rk_strv_addf(argv, "CLIPPY_DRIVER=%.*srkmod-clippy", (int)shim_dir_len,
		     input->shim);
	if (input->llvm_link)
		rk_strv_addf(argv, "LLVM_LINK=%.*srkmod-llvm-link", (int)shim_dir_len,
			     input->shim);
	if (input->llvm[0])
		rk_strv_addf(argv, "LLVM=%s", input->llvm);
	if (input->cc[0])
		rk_strv_addf(argv, "CC=%s", input->cc);
	if (request->jobs)
		rk_strv_addf(argv, "-j%u", request->jobs);
	if (request->verbose && !has_variable(request->make_args, "V"))
		rk_strv_add(argv, "V=1");
	add_flags(argv, "KCFLAGS", flags->kcflags, input->kernel_key);
	add_flags(argv, "KAFLAGS", flags->kaflags, input->kernel_key);
	add_make_args(argv, request->make_args, input->kernel_key);
}

static int check_all(const struct rk_strv *make_args, struct flags *flags,
		     struct rk_error *err)
{
	if (check_make_args(make_args, err) < 0 ||
	    read_flags("MAKEFLAGS", flags, err) < 0)
		return -(int)err->code;
	return read_flags("GNUMAKEFLAGS", flags, err);
}

int rk_makeline_check(const struct rk_strv *make_args, struct rk_error *err)
{
	cleanup(release_flags) struct flags flags = {0};

	return check_all(make_args, &flags, err);
}

int rk_makeline_init(const struct rk_makeline_input *input, struct rk_makeline *line,
		     struct rk_error *err)
{
	cleanup(release_flags) struct flags flags = {0};

	memset(line, 0, sizeof(*line));
	if (check_all(input->request->make_args, &flags, err) < 0)
		return -(int)err->code;
	add_argv(input, &flags, &line->argv);
	for (size_t i = 0; i < RK_ARRAY_LEN(refused); i++)
		rk_strv_add(&line->env_remove, refused[i]);
	for (size_t i = 0; i < RK_ARRAY_LEN(removed); i++)
		rk_strv_add(&line->env_remove, removed[i]);
	rk_strv_add_all(&line->env_set, "LC_CTYPE=C", "LC_MESSAGES=C", NULL);
	if (rk_strv_check(&line->argv, err) < 0 ||
	    rk_strv_check(&line->env_remove, err) < 0 ||
	    rk_strv_check(&line->env_set, err) < 0) {
		rk_makeline_release(line);
		return -(int)err->code;
	}
	line->fifo = RK_STEAL(flags.fifo);
	return 0;
}
