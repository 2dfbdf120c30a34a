/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/build/doc.h"
#include "lib/build/internal.h"
#include "lib/root/distro.h"

enum {
	COMMAND_LIMIT = 16 << 20,
};

void rk_saved_command_release(struct rk_saved_command *command)
{
	rk_strv_release(&command->env);
	rk_strv_release(&command->argv);
}

/* ---- the kept command ---- */

/* What make would have made of it: "$$" and "$(pound)". Returns behind it. */
static const char *take_dollar(const char *at, struct rk_buf *word)
{
	static const char pound[] = "$(pound)";

	if (strncmp(at, pound, strlen(pound)) == 0) {
		rk_buf_addc(word, '#');
		return at + strlen(pound);
	}
	rk_buf_addc(word, '$');
	return at + (at[1] == '$' ? 2 : 1);
}

/* Ends a command. */
static bool is_end(char c)
{
	return c == ';' || c == '&' || c == '|' || c == '\n' || c == '\0';
}

/* Up to what is behind the word; NULL: a quote is open. */
static const char *take_word(const char *at, struct rk_buf *word)
{
	char quote = '\0';

	while (*at && *at != '\n' &&
	       (quote || (!isblank((unsigned char)*at) && !is_end(*at)))) {
		if (*at == '$') {
			at = take_dollar(at, word);
		} else if (*at == quote || (!quote && (*at == '\'' || *at == '"'))) {
			if (quote)
				quote = '\0';
			else
				quote = *at;
			at++;
		} else {
			if (*at == '\\' && quote != '\'' && at[1] && at[1] != '\n')
				at++;
			rk_buf_addc(word, *at++);
		}
	}
	return quote ? NULL : at;
}

/* "NAME=value" */
static bool is_assignment(const char *word)
{
	size_t len = 0;

	while (isalnum((unsigned char)word[len]) || word[len] == '_')
		len++;
	return len && word[len] == '=';
}

static void take(struct rk_saved_command *command, const char *word)
{
	if (command->argv.n_items == 0 && is_assignment(word))
		rk_strv_add(&command->env, word);
	else
		rk_strv_add(&command->argv, word);
}

static int parse(const char *at, struct rk_saved_command *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf word = RK_BUF_INIT;

	while (at += strspn(at, " \t"), !is_end(*at)) {
		rk_buf_truncate(&word, 0);
		at = take_word(at, &word);
		if (!at)
			return rk_error_set(err, RK_EFORMAT, "a quote is not closed");
		if (rk_buf_check(&word, err) < 0)
			return -(int)err->code;
		take(ret, rk_buf_str(&word));
	}
	if (rk_strv_check(&ret->env, err) < 0 || rk_strv_check(&ret->argv, err) < 0)
		return -(int)err->code;
	if (ret->argv.n_items == 0)
		return rk_error_set(err, RK_EFORMAT, "it holds no command");
	return 0;
}

int rk_saved_command_parse(const char *text, struct rk_saved_command *ret,
			   struct rk_error *err)
{
	struct rk_saved_command found = {0};
	const char *at = text;
	const char *sign;

	if (strncmp(at, "saved", 5) == 0)
		at += 5;
	sign = strstr(at, " := ");
	if (strncmp(at, "cmd_", 4) != 0 || !sign || memchr(at, '\n', (size_t)(sign - at)))
		return rk_error_set(err, RK_EFORMAT, "it is no command that Kbuild kept");
	if (parse(sign + strlen(" := "), &found, err) < 0) {
		rk_saved_command_release(&found);
		return -(int)err->code;
	}
	*ret = found;
	return 0;
}

/* ---- rustdoc's ---- */

static bool begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* What only a compiler takes; *skip: its value is the next word. */
static bool is_left_out(const char *word, bool *skip)
{
	static const char *const alone[] = {
		"--emit=", "--out-dir=", "-Zbinary_dep_depinfo"};
	static const char *const pairs[] = {"--emit", "--out-dir", "-o"};

	*skip = false;
	for (size_t i = 0; i < RK_ARRAY_LEN(alone); i++)
		if (begins_with(word, alone[i]))
			return true;
	for (size_t i = 0; i < RK_ARRAY_LEN(pairs); i++)
		if (strcmp(word, pairs[i]) == 0)
			return *skip = true;
	return false;
}

static void make_argv(const struct rk_saved_command *command, const char *rustdoc,
		      const char *out, struct rk_strv *ret)
{
	const struct rk_strv *old = &command->argv;

	rk_strv_add(ret, rustdoc);
	for (size_t i = 1; i < old->n_items; i++) {
		bool skip;

		if (!is_left_out(old->items[i], &skip))
			rk_strv_add(ret, old->items[i]);
		i += skip;
	}
	/* A module is no library: all of it is for those who work on it. */
	rk_strv_add_all(ret, "--document-private-items", "-o", out, NULL);
}

/* "sub/main.rs" -> "DIR/sub/.main.o.cmd" */
static int read_command(const struct rk_build_doc *doc, struct rk_saved_command *ret,
			struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	const char *base = rk_path_base(doc->root);

	if (rk_format(&path, err, "%s/%.*s.%.*s.o.cmd", doc->dir, (int)(base - doc->root),
		      doc->root, (int)strlen(base) - 3, base) < 0 ||
	    rk_file_read(path, COMMAND_LIMIT, &text, err) < 0)
		return -(int)err->code;
	if (rk_saved_command_parse(rk_buf_str(&text), ret, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return 0;
}

/* Before Linux 6.13 Kbuild works in KDIR, and names sources absolutely. */
static const char *choose_cwd(const struct rk_build_input *input,
			      const struct rk_build_doc *doc,
			      const struct rk_saved_command *command)
{
	for (size_t i = 1; i < command->argv.n_items; i++) {
		const char *word = command->argv.items[i];
		size_t len = strlen(word);

		if (word[0] == '/' && len > 3 && strcmp(word + len - 3, ".rs") == 0)
			return input->kernel->kdir_real;
	}
	return doc->dir;
}

static int check_rustdoc(const struct rk_build_input *input, struct rk_error *err)
{
	const struct rk_rustc *rustc = input->toolchain->rustc;
	const struct rk_need need = {RK_NEED_RUSTC, rustc->text};
	cleanup_free char *path = NULL;

	if (rk_build_beside(rustc->path, "rustdoc", &path, err) < 0)
		return -(int)err->code;
	if (rk_root_exists(input->kernel->root, path))
		return 0;
	rk_error_set(err, RK_ENOTFOUND, "there is no rustdoc beside '%s'", rustc->path);
	return rk_distro_cure(input->kernel->root, &need, "rustdoc-missing",
			      "install the rustdoc of the same version", err);
}

static int name_rustdoc(const struct rk_machine *machine,
			const struct rk_build_input *input, char **ret,
			struct rk_error *err)
{
	cleanup_free char *shim = NULL;

	if (rk_build_shim(machine, input, &shim, err) < 0)
		return -(int)err->code;
	return rk_format(ret, err, "%.*srkmod-rustdoc",
			 (int)(strlen(shim) - strlen("rkmod-rustc")), shim);
}

/* The folders that it reads and writes are bound. @shims: that of all shims */
static int run(const struct rk_build_input *input, const struct rk_build_doc *doc,
	       const struct rk_root_run *what, const char *shims,
	       struct rk_spawn_result *result, struct rk_error *err)
{
	struct rk_root_bind binds[5] = {{.host_path = doc->out, .writable = true},
					{.host_path = doc->dir},
					{.host_path = shims}};
	struct rk_root_run full = *what;
	size_t n = 3;

	if (doc->top)
		binds[n++] = (struct rk_root_bind){.host_path = doc->top};
	if (input->metadata->origin == RK_METADATA_CACHE)
		binds[n++] = (struct rk_root_bind){.host_path = input->metadata->dir};
	full.binds = binds;
	full.n_binds = n;
	return rk_root_run(input->kernel->root, &full, result, err);
}

int rk_build_doc(const struct rk_machine *machine, const struct rk_build_input *input,
		 const struct rk_build_doc *doc, int *ret_status, struct rk_error *err)
{
	cleanup(rk_saved_command_release) struct rk_saved_command command = {0};
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_free char *rustdoc = NULL;
	cleanup_free char *shims = NULL;
	struct rk_root_run what = {
		.argv = &argv,
		.spawn = {.env_set = &command.env,
			  .stdin_fd = -1,
			  .output = RK_SPAWN_LINES,
			  .on_line = doc->on_line,
			  .data = doc->data},
	};

	if (check_rustdoc(input, err) < 0 || read_command(doc, &command, err) < 0 ||
	    name_rustdoc(machine, input, &rustdoc, err) < 0 ||
	    rk_build_shim_base(machine, &shims, err) < 0)
		return -(int)err->code;
	make_argv(&command, rustdoc, doc->out, &argv);
	/* As Kbuild's top makefile exports it. */
	rk_strv_add(&command.env, "RUSTC_BOOTSTRAP=1");
	what.cwd = choose_cwd(input, doc, &command);
	if (rk_strv_check(&argv, err) < 0 || rk_strv_check(&command.env, err) < 0 ||
	    run(input, doc, &what, shims, &result, err) < 0)
		return -(int)err->code;
	*ret_status = result.status;
	return 0;
}
