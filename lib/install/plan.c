/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/install/plan.h"

/*
 * Lines: "rkmod-install 1", "kind NAME", "prefix PATH", "release TEXT", "stage PATH",
 * then "file SHA256 TARGET" for each.
 */
static const char first_line[] = "rkmod-install 1";
static const char *const kinds[] = {[RK_INSTALL_HOST] = "host",
				    [RK_INSTALL_TREE] = "tree",
				    [RK_INSTALL_FOLDER] = "folder"};

void rk_install_plan_release(struct rk_install_plan *plan)
{
	free(plan->prefix);
	free(plan->release);
	free(plan->stage);
	rk_strv_release(&plan->targets);
	rk_strv_release(&plan->hashes);
	memset(plan, 0, sizeof(*plan));
}

/* ---- names ---- */

static bool is_plain(const char *text, const char *more)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-~";

	for (const char *c = text; *c; c++)
		if (!strchr(allowed, *c) && !strchr(more, *c))
			return false;
	return *text != '\0';
}

bool rk_install_is_release(const char *text)
{
	return is_plain(text, "") && *text != '.' && *text != '-' && strlen(text) < 128;
}

/* Where ".ko", perhaps of a compressed file, begins in a name; NULL: it is no module. */
static const char *find_suffix(const char *name)
{
	static const char *const suffixes[] = {".ko", ".ko.gz", ".ko.xz", ".ko.zst"};
	size_t len = strlen(name);

	for (size_t i = 0; i < RK_ARRAY_LEN(suffixes); i++) {
		size_t end = strlen(suffixes[i]);

		if (len > end && strcmp(name + len - end, suffixes[i]) == 0)
			return name + len - end;
	}
	return NULL;
}

static bool has_dots(const char *path)
{
	for (; *path; path += *path == '/') {
		size_t len = strcspn(path, "/");

		if (len == 0 || path[0] == '.')
			return true;
		path += len;
	}
	return false;
}

bool rk_install_is_target(const char *path, const char *release)
{
	static const char top[] = "lib/modules/";
	size_t len = strlen(release);

	return strlen(path) < 1024 && is_plain(path, "/") && !has_dots(path) &&
	       strncmp(path, top, sizeof(top) - 1) == 0 &&
	       strncmp(path + sizeof(top) - 1, release, len) == 0 &&
	       path[sizeof(top) - 1 + len] == '/' &&
	       strchr(path + sizeof(top) + len, '/') && find_suffix(rk_path_base(path));
}

int rk_install_module_name(const char *path, char **ret, struct rk_error *err)
{
	const char *base = rk_path_base(path);
	const char *end = find_suffix(base);

	if (rk_format(ret, err, "%.*s", end ? (int)(end - base) : (int)strlen(base),
		      base) < 0)
		return -(int)err->code;
	for (char *c = *ret; *c; c++)
		if (*c == '-')
			*c = '_';
	return 0;
}

/* ---- the text ---- */

int rk_install_plan_print(const struct rk_install_plan *plan, struct rk_buf *buf,
			  struct rk_error *err)
{
	if (strchr(plan->prefix, '\n') || strchr(plan->stage, '\n'))
		return rk_error_set(err, RK_EREFUSED, "'%s' has a newline in its path",
				    plan->prefix);
	rk_buf_addf(buf, "%s\nkind %s\nprefix %s\nrelease %s\nstage %s\n", first_line,
		    kinds[plan->kind], plan->prefix, plan->release, plan->stage);
	for (size_t i = 0; i < plan->targets.n_items; i++)
		rk_buf_addf(buf, "file %s %s\n", plan->hashes.items[i],
			    plan->targets.items[i]);
	return rk_buf_check(buf, err);
}

/* Cuts "NAME VALUE\n" off; @ret is a copy of VALUE. */
static int take(const char **text, const char *name, char **ret, struct rk_error *err)
{
	size_t skip = strlen(name);
	size_t len;

	if (strncmp(*text, name, skip) != 0 || (*text)[skip] != ' ')
		return rk_error_set(err, RK_EFORMAT, "the plan has no '%s'", name);
	*text += skip + 1;
	len = strcspn(*text, "\n");
	if ((*text)[len] != '\n')
		return rk_error_set(err, RK_EFORMAT, "the plan is cut off");
	if (rk_format(ret, err, "%.*s", (int)len, *text) < 0)
		return -(int)err->code;
	*text += len + 1;
	return 0;
}

static int take_kind(const char **text, enum rk_install_kind *ret, struct rk_error *err)
{
	cleanup_free char *name = NULL;

	if (take(text, "kind", &name, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < RK_ARRAY_LEN(kinds); i++)
		if (strcmp(name, kinds[i]) == 0) {
			*ret = (enum rk_install_kind)i;
			return 0;
		}
	return rk_error_set(err, RK_EFORMAT, "the plan is for no kind of place");
}

static int take_file(const char **text, struct rk_install_plan *plan,
		     struct rk_error *err)
{
	cleanup_free char *line = NULL;
	size_t hex = RK_SHA256_HEX_SIZE - 1;

	if (take(text, "file", &line, err) < 0)
		return -(int)err->code;
	if (strspn(line, "0123456789abcdef") != hex || line[hex] != ' ' ||
	    !rk_install_is_target(line + hex + 1, plan->release))
		return rk_error_set(err, RK_EFORMAT, "the plan has a file that is none");
	rk_strv_addf(&plan->hashes, "%.*s", (int)hex, line);
	rk_strv_add(&plan->targets, line + hex + 1);
	return rk_strv_check(&plan->targets, err);
}

static int check(const struct rk_install_plan *plan, struct rk_error *err)
{
	if (plan->prefix[0] != '/' || (plan->stage[0] && plan->stage[0] != '/') ||
	    (plan->release[0] && !rk_install_is_release(plan->release)))
		return rk_error_set(err, RK_EFORMAT, "the plan makes no sense");
	return 0;
}

int rk_install_plan_parse(const char *text, struct rk_install_plan *ret,
			  struct rk_error *err)
{
	size_t first = sizeof(first_line) - 1;

	memset(ret, 0, sizeof(*ret));
	if (strncmp(text, first_line, first) != 0 || text[first] != '\n')
		return rk_error_set(err, RK_EFORMAT, "there is no plan");
	text += first + 1;
	if (take_kind(&text, &ret->kind, err) < 0 ||
	    take(&text, "prefix", &ret->prefix, err) < 0 ||
	    take(&text, "release", &ret->release, err) < 0 ||
	    take(&text, "stage", &ret->stage, err) < 0 || check(ret, err) < 0)
		return -(int)err->code;
	while (*text)
		if (take_file(&text, ret, err) < 0)
			return -(int)err->code;
	return rk_strv_check(&ret->hashes, err);
}

int rk_install_open_prefix(const struct rk_install_plan *plan, struct rk_root **ret,
			   struct rk_error *err)
{
	cleanup(rk_root_free_p) struct rk_root *root = calloc(1, sizeof(*root));

	if (!root)
		return rk_error_nomem(err);
	root->is_host = plan->kind == RK_INSTALL_HOST;
	root->fd = open(plan->prefix, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0)
		return rk_error_sys(err, errno, "'%s'", plan->prefix);
	if (rk_strdup(plan->prefix, &root->path, err) < 0 ||
	    rk_strdup(root->is_host ? "" : plan->prefix, &root->name, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(root);
	return 0;
}
