/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_LOAD_LOAD_H
#define RK_LOAD_LOAD_H

#include "lib/kernel/kernel.h"
#include "lib/load/channel.h"
#include "lib/verdict/verdict.h"

/*
 * Insertion of what was judged. A module is read once, into a file in memory that is then
 * sealed; the verdict against the running kernel is made on that, and the same file is
 * what the kernel reads.
 */

enum rk_load_result {
	RK_LOAD_NOT_TRIED, /* something before it failed */
	RK_LOAD_ALREADY,   /* somebody else was faster; of a dependency that is fine */
	RK_LOAD_REFUSED,   /* the verdict is no: it was not given to the kernel */
	RK_LOAD_LOADED,
	RK_LOAD_FAILED,  /* the kernel answered with an errno */
	RK_LOAD_KILLED,  /* the kernel fell over */
	RK_LOAD_TIMEOUT, /* it gave no answer */
	RK_LOAD_REMOVED, /* loaded, and removed again because what needed it failed */
};

/* Whether the kernel did what the verdict said. */
enum rk_agreement {
	RK_AGREEMENT_NONE, /* the kernel was not asked */
	RK_AGREEMENT_YES,  /* it did */
	RK_AGREEMENT_NO,   /* it did not: a defect of rkmod's, or of its knowledge */
	RK_AGREEMENT_INIT, /* the loader accepted it as predicted, and then the module's
			      own init function failed, which cannot be predicted */
	RK_AGREEMENT_UNKNOWN, /* there was no clear prediction */
};

struct rk_load_item {
	struct rk_module *module; /* bytes of the sealed file */
	uint32_t index;           /* of that file, see channel.h */
	char *name;               /* the kernel's */
	char *build_id;           /* of the sealed bytes, hex digits; "" if none */
	char *params;             /* as the kernel is given them */
	struct rk_strv words;     /* the same, one by one */
	char *install;            /* modprobe.d's command, which is not run; "" if none */
	bool is_dependency;
	bool is_optional;    /* a soft dependency */
	bool is_beside;      /* found beside the module that needs it */
	bool is_blacklisted; /* in modprobe.d */
	struct rk_verdict verdict;
	bool has_verdict;
	bool is_forced; /* inserted although refused */
	enum rk_load_result result;
	int sys_errno;    /* RK_LOAD_FAILED */
	int remove_errno; /* RK_LOAD_LOADED that should have been removed: why it was not
			   */
	enum rk_agreement agreement;
	unsigned int judge_usec; /* what the verdict took */
	unsigned int call_usec;  /* what the kernel took */
	struct rk_kernel_log log;
};

struct rk_load_request {
	const char *what;             /* a file, a module's name or an alias */
	const struct rk_strv *params; /* "name=value", for that module */
	bool force;     /* insert what is refused; what would be a fault never is */
	bool reload;    /* unload it first, if it is loaded */
	int timeout_ms; /* of one insertion */
};

struct rk_load {
	struct rk_root *root;
	struct rk_kernel *kernel;     /* NULL: its headers are not here */
	struct rk_error kernel_error; /* then: why */
	struct rk_state state;        /* the last that was read */
	struct rk_certs certs;
	bool has_certs;
	struct rk_load_item *items; /* in the order of insertion */
	size_t n_items;
	size_t target;     /* index of what was asked for */
	bool was_unloaded; /* reload: the old one is gone */
	struct rk_kernel_log unload_log;
	char *report; /* file with what is needed to report a disagreement, or NULL */
};

const char *rk_load_result_name(enum rk_load_result result); /* "loaded", ... */
const char *rk_agreement_name(enum rk_agreement agreement);  /* "agrees", ... */
/* What an errno means when a module is loaded; static. */
const char *rk_load_errno_meaning(int sys_errno);

/**
 * rk_load_run() - judge a module and what it needs, and insert them
 * @kernel_request: whose headers; they must be the running kernel's
 * @ret: also on failure what came so far; rk_load_release()
 *
 * Nothing is inserted unless all of it is accepted (or forced). If a later step fails,
 * what was inserted for it is removed in reverse order.
 *
 * Return: 0 whatever became of the module, see items[target].result; -RK_ENOTFOUND (no
 * such file or module), -RK_EFORMAT (a parameter that the module does not have:
 * parameter-unknown), -RK_EREFUSED (interrupted; kernel-not-running; module-busy),
 * -RK_ETOOL, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_load_run(const struct rk_machine *machine,
			      const struct rk_rights *rights,
			      const struct rk_kernel_request *kernel_request,
			      const struct rk_load_request *request, struct rk_load *ret,
			      struct rk_error *err);
void rk_load_release(struct rk_load *load);

/* True if what was asked for is loaded now. */
bool rk_load_is_good(const struct rk_load *load);

/* From now on SIGINT, SIGTERM and SIGHUP are only remembered; a second one ends us. */
void rk_load_catch_signals(void);
/* The signal that came, or 0. */
int rk_load_interrupted(void);

#endif
