/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/module/versions.h"

enum {
	RECORD_SIZE = 64, /* struct modversion_info on 64-bit kernels */
	CRC_SIZE = 8,
};

static int reserve(struct rk_versions *versions, size_t n_items, struct rk_error *err)
{
	if (rk_index_init(&versions->index, n_items, err) < 0)
		return -(int)err->code;
	versions->items = calloc(n_items ? n_items : 1, sizeof(*versions->items));
	if (!versions->items) {
		rk_index_release(&versions->index);
		return rk_error_nomem(err);
	}
	return 0;
}

/* The first of two entries of a name keeps it. */
static void add(struct rk_versions *versions, const char *name, uint64_t crc)
{
	versions->items[versions->n_items] = (struct rk_version){name, crc};
	rk_index_add(&versions->index, versions->items, sizeof(*versions->items),
		     (int32_t)versions->n_items++);
}

int rk_versions_read(const struct rk_view *view, struct rk_bytes table,
		     struct rk_versions *ret, struct rk_error *err)
{
	struct rk_versions versions = {0};
	size_t n = table.size / RECORD_SIZE;

	if (reserve(&versions, n, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *record = table.data + i * RECORD_SIZE;
		/* A name of 56 bytes runs on, as it does for the loader. */
		const char *name =
			rk_view_string(view, record + CRC_SIZE - view->file.data);

		if (name)
			add(&versions, name, rk_bytes_u64(table, i * RECORD_SIZE));
	}
	*ret = versions;
	return 0;
}

/* The size of the name at @offset with its NUL; 0: it does not end. */
static size_t name_size(struct rk_bytes names, size_t offset)
{
	size_t left = names.size - offset;
	size_t len = left ? strnlen((const char *)names.data + offset, left) : 0;

	return len < left ? len + 1 : 0;
}

bool rk_versions_extended_fit(struct rk_bytes crcs, struct rk_bytes names)
{
	size_t offset = 0;

	for (size_t left = crcs.size / sizeof(uint32_t); left; left--) {
		size_t size = name_size(names, offset);

		if (size == 0)
			return false;
		offset += size;
	}
	return true;
}

int rk_versions_read_extended(struct rk_bytes crcs, struct rk_bytes names,
			      struct rk_versions *ret, struct rk_error *err)
{
	struct rk_versions versions = {0};
	size_t n = crcs.size / sizeof(uint32_t);
	size_t offset = 0;

	if (reserve(&versions, n, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < n; i++) {
		size_t size = name_size(names, offset);

		if (size == 0)
			break;
		add(&versions, (const char *)names.data + offset,
		    rk_bytes_u32(crcs, i * sizeof(uint32_t)));
		offset += size;
	}
	*ret = versions;
	return 0;
}

void rk_versions_release(struct rk_versions *versions)
{
	free(versions->items);
	rk_index_release(&versions->index);
	*versions = (struct rk_versions){0};
}

const struct rk_version *rk_versions_find(const struct rk_versions *versions,
					  const char *name)
{
	int32_t found = RK_INDEX_NONE;

	if (versions->n_items)
		found = rk_index_find(&versions->index, versions->items,
				      sizeof(*versions->items), name);
	return found == RK_INDEX_NONE ? NULL : &versions->items[found];
}
