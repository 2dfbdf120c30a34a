/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/btf.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_error err = RK_ERROR_INIT;
	uint32_t ret;

	if (rk_btf_struct_size(data, size, "module", &ret, &err) < 0)
		MUST(err.msg[0]);
	return 0;
}
