/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_TOOLCHAIN_CRATEID_H
#define RK_TOOLCHAIN_CRATEID_H

#include "lib/base/cleanup.h"
#include "lib/kernel/symvers.h"

/*
 * The crate disambiguator of v0 mangling: rustc hashes the crate's name and its own
 * version text (rustc_span StableCrateId::new), so a symbol tells which compiler made it.
 */
enum {
	RK_CRATE_TAG_SIZE = 16, /* "Cs" and up to 11 base-62 digits and NUL */
};

/* Up to 1.6x rustc used SipHash-2-4, since then SipHash-1-3: a symbol may match either.
 */
struct rk_crate_tags {
	char sip13[RK_CRATE_TAG_SIZE]; /* "Cs2lKf6AS60Zg" */
	char sip24[RK_CRATE_TAG_SIZE];
};

/* @version_text: with or without the leading "rustc ". */
struct rk_crate_tags rk_crate_tags(const char *crate, const char *version_text);

/* Is @tag one of them? */
bool rk_crate_tags_have(const struct rk_crate_tags *tags, const char *tag);

/**
 * rk_crate_tag_of() - the disambiguator of a crate in a mangled symbol
 * Return: true with @ret set, if @symbol has "Cs<digits>_<len><crate>".
 */
bool rk_crate_tag_of(const char *symbol, const char *crate, char ret[RK_CRATE_TAG_SIZE]);

/* The tag of "core" in the kernel's own exports; false: it exports no Rust. */
bool rk_crate_tag_of_kernel(const struct rk_symvers *symvers, const char *crate,
			    char ret[RK_CRATE_TAG_SIZE]);

#endif
