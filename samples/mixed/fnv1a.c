// SPDX-License-Identifier: GPL-2.0-or-later
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/printk.h>

#include "fnv1a.h"

u32 fnv1a_hash(const u8 *data, size_t size)
{
	u32 hash = 0x811c9dc5;
	size_t i;

	for (i = 0; i < size; i++)
		hash = (hash ^ data[i]) * 0x01000193;
	pr_info("C hashed %zu bytes\n", size);
	return hash;
}
