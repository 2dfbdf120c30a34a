/* SPDX-License-Identifier: GPL-2.0-or-later */
/* .modinfo alone, whose last entry may run on; that of a whole file, and who made it. */
#include <string.h>

#include "lib/module/modinfo.h"
#include "lib/module/origin.h"
#include "tests/fuzz/fuzz.h"

static void walk(const struct rk_modinfo *info, const char *key)
{
	const char *value = NULL;
	size_t n = 0;

	while ((value = rk_modinfo_next(info, key, value)) != NULL) {
		MUST(value > info->text && value < info->text + info->limit);
		MUST(strlen(value) < info->limit && ++n < info->limit);
	}
}

static void walk_all(const struct rk_modinfo *info)
{
	static const char *const keys[] = {"license",  "name",     "import_ns",
					   "parmtype", "vermagic", "a"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		walk(info, keys[i]);
}

static void ask_origin(const struct rk_view *view)
{
	cleanup_strv struct rk_strv compilers = RK_STRV_INIT;
	cleanup_free char *rustc = NULL;
	struct rk_error err = RK_ERROR_INIT;

	MUST(rk_origin_compilers(view, &compilers, &err) == 0);
	MUST(rk_origin_rustc(view, &rustc, &err) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_modinfo info;
	struct rk_view view;
	Elf64_Shdr section = {.sh_type = SHT_PROGBITS, .sh_size = size};

	rk_view_init(&view, data, size);
	info = rk_modinfo_open(&view, &section);
	walk_all(&info);
	section.sh_offset = size / 2;
	info = rk_modinfo_open(&view, &section); /* leaves the file */
	walk_all(&info);
	rk_origin_is_rust((struct rk_bytes){data, size / 2},
			  (struct rk_bytes){data + size / 2, size - size / 2});
	if (!rk_modinfo_find(data, size, &view, &info))
		return 0;
	walk_all(&info);
	ask_origin(&view);
	return 0;
}
