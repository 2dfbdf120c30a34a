/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/load/build-id.h"
#include "lib/module/modinfo.h"
#include "lib/module/view.h"

enum {
	NOTE_HEADER = 12, /* three words; then "GNU" and its NUL */
};

int rk_build_id_of_note(const void *data, size_t size, char **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf hex = RK_BUF_INIT;
	const unsigned char *bytes = data;
	uint32_t name_size = 0;
	uint32_t id_size = 0;

	if (size >= NOTE_HEADER + 4) {
		memcpy(&name_size, bytes, sizeof(name_size));
		memcpy(&id_size, bytes + 4, sizeof(id_size));
	}
	if (name_size == 4 && id_size <= size - NOTE_HEADER - 4)
		for (size_t i = 0; i < id_size; i++)
			rk_buf_addf(&hex, "%02x", bytes[NOTE_HEADER + 4 + i]);
	return rk_buf_take(&hex, ret, err);
}

int rk_build_id_of_module(const struct rk_module *module, char **ret,
			  struct rk_error *err)
{
	struct rk_bytes note = {0};
	struct rk_modinfo info;
	struct rk_view view;
	size_t index;

	if (rk_modinfo_find(module->data, module->size, &view, &info) &&
	    (index = rk_view_find_loaded(&view, ".note.gnu.build-id"))) {
		Elf64_Shdr section = rk_view_section(&view, index);

		note = rk_view_contents(&view, &section);
	}
	return rk_build_id_of_note(note.data, note.size, ret, err);
}
