/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/build/internal.h"

enum {
	CONFIG_LIMIT = 8 << 20,
};

void rk_key_add(struct rk_key *key, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		key->value = (key->value ^ bytes[i]) * 0x100000001b3;
}

void rk_key_add_large(struct rk_key *key, const void *data, size_t size)
{
	const unsigned char *bytes = data;
	uint64_t word;

	for (; size >= sizeof(word); size -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		key->value = (key->value ^ word) * 0x100000001b3;
		key->value ^= key->value >> 32; /* else high bits would stay there */
	}
	rk_key_add(key, bytes, size);
}

void rk_key_add_field(struct rk_key *key, const char *text)
{
	rk_key_add(key, text, strlen(text) + 1);
}

void rk_key_hex(const struct rk_key *key, char ret[RK_KEY_SIZE])
{
	snprintf(ret, RK_KEY_SIZE, "%016llx", (unsigned long long)key->value);
}

/* What is not there counts as that. Inodes do not count: a tree that was copied or
 * mounted anew holds the same kernel. */
static int add_stat(struct rk_key *key, const struct rk_kernel *kernel, const char *name,
		    struct rk_error *err)
{
	cleanup_free char *path = NULL;
	struct rk_error missing = RK_ERROR_INIT;
	struct stat st;
	int64_t facts[3] = {-1, 0, 0};

	if (rk_path_join(kernel->kdir_real, name, &path, err) < 0)
		return -(int)err->code;
	if (rk_root_stat(kernel->root, path, &st, &missing) == 0) {
		facts[0] = st.st_size;
		facts[1] = st.st_mtim.tv_sec;
		facts[2] = st.st_mtim.tv_nsec;
	}
	rk_key_add_field(key, name);
	rk_key_add(key, facts, sizeof(facts));
	return 0;
}

static int add_config(struct rk_key *key, const struct rk_kernel *kernel,
		      struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(kernel->kdir_real, "include/config/auto.conf", &path, err) < 0)
		return -(int)err->code;
	if (rk_root_read(kernel->root, path, CONFIG_LIMIT, &text, err) < 0)
		return -(int)err->code;
	rk_key_add(key, rk_buf_str(&text), text.len);
	return 0;
}

int rk_key_add_kernel(struct rk_key *key, const struct rk_kernel *kernel,
		      struct rk_error *err)
{
	static const char *const names[] = {
		"Makefile",
		"Module.symvers",
		"include/generated/autoconf.h",
		"include/generated/rustc_cfg",
		"include/generated/utsrelease.h",
		"scripts/module.lds",
		"vmlinux",
	};

	rk_key_add_field(key, kernel->release);
	rk_key_add_field(key, kernel->kdir_real);
	rk_key_add_field(key, kernel->package_version ? kernel->package_version : "");
	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++)
		if (add_stat(key, kernel, names[i], err) < 0)
			return -(int)err->code;
	return add_config(key, kernel, err);
}
