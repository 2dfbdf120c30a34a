/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_CLEANUP_H
#define RK_BASE_CLEANUP_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Marks for owning locals: released when the variable leaves its scope. */
#define cleanup(fn)     __attribute__((cleanup(fn)))
#define RK_MUST_CHECK   __attribute__((warn_unused_result))
#define RK_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define RK_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Makes `cleanup(free_fn_p)` for a pointer type; stands under free_fn's declaration. */
#define RK_CLEANUP_FUNC(type, free_fn)                                                   \
	static inline void free_fn##_p(type *pointer)                                    \
	{                                                                                \
		free_fn(*pointer);                                                       \
	}                                                                                \
	struct rk_swallow_semicolon

/* Moves the value out of an owning local, which is left NULL. */
#define RK_STEAL(pointer)                                                                \
	__extension__({                                                                  \
		__typeof__(pointer) rk_stolen = (pointer);                               \
		(pointer) = NULL;                                                        \
		rk_stolen;                                                               \
	})

static inline void rk_free_p(void *pointer)
{
	free(*(void **)pointer);
}

static inline void rk_close_p(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline int rk_steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

static inline void rk_fclose_p(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void rk_closedir_p(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define cleanup_free     cleanup(rk_free_p)
#define cleanup_close    cleanup(rk_close_p)
#define cleanup_fclose   cleanup(rk_fclose_p)
#define cleanup_closedir cleanup(rk_closedir_p)

#endif
