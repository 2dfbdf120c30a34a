/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/kmsg.h"
#include "lib/load/log.h"

enum {
	MAX_LINES = 2000,         /* of others */
	MAX_MODULE_LINES = 20000, /* of all */
	MAX_RECORDS = 65536, /* that are read at a time: more than the kernel keeps */
};

void rk_kernel_log_start(struct rk_kernel_log *log, int fd)
{
	log->has_seq = false;
	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
}

/* ---- whose is it ---- */

/* What the loader says of modules that are not the kernel's own. */
static const struct {
	const char *text;
	const char *note;
} harmless[] = {
	{"loading out-of-tree module taints kernel",
	 "harmless: said of the first module that is not the kernel's own"},
	{"module verification failed: signature and/or required key missing",
	 "harmless: this kernel does not demand signatures"},
	{"loading module not compiled with retpoline compiler",
	 "the module has no protection against Spectre v2"},
};

/* A '-' in the name of a file is a '_' in that of the module. */
static bool begins_with_name(const char *text, const char *name)
{
	for (; *name; name++, text++)
		if ((*text == '-' ? '_' : *text) != (*name == '-' ? '_' : *name))
			return false;
	return text[0] == ':';
}

static void classify(struct rk_log_line *line, const char *module)
{
	line->kind = RK_LINE_KERNEL;
	if (!module || !begins_with_name(line->text, module))
		return;
	line->kind = RK_LINE_MODULE;
	for (size_t i = 0; i < RK_ARRAY_LEN(harmless); i++) {
		if (!strstr(line->text, harmless[i].text))
			continue;
		line->kind = RK_LINE_HARMLESS;
		line->note = harmless[i].note;
	}
}

/* ---- reading ---- */

/* The kernel says what it was given: names of devices, or of modules. */
static void drop_controls(char *text)
{
	for (char *c = text; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7f)
			*c = '?';
}

static int add_line(struct rk_kernel_log *log, struct rk_buf *text, struct rk_error *err)
{
	struct rk_log_line line = {0};
	struct rk_log_line *items = log->items;

	if (rk_buf_take(text, &line.text, err) < 0)
		return -(int)err->code;
	drop_controls(line.text);
	classify(&line, log->module);
	if (log->n_items >=
	    (line.kind == RK_LINE_KERNEL ? MAX_LINES : MAX_MODULE_LINES)) {
		log->n_dropped++;
		free(line.text);
		return 0;
	}
	if ((log->n_items & (log->n_items - 1)) == 0)
		items = reallocarray(items, log->n_items ? 2 * log->n_items : 1,
				     sizeof(*items));
	if (!items) {
		free(line.text);
		return rk_error_nomem(err);
	}
	log->items = items;
	items[log->n_items++] = line;
	return 0;
}

static int take_record(struct rk_kernel_log *log, char *record, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	uint64_t seq = 0;

	record[strcspn(record, "\n")] = '\0';
	if (rk_kmsg_read(record, &seq, &text, &ignored) < 0)
		return ignored.code == RK_ENOMEM ? rk_error_nomem(err) : 0;
	/* The kernel starts again with the oldest that is left. */
	if (log->has_seq && seq > log->next_seq)
		log->n_lost += seq - log->next_seq;
	log->has_seq = true;
	log->next_seq = seq + 1;
	return add_line(log, &text, err);
}

int rk_kernel_log_read(struct rk_kernel_log *log, int fd, struct rk_error *err)
{
	char record[RK_KMSG_MAX + 1];

	for (size_t i = 0; fd >= 0 && i < MAX_RECORDS; i++) {
		ssize_t n = read(fd, record, sizeof(record) - 1);

		if (n < 0 && errno == EPIPE && !log->has_seq)
			log->n_lost++; /* how many is not known before the first */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			return 0;
		record[n] = '\0';
		if (take_record(log, record, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

const char *rk_kernel_log_reason(const struct rk_kernel_log *log)
{
	const char *of_module = NULL;
	const char *of_kernel = NULL;

	for (size_t i = 0; i < log->n_items; i++) {
		if (log->items[i].kind == RK_LINE_MODULE)
			of_module = log->items[i].text;
		else if (log->items[i].kind == RK_LINE_KERNEL)
			of_kernel = log->items[i].text;
	}
	return of_module ? of_module : of_kernel;
}

void rk_kernel_log_release(struct rk_kernel_log *log)
{
	for (size_t i = 0; i < log->n_items; i++)
		free(log->items[i].text);
	free(log->items);
	*log = (struct rk_kernel_log)RK_KERNEL_LOG_INIT;
}
