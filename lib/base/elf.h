/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_ELF_H
#define RK_BASE_ELF_H

#include "lib/base/buf.h"

/*
 * The one user of libelf, for ELF files that somebody we trust made: KDIR's vmlinux,
 * a proc-macro .so. Modules are read raw instead (lib/module): the kernel has no ELF
 * library, and libelf's view differs from the kernel's.
 */

/**
 * rk_elf_read_section() - the contents of the first section of a name
 * @fd:    an ELF file; stays open
 * @limit: a larger section is -RK_EFORMAT
 * Return: 0, -RK_ENOTFOUND (no such section), -RK_EFORMAT (no ELF file), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_elf_read_section(int fd, const char *name, size_t limit,
				      struct rk_buf *ret, struct rk_error *err);

/* A section where it lies in the mapped file: of one that is cut short meanwhile, reading
 * ends the process, so only for files that are replaced as a whole. */
struct rk_elf_section {
	const unsigned char *data;
	size_t size;
	void *elf;
};
#define RK_ELF_SECTION_INIT                                                              \
	{                                                                                \
		0                                                                        \
	}

/**
 * rk_elf_map_section() - as rk_elf_read_section(), without a copy
 * @fd:  may be closed while the section is used
 * @ret: rk_elf_section_release()
 */
RK_MUST_CHECK int rk_elf_map_section(int fd, const char *name, size_t limit,
				     struct rk_elf_section *ret, struct rk_error *err);
void rk_elf_section_release(struct rk_elf_section *section);
#define cleanup_elf_section cleanup(rk_elf_section_release)

/**
 * rk_elf_find_symbol() - the first dynamic symbol whose name starts with a prefix
 * @ret: its name, free() it
 * Return: 0, -RK_ENOTFOUND, -RK_EFORMAT, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_elf_find_symbol(int fd, const char *prefix, char **ret,
				     struct rk_error *err);

/* The version of the libelf that is used, added to @ret. */
RK_MUST_CHECK int rk_libelf_version(struct rk_buf *ret, struct rk_error *err);

#endif
