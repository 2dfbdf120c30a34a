/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_MEMORY_H
#define RK_BASE_MEMORY_H

#include <stddef.h>

/**
 * rk_memory_alloc() - malloc() for what may be megabytes
 * @size: not 0
 * @ret_size: what there is, at least @size; or NULL
 *
 * Much of it comes in huge pages where there are such: touching fresh memory page by
 * page costs more than reading a file into it. Return: free() it; NULL: out of memory.
 */
void *rk_memory_alloc(size_t size, size_t *ret_size);

#endif
