/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/repo/repo.h"
#include "lib/request/internal.h"

/* rkmod.schema.json says the same; a test compares the two. */
static const struct {
	const char *key;
	const char *help;
	const char *variable; /* of the environment, or NULL */
	bool is_path;         /* a relative one is the caller's, not the tree's */
	enum rk_setting_kind kind;
} settings[RK_N_SETTINGS] = {
	[RK_SETTING_ROOT] = {.key = "root",
			     .help = "Root tree: a name, or a path with a slash",
			     .variable = "RKMOD_ROOT",
			     .is_path = true},
	[RK_SETTING_KERNEL] =
		{.key = "kernel",
		 .help = "Release of the target kernel, as uname -r says it"},
	[RK_SETTING_KDIR] =
		{.key = "kdir",
		 .help = "Build folder of the target kernel, inside the root tree",
		 .variable = "KDIR",
		 .is_path = true},
	[RK_SETTING_PACKAGE] = {.key = "package",
				.help = "Headers package of the target kernel"},
	[RK_SETTING_RUSTC] = {.key = "rustc",
			      .help = "Rust compiler: a name in PATH, or a path",
			      .variable = "RUSTC",
			      .is_path = true},
	[RK_SETTING_LLVM] = {.key = "llvm",
			     .help = "LLVM= for make, instead of what the kernel says"},
	[RK_SETTING_SOURCE] = {.key = "source",
			       .help = "Kernel source tree or archive for Rust metadata",
			       .is_path = true},
	[RK_SETTING_PREPARE] =
		{.key = "prepare",
		 .help = "Make Rust metadata that is missing: true or false",
		 .kind = RK_SETTING_IS_BOOL},
	[RK_SETTING_KERNELS] = {.key = "kernels",
				.help = "Releases that what is staged is checked for",
				.kind = RK_SETTING_IS_LIST},
	[RK_SETTING_CHECK] =
		{.key = "check",
		 .help = "Severity of findings by code: error, warning or note",
		 .kind = RK_SETTING_IS_MAP},
	[RK_SETTING_FMT] = {.key = "fmt",
			    .help = "Ask rustfmt about staged files: true or false",
			    .kind = RK_SETTING_IS_BOOL},
};

const char *rk_setting_key(enum rk_setting_name name)
{
	return settings[name].key;
}

const char *rk_setting_help(enum rk_setting_name name)
{
	return settings[name].help;
}

enum rk_setting_kind rk_setting_kind(enum rk_setting_name name)
{
	return settings[name].kind;
}

void rk_layer_release(struct rk_layer *layer)
{
	for (size_t i = 0; i < RK_N_SETTINGS; i++)
		free(layer->values[i]);
	memset(layer, 0, sizeof(*layer));
}
#define cleanup_layer cleanup(rk_layer_release)

/* ---- what one origin says ---- */

/* The value as it is meant: a path becomes absolute; the name of a tree or of a program
 * has no slash and stays. */
static int take_value(enum rk_setting_name name, const char *value,
		      struct rk_layer *layer, struct rk_error *err)
{
	bool may_be_name = name == RK_SETTING_ROOT || name == RK_SETTING_RUSTC;

	if (!value[0] || !settings[name].is_path || (may_be_name && !strchr(value, '/')))
		return rk_strdup(value, &layer->values[name], err);
	return rk_path_absolute(value, &layer->values[name], err);
}

static int read_command(const char *const command[RK_N_SETTINGS], struct rk_layer *layer,
			struct rk_error *err)
{
	for (unsigned int i = 0; i < RK_N_SETTINGS; i++)
		if (command[i] &&
		    take_value((enum rk_setting_name)i, command[i], layer, err) < 0)
			return -(int)err->code;
	return 0;
}

/* An empty variable is as good as none: scripts clear them so. */
static int read_environment(struct rk_layer *layer, struct rk_error *err)
{
	for (unsigned int i = 0; i < RK_N_SETTINGS; i++) {
		const char *variable = settings[i].variable;
		const char *value = variable ? getenv(variable) : NULL;

		if (value && value[0] &&
		    take_value((enum rk_setting_name)i, value, layer, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/* ---- weighing ---- */

static bool names_kernel(enum rk_setting_name name)
{
	return name == RK_SETTING_KERNEL || name == RK_SETTING_KDIR ||
	       name == RK_SETTING_PACKAGE;
}

static int refuse(enum rk_setting_name name, const char *origin, const char *why,
		  struct rk_error *err)
{
	rk_error_set(err, RK_EFORMAT, "%s: '%s' %s", origin, settings[name].key, why);
	return rk_error_cure(err, "config-value", "correct it there");
}

static int check_value(enum rk_setting_name name, const char *value, const char *origin,
		       struct rk_error *err)
{
	if (!value[0])
		return refuse(name, origin, "is empty", err);
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return refuse(name, origin, "has a control character in it", err);
	if ((names_kernel(name) || name == RK_SETTING_KERNELS) &&
	    name != RK_SETTING_KDIR && strchr(value, '/'))
		return refuse(name, origin, "has a slash in it, it is no path", err);
	if (settings[name].kind == RK_SETTING_IS_BOOL && strcmp(value, "true") != 0 &&
	    strcmp(value, "false") != 0)
		return refuse(name, origin, "is not true or false", err);
	return 0;
}

static int check_one_kernel(const struct rk_layer *layer, const char *origin,
			    struct rk_error *err)
{
	const char *first = NULL;

	for (unsigned int i = 0; i < RK_N_SETTINGS; i++) {
		if (!layer->values[i] || !names_kernel((enum rk_setting_name)i))
			continue;
		if (first) {
			rk_error_set(err, RK_EFORMAT,
				     "%s: '%s' and '%s' both say which kernel is meant",
				     origin, first, settings[i].key);
			return rk_error_cure(err, "config-value", "give one of them");
		}
		first = settings[i].key;
	}
	return 0;
}

static void clear(struct rk_setting *setting)
{
	free(setting->value);
	free(setting->origin_text);
	*setting = (struct rk_setting){0};
}

static void clear_kernels(struct rk_request *request)
{
	for (unsigned int i = 0; i < RK_N_SETTINGS; i++)
		if (names_kernel((enum rk_setting_name)i))
			clear(&request->settings[i]);
}

static int describe_origin(enum rk_origin origin, enum rk_setting_name name,
			   const struct rk_request *request, char **ret,
			   struct rk_error *err)
{
	switch (origin) {
	case RK_ORIGIN_COMMAND:
		return rk_strdup("command line", ret, err);
	case RK_ORIGIN_ENVIRONMENT:
		return rk_format(ret, err, "environment (%s)", settings[name].variable);
	case RK_ORIGIN_FILE:
		return rk_strdup(request->file, ret, err);
	default:
		return rk_strdup("default", ret, err);
	}
}

/* Sets @name to what @layer says; the value moves over. */
static int apply_value(struct rk_request *request, enum rk_origin origin,
		       enum rk_setting_name name, struct rk_layer *layer,
		       struct rk_error *err)
{
	struct rk_setting *setting = &request->settings[name];
	cleanup_free char *text = NULL;

	if (describe_origin(origin, name, request, &text, err) < 0 ||
	    check_value(name, layer->values[name], text, err) < 0)
		return -(int)err->code;
	clear(setting);
	setting->value = RK_STEAL(layer->values[name]);
	setting->origin = origin;
	setting->origin_text = RK_STEAL(text);
	if (origin != RK_ORIGIN_DEFAULT)
		rk_log(RK_LOG_DEBUG, "%s is '%s': %s", settings[name].key, setting->value,
		       setting->origin_text);
	return 0;
}

/* @layer is stronger than all before it. */
static int apply(struct rk_request *request, enum rk_origin origin,
		 struct rk_layer *layer, struct rk_error *err)
{
	const char *origin_text = origin == RK_ORIGIN_COMMAND ? "command line"
				  : origin == RK_ORIGIN_FILE  ? request->file
							      : "environment";

	if (check_one_kernel(layer, origin_text, err) < 0)
		return -(int)err->code;
	for (unsigned int i = 0; i < RK_N_SETTINGS; i++) {
		enum rk_setting_name name = (enum rk_setting_name)i;

		if (!layer->values[i])
			continue;
		if (names_kernel(name))
			clear_kernels(request);
		if (apply_value(request, origin, name, layer, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

static int apply_defaults(struct rk_request *request, struct rk_error *err)
{
	cleanup_layer struct rk_layer layer = {0};

	if (rk_strdup("true", &layer.values[RK_SETTING_PREPARE], err) < 0 ||
	    rk_strdup("true", &layer.values[RK_SETTING_FMT], err) < 0)
		return -(int)err->code;
	return apply(request, RK_ORIGIN_DEFAULT, &layer, err);
}

/* Outside a repository the folder itself is where rkmod.json may lie. */
static int apply_file(struct rk_request *request, const struct rk_buf *staged,
		      struct rk_error *err)
{
	cleanup_layer struct rk_layer layer = {0};
	const char *where = rk_request_top(request);

	if ((staged ? rk_request_take_file(where, staged, &layer, &request->file, err)
		    : rk_request_read_file(where, &layer, &request->file, err)) < 0)
		return -(int)err->code;
	return request->file ? apply(request, RK_ORIGIN_FILE, &layer, err) : 0;
}

static int apply_environment(struct rk_request *request, struct rk_error *err)
{
	cleanup_layer struct rk_layer layer = {0};

	if (read_environment(&layer, err) < 0)
		return -(int)err->code;
	return apply(request, RK_ORIGIN_ENVIRONMENT, &layer, err);
}

static int apply_command(struct rk_request *request,
			 const char *const command[RK_N_SETTINGS], struct rk_error *err)
{
	cleanup_layer struct rk_layer layer = {0};

	if (read_command(command, &layer, err) < 0)
		return -(int)err->code;
	return apply(request, RK_ORIGIN_COMMAND, &layer, err);
}

static int find_folders(const char *dir, bool use_file, struct rk_request *request,
			struct rk_error *err)
{
	struct stat st;

	if (rk_path_real(dir, &request->dir, err) < 0)
		return -(int)err->code;
	if (stat(request->dir, &st) == 0 && !S_ISDIR(st.st_mode))
		return rk_error_sys(err, ENOTDIR, "'%s'", dir);
	return use_file ? rk_repo_top(request->dir, &request->top, err) : 0;
}

static int weigh(const char *dir, const char *const command[RK_N_SETTINGS], bool use_file,
		 const struct rk_buf *staged, struct rk_request *request,
		 struct rk_error *err)
{
	memset(request, 0, sizeof(*request));
	if (find_folders(dir, use_file, request, err) < 0 ||
	    apply_defaults(request, err) < 0 ||
	    (use_file && apply_file(request, staged, err) < 0) ||
	    apply_environment(request, err) < 0 ||
	    apply_command(request, command, err) < 0) {
		rk_request_release(request);
		return -(int)err->code;
	}
	return 0;
}

int rk_request_init(const struct rk_machine *machine, const char *dir,
		    const char *const command[RK_N_SETTINGS], bool use_file,
		    struct rk_request *request, struct rk_error *err)
{
	(void)machine;
	return weigh(dir, command, use_file, NULL, request, err);
}

int rk_request_init_staged(const char *dir, const char *const command[RK_N_SETTINGS],
			   const struct rk_buf *file, struct rk_request *request,
			   struct rk_error *err)
{
	return weigh(dir, command, true, file, request, err);
}

void rk_request_release(struct rk_request *request)
{
	for (size_t i = 0; i < RK_N_SETTINGS; i++)
		clear(&request->settings[i]);
	free(request->dir);
	free(request->top);
	free(request->file);
	memset(request, 0, sizeof(*request));
}

const char *rk_request_get(const struct rk_request *request, enum rk_setting_name name)
{
	return request->settings[name].value;
}

bool rk_request_is_on(const struct rk_request *request, enum rk_setting_name name)
{
	const char *value = rk_request_get(request, name);

	return !value || strcmp(value, "false") != 0;
}

const char *rk_request_top(const struct rk_request *request)
{
	return request->top ? request->top : request->dir;
}

int rk_request_kernels(const struct rk_request *request, struct rk_strv *ret,
		       struct rk_error *err)
{
	const char *next = rk_request_get(request, RK_SETTING_KERNELS);

	for (unsigned int i = 0; i < RK_N_SETTINGS; i++)
		if (names_kernel((enum rk_setting_name)i) &&
		    request->settings[i].origin > RK_ORIGIN_FILE)
			return 0;
	while (next && *next) {
		size_t len = strcspn(next, " ");

		rk_strv_addf(ret, "%.*s", (int)len, next);
		next += len + (next[len] == ' ');
	}
	return rk_strv_check(ret, err);
}

static int copy(const char *from, char **to, struct rk_error *err)
{
	return from ? rk_strdup(from, to, err) : 0;
}

int rk_request_for_kernel(const struct rk_request *request, const char *release,
			  struct rk_request *ret, struct rk_error *err)
{
	struct rk_setting *kernel = &ret->settings[RK_SETTING_KERNEL];

	*ret = (struct rk_request){0};
	for (size_t i = 0; i < RK_N_SETTINGS; i++) {
		const struct rk_setting *from = &request->settings[i];

		ret->settings[i].origin = from->origin;
		if (copy(from->value, &ret->settings[i].value, err) < 0 ||
		    copy(from->origin_text, &ret->settings[i].origin_text, err) < 0)
			return -(int)err->code;
	}
	clear_kernels(ret);
	kernel->origin = request->settings[RK_SETTING_KERNELS].origin;
	if (rk_strdup(release, &kernel->value, err) < 0 ||
	    copy(request->settings[RK_SETTING_KERNELS].origin_text, &kernel->origin_text,
		 err) < 0 ||
	    copy(request->dir, &ret->dir, err) < 0 ||
	    copy(request->top, &ret->top, err) < 0)
		return -(int)err->code;
	return copy(request->file, &ret->file, err);
}
