/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/kconfig.h"
#include "tests/fuzz/fuzz.h"

static void look_up(void *data, const char *name, const char *value, const char *other)
{
	const struct rk_kconfig *config = data;

	MUST(value && !other);
	MUST(rk_kconfig_mentions(config, name) && rk_kconfig_get(config, name) == value);
	rk_kconfig_number(config, name, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config = NULL;
	cleanup(rk_kconfig_free_p) struct rk_kconfig *empty = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_kconfig_parse((const char *)data, size, &config, &err) < 0) {
		MUST(!config && err.msg[0]);
		return 0;
	}
	MUST(rk_kconfig_diff(config, config, NULL, NULL, NULL) == 0);
	MUST(rk_kconfig_parse("", 0, &empty, &err) == 0);
	rk_kconfig_diff(config, empty, NULL, look_up, config);
	return 0;
}
