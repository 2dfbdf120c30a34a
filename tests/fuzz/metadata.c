/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lib/metadata reads: a .rmeta header, the record of a set and its label, what make
 * printed, and --extern in makefiles. */
#include <string.h>

#include "lib/metadata/label.h"
#include "lib/metadata/makelog.h"
#include "lib/metadata/metadata.h"
#include "lib/metadata/needs.h"
#include "lib/metadata/record.h"
#include "tests/fuzz/fuzz.h"

static void read_rmeta(const uint8_t *data, size_t size)
{
	cleanup_free char *text = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_rmeta_version(data, size, &text, &err) == 0)
		MUST(strncmp(text, "rustc ", 6) == 0);
	else
		MUST(!text && err.msg[0]);
}

/* What was read is written and read again as the same. */
static void read_record(const char *text, size_t size)
{
	cleanup(rk_record_free_p) struct rk_record *record = NULL;
	cleanup(rk_record_free_p) struct rk_record *again = NULL;
	cleanup_buf struct rk_buf printed = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_record_parse(text, size, &record, &err) < 0)
		return;
	MUST(rk_record_print(record, &printed, &err) == 0);
	MUST(rk_record_parse(printed.data, printed.len, &again, &err) == 0);
	MUST(again->n_files == record->n_files);
}

static void read_label(const char *text, size_t size)
{
	cleanup_label struct rk_label label = {.release = NULL};
	cleanup_buf struct rk_buf printed = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_label_parse(text, size, &label, &err) < 0)
		return;
	MUST(rk_label_print(&label, &printed, &err) == 0);
	MUST(printed.len == size && memcmp(printed.data, text, size) == 0);
}

static void read_lines(char *text)
{
	cleanup_strv struct rk_strv crates = RK_STRV_INIT;
	struct rk_makelog log;
	char *rest = text;
	char *line;

	rk_needs_add_externs(text, &crates);
	rk_makelog_init(&log, -1);
	while ((line = strsep(&rest, "\n")) != NULL)
		rk_makelog_line(&log, line, strlen(line), true);
	rk_makelog_release(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	MUST(text);
	read_rmeta(data, size);
	read_record((const char *)data, size);
	read_label(text, strlen(text));
	read_lines(text);
	free(text);
	return 0;
}
