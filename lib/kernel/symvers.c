/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/kernel/index.h"
#include "lib/kernel/symvers-table.h"

/* Exports that somebody asked for, made from their records one by one: most are never
 * asked for. */
struct made {
	pthread_mutex_t lock; /* of all that follows; items are also read without */
	struct rk_export
		*pool; /* room for all; memory that is not touched costs nothing */
	size_t n_made;
	struct rk_export *items[]; /* by record, NULL: not made */
};

struct rk_symvers {
	struct rk_symvers_table table;
	struct rk_buf text; /* what the table points into, if it was parsed */
	struct rk_symvers_record *records;
	size_t cap;
	struct rk_symvers_slot *slots;
	void *map; /* of the same, if it was kept */
	size_t map_size;
	struct made *made;
};

/* Ends the column at @next with a NUL where its tab was; NULL: there is no tab before the
 * line's own NUL. */
static char *take_column(char **next)
{
	char *start = *next;
	char *tab = strchrnul(start, '\t');

	if (!*tab)
		return NULL;
	*tab = '\0';
	*next = tab + 1;
	return start;
}

static bool parse_crc(const char *text, uint32_t *ret)
{
	uint32_t crc = 0;
	size_t n_digits;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	for (n_digits = 0; text[n_digits]; n_digits++) {
		char c = text[n_digits];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (uint32_t)((c | 0x20) - 'a') + 10;
		else
			return false;
		if (n_digits == 8)
			return false;
		crc = crc << 4 | digit;
	}
	*ret = crc;
	return n_digits > 0;
}

/* A line, while it is cut. */
struct columns {
	const char *name;
	const char *owner;
	const char *ns;
	uint32_t crc;
	bool gpl_only;
};

/* True, and @next is behind them, if these bytes are next. */
static bool skip(char **next, const char *end, const char *bytes, size_t len)
{
	if ((size_t)(end - *next) < len || memcmp(*next, bytes, len) != 0)
		return false;
	*next += len;
	return true;
}
#define SKIP(next, end, text) skip(next, end, text, sizeof(text) - 1)

/* What is wrong with the end of a line, from its fourth column, or NULL. */
static const char *parse_license(char *line, char *end, struct columns *ret)
{
	bool known = SKIP(&line, end, "EXPORT_SYMBOL");

	ret->gpl_only = known && SKIP(&line, end, "_GPL");
	known = known && (!*line || *line == '\t');
	/* Kernels before 5.4 write no namespace column. */
	if (*line != '\t')
		line = strchrnul(line, '\t');
	ret->ns = line + (*line == '\t');
	if (*ret->ns && strchr(ret->ns, '\t'))
		return "has more than 5 columns";
	return known ? NULL
		     : "has neither EXPORT_SYMBOL nor EXPORT_SYMBOL_GPL in column 4";
}

/* What is wrong with the line, or NULL. Most lines have no CRC and are of vmlinux. */
static const char *parse_line(char *line, char *end, struct columns *ret)
{
	static const char zeroes[] = "0x00000000\t";
	char *crc = line;
	const char *wrong;
	bool has_owner;

	*end = '\0';
	if (SKIP(&line, end, zeroes))
		crc = NULL;
	else if (!take_column(&line))
		return "has fewer than 4 columns";
	ret->name = take_column(&line);
	ret->owner = line;
	has_owner = SKIP(&line, end, "vmlinux\t");
	if (has_owner)
		line[-1] = '\0';
	if (!ret->name || (!has_owner && !take_column(&line)))
		return "has fewer than 4 columns";
	wrong = parse_license(line, end, ret);
	ret->crc = 0;
	if (crc && !parse_crc(crc, &ret->crc))
		return "begins with no CRC of up to 8 hexadecimal digits";
	if (!*ret->name || !*ret->owner)
		return "has an empty name";
	return wrong;
}

static int add_record(struct rk_symvers *symvers, const struct columns *columns,
		      struct rk_error *err)
{
	const char *text = symvers->text.data;
	size_t n = symvers->table.n_records;

	if (n == symvers->cap) {
		size_t cap =
			symvers->cap ? symvers->cap * 2 : symvers->text.len / 64 + 16;
		struct rk_symvers_record *records =
			reallocarray(symvers->records, cap, sizeof(*records));

		if (!records)
			return rk_error_nomem(err);
		symvers->records = records;
		symvers->cap = cap;
	}
	symvers->records[n] = (struct rk_symvers_record){
		.name = (uint32_t)(columns->name - text),
		.owner = (uint32_t)(columns->owner - text),
		.ns = (uint32_t)(columns->ns - text),
		.crc = columns->crc,
		.gpl_only = columns->gpl_only,
	};
	symvers->table.n_records++;
	return 0;
}

static int parse_lines(struct rk_symvers *symvers, struct rk_error *err)
{
	char *end = symvers->text.data + symvers->text.len;
	char *next = symvers->text.data;

	while (next < end) {
		char *newline = memchr(next, '\n', (size_t)(end - next));
		char *line_end = newline ? newline : end;
		struct columns columns;
		const char *wrong = parse_line(next, line_end, &columns);

		if (wrong)
			return rk_error_set(err, RK_EFORMAT, "line %zu %s",
					    symvers->table.n_records + 1, wrong);
		if (add_record(symvers, &columns, err) < 0)
			return -(int)err->code;
		next = line_end + 1;
	}
	return 0;
}

/* A kept table may be damaged: whatever it holds, this ends and stays inside. */
static const char *text_at(const struct rk_symvers_table *table, uint32_t offset)
{
	return offset < table->text_size ? table->text + offset : "";
}

/* The slot that has @name, or the free one where it belongs. */
static const struct rk_symvers_slot *probe(const struct rk_symvers_table *table,
					   const char *name, uint32_t hash)
{
	size_t mask = table->n_slots - 1;
	const struct rk_symvers_slot *slot = NULL;

	for (size_t i = 0; i < table->n_slots; i++) {
		slot = &table->slots[(hash + i) & mask];
		if (slot->record >= table->n_records)
			break;
		if (slot->hash == hash &&
		    strcmp(text_at(table, table->records[slot->record].name), name) == 0)
			break;
	}
	return slot;
}

static bool is_of_vmlinux(const struct rk_symvers_table *table, uint32_t record)
{
	return strcmp(text_at(table, table->records[record].owner), "vmlinux") == 0;
}

static void index_record(struct rk_symvers *symvers, uint32_t record)
{
	const struct rk_symvers_table *table = &symvers->table;
	const char *name = text_at(table, table->records[record].name);
	uint32_t hash = rk_index_hash(table->seed, name);
	const struct rk_symvers_slot *found = probe(table, name, hash);
	struct rk_symvers_slot *slot = &symvers->slots[found - symvers->slots];

	if (slot->record >= table->n_records ||
	    (is_of_vmlinux(table, record) && !is_of_vmlinux(table, slot->record)))
		*slot = (struct rk_symvers_slot){.hash = hash, .record = record};
}

static int index_records(struct rk_symvers *symvers, struct rk_error *err)
{
	struct rk_symvers_table *table = &symvers->table;
	size_t n_slots = 16;

	while (n_slots < table->n_records * 2)
		n_slots *= 2;
	symvers->slots = malloc(n_slots * sizeof(*symvers->slots));
	if (!symvers->slots)
		return rk_error_nomem(err);
	memset(symvers->slots, 0xff, n_slots * sizeof(*symvers->slots)); /* all free */
	table->text = symvers->text.data;
	table->text_size = symvers->text.len;
	table->records = symvers->records;
	table->slots = symvers->slots;
	table->n_slots = n_slots;
	table->seed = rk_index_seed();
	for (uint32_t i = 0; i < table->n_records; i++)
		index_record(symvers, i);
	return 0;
}

static void free_made(struct made *made)
{
	if (!made)
		return;
	pthread_mutex_destroy(&made->lock);
	free(made->pool);
	free(made);
}

static int prepare_made(struct rk_symvers *symvers, struct rk_error *err)
{
	size_t n = symvers->table.n_records;
	struct made *made = calloc(1, sizeof(*made) + n * sizeof(struct rk_export *));

	if (!made)
		return rk_error_nomem(err);
	pthread_mutex_init(&made->lock, NULL);
	made->pool = calloc(n ? n : 1, sizeof(*made->pool));
	if (!made->pool) {
		free_made(made);
		return rk_error_nomem(err);
	}
	symvers->made = made;
	return 0;
}

/* Lines up to and with the one of @at. */
static size_t line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

int rk_symvers_parse(struct rk_buf *text, struct rk_symvers **ret, struct rk_error *err)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers = NULL;
	const char *nul = text->len ? memchr(text->data, '\0', text->len) : NULL;

	if (rk_buf_check(text, err) < 0)
		return -(int)err->code;
	if (nul)
		return rk_error_set(err, RK_EFORMAT, "line %zu has a NUL byte",
				    line_of(text->data, nul));
	if (text->len > UINT32_MAX)
		return rk_error_set(err, RK_EFORMAT, "%zu bytes are too many", text->len);
	symvers = calloc(1, sizeof(*symvers));
	if (!symvers)
		return rk_error_nomem(err);
	/* Cut in place; a caller whose text is refused frees it, and needs no copy. */
	symvers->text = *text;
	if (parse_lines(symvers, err) < 0 || index_records(symvers, err) < 0 ||
	    prepare_made(symvers, err) < 0) {
		symvers->text = (struct rk_buf)RK_BUF_INIT;
		return -(int)err->code;
	}
	*text = (struct rk_buf)RK_BUF_INIT;
	*ret = RK_STEAL(symvers);
	return 0;
}

int rk_symvers_from_map(void *map, size_t size, const struct rk_symvers_table *table,
			struct rk_symvers **ret, struct rk_error *err)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers =
		calloc(1, sizeof(*symvers));

	if (!symvers)
		return rk_error_nomem(err);
	symvers->table = *table;
	if (prepare_made(symvers, err) < 0)
		return -(int)err->code;
	symvers->map = map;
	symvers->map_size = size;
	*ret = RK_STEAL(symvers);
	return 0;
}

const struct rk_symvers_table *rk_symvers_table(const struct rk_symvers *symvers)
{
	return &symvers->table;
}

void rk_symvers_free(struct rk_symvers *symvers)
{
	if (!symvers)
		return;
	free_made(symvers->made);
	if (symvers->map)
		munmap(symvers->map, symvers->map_size);
	rk_buf_release(&symvers->text);
	free(symvers->records);
	free(symvers->slots);
	free(symvers);
}

/* With the lock. */
static struct rk_export *make_export(const struct rk_symvers *symvers, size_t i)
{
	const struct rk_symvers_table *table = &symvers->table;
	const struct rk_symvers_record *record = &table->records[i];
	struct made *made = symvers->made;
	struct rk_export *export;

	if (made->items[i])
		return made->items[i];
	export = &made->pool[made->n_made++];
	*export = (struct rk_export){
		.name = text_at(table, record->name),
		.owner = text_at(table, record->owner),
		.ns = text_at(table, record->ns),
		.crc = record->crc,
		.gpl_only = record->gpl_only,
	};
	__atomic_store_n(&made->items[i], export, __ATOMIC_RELEASE);
	return export;
}

const struct rk_export *rk_symvers_at(const struct rk_symvers *symvers, size_t i)
{
	struct made *made = symvers->made;
	struct rk_export *export = __atomic_load_n(&made->items[i], __ATOMIC_ACQUIRE);

	if (export)
		return export;
	pthread_mutex_lock(&made->lock);
	export = make_export(symvers, i);
	pthread_mutex_unlock(&made->lock);
	return export;
}

const struct rk_export *rk_symvers_find(const struct rk_symvers *symvers,
					const char *name)
{
	const struct rk_symvers_table *table = &symvers->table;
	const struct rk_symvers_slot *slot =
		probe(table, name, rk_index_hash(table->seed, name));

	/* Of a damaged table the last slot that was looked at may be another's. */
	if (slot->record >= table->n_records ||
	    strcmp(text_at(table, table->records[slot->record].name), name) != 0)
		return NULL;
	return rk_symvers_at(symvers, slot->record);
}

size_t rk_symvers_count(const struct rk_symvers *symvers)
{
	return symvers->table.n_records;
}
