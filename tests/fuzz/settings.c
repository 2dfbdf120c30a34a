/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rkmod.json, which comes with somebody else's repository; JSON below it. */
#include "lib/request/internal.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_layer layer = {0};
	struct rk_error err = RK_ERROR_INIT;

	if (rk_request_parse_file("rkmod.json", (const char *)data, size, &layer, &err) <
	    0)
		MUST(err.msg[0]);
	rk_layer_release(&layer);
	return 0;
}
