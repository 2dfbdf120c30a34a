/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_LIBRARY_H
#define RK_BASE_LIBRARY_H

#include "lib/base/buf.h"

/*
 * A foreign library opened on first use (dlopen), so that commands that need none start
 * at once. Its adapter lists the functions once:
 *
 *	#define FUNCTIONS(X) X(kmod_new) X(kmod_unref)
 *	static struct { FUNCTIONS(RK_LIBRARY_POINTER) } kmod;
 *	static const struct rk_library_symbol symbols[] = { FUNCTIONS(KMOD_SYMBOL) };
 *
 * where KMOD_SYMBOL(fn) is RK_LIBRARY_SYMBOL(kmod, fn).
 */
#define RK_LIBRARY_POINTER(fn) __typeof__(&(fn)) fn;
#define RK_LIBRARY_SYMBOL(table, fn)                                                     \
	{                                                                                \
		.name = #fn, .address = (void **)(void *)&(table).fn                     \
	}

struct rk_library_symbol {
	const char *name;
	void **address; /* of the function pointer to fill */
};

struct rk_library {
	const char *soname;  /* "libkmod.so.2" */
	const char *package; /* what to install: "libkmod2" */
	const struct rk_library_symbol *symbols;
	size_t n_symbols;
};

/**
 * rk_library_open() - fill a table of function pointers
 *
 * May be called again and again, also from several threads: the library stays open
 * until the process ends.
 * Return: 0, or -RK_ETOOL (library-missing) if the library or one of its functions is
 * not there; the table is then not to be used.
 */
RK_MUST_CHECK int rk_library_open(const struct rk_library *library, struct rk_error *err);

/**
 * rk_library_file() - the name of the file that a function lies in, links followed
 * @address: of the function
 * @ret:     added to: "libkmod.so.2.4.0", for libraries that do not tell their version
 *           in another way
 */
RK_MUST_CHECK int rk_library_file(const void *address, struct rk_buf *ret,
				  struct rk_error *err);

#endif
