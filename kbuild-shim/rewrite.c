/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kbuild-shim/rewrite.h"

/* ---- the file beside the program ---- */

/* The line at *next, NUL-terminated in place; NULL at the end or if it has no newline. */
static char *take_line(char **next)
{
	char *line = *next;
	char *newline = strchr(line, '\n');

	if (!newline)
		return NULL;
	*newline = '\0';
	*next = newline + 1;
	return line;
}

static const char **field_of(struct shim_conf *conf, const char *key, size_t len)
{
	if (len == 8 && memcmp(key, "compiler", len) == 0)
		return &conf->compiler;
	if (len == 4 && memcmp(key, "kdir", len) == 0)
		return &conf->kdir;
	if (len == 8 && memcmp(key, "metadata", len) == 0)
		return &conf->metadata;
	return NULL;
}

static const char *parse_field(char *line, struct shim_conf *conf)
{
	char *value = strchr(line, ' ');
	const char **field = value ? field_of(conf, line, (size_t)(value - line)) : NULL;

	if (!field)
		return "it has an unknown line";
	if (*field)
		return "it names something twice";
	if (value[1] != '/')
		return "it has a path that is not absolute";
	*field = value + 1;
	return NULL;
}

const char *shim_conf_parse(char *text, size_t size, struct shim_conf *conf)
{
	const char *why = NULL;
	char *next = text;
	char *line = take_line(&next);

	*conf = (struct shim_conf){0};
	if (strlen(text) + (line ? strlen(next) + 1 : 0) != size)
		return "it holds a NUL";
	if (!line || strcmp(line, "rkmod-rustc 1") != 0)
		return "it does not begin with 'rkmod-rustc 1'";
	while ((line = take_line(&next)) && strcmp(line, "end") != 0 && !why)
		why = parse_field(line, conf);
	if (why)
		return why;
	if (!line)
		return "it is cut off";
	if (*next)
		return "it goes on after its end";
	if (!conf->compiler)
		return "it names no compiler";
	if (!conf->kdir != !conf->metadata)
		return "it names only one of kdir and metadata";
	return NULL;
}

/* ---- redirecting ---- */

static bool is_same_folder(const char *a, const char *b)
{
	struct stat st_a;
	struct stat st_b;

	return stat(a, &st_a) == 0 && stat(b, &st_b) == 0 && st_a.st_dev == st_b.st_dev &&
	       st_a.st_ino == st_b.st_ino;
}

/* Where the last @n components of @path begin; trailing slashes belong to the last. */
static size_t tail_offset(const char *path, unsigned int n)
{
	size_t off = strlen(path);

	while (n--) {
		while (off && path[off - 1] == '/')
			off--;
		while (off && path[off - 1] != '/')
			off--;
	}
	return off;
}

/* "METADATA/<tail>" if @path is "KDIR/<tail>", the tail being its last @n components;
 * else NULL. *failed is set if memory ran out. */
static char *redirect(const struct shim_conf *conf, const char *path, unsigned int n,
		      bool *failed)
{
	size_t off = tail_offset(path, n);
	char *parent = off ? strndup(path, off) : strdup(".");
	char *moved = NULL;

	*failed = !parent;
	if (parent && is_same_folder(parent, conf->kdir))
		*failed = asprintf(&moved, "%s/%s", conf->metadata, path + off) < 0;
	free(parent);
	return *failed ? NULL : moved;
}

/* KDIR/rust, as -L names it. */
static bool is_crate_folder(const char *path)
{
	const char *tail = path + tail_offset(path, 1);

	return strncmp(tail, "rust", 4) == 0 && strspn(tail + 4, "/") == strlen(tail + 4);
}

/* KDIR/scripts/target.json, KDIR/rust/target.json before Linux 6.3. */
static bool is_target_file(const char *path)
{
	const char *tail = path + tail_offset(path, 2);

	return strcmp(tail, "scripts/target.json") == 0 ||
	       strcmp(tail, "rust/target.json") == 0;
}

/* KDIR/rust/helpers/helpers_module.bc, which llvm-link is given where helpers are inlined
 * (CONFIG_RUST_INLINE_HELPERS). */
static bool is_helpers_file(const char *path)
{
	const char *tail = path + tail_offset(path, 3);
	size_t len = strlen(tail);

	return path[0] != '-' && strncmp(tail, "rust/helpers/", 13) == 0 &&
	       strcmp(tail + len - 3, ".bc") == 0;
}

/* ---- one argument after the other ---- */

/* What an option is, and where in the argument its value begins (0: the next one). */
enum option {
	OPTION_OTHER,
	OPTION_TARGET,
	OPTION_SEARCH, /* -L */
	OPTION_OUT_DIR,
	OPTION_EMIT,
	OPTION_OUTPUT, /* -o */
	OPTION_CRATE_NAME,
	OPTION_QUERY, /* answers a question, writes no file of its own */
};

static const struct {
	const char *text;
	enum option option;
} options[] = {
	{"--target", OPTION_TARGET},   {"-L", OPTION_SEARCH},
	{"--out-dir", OPTION_OUT_DIR}, {"--emit", OPTION_EMIT},
	{"-o", OPTION_OUTPUT},         {"--crate-name", OPTION_CRATE_NAME},
	{"--print", OPTION_QUERY},     {"--version", OPTION_QUERY},
	{"-V", OPTION_QUERY},          {"-vV", OPTION_QUERY},
	{"-Vv", OPTION_QUERY},         {"--help", OPTION_QUERY},
	{"-h", OPTION_QUERY},
};

static enum option classify(const char *arg, size_t *value_off)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t len = strlen(options[i].text);
		bool is_long = arg[0] == '-' && arg[1] == '-';

		*value_off = 0;
		if (strncmp(arg, options[i].text, len) != 0)
			continue;
		if (arg[len] == '\0')
			return options[i].option;
		*value_off = is_long ? len + 1 : len;
		if (is_long ? arg[len] == '=' : options[i].option != OPTION_QUERY)
			return options[i].option;
	}
	return OPTION_OTHER;
}

struct rewriting {
	const struct shim_conf *conf;
	struct shim_command *command;
	size_t n_args;
	bool failed;
	bool has_out_dir;
	bool is_query;
	char *crate_name;   /* in argv, NULL: none */
	const char *output; /* the file that --emit or -o names; borrowed; NULL: none */
	size_t output_len;
};

static void add(struct rewriting *rw, char *arg)
{
	if (arg)
		rw->command->argv[rw->n_args++] = arg;
	else
		rw->failed = true;
}

/* "--emit=dep-info=F,obj=G": remembers G, or F if there is nothing else. */
static void note_emit(struct rewriting *rw, const char *kinds)
{
	while (*kinds) {
		size_t len = strcspn(kinds, ",");
		const char *file = memchr(kinds, '=', len);
		size_t file_len = file ? len - (size_t)(++file - kinds) : 0;
		bool is_dep_info = strncmp(kinds, "dep-info=", 9) == 0;

		if (file_len && !(file_len == 1 && *file == '-') &&
		    (!rw->output || !is_dep_info)) {
			rw->output = file;
			rw->output_len = file_len;
		}
		kinds += len;
		kinds += *kinds == ',';
	}
}

static void note_value(struct rewriting *rw, enum option option, const char *value)
{
	if (option == OPTION_OUT_DIR || option == OPTION_OUTPUT)
		rw->has_out_dir = true;
	else if (option == OPTION_QUERY)
		rw->is_query = true;
	else if (option == OPTION_EMIT)
		note_emit(rw, value);
}

/* The new path in @value, or NULL: stays. -L may begin with a kind: "crate=PATH". */
static char *moved_value(struct rewriting *rw, enum option option, const char *value,
			 size_t *kept)
{
	const char *equals = strchr(value, '=');
	const char *slash = strchr(value, '/');

	*kept = 0;
	if (!rw->conf->kdir)
		return NULL;
	if (option == OPTION_TARGET && is_target_file(value))
		return redirect(rw->conf, value, 2, &rw->failed);
	if (option == OPTION_OTHER && is_helpers_file(value))
		return redirect(rw->conf, value, 3, &rw->failed);
	if (option != OPTION_SEARCH)
		return NULL;
	if (equals && (!slash || equals < slash))
		*kept = (size_t)(equals - value) + 1;
	if (!is_crate_folder(value + *kept))
		return NULL;
	return redirect(rw->conf, value + *kept, 1, &rw->failed);
}

/* Adds @arg, its value at @value_off rewritten where it names KDIR. */
static void add_rewritten(struct rewriting *rw, enum option option, const char *arg,
			  size_t value_off)
{
	size_t kept;
	char *moved = moved_value(rw, option, arg + value_off, &kept);
	char *result = NULL;

	note_value(rw, option, arg + value_off);
	if (moved && asprintf(&result, "%.*s%s", (int)(value_off + kept), arg, moved) < 0)
		result = NULL;
	else if (!moved)
		result = strdup(arg);
	free(moved);
	if (result && option == OPTION_CRATE_NAME)
		rw->crate_name = result + value_off;
	add(rw, result);
}

/*
 * rustc makes its temporaries in --out-dir, else in its working directory, which is
 * KDIR before Linux 6.13. Linux 6.3 to 6.4.6 gave no --out-dir (fixed by df01b7cfcef0);
 * giving it twice is an error. With -o rustc takes that file's folder by itself.
 */
static void add_out_dir(struct rewriting *rw)
{
	const char *slash;
	char *arg = NULL;

	if (rw->has_out_dir || rw->is_query || !rw->output)
		return;
	slash = memrchr(rw->output, '/', rw->output_len);
	if (!slash)
		arg = strdup("--out-dir=.");
	else if (asprintf(&arg, "--out-dir=%.*s", (int)(slash - rw->output + 1),
			  rw->output) < 0)
		arg = NULL;
	add(rw, arg);
}

/*
 * Until Linux 7.0 Kbuild names the crate after the file, and "a-b.rs" is refused for its
 * name; since then rustc names it, with '_' for '-'. Where --emit names no file (6.1.0,
 * 6.2), rustc would name the object after the crate, and Kbuild not find it.
 */
static void mend_crate_name(const struct rewriting *rw)
{
	char *name = rw->output ? rw->crate_name : NULL;

	for (; name && (name = strchr(name, '-')); name++)
		*name = '_';
}

static void rewrite_args(struct rewriting *rw, char *const *args)
{
	for (; *args && !rw->failed; args++) {
		size_t value_off;
		enum option option = classify(*args, &value_off);
		bool value_is_next = option != OPTION_OTHER && option != OPTION_QUERY &&
				     value_off == 0 && args[1];

		if (!value_is_next) {
			add_rewritten(rw, option, *args, value_off);
		} else {
			add(rw, strdup(*args++));
			add_rewritten(rw, option, *args, 0);
		}
	}
}

bool shim_rewrite(const struct shim_conf *conf, char *const *argv, const char *objtree,
		  struct shim_command *command)
{
	struct rewriting rw = {.conf = conf, .command = command};
	size_t n_args = 0;

	while (argv[n_args])
		n_args++;
	/* One more for --out-dir, one for NULL, one if there was not even argv[0]. */
	*command = (struct shim_command){.argv = calloc(n_args + 3, sizeof(char *))};
	if (!command->argv)
		return false;
	add(&rw, strdup(conf->compiler));
	if (!rw.failed && n_args)
		rewrite_args(&rw, argv + 1);
	if (!rw.failed) {
		mend_crate_name(&rw);
		add_out_dir(&rw);
	}
	if (!rw.failed && conf->kdir && objtree && is_same_folder(objtree, conf->kdir)) {
		command->objtree = strdup(conf->metadata);
		rw.failed = !command->objtree;
	}
	if (rw.failed)
		shim_command_release(command);
	return !rw.failed;
}

void shim_command_release(struct shim_command *command)
{
	for (char **arg = command->argv; arg && *arg; arg++)
		free(*arg);
	free(command->argv);
	free(command->objtree);
	*command = (struct shim_command){0};
}
