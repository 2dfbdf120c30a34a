/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_SYMVERS_TABLE_H
#define RK_KERNEL_SYMVERS_TABLE_H

#include <sys/stat.h>

#include "lib/base/machine.h"
#include "lib/kernel/symvers.h"

/*
 * What rk_symvers_parse() makes of the text, in a form that can be kept in a file and
 * mapped: parsing takes longer than judging a module. Private to lib/kernel.
 */
struct rk_symvers_record {
	uint32_t name; /* offsets of strings in the text */
	uint32_t owner;
	uint32_t ns;
	uint32_t crc;
	uint32_t gpl_only;
};

struct rk_symvers_slot {
	uint32_t hash;   /* saves most comparisons of names */
	uint32_t record; /* UINT32_MAX: free */
};

struct rk_symvers_table {
	const char *text; /* cut into strings; one more byte, a NUL, stands behind it */
	size_t text_size;
	const struct rk_symvers_record *records;
	size_t n_records;
	const struct rk_symvers_slot *slots;
	size_t n_slots; /* a power of two */
	uint64_t seed;
};

const struct rk_symvers_table *rk_symvers_table(const struct rk_symvers *symvers);
/* @map: what @table points into; unmapped with the result, not on failure. */
RK_MUST_CHECK int rk_symvers_from_map(void *map, size_t size,
				      const struct rk_symvers_table *table,
				      struct rk_symvers **ret, struct rk_error *err);

/**
 * rk_symvers_kept() - the table that was kept for a file
 * @path, @st: of the Module.symvers, on the host
 * Return: false if there is none, or for another state of the file.
 */
bool rk_symvers_kept(const struct rk_machine *machine, const char *path,
		     const struct stat *st, struct rk_symvers **ret);
/* A cache that cannot be used is never an error. */
void rk_symvers_keep(const struct rk_machine *machine, const char *path,
		     const struct stat *st, const struct rk_symvers *symvers);

#endif
