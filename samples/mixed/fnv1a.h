/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FNV1A_H
#define FNV1A_H

#include <linux/types.h>

/* The 32-bit FNV-1a hash of @size bytes at @data. */
u32 fnv1a_hash(const u8 *data, size_t size);

#endif
