/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/kmsg.h"
#include "lib/vm/lines.h"
#include "lib/vm/protocol.h"

static const char *const types[] = {
	[RK_VM_LINE_HELLO] = "hello", [RK_VM_LINE_BEGIN] = "begin",
	[RK_VM_LINE_KMSG] = "kmsg",   [RK_VM_LINE_OUT] = "out",
	[RK_VM_LINE_END] = "end",     [RK_VM_LINE_FAULT] = "fault",
	[RK_VM_LINE_BYE] = "bye",
};

/* Steps over @word and a blank. */
static bool take_word(const char **text, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*text, word, len) != 0 || (*text)[len] != ' ')
		return false;
	*text += len + 1;
	return true;
}

/* Decimal digits only: strtoul alone takes signs and blanks. */
static bool take_number(const char **text, uint64_t *ret)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	errno = 0;
	*ret = strtoull(*text, &end, 10);
	*text = end;
	return errno == 0;
}

static int read_sequence(struct rk_vm_reader *reader, const char **text,
			 struct rk_error *err)
{
	uint64_t seq;

	if (!take_number(text, &seq) || **text != ' ')
		return rk_error_set(err, RK_EFORMAT,
				    "damaged line from the guest: no number");
	++*text;
	if (seq != reader->next_seq)
		return rk_error_set(
			err, RK_EFORMAT,
			"lines from the guest are missing: %u should be next, not %llu",
			reader->next_seq, (unsigned long long)seq);
	reader->next_seq++;
	return 0;
}

int rk_vm_line_read(struct rk_vm_reader *reader, const char *line,
		    enum rk_vm_line_type *ret_type, struct rk_buf *text,
		    struct rk_error *err)
{
	rk_buf_truncate(text, 0);
	*ret_type = RK_VM_LINE_FOREIGN;
	if (!take_word(&line, RK_VM_GREETING) || !take_word(&line, reader->nonce))
		return 0;
	if (read_sequence(reader, &line, err) < 0)
		return -(int)err->code;
	for (size_t i = RK_VM_LINE_HELLO; i < RK_ARRAY_LEN(types); i++) {
		if (!take_word(&line, types[i]))
			continue;
		*ret_type = (enum rk_vm_line_type)i;
		return rk_kmsg_unescape(line, text, err);
	}
	return rk_error_set(err, RK_EFORMAT, "damaged line from the guest: '%.20s'",
			    line);
}

/* ---- the end of a job ---- */

static bool read_how(const char *value, enum rk_vm_how *ret)
{
	static const char *const hows[] = {
		[RK_VM_DONE] = "done",
		[RK_VM_SKIPPED] = "skipped",
		[RK_VM_KILLED] = "killed",
		[RK_VM_TIMEOUT] = "timeout",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(hows); i++) {
		if (strcmp(value, hows[i]) == 0) {
			*ret = (enum rk_vm_how)i;
			return true;
		}
	}
	return false;
}

static bool read_number(const char *value, uint64_t max, uint64_t *ret)
{
	return take_number(&value, ret) && *value == '\0' && *ret <= max;
}

static bool read_int(const char *value, int *ret)
{
	uint64_t number;

	if (!read_number(value, INT_MAX, &number))
		return false;
	*ret = (int)number;
	return true;
}

/* Unknown keys are skipped: a newer guest may say more. */
static bool read_field(const char *key, const char *value, struct rk_vm_end *end)
{
	uint64_t number;

	if (strcmp(key, "how") == 0)
		return read_how(value, &end->how);
	if (strcmp(key, "errno") == 0)
		return read_int(value, &end->error);
	if (strcmp(key, "unload") == 0)
		return read_int(value, &end->unload_error);
	if (strcmp(key, "value") == 0)
		return read_int(value, &end->value);
	if (strcmp(key, "taint") == 0)
		return read_number(value, UINT64_MAX, &end->taint);
	if (strcmp(key, "name") == 0)
		return (size_t)snprintf(end->name, sizeof(end->name), "%s", value) <
		       sizeof(end->name);
	if (strcmp(key, "ms") == 0) {
		if (!read_number(value, UINT_MAX, &number))
			return false;
		end->ms = (unsigned int)number;
	}
	return true;
}

static bool read_job(const char *value, size_t n_jobs, size_t *ret)
{
	uint64_t number;

	if (n_jobs == 0 || !read_number(value, n_jobs - 1, &number))
		return false;
	*ret = (size_t)number;
	return true;
}

int rk_vm_end_read(const char *text, size_t n_jobs, struct rk_vm_end *ret,
		   struct rk_error *err)
{
	cleanup_free char *copy = NULL;
	struct rk_vm_end end = {0};
	bool has_job = false;
	char *save = NULL;
	bool ok = true;

	if (rk_strdup(text, &copy, err) < 0)
		return -(int)err->code;
	for (char *key = strtok_r(copy, " ", &save); key && ok;
	     key = strtok_r(NULL, " ", &save)) {
		char *value = strchr(key, '=');

		ok = value != NULL;
		if (!ok)
			break;
		*value++ = '\0';
		if (strcmp(key, "job") == 0)
			ok = has_job = read_job(value, n_jobs, &end.job);
		else
			ok = read_field(key, value, &end);
	}
	if (!ok || !has_job)
		return rk_error_set(err, RK_EFORMAT,
				    "damaged result from the guest: '%.80s'", text);
	*ret = end;
	return 0;
}

/* ---- the kernel log ---- */

static bool begins_oops(const char *line)
{
	static const char *const beginnings[] = {
		"BUG: ",
		"Internal error: ",
		"Kernel panic - not syncing",
		"Oops",
		"Unable to handle kernel ",
		"divide error",
		"general protection fault",
		"int3: ",
		"invalid opcode",
		"kernel BUG at ",
		"stack segment: ",
		"watchdog: BUG: ",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(beginnings); i++)
		if (strncmp(line, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}

const char *rk_vm_skip_time(const char *line)
{
	const char *end;

	if (line[0] != '[')
		return line;
	end = line + 1 + strspn(line + 1, " 0123456789.");
	return end[0] == ']' && end[1] == ' ' ? end + 2 : line;
}

const char *rk_vm_oops_find(const char *log)
{
	while (*log) {
		if (begins_oops(rk_vm_skip_time(log)))
			return log;
		log += strcspn(log, "\n");
		log += *log == '\n';
	}
	return NULL;
}
