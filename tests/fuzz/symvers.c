/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/symvers.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers = NULL;
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_add(&buf, data, size);
	if (rk_symvers_parse(&buf, &symvers, &err) < 0) {
		MUST(!symvers && err.msg[0]);
		return 0;
	}
	for (size_t i = 0; i < rk_symvers_count(symvers); i++) {
		const struct rk_export *export = rk_symvers_at(symvers, i);

		MUST(export->name[0] && export->owner[0] && export->ns);
		MUST(rk_symvers_find(symvers, export->name));
	}
	return 0;
}
