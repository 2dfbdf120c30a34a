/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/load/internal.h"
#include "lib/load/unload.h"
#include "lib/module/signature.h"
#include "lib/verdict/siblings.h"

/* ---- interrupts ---- */

static volatile sig_atomic_t caught;

static void note_signal(int number)
{
	if (caught)
		_exit(128 + number);
	caught = number;
}

void rk_load_catch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	const struct sigaction action = {.sa_handler = note_signal};

	for (size_t i = 0; i < RK_ARRAY_LEN(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}

int rk_load_interrupted(void)
{
	return caught;
}

static int check_interrupt(struct rk_error *err)
{
	if (!caught)
		return 0;
	rk_error_set(err, RK_EREFUSED, "interrupted by signal %d", (int)caught);
	return rk_error_cure(err, "interrupted", "run it again");
}

static unsigned int usec_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned int)((now.tv_sec - start->tv_sec) * 1000000 +
			      (now.tv_nsec - start->tv_nsec) / 1000);
}

/* ---- the kernel ---- */

/* The headers may be missing: then the file alone is judged, and that is said. */
static int find_kernel(struct rk_loading *loading,
		       const struct rk_kernel_request *request, struct rk_error *err)
{
	struct rk_load *load = loading->load;
	const char *release = loading->machine->release;

	if (rk_root_open(loading->machine, NULL, &load->root, err) < 0 ||
	    rk_format(&loading->modules.modules_dir, err, "/lib/modules/%s", release) < 0)
		return -(int)err->code;
	loading->modules.root = load->root;
	loading->modules.release = loading->machine->release;
	if (rk_kernel_resolve(loading->machine, load->root, request, &load->kernel,
			      &load->kernel_error) < 0) {
		if (load->kernel_error.code == RK_ENOTFOUND && !request->kdir)
			return 0;
		*err = load->kernel_error;
		return -(int)err->code;
	}
	if (strcmp(load->kernel->release, release) == 0)
		return 0;
	rk_error_set(err, RK_EREFUSED, "kernel '%s' runs here, and '%s' is asked for",
		     release, load->kernel->release);
	return rk_error_cure(err, "kernel-not-running", "name no other kernel");
}

static void forget_exports(struct rk_state *state, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < state->n_exports; i++) {
		if (strcmp(state->exports[i].owner, name) != 0) {
			state->exports[kept++] = state->exports[i];
			continue;
		}
		free(state->exports[i].name);
		free(state->exports[i].owner);
	}
	state->n_exports = kept;
}

/* As if it were unloaded: what is there now will not be. */
static void forget_loaded(struct rk_state *state, const char *name)
{
	const struct rk_loaded *loaded = rk_state_find_module(state, name);
	size_t index = loaded ? (size_t)(loaded - state->modules) : 0;

	if (!loaded)
		return;
	forget_exports(state, loaded->name);
	for (size_t i = 0; i < state->sys_modules.n_items; i++)
		if (strcmp(state->sys_modules.items[i], loaded->name) == 0)
			state->sys_modules.items[i][0] = '\0';
	free(state->modules[index].name);
	state->n_modules--;
	memmove(&state->modules[index], &state->modules[index + 1],
		(state->n_modules - index) * sizeof(*state->modules));
}

static int read_state(struct rk_loading *loading, struct rk_error *err)
{
	rk_state_release(&loading->load->state);
	return rk_state_read(loading->machine, &loading->load->state, err);
}

/* ---- the verdict ---- */

static int need_certs(struct rk_loading *loading, const struct rk_module *module,
		      struct rk_error *err)
{
	struct rk_load *load = loading->load;

	if (load->has_certs || !load->kernel ||
	    rk_signature_find(module->data, module->size).state != RK_SIGNATURE_PRESENT)
		return 0;
	load->has_certs = true;
	return rk_certs_add_kernel(&load->certs, loading->machine, load->kernel, err);
}

static int judge(struct rk_loading *loading, struct rk_load_item *item,
		 const struct rk_siblings *siblings, struct rk_error *err)
{
	const struct rk_load *load = loading->load;
	const struct rk_verdict_target target = {.kernel = load->kernel,
						 .siblings = siblings,
						 .certs = &load->certs,
						 .state = &load->state,
						 .params = &item->words};
	struct timespec start;

	if (need_certs(loading, item->module, err) < 0)
		return -(int)err->code;
	if (item->has_verdict)
		rk_verdict_release(&item->verdict);
	item->has_verdict = false;
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (rk_verdict_judge(item->module, &target, &item->verdict, err) < 0)
		return -(int)err->code;
	item->judge_usec = usec_since(&start);
	item->has_verdict = true;
	return 0;
}

static bool is_refused(const struct rk_load_item *item)
{
	return item->verdict.answer == RK_ANSWER_REFUSE ||
	       item->verdict.answer == RK_ANSWER_FAULT;
}

/* Return: false if it must not be given to the kernel. */
static bool allow(const struct rk_loading *loading, struct rk_load_item *item)
{
	if (!is_refused(item))
		return true;
	item->is_forced =
		loading->request->force && item->verdict.answer == RK_ANSWER_REFUSE;
	if (!item->is_forced)
		item->result = RK_LOAD_REFUSED;
	return item->is_forced;
}

static int judge_beside(struct rk_loading *loading, struct rk_siblings *siblings,
			struct rk_error *err)
{
	struct rk_load *load = loading->load;

	if (rk_siblings_init(siblings, load->n_items, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < load->n_items; i++)
		if (rk_siblings_set(siblings, i, load->items[i].module, err) < 0)
			return -(int)err->code;
	for (size_t i = 0; i < load->n_items; i++)
		if (judge(loading, &load->items[i], siblings, err) < 0)
			return -(int)err->code;
	return 0;
}

/* All of it before any of it is inserted, each as if the others were loaded. */
static int judge_all(struct rk_loading *loading, bool *ret_allowed, struct rk_error *err)
{
	struct rk_load *load = loading->load;
	struct rk_siblings siblings = {0};
	int r = judge_beside(loading, &siblings, err);

	rk_siblings_release(&siblings);
	*ret_allowed = true;
	for (size_t i = 0; i < load->n_items && r == 0; i++)
		if (!allow(loading, &load->items[i]) && !load->items[i].is_optional)
			*ret_allowed = false;
	return r;
}

/* ---- insertion ---- */

/* Against the state as it is now, for what was judged beside others before. Of what was
 * inserted here more is known than the kernel tells: CRCs, namespaces, licenses. */
static int judge_again(struct rk_loading *loading, struct rk_load_item *item,
		       struct rk_error *err)
{
	const struct rk_load *load = loading->load;
	struct rk_siblings siblings = {0};
	size_t n = 0;
	int r;

	if (load->n_items == 1)
		return 0;
	if (read_state(loading, err) < 0)
		return -(int)err->code;
	r = rk_siblings_init(&siblings, load->n_items, err);
	for (size_t i = 0; i < load->n_items && r == 0; i++)
		if (load->items[i].result == RK_LOAD_LOADED)
			r = rk_siblings_set(&siblings, n++, load->items[i].module, err);
	if (r == 0)
		r = judge(loading, item, &siblings, err);
	rk_siblings_release(&siblings);
	return r;
}

static int insert(struct rk_loading *loading, struct rk_load_item *item,
		  struct rk_error *err)
{
	struct rk_load *load = loading->load;
	const struct rk_insertion insertion = {.index = item->index,
					       .params = item->params,
					       .timeout_ms =
						       loading->request->timeout_ms};
	struct rk_error ignored = RK_ERROR_INIT;
	struct rk_call call = {0};

	if (check_interrupt(err) < 0 || judge_again(loading, item, err) < 0)
		return -(int)err->code;
	if (!allow(loading, item))
		return 0;
	if (item->is_forced)
		rk_log(RK_LOG_WARNING,
		       "inserting '%s' by force, although the kernel will probably answer %s%s%s",
		       item->name,
		       item->verdict.sys_errno ? rk_verdict_errno_name(&item->verdict)
					       : "no",
		       item->verdict.kernel_message[0] ? ": " : "",
		       item->verdict.kernel_message);
	item->log.module = item->name;
	rk_log(RK_LOG_STEP, "inserting %s", item->name);
	if (rk_channel_insert(loading->rights, &insertion, &item->log, &call, err) < 0)
		return -(int)err->code;
	item->call_usec = call.usec;
	rk_load_conclude(load, item, &call);
	if (item->result == RK_LOAD_LOADED)
		rk_load_remember(loading->machine, item);
	if (item->agreement == RK_AGREEMENT_NO && !load->report &&
	    rk_load_write_report(loading->machine, load, item, &load->report, &ignored) <
		    0)
		rk_log(RK_LOG_WARNING, "no report could be written: %s", ignored.msg);
	return 0;
}

/* In reverse order. After an oops nothing is touched any more: it may not come back. */
static void roll_back(struct rk_loading *loading)
{
	struct rk_load *load = loading->load;

	for (size_t i = 0; i < load->n_items; i++)
		if (load->items[i].result == RK_LOAD_KILLED ||
		    load->items[i].result == RK_LOAD_TIMEOUT)
			return;
	for (size_t i = load->n_items; i > 0; i--) {
		struct rk_load_item *item = &load->items[i - 1];
		struct rk_error ignored = RK_ERROR_INIT;
		struct rk_call call = {0};

		if (item->result != RK_LOAD_LOADED)
			continue;
		if (rk_channel_remove(loading->rights, item->name,
				      loading->request->timeout_ms, &item->log, &call,
				      &ignored) < 0)
			return;
		if (call.result == RK_CALL_DONE && call.sys_errno == 0)
			item->result = RK_LOAD_REMOVED;
		else
			item->remove_errno =
				call.result == RK_CALL_DONE ? call.sys_errno : ETIMEDOUT;
	}
}

static bool is_in_place(const struct rk_load_item *item)
{
	return item->result == RK_LOAD_LOADED || item->result == RK_LOAD_ALREADY;
}

static int insert_all(struct rk_loading *loading, struct rk_error *err)
{
	struct rk_load *load = loading->load;
	int r = 0;

	for (size_t i = 0; i < load->n_items && r == 0; i++) {
		struct rk_load_item *item = &load->items[i];

		if (item->result == RK_LOAD_REFUSED) /* a soft dependency */
			continue;
		r = insert(loading, item, err);
		if (r == 0 && !item->is_optional && !is_in_place(item)) {
			roll_back(loading);
			return 0;
		}
	}
	/* What came after the module itself is no reason to take it away again. */
	if (r < 0 && load->items[load->target].result != RK_LOAD_LOADED)
		roll_back(loading);
	return r;
}

/* ---- reload ---- */

static int unload_old(struct rk_loading *loading, struct rk_error *err)
{
	struct rk_load *load = loading->load;
	const char *name = load->items[load->target].name;
	struct rk_call call = {0};

	load->unload_log.module = name;
	if (rk_channel_remove(loading->rights, name, loading->request->timeout_ms,
			      &load->unload_log, &call, err) < 0)
		return -(int)err->code;
	if (call.result == RK_CALL_DONE && call.sys_errno == 0) {
		load->was_unloaded = true;
		return read_state(loading, err);
	}
	if (call.result == RK_CALL_DONE)
		return rk_unload_refused(loading->machine, name, call.sys_errno, err);
	return rk_error_set(err, RK_ESYS,
			    "'%s' could not be unloaded: no answer from the kernel",
			    name);
}

/* ---- the whole ---- */

/* What is reloaded counts as not loaded; the state that is asked later is the true one.
 */
static bool is_reload(const struct rk_loading *loading, const char *name)
{
	return loading->request->reload &&
	       rk_state_find_module(&loading->load->state, name);
}

static int run(struct rk_loading *loading, const struct rk_kernel_request *request,
	       struct rk_error *err)
{
	struct rk_load *load = loading->load;
	bool allowed = false;
	bool reload;

	if (find_kernel(loading, request, err) < 0 || read_state(loading, err) < 0)
		return -(int)err->code;
	reload = is_reload(loading, loading->request->what);
	if (reload)
		forget_loaded(&load->state, loading->request->what);
	if (rk_load_plan(loading, err) < 0)
		return -(int)err->code;
	if (is_reload(loading, load->items[load->target].name)) {
		reload = true;
		forget_loaded(&load->state, load->items[load->target].name);
	}
	if (judge_all(loading, &allowed, err) < 0 || check_interrupt(err) < 0)
		return -(int)err->code;
	if (!allowed)
		return 0;
	if (reload && unload_old(loading, err) < 0)
		return -(int)err->code;
	return insert_all(loading, err);
}

int rk_load_run(const struct rk_machine *machine, const struct rk_rights *rights,
		const struct rk_kernel_request *kernel_request,
		const struct rk_load_request *request, struct rk_load *ret,
		struct rk_error *err)
{
	struct rk_loading loading = {
		.machine = machine, .rights = rights, .request = request, .load = ret};
	int r;

	*ret = (struct rk_load){0};
	r = run(&loading, kernel_request, err);
	free(loading.modules.modules_dir);
	return r;
}

bool rk_load_is_good(const struct rk_load *load)
{
	return load->n_items && load->items[load->target].result == RK_LOAD_LOADED;
}
