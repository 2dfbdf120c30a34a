/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_BTF_H
#define RK_KERNEL_BTF_H

#include <stdint.h>

#include "lib/base/error.h"

/**
 * rk_btf_struct_size() - sizeof a struct, from raw BTF bytes
 * @data: a .BTF section (include/uapi/linux/btf.h); untrusted; borrowed
 * Return: 0, -RK_ENOTFOUND, -RK_EFORMAT with the offset.
 */
RK_MUST_CHECK int rk_btf_struct_size(const void *data, size_t size, const char *name,
				     uint32_t *ret, struct rk_error *err);

#endif
