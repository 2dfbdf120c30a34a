/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/root/choose.h"
#include "lib/root/create.h"
#include "lib/root/record.h"
#include "lib/root/strap.h"

/*
 * <data_dir>/roots/NAME/         a finished tree, renamed into place
 *                     NAME/tree  the root file system
 *                     .NAME.tmp-XXXXXX  one that is being made or removed
 *                     .NAME.lock        held while that is done
 */
struct place {
	const char *name;
	char *roots;
	char *dir;    /* roots/NAME */
	char *tree;   /* roots/NAME/tree */
	char *hidden; /* roots/.NAME */
	int lock_fd;
};

static void place_release(struct place *place)
{
	free(place->roots);
	free(place->dir);
	free(place->tree);
	free(place->hidden);
	if (place->lock_fd >= 0)
		close(place->lock_fd);
}

static void say_waiting(void *data)
{
	rk_log(RK_LOG_STEP, "waiting for another rkmod that works on root tree '%s'",
	       (const char *)data);
}

/* What an interrupted run left. Nobody works there: we hold the lock. */
static int clear_leftovers(const struct place *place, struct rk_error *err)
{
	cleanup_closedir DIR *dir = opendir(place->roots);
	const char *prefix = rk_path_base(place->hidden);
	const struct dirent *entry;
	size_t len = strlen(prefix);

	if (!dir)
		return rk_error_sys(err, errno, "'%s'", place->roots);
	while ((entry = readdir(dir))) {
		cleanup_free char *path = NULL;

		if (strncmp(entry->d_name, prefix, len) != 0 ||
		    strncmp(entry->d_name + len, ".tmp-", 5) != 0)
			continue;
		if (rk_path_join(place->roots, entry->d_name, &path, err) < 0 ||
		    rk_strap_remove(path, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

static int place_init(const struct rk_machine *machine, const char *name,
		      struct place *place, struct rk_error *err)
{
	cleanup_free char *lock = NULL;

	*place = (struct place){.name = name, .lock_fd = -1};
	if (!rk_root_name_is_valid(name)) {
		rk_error_set(err, RK_EFORMAT, "'%s' cannot be the name of a root tree",
			     name);
		return rk_error_cure(
			err, NULL,
			"use letters, digits, and '.', '_', '+', '-' behind the first");
	}
	if (rk_machine_private_dir(machine->data_dir, "roots", &place->roots, err) < 0 ||
	    rk_path_join(place->roots, name, &place->dir, err) < 0 ||
	    rk_path_join(place->dir, "tree", &place->tree, err) < 0 ||
	    rk_format(&place->hidden, err, "%s/.%s", place->roots, name) < 0 ||
	    rk_format(&lock, err, "%s.lock", place->hidden) < 0 ||
	    rk_file_lock(lock, say_waiting, (void *)name, &place->lock_fd, err) < 0)
		return -(int)err->code;
	return clear_leftovers(place, err);
}

/* ---- create ---- */

static const char *or_default(const char *text, const char *fallback)
{
	return text ? text : fallback;
}

static int describe_request(const struct rk_root_create *create, char **ret,
			    struct rk_error *err)
{
	cleanup_strv struct rk_strv extra = RK_STRV_INIT;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	rk_buf_addf(&text, "suite %s", or_default(create->suite, "stable"));
	if (create->no_kernel)
		rk_buf_adds(&text, ", no kernel");
	else
		rk_buf_addf(&text, ", kernel package %s",
			    or_default(create->kernel_package, "of the suite"));
	if (create->mirror)
		rk_buf_addf(&text, ", mirror %s", create->mirror);
	if (create->extra_packages)
		rk_strv_add_strv(&extra, create->extra_packages);
	rk_strv_sort(&extra);
	for (size_t i = 0; i < extra.n_items; i++)
		rk_buf_addf(&text, "%s %s", i ? "" : ", with", extra.items[i]);
	return rk_strv_check(&extra, err) < 0 ? -(int)err->code
					      : rk_buf_take(&text, ret, err);
}

/* Debian's names of what the kernel calls its architectures. */
static const char *debian_arch(const char *machine)
{
	static const char *const names[][2] = {
		{"aarch64", "arm64"},       {"armv7l", "armhf"},    {"i686", "i386"},
		{"loongarch64", "loong64"}, {"ppc64le", "ppc64el"}, {"x86_64", "amd64"},
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++)
		if (strcmp(machine, names[i][0]) == 0)
			return names[i][1];
	return machine;
}

/* Is what was asked for already there? 1, 0, or -code. */
static int look(const struct place *place, const char *request, struct rk_error *err)
{
	cleanup(rk_record_release) struct rk_record record = {0};
	struct rk_error ignored = RK_ERROR_INIT;

	assert(request);
	if (access(place->dir, F_OK) < 0)
		return 0;
	if (access(place->tree, F_OK) == 0 &&
	    rk_record_read(place->dir, &record, &ignored) == 0 &&
	    strcmp(record.request, request) == 0)
		return 1;
	rk_error_set(err, RK_EREFUSED,
		     "there is a root tree '%s' already, made for something else (%s)",
		     place->name, record.request ? record.request : "damaged");
	return rk_error_cure(err, "root-taken",
			     "choose another name, or first: rkmod root remove %s",
			     place->name);
}

static void tell(const struct rk_root_create *create, const struct rk_apt *apt,
		 const struct rk_choice *choice)
{
	const char *const rows[][2] = {
		{"mirror", apt->mirror},
		{"suite", or_default(create->suite, "stable")},
		{"kernel", choice->release},
		{"version", choice->version},
		{"headers", choice->headers},
		{"source", choice->source},
		{"image", choice->image},
		{"modules", choice->modules},
	};

	for (size_t i = 0; create->chosen && i < RK_ARRAY_LEN(rows); i++)
		if (rows[i][1])
			create->chosen(create->data, rows[i][0], rows[i][1]);
}

/* What was asked for, else the machine's, else mmdebstrap's own default. */
static int find_mirror(const struct rk_root_create *create, const char *suite,
		       const char *temp, char **ret, struct rk_error *err)
{
	struct rk_error none = RK_ERROR_INIT;

	if (create->mirror)
		return rk_strdup(create->mirror, ret, err);
	if (rk_apt_machine_mirror(ret, &none) == 0)
		return 0;
	rk_log(RK_LOG_DEBUG, "mmdebstrap's own mirror: %s", none.msg);
	return rk_strap_default_mirror(suite, temp, ret, err);
}

/* All of it below @temp, which becomes roots/NAME. */
static int fill(const struct rk_machine *machine, const struct rk_root_create *create,
		const struct place *place, const char *temp, struct rk_record *record,
		struct rk_error *err)
{
	cleanup(rk_apt_release) struct rk_apt apt = {0};
	cleanup(rk_choice_release) struct rk_choice choice = {0};
	cleanup_free char *mirror = NULL;
	cleanup_free char *apt_dir = NULL;
	cleanup_free char *tree = NULL;
	struct rk_apt_request request = {.suite = or_default(create->suite, "stable"),
					 .arch = debian_arch(machine->arch)};
	struct rk_strap strap = {.suite = request.suite,
				 .apt = &apt,
				 .packages = &choice.wanted,
				 .lock_fd = place->lock_fd};

	if (rk_path_join(temp, "apt", &apt_dir, err) < 0 ||
	    rk_path_join(temp, "tree", &tree, err) < 0 ||
	    rk_dir_make(apt_dir, 0755, err) < 0 ||
	    find_mirror(create, request.suite, apt_dir, &mirror, err) < 0)
		return -(int)err->code;
	request.dir = apt_dir;
	request.mirror = mirror;
	strap.dir = tree;
	rk_log(RK_LOG_STEP, "asking the archive for its packages");
	if (rk_apt_open(&request, &apt, err) < 0 ||
	    rk_choose(&apt, create, request.arch, &choice, err) < 0)
		return -(int)err->code;
	tell(create, &apt, &choice);
	rk_log(RK_LOG_STEP, "making root tree '%s' (with a kernel: 1 minute, 2 GB)",
	       place->name);
	if (rk_strap_run(&strap, err) < 0 || rk_dir_remove(apt_dir, err) < 0 ||
	    rk_strdup(request.suite, &record->suite, err) < 0 ||
	    rk_strdup(or_default(choice.headers, ""), &record->headers, err) < 0 ||
	    rk_strdup(or_default(choice.version, ""), &record->version, err) < 0 ||
	    rk_strdup(or_default(choice.release, ""), &record->release, err) < 0)
		return -(int)err->code;
	return rk_record_write(temp, record, &choice.wanted, err);
}

static int make(const struct rk_machine *machine, const struct rk_root_create *create,
		const struct place *place, struct rk_record *record, struct rk_error *err)
{
	cleanup_free char *temp = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (rk_strap_check(err) < 0 || rk_dir_make_temp(place->hidden, &temp, err) < 0)
		return -(int)err->code;
	if (fill(machine, create, place, temp, record, err) < 0)
		goto remove;
	if (rename(temp, place->dir) == 0)
		return 0;
	rk_error_sys(err, errno, "'%s'", place->dir);
remove:
	if (rk_strap_remove(temp, &ignored) < 0)
		rk_log(RK_LOG_WARNING, "%s", ignored.msg);
	return -(int)err->code;
}

int rk_root_create(const struct rk_machine *machine, const struct rk_root_create *create,
		   char **ret_path, struct rk_error *err)
{
	cleanup(rk_record_release) struct rk_record record = {0};
	cleanup(place_release) struct place place = {.lock_fd = -1};
	int r;

	if (rk_choose_check(create, err) < 0 ||
	    describe_request(create, &record.request, err) < 0 ||
	    place_init(machine, or_default(create->name, "default"), &place, err) < 0)
		return -(int)err->code;
	r = look(&place, record.request, err);
	if (r == 0)
		r = make(machine, create, &place, &record, err);
	if (r < 0)
		return r;
	*ret_path = RK_STEAL(place.tree);
	return 0;
}

/* ---- list ---- */

void rk_root_list_release(struct rk_root_list *list)
{
	for (size_t i = 0; i < list->n_items; i++) {
		free(list->items[i].name);
		free(list->items[i].path);
		free(list->items[i].kernel_package);
		free(list->items[i].suite);
	}
	free(list->items);
	memset(list, 0, sizeof(*list));
}

static int describe(const char *name, const char *dir, const struct rk_record *record,
		    struct rk_root_info *info, struct rk_error *err)
{
	bool plain = record->headers[0] == '\0';

	if (rk_strdup(name, &info->name, err) < 0 ||
	    rk_path_join(dir, "tree", &info->path, err) < 0 ||
	    rk_strdup(record->suite, &info->suite, err) < 0)
		return -(int)err->code;
	return rk_format(&info->kernel_package, err, "%s%s%s", record->headers,
			 plain ? "" : "=", record->version);
}

static int add_to_list(const char *roots, const char *name, struct rk_root_list *list,
		       struct rk_error *err)
{
	cleanup(rk_record_release) struct rk_record record = {0};
	cleanup_free char *dir = NULL;
	struct rk_root_info *items;

	if (!rk_root_name_is_valid(name))
		return 0;
	if (rk_path_join(roots, name, &dir, err) < 0)
		return -(int)err->code;
	if (rk_record_read(dir, &record, err) < 0) {
		if (err->code == RK_ENOMEM)
			return -RK_ENOMEM;
		rk_log(RK_LOG_WARNING, "root tree '%s' is damaged: %s", name, err->msg);
		return 0;
	}
	items = reallocarray(list->items, list->n_items + 1, sizeof(*items));
	if (!items)
		return rk_error_nomem(err);
	list->items = items;
	memset(&items[list->n_items], 0, sizeof(*items));
	return describe(name, dir, &record, &items[list->n_items++], err);
}

static int read_names(const char *roots, struct rk_strv *names, struct rk_error *err)
{
	cleanup_closedir DIR *dir = opendir(roots);
	const struct dirent *entry;

	if (!dir && errno != ENOENT)
		return rk_error_sys(err, errno, "'%s'", roots);
	while (dir && (entry = readdir(dir)))
		rk_strv_add(names, entry->d_name);
	rk_strv_sort(names);
	return rk_strv_check(names, err);
}

int rk_root_list(const struct rk_machine *machine, struct rk_root_list *ret,
		 struct rk_error *err)
{
	cleanup(rk_root_list_release) struct rk_root_list list = {0};
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_free char *roots = NULL;

	if (rk_path_join(machine->data_dir, "roots", &roots, err) < 0 ||
	    read_names(roots, &names, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names.n_items; i++)
		if (add_to_list(roots, names.items[i], &list, err) < 0)
			return -(int)err->code;
	*ret = list;
	list = (struct rk_root_list){0};
	return 0;
}

/* ---- remove ---- */

int rk_root_remove(const struct rk_machine *machine, const char *name,
		   struct rk_error *err)
{
	cleanup(place_release) struct place place = {.lock_fd = -1};
	cleanup_free char *temp = NULL;

	if (place_init(machine, name, &place, err) < 0)
		return -(int)err->code;
	if (access(place.dir, F_OK) < 0) {
		rk_error_set(err, RK_ENOTFOUND, "no root tree '%s'", name);
		return rk_error_cure(err, "root-missing",
				     "those that exist: rkmod root list");
	}
	/* From here on it is no tree any more, however far the removal gets. */
	if (rk_dir_make_temp(place.hidden, &temp, err) < 0)
		return -(int)err->code;
	if (rename(place.dir, temp) < 0) {
		rk_error_sys(err, errno, "'%s'", place.dir);
		rmdir(temp);
		return -(int)err->code;
	}
	return rk_strap_remove(temp, err);
}
