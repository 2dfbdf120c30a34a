/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "lib/load/internal.h"

const char *rk_load_result_name(enum rk_load_result result)
{
	static const char *const names[] = {
		[RK_LOAD_NOT_TRIED] = "not-tried", [RK_LOAD_ALREADY] = "already-loaded",
		[RK_LOAD_REFUSED] = "refused",     [RK_LOAD_LOADED] = "loaded",
		[RK_LOAD_FAILED] = "failed",       [RK_LOAD_KILLED] = "killed",
		[RK_LOAD_TIMEOUT] = "timeout",     [RK_LOAD_REMOVED] = "removed",
	};

	return names[result];
}

const char *rk_agreement_name(enum rk_agreement agreement)
{
	static const char *const names[] = {
		[RK_AGREEMENT_NONE] = "none",       [RK_AGREEMENT_YES] = "agrees",
		[RK_AGREEMENT_NO] = "disagrees",    [RK_AGREEMENT_INIT] = "init",
		[RK_AGREEMENT_UNKNOWN] = "unknown",
	};

	return names[agreement];
}

const char *rk_load_errno_meaning(int sys_errno)
{
	switch (sys_errno) {
	case ENOEXEC:
		return "not a module for this kernel";
	case ENOENT:
		return "a symbol that it needs is not there";
	case EINVAL:
		return "invalid, or a parameter was refused";
	case EEXIST:
		return "a module or symbol of this name is there already";
	case EBUSY:
		return "a module of this name is coming or going, or what it needs is busy";
	case EPERM:
		return "the kernel does not permit it";
	case EKEYREJECTED:
		return "the signature is refused";
	case EBADMSG:
		return "the signature is damaged";
	case ENOMEM:
		return "there is no memory for it";
	case ETXTBSY:
		return "the file is open for writing";
	default:
		return strerror(sys_errno);
	}
}

/* What the loader says when it refuses; a module's init function says other things, or
 * makes the kernel say the like of others. Those that begin with ": " stand after the
 * module's own name. */
static bool is_loaders(const struct rk_log_line *line)
{
	static const char *const texts[] = {
		": Could not allocate ",
		": Symbol ",
		": Unknown symbol ",
		": disagrees about version of symbol ",
		": exports duplicate symbol ",
		": has both .ctors and .init_array",
		": module is already loaded",
		": module tries to import ",
		": module uses symbol (",
		": no symbol version for ",
		": section ",
		": unknown rela relocation",
		": version magic '",
		"' invalid for parameter `",
		"' too large for parameter `",
		"ELF Spec violation",
		"Invalid ELF ",
		"Invalid relocation target",
		"Loading of ",
		"failed to validate module [",
		"is blacklisted",
		"refusing to load module '",
		"unsafe module parameters is restricted",
		"unsigned module loading is restricted",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(texts); i++)
		if (strstr(line->text, texts[i]) &&
		    (texts[i][0] != ':' || line->kind != RK_LINE_KERNEL))
			return true;
	return false;
}

/* An init function may return any errno, but hardly one of these. */
static bool is_refusal(const struct rk_load_item *item)
{
	for (size_t i = 0; i < item->log.n_items; i++)
		if (is_loaders(&item->log.items[i]))
			return true;
	return item->sys_errno == ENOEXEC || item->sys_errno == EKEYREJECTED ||
	       item->sys_errno == EBADMSG;
}

static bool is_same_answer(const struct rk_load_item *item)
{
	return item->verdict.sys_errno == 0 || item->verdict.sys_errno == item->sys_errno;
}

static enum rk_agreement compare(const struct rk_load *load,
				 const struct rk_load_item *item)
{
	const enum rk_answer answer = item->verdict.answer;
	const bool loaded = item->result == RK_LOAD_LOADED;

	if (!load->kernel || answer == RK_ANSWER_UNDECIDED)
		return RK_AGREEMENT_UNKNOWN;
	if (answer == RK_ANSWER_ACCEPT) {
		if (loaded)
			return RK_AGREEMENT_YES;
		return item->result == RK_LOAD_FAILED && is_refusal(item)
			       ? RK_AGREEMENT_NO
			       : RK_AGREEMENT_INIT;
	}
	if (item->result == RK_LOAD_FAILED && is_same_answer(item))
		return RK_AGREEMENT_YES;
	return RK_AGREEMENT_NO;
}

void rk_load_conclude(const struct rk_load *load, struct rk_load_item *item,
		      const struct rk_call *call)
{
	item->sys_errno = call->sys_errno;
	if (call->result == RK_CALL_KILLED)
		item->result = RK_LOAD_KILLED;
	else if (call->result == RK_CALL_TIMEOUT)
		item->result = RK_LOAD_TIMEOUT;
	else if (call->sys_errno == 0)
		item->result = RK_LOAD_LOADED;
	else if (call->sys_errno == EEXIST && item->is_dependency)
		item->result = RK_LOAD_ALREADY;
	else
		item->result = RK_LOAD_FAILED;
	if (item->result != RK_LOAD_ALREADY)
		item->agreement = compare(load, item);
}
