/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_RECORD_H
#define RK_METADATA_RECORD_H

#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/crypto.h"

/*
 * What a cached set was when it was stored: a text file "record" beside its folders.
 * Sizes, times and inodes are compared at each use, hashes only when asked for.
 */
struct rk_record_file {
	char *path; /* below the set's folder: "rust/libcore.rmeta" */
	char sha256[RK_SHA256_HEX_SIZE];
	uint64_t size;
	int64_t mtime_ns;
	uint64_t inode; /* 0: one that was exported; neither it nor the time counts */
};

struct rk_record {
	char *key;        /* of the set: hex digits */
	char *rustc_text; /* of the compiler that made it */
	size_t n_exports;
	struct rk_record_file *files; /* sorted by path */
	size_t n_files;
};

/**
 * rk_record_parse() - read a record; untrusted text
 * @ret: rk_record_free()
 * Return: 0, -RK_EFORMAT with the line, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_record_parse(const char *text, size_t size, struct rk_record **ret,
				  struct rk_error *err);
void rk_record_free(struct rk_record *record); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_record *, rk_record_free);

/* The text that rk_record_parse() reads. */
RK_MUST_CHECK int rk_record_print(const struct rk_record *record, struct rk_buf *buf,
				  struct rk_error *err);

/**
 * rk_record_scan() - fill record->files from a folder, hashing every file
 * @record: its files are empty
 * Return: 0, -RK_ESYS, -RK_EFORMAT (something that is neither file nor folder),
 * -RK_ETOOL, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_record_scan(struct rk_record *record, const char *dir,
				 struct rk_error *err);

/**
 * rk_record_compare() - is the folder what the record says, by all but the hashes
 * Return: 0, -RK_EFORMAT naming the first file that is missing, changed or too many,
 * -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_record_compare(const struct rk_record *record, const char *dir,
				    struct rk_error *err);

/* Compares the hashes as well. Also -RK_ETOOL. */
RK_MUST_CHECK int rk_record_verify(const struct rk_record *record, const char *dir,
				   struct rk_error *err);

/* The hash of names and contents: equal for two sets that rustc sees as one. */
RK_MUST_CHECK int rk_record_content(const struct rk_record *record,
				    char ret[RK_SHA256_HEX_SIZE], struct rk_error *err);

enum {
	RK_RECORD_MAX_FILES = 1000,
};

/* Name of the record's own file in a set. */
extern const char rk_record_name[];

#endif
