/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/load/load.h"
#include "lib/load/status.h"
#include "lib/load/unload.h"

enum {
	POLL_MS = 50,
};

/* ---- why not ---- */

static int report_missing(const char *name, struct rk_error *err)
{
	rk_error_set(err, RK_ENOTFOUND, "no module '%s' is loaded", name);
	return rk_error_cure(err, "module-not-loaded", "'rkmod status' lists what is");
}

int rk_unload_refused(const struct rk_machine *machine, const char *name, int sys_errno,
		      struct rk_error *err)
{
	cleanup(rk_status_release) struct rk_status status = {0};
	cleanup_buf struct rk_buf users = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;

	if (sys_errno == ENOENT)
		return report_missing(name, err);
	if (rk_status_read(machine, name, &status, &ignored) < 0)
		return rk_error_sys(err, sys_errno, "'%s'", name);
	for (size_t i = 0; i < status.holders.n_items; i++)
		rk_buf_addf(&users, "%s'%s'", i ? ", " : "", status.holders.items[i]);
	if (users.len) {
		rk_error_set(err, RK_EREFUSED, "'%s' is used by %s", name,
			     rk_buf_str(&users));
		return rk_error_cure(err, "module-busy",
				     "unload that first, or together with it");
	}
	if (sys_errno == EAGAIN || sys_errno == EBUSY) {
		rk_error_set(
			err, RK_EREFUSED,
			"'%s' is in use: %lld reference(s) that no other module holds",
			name, (long long)status.references);
		return rk_error_cure(
			err, "module-busy",
			"close what has its devices open, unmount, or wait with --wait");
	}
	return rk_error_sys(err, sys_errno, "'%s' could not be unloaded", name);
}

/* ---- the order ---- */

/* The kernel's name of "dir/my-mod.ko.xz" is my_mod. */
static int name_of(const char *word, char **ret, struct rk_error *err)
{
	const char *base = rk_path_base(word);
	const char *suffix;

	assert(base);
	suffix = strstr(base, ".ko");
	if (rk_format(ret, err, "%.*s",
		      (int)(suffix ? (size_t)(suffix - base) : strlen(base)), base) < 0)
		return -(int)err->code;
	assert(*ret);
	for (char *c = *ret; *c; c++)
		if (*c == '-')
			*c = '_';
	return 0;
}

static bool has_name(const struct rk_unload *unload, const char *name)
{
	for (size_t i = 0; i < unload->n_items; i++)
		if (unload->items[i].name && strcmp(unload->items[i].name, name) == 0)
			return true;
	return false;
}

/* After those that hold it: the list is short, and the kernel has no circles.
 * NOLINTNEXTLINE(misc-no-recursion) */
static int add_name(const struct rk_machine *machine, const struct rk_strv *wanted,
		    struct rk_unload *unload, const char *name, size_t depth,
		    struct rk_error *err)
{
	cleanup(rk_status_release) struct rk_status status = {0};

	if (has_name(unload, name) || depth > wanted->n_items)
		return 0;
	if (rk_status_read(machine, name, &status, err) < 0)
		return err->code == RK_ENOTFOUND ? report_missing(name, err)
						 : -(int)err->code;
	for (size_t i = 0; i < status.holders.n_items; i++)
		if (rk_strv_contains(wanted, status.holders.items[i]) &&
		    add_name(machine, wanted, unload, status.holders.items[i], depth + 1,
			     err) < 0)
			return -(int)err->code;
	return rk_strdup(name, &unload->items[unload->n_items++].name, err);
}

static int plan(const struct rk_machine *machine, const struct rk_strv *words,
		struct rk_unload *unload, struct rk_error *err)
{
	cleanup_strv struct rk_strv wanted = RK_STRV_INIT;

	unload->items = calloc(words->n_items + 1, sizeof(*unload->items));
	if (!unload->items)
		return rk_error_nomem(err);
	for (size_t i = 0; i < words->n_items; i++) {
		cleanup_free char *name = NULL;

		if (name_of(words->items[i], &name, err) < 0)
			return -(int)err->code;
		rk_strv_add(&wanted, name);
	}
	if (rk_strv_check(&wanted, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < wanted.n_items; i++)
		if (add_name(machine, &wanted, unload, wanted.items[i], 0, err) < 0)
			return -(int)err->code;
	return 0;
}

/* ---- */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Return: true if it makes sense to try again. */
static bool wait_a_little(const struct rk_unload_request *request, int64_t end_ms,
			  const struct rk_call *call)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};

	if (!request->wait || call->result != RK_CALL_DONE || now_ms() >= end_ms ||
	    (call->sys_errno != EAGAIN && call->sys_errno != EBUSY) ||
	    rk_load_interrupted())
		return false;
	nanosleep(&pause, NULL);
	return true;
}

static int remove_one(const struct rk_machine *machine, const struct rk_rights *rights,
		      const struct rk_unload_request *request,
		      struct rk_unload_item *item, struct rk_error *err)
{
	const int64_t end_ms = now_ms() + request->timeout_ms;
	struct rk_call call = {0};

	item->log.module = item->name;
	do {
		if (rk_channel_remove(rights, item->name, request->timeout_ms, &item->log,
				      &call, err) < 0)
			return -(int)err->code;
	} while (call.sys_errno && wait_a_little(request, end_ms, &call));
	item->is_done = call.result == RK_CALL_DONE && call.sys_errno == 0;
	if (item->is_done)
		return 0;
	if (call.result == RK_CALL_DONE)
		return rk_unload_refused(machine, item->name, call.sys_errno, err);
	return rk_error_set(err, RK_ESYS, "'%s' could not be unloaded: %s", item->name,
			    call.result == RK_CALL_KILLED
				    ? "the kernel fell over in its exit function"
				    : "no answer from the kernel");
}

int rk_unload_run(const struct rk_machine *machine, const struct rk_rights *rights,
		  const struct rk_unload_request *request, struct rk_unload *ret,
		  struct rk_error *err)
{
	*ret = (struct rk_unload){0};
	if (plan(machine, request->names, ret, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < ret->n_items; i++)
		if (remove_one(machine, rights, request, &ret->items[i], err) < 0)
			return -(int)err->code;
	return 0;
}

void rk_unload_release(struct rk_unload *unload)
{
	for (size_t i = 0; i < unload->n_items; i++) {
		free(unload->items[i].name);
		rk_kernel_log_release(&unload->items[i].log);
	}
	free(unload->items);
	*unload = (struct rk_unload){0};
}
