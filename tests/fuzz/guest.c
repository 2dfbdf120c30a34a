/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest of lib/vm says: a module there may write to its ports. */
#include <string.h>

#include "lib/base/kmsg.h"
#include "lib/vm/lines.h"
#include "tests/fuzz/fuzz.h"

static void read_line(struct rk_vm_reader *reader, const char *line)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	enum rk_vm_line_type type;
	struct rk_vm_end end;
	uint64_t seq;

	if (rk_vm_line_read(reader, line, &type, &text, &err) < 0)
		MUST(err.msg[0]);
	if (rk_vm_end_read(line, 3, &end, &err) == 0)
		MUST(end.job < 3 && memchr(end.name, '\0', sizeof(end.name)));
	if (rk_kmsg_read(line, &seq, &text, &err) < 0)
		MUST(err.msg[0]);
	MUST(strlen(rk_vm_skip_time(line)) <= strlen(line));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_vm_reader reader = {.nonce = "nonce"};
	char *text = strndup((const char *)data, size);
	char *rest = text;
	char *line;

	MUST(text);
	rk_vm_oops_find(text);
	while ((line = strsep(&rest, "\n")) != NULL)
		read_line(&reader, line);
	free(text);
	return 0;
}
