/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For compilers without libFuzzer: runs a target on the files that are named. */
#include <stdio.h>

#include "lib/base/file.h"
#include "tests/fuzz/fuzz.h"

/* Most targets have none. */
extern __typeof__(LLVMFuzzerInitialize) LLVMFuzzerInitialize __attribute__((weak));

int main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		cleanup_buf struct rk_buf buf = RK_BUF_INIT;
		struct rk_error err = RK_ERROR_INIT;

		if (rk_file_read(argv[i], (size_t)64 << 20, &buf, &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return 2;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)rk_buf_str(&buf), buf.len);
	}
	return 0;
}
