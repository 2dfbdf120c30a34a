/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/kernel/state.h"

enum {
	LARGE_LIMIT = 256 << 20,
};

static void release_modules(struct rk_state *state)
{
	for (size_t i = 0; i < state->n_modules; i++)
		free(state->modules[i].name);
	free(state->modules);
	for (size_t i = 0; i < state->n_exports; i++) {
		free(state->exports[i].name);
		free(state->exports[i].owner);
	}
	free(state->exports);
}

void rk_state_release(struct rk_state *state)
{
	for (size_t i = 0; i < RK_N_STATE_FILES; i++)
		free(state->unread[i]);
	free(state->blacklist);
	release_modules(state);
	rk_strv_release(&state->sys_modules);
	rk_strv_release(&state->patches);
	memset(state, 0, sizeof(*state));
}

/* Return: 0 if it was read, 1 if it could not be, which @state notes, or -RK_ENOMEM. */
static int read_file(struct rk_state *state, enum rk_state_file file, const char *dir,
		     const char *name, struct rk_buf *ret, struct rk_error *err)
{
	cleanup_free char *path = NULL;
	struct rk_error why = RK_ERROR_INIT;
	int r;

	if (rk_path_join(dir, name, &path, err) < 0)
		return -(int)err->code;
	r = rk_file_read(path, LARGE_LIMIT, ret, &why);
	if (r == 0)
		return 0;
	if (why.code == RK_ENOMEM)
		return rk_error_nomem(err);
	return rk_strdup(why.msg, &state->unread[file], err) < 0 ? -(int)err->code : 1;
}

static enum rk_fact fact_of(char c)
{
	if (c == '0' || c == 'N')
		return RK_FACT_NO;
	return c == '1' || c == 'Y' ? RK_FACT_YES : RK_FACT_UNKNOWN;
}

/* A file of one letter or digit. */
static int read_fact(struct rk_state *state, enum rk_state_file file, const char *dir,
		     const char *name, enum rk_fact *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	int r = read_file(state, file, dir, name, &text, err);

	*ret = r == 0 ? fact_of(rk_buf_str(&text)[0]) : RK_FACT_UNKNOWN;
	if (r == 0 && *ret == RK_FACT_UNKNOWN)
		return rk_format(&state->unread[file], err,
				 "'%s/%s' holds neither yes nor no", dir, name);
	return r < 0 ? r : 0;
}

/* "none [integrity] confidentiality" */
static int read_lockdown(struct rk_state *state, const char *sys, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	int r = read_file(state, RK_STATE_LOCKDOWN, sys, "kernel/security/lockdown",
			  &text, err);

	if (r < 0)
		return r;
	if (r > 0)
		state->lockdown = RK_FACT_UNKNOWN;
	else
		state->lockdown =
			strstr(rk_buf_str(&text), "[none]") ? RK_FACT_NO : RK_FACT_YES;
	return 0;
}

/* The kernel takes the last of several. */
static int read_command_line(struct rk_state *state, const char *proc,
			     struct rk_error *err)
{
	static const char key[] = "module_blacklist=";
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	int r = read_file(state, RK_STATE_COMMAND_LINE, proc, "cmdline", &text, err);
	const char *next = rk_buf_str(&text);
	const char *found = "";

	if (r < 0)
		return r;
	while (*(next += strspn(next, " \n"))) {
		if (strncmp(next, key, strlen(key)) == 0)
			found = next + strlen(key);
		next += strcspn(next, " \n");
	}
	return rk_format(&state->blacklist, err, "%.*s", (int)strcspn(found, " \n"),
			 found);
}

/* ---- modules ---- */

/* Room for one more every power of two. */
static void *grow(void *items, size_t n, size_t size)
{
	if (n & (n - 1))
		return items;
	return reallocarray(items, n ? 2 * n : 1, size);
}

/* "name size users by,by, Live 0x0 (POE)" */
static int add_module(struct rk_state *state, char *line, struct rk_error *err)
{
	struct rk_loaded *items = grow(state->modules, state->n_modules, sizeof(*items));
	struct rk_loaded *module;
	char *rest = NULL;
	const char *words[7] = {NULL};
	const char *taints;
	size_t n = 0;

	if (!items)
		return rk_error_nomem(err);
	state->modules = items;
	for (char *word = strtok_r(line, " ", &rest); word && n < RK_ARRAY_LEN(words);
	     word = strtok_r(NULL, " ", &rest))
		words[n++] = word;
	if (n < 5)
		return 0;
	module = &items[state->n_modules];
	*module = (struct rk_loaded){.phase = RK_PHASE_LIVE};
	if (strcmp(words[4], "Loading") == 0)
		module->phase = RK_PHASE_LOADING;
	else if (strcmp(words[4], "Unloading") == 0)
		module->phase = RK_PHASE_UNLOADING;
	taints = words[6] ? words[6] : "";
	module->proprietary = strchr(taints, 'P');
	module->out_of_tree = strchr(taints, 'O');
	if (rk_strdup(words[0], &module->name, err) < 0)
		return -(int)err->code;
	state->n_modules++;
	return 0;
}

/* "ffffffffc0001000 r __ksymtab_name	[owner]" */
static int add_export(struct rk_state *state, char *line, struct rk_error *err)
{
	static const char prefix[] = "__ksymtab_";
	struct rk_state_export *items;
	struct rk_state_export *export;
	char *name = strstr(line, prefix);
	char *owner = name ? strchr(name, '\t') : NULL;
	size_t len;

	if (!owner || owner[1] != '[')
		return 0;
	name += strlen(prefix);
	*owner = '\0';
	owner += 2;
	len = strcspn(owner, "]");
	items = grow(state->exports, state->n_exports, sizeof(*items));
	if (!items)
		return rk_error_nomem(err);
	state->exports = items;
	export = &items[state->n_exports];
	*export = (struct rk_state_export){0};
	state->n_exports++;
	if (rk_strdup(name, &export->name, err) < 0)
		return -(int)err->code;
	return rk_format(&export->owner, err, "%.*s", (int)len, owner);
}

static int read_lines(struct rk_state *state, enum rk_state_file file, const char *proc,
		      const char *name,
		      int (*add)(struct rk_state *, char *, struct rk_error *),
		      struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	int r = read_file(state, file, proc, name, &text, err);
	char *rest = NULL;

	if (r != 0 || !text.data)
		return r < 0 ? r : 0;
	for (char *line = strtok_r(text.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (add(state, line, err) < 0)
			return -(int)err->code;
	return 0;
}

static int compare_exports(const void *a, const void *b)
{
	return strcmp(((const struct rk_state_export *)a)->name,
		      ((const struct rk_state_export *)b)->name);
}

/* ---- folders ---- */

/* @ret_why: NULL, or why it cannot be read is not interesting. */
static int list_dir(const char *path, struct rk_strv *ret, char **ret_why,
		    struct rk_error *err)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir)
		return ret_why ? rk_format(ret_why, err, "'%s': %s", path,
					   strerror(errno))
			       : 0;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			rk_strv_add(ret, entry->d_name);
	closedir(dir);
	return rk_strv_check(ret, err);
}

/* /sys/kernel/livepatch/PATCH/OBJECT */
static int read_patches(struct rk_state *state, const char *sys, struct rk_error *err)
{
	cleanup_strv struct rk_strv patches = RK_STRV_INIT;
	cleanup_free char *top = NULL;

	if (rk_path_join(sys, "kernel/livepatch", &top, err) < 0 ||
	    list_dir(top, &patches, NULL, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < patches.n_items; i++) {
		cleanup_strv struct rk_strv objects = RK_STRV_INIT;
		cleanup_free char *path = NULL;

		if (rk_path_join(top, patches.items[i], &path, err) < 0 ||
		    list_dir(path, &objects, NULL, err) < 0)
			return -(int)err->code;
		for (size_t k = 0; k < objects.n_items; k++)
			rk_strv_addf(&state->patches, "%s/%s", patches.items[i],
				     objects.items[k]);
	}
	return rk_strv_check(&state->patches, err);
}

int rk_state_read_rules(const struct rk_machine *machine, struct rk_state *ret,
			struct rk_error *err)
{
	const char *proc = machine->proc_dir;
	const char *sys = machine->sys_dir;

	memset(ret, 0, sizeof(*ret));
	if (read_fact(ret, RK_STATE_MODULES_DISABLED, proc, "sys/kernel/modules_disabled",
		      &ret->modules_disabled, err) < 0 ||
	    read_fact(ret, RK_STATE_SIG_ENFORCE, sys,
		      "module/module/parameters/sig_enforce", &ret->sig_enforce,
		      err) < 0 ||
	    read_lockdown(ret, sys, err) < 0)
		return -(int)err->code;
	return read_command_line(ret, proc, err);
}

/* What the kernel's own modules export stands in Module.symvers: where no others are
 * loaded, a hundred thousand lines need not be asked for. */
static int read_exports(struct rk_state *state, const char *proc, struct rk_error *err)
{
	bool any = state->unread[RK_STATE_MODULES];

	for (size_t i = 0; i < state->n_modules; i++)
		any |= state->modules[i].out_of_tree;
	return any ? read_lines(state, RK_STATE_KALLSYMS, proc, "kallsyms", add_export,
				err)
		   : 0;
}

int rk_state_read(const struct rk_machine *machine, struct rk_state *ret,
		  struct rk_error *err)
{
	const char *proc = machine->proc_dir;
	const char *sys = machine->sys_dir;
	cleanup_free char *sys_modules = NULL;

	if (rk_state_read_rules(machine, ret, err) < 0 ||
	    read_lines(ret, RK_STATE_MODULES, proc, "modules", add_module, err) < 0 ||
	    read_exports(ret, proc, err) < 0 ||
	    rk_path_join(sys, "module", &sys_modules, err) < 0 ||
	    list_dir(sys_modules, &ret->sys_modules, &ret->unread[RK_STATE_BUILT_IN],
		     err) < 0 ||
	    read_patches(ret, sys, err) < 0)
		return -(int)err->code;
	if (ret->n_exports)
		qsort(ret->exports, ret->n_exports, sizeof(*ret->exports),
		      compare_exports);
	return 0;
}

static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}

const struct rk_loaded *rk_state_find_module(const struct rk_state *state,
					     const char *name)
{
	for (size_t i = 0; i < state->n_modules; i++)
		if (same_name(state->modules[i].name, name))
			return &state->modules[i];
	return NULL;
}

const struct rk_state_export *rk_state_find_export(const struct rk_state *state,
						   const char *name)
{
	const struct rk_state_export key = {.name = (char *)name};

	return state->n_exports ? bsearch(&key, state->exports, state->n_exports,
					  sizeof(key), compare_exports)
				: NULL;
}

bool rk_state_is_blacklisted(const struct rk_state *state, const char *name)
{
	size_t len = strlen(name);
	const char *next = state->blacklist ? state->blacklist : "";

	while (*next) {
		size_t n = strcspn(next, ",");

		if (n == len && strncmp(next, name, n) == 0)
			return true;
		next += n + (next[n] == ',');
	}
	return false;
}
