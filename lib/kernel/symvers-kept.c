/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A parsed Module.symvers in the cache, as a file: header, records, slots, the text cut
 * into strings, and the identity of the Module.symvers. It is mapped and not read whole:
 * of 30,000 exports a module needs hundreds. What is looked up is checked then.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/kernel/symvers-table.h"

static const char fact_kind[] = "symvers";

struct header {
	char magic[8];
	uint64_t seed;
	uint64_t n_records;
	uint64_t n_slots;
	uint64_t text_size;
	uint64_t identity_size;
};

static const char magic[8] = "rksymv1";

enum {
	WORTH_IT = 1 << 16,   /* bytes of text; less is parsed at once */
	SETTLED_SECONDS = 2,  /* a file that was just changed may change again, unseen */
	MAX_ITEMS = 16 << 20, /* records, slots: sizes cannot overflow */
};

struct mapping {
	const char *data;
	size_t size;
};

static void unmap(const struct mapping *map)
{
	if (map->data)
		munmap((void *)map->data, map->size);
}

static bool map_file(const char *file, struct mapping *ret)
{
	cleanup_close int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	void *data;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || st.st_size < (off_t)sizeof(struct header))
		return false;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return false;
	*ret = (struct mapping){.data = data, .size = (size_t)st.st_size};
	return true;
}

/* The parts of the file, if they fill it; the text ends with its NUL. */
static bool read_table(const struct mapping *map, const struct rk_buf *identity,
		       struct rk_symvers_table *ret)
{
	struct header header;
	size_t records;
	size_t slots;
	const char *at = map->data + sizeof(header);

	memcpy(&header, map->data, sizeof(header));
	if (memcmp(header.magic, magic, sizeof(magic)) != 0 ||
	    header.n_records > MAX_ITEMS || header.n_slots > MAX_ITEMS ||
	    header.n_slots == 0 || (header.n_slots & (header.n_slots - 1)) ||
	    header.text_size > UINT32_MAX || header.identity_size != identity->len)
		return false;
	records = header.n_records * sizeof(struct rk_symvers_record);
	slots = header.n_slots * sizeof(struct rk_symvers_slot);
	if (map->size != sizeof(header) + records + slots + header.text_size + 1 +
				 header.identity_size)
		return false;
	*ret = (struct rk_symvers_table){
		.records = (const void *)at,
		.n_records = header.n_records,
		.slots = (const void *)(at + records),
		.n_slots = header.n_slots,
		.text = at + records + slots,
		.text_size = header.text_size,
		.seed = header.seed,
	};
	at = ret->text + ret->text_size;
	return !*at && memcmp(at + 1, identity->data, identity->len) == 0;
}

bool rk_symvers_kept(const struct rk_machine *machine, const char *path,
		     const struct stat *st, struct rk_symvers **ret)
{
	cleanup_buf struct rk_buf identity = RK_BUF_INIT;
	cleanup_free char *file = NULL;
	cleanup(unmap) struct mapping map = {0};
	struct rk_symvers_table table;
	struct rk_error err = RK_ERROR_INIT;

	if (st->st_size < WORTH_IT ||
	    rk_fact_file(machine, fact_kind, path, &file, &err) < 0 ||
	    rk_fact_identity(path, st, &identity, &err) < 0 || !map_file(file, &map) ||
	    !read_table(&map, &identity, &table) ||
	    rk_symvers_from_map((void *)map.data, map.size, &table, ret, &err) < 0)
		return false;
	map = (struct mapping){0};
	return true;
}

static bool is_settled(const struct stat *st)
{
	time_t now = time(NULL);

	return st->st_mtime < now - SETTLED_SECONDS &&
	       st->st_ctime < now - SETTLED_SECONDS;
}

void rk_symvers_keep(const struct rk_machine *machine, const char *path,
		     const struct stat *st, const struct rk_symvers *symvers)
{
	const struct rk_symvers_table *table = rk_symvers_table(symvers);
	cleanup_buf struct rk_buf identity = RK_BUF_INIT;
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *file = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct header header = {
		.seed = table->seed,
		.n_records = table->n_records,
		.n_slots = table->n_slots,
		.text_size = table->text_size,
	};

	if (st->st_size < WORTH_IT || !is_settled(st) || table->n_slots > MAX_ITEMS ||
	    rk_fact_identity(path, st, &identity, &err) < 0)
		return;
	memcpy(header.magic, magic, sizeof(magic));
	header.identity_size = identity.len;
	rk_buf_add(&buf, &header, sizeof(header));
	rk_buf_add(&buf, table->records, table->n_records * sizeof(*table->records));
	rk_buf_add(&buf, table->slots, table->n_slots * sizeof(*table->slots));
	rk_buf_add(&buf, table->text, table->text_size + 1);
	rk_buf_add(&buf, identity.data, identity.len);
	if (rk_buf_check(&buf, &err) < 0 ||
	    rk_fact_file(machine, fact_kind, path, &file, &err) < 0 ||
	    rk_file_write(file, buf.data, buf.len, 0600, &err) < 0)
		rk_log(RK_LOG_DEBUG, "not cached: %s", err.msg);
}
