/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <time.h>

#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "lib/kernel/symvers-table.h"
#include "tests/unit/tap.h"

/* The same files again and again: what is damaged is the kept table. */
static char *place;
static struct rk_machine machine;
static const char path[] = "/kdir/Module.symvers";

enum {
	N_EXPORTS = 300,
	HEADER_SIZE = 48,
};

static struct stat state(void)
{
	struct stat st = {.st_size = 1 << 20, .st_ino = 7};

	st.st_mtime = 1000000000;
	st.st_ctime = 1000000000;
	return st;
}

static struct rk_symvers *parse(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_symvers *symvers = NULL;
	struct rk_error err = RK_ERROR_INIT;

	for (unsigned int i = 0; i < N_EXPORTS; i++)
		rk_buf_addf(&buf, "0x%08x\tname_%u\t%s\tEXPORT_SYMBOL%s\t%s\n", i, i,
			    i % 2 ? "vmlinux" : "drivers/x", i % 3 ? "" : "_GPL",
			    i % 5 ? "" : "NS");
	EXPECT_INT(rk_symvers_parse(&buf, &symvers, &err), 0);
	return symvers;
}

static void keep(const struct stat *st)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers = parse();

	rk_symvers_keep(&machine, path, st, symvers);
}

static bool is_same(const struct rk_export *a, const struct rk_export *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->owner, b->owner) == 0 &&
	       strcmp(a->ns, b->ns) == 0 && a->crc == b->crc &&
	       a->gpl_only == b->gpl_only;
}

static void what_is_kept_is_what_was_parsed(void)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *parsed = parse();
	cleanup(rk_symvers_free_p) struct rk_symvers *kept = NULL;
	struct stat st = state();
	size_t n_same = 0;

	keep(&st);
	if (!EXPECT(rk_symvers_kept(&machine, path, &st, &kept)))
		return;
	EXPECT_INT(rk_symvers_count(kept), N_EXPORTS);
	for (size_t i = 0; i < rk_symvers_count(parsed); i++) {
		const struct rk_export *export = rk_symvers_at(parsed, i);
		const struct rk_export *found = rk_symvers_find(kept, export->name);

		n_same += found && is_same(export, found) &&
			  rk_symvers_at(kept, i) == found;
	}
	EXPECT_INT(n_same, N_EXPORTS);
	EXPECT(!rk_symvers_find(kept, "name_"));
	EXPECT(!rk_symvers_find(kept, ""));
}

static void another_state_of_the_file_has_none(void)
{
	struct rk_symvers *kept = NULL;
	struct stat st = state();

	keep(&st);
	st.st_size++;
	EXPECT(!rk_symvers_kept(&machine, path, &st, &kept));
	st = state();
	st.st_mtim.tv_nsec = 1;
	EXPECT(!rk_symvers_kept(&machine, path, &st, &kept));
	st = state();
	EXPECT(!rk_symvers_kept(&machine, "/kdir/other.symvers", &st, &kept));
}

static void what_may_still_change_is_not_kept(void)
{
	struct rk_symvers *kept = NULL;
	struct stat st = state();

	st.st_ctime = time(NULL);
	keep(&st);
	EXPECT(!rk_symvers_kept(&machine, path, &st, &kept));
}

/* Reads all that a table has; what it finds does not matter. */
static void use(const struct stat *st)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *kept = NULL;
	char name[32];

	if (!rk_symvers_kept(&machine, path, st, &kept))
		return;
	for (unsigned int i = 0; i < N_EXPORTS; i++) {
		snprintf(name, sizeof(name), "name_%u", i);
		rk_symvers_find(kept, name);
	}
	for (size_t i = 0; i < rk_symvers_count(kept); i++)
		EXPECT(strlen(rk_symvers_at(kept, i)->name) < 1 << 20);
}

static void read_kept(struct rk_buf *ret, char **ret_file)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_fact_file(&machine, "symvers", path, ret_file, &err) < 0 ||
	    rk_file_read(*ret_file, 1 << 20, ret, &err) < 0)
		abort();
}

static void write_kept(const char *file, const void *data, size_t size)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_file_write(file, data, size, 0600, &err) < 0)
		abort();
}

static void every_cut_is_refused(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *file = NULL;
	struct rk_symvers *kept = NULL;
	struct stat st = state();

	keep(&st);
	read_kept(&buf, &file);
	for (size_t i = 0; i < buf.len; i += i < HEADER_SIZE ? 1 : 97) {
		write_kept(file, buf.data, i);
		EXPECT(!rk_symvers_kept(&machine, path, &st, &kept));
	}
}

static void damaged_tables_are_read_without_harm(void)
{
	static const char values[] = {0, 1, 0x7f, (char)0x80, (char)0xff};
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *file = NULL;
	struct stat st = state();

	keep(&st);
	read_kept(&buf, &file);
	for (size_t i = 0; i < buf.len; i += i < HEADER_SIZE + 60 ? 1 : 61) {
		char kept = buf.data[i];

		for (size_t k = 0; k < sizeof(values); k++) {
			buf.data[i] = values[k];
			write_kept(file, buf.data, buf.len);
			use(&st);
		}
		buf.data[i] = kept;
	}
}

/* No free slot, and each leads to the last record: looking up must end. */
static void a_table_of_full_slots_ends(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *file = NULL;
	struct stat st = state();
	size_t slots = HEADER_SIZE + N_EXPORTS * sizeof(struct rk_symvers_record);

	keep(&st);
	read_kept(&buf, &file);
	for (size_t i = 0; i < 1024; i++) {
		struct rk_symvers_slot slot = {.record = N_EXPORTS - 1};

		memcpy(buf.data + slots + i * sizeof(slot), &slot, sizeof(slot));
	}
	write_kept(file, buf.data, buf.len);
	use(&st);
	EXPECT(true);
}

static const struct test tests[] = {
	TEST(what_is_kept_is_what_was_parsed),
	TEST(another_state_of_the_file_has_none),
	TEST(what_may_still_change_is_not_kept),
	TEST(every_cut_is_refused),
	TEST(damaged_tables_are_read_without_harm),
	TEST(a_table_of_full_slots_ends),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	int status;

	if (rk_dir_make_temp("/tmp/test-symvers-kept", &place, &err) < 0)
		return 1;
	machine.cache_dir = place;
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	if (rk_dir_remove(place, &err) < 0)
		return 1;
	free(place);
	return status;
}
