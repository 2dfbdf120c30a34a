/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/finding/pattern.h"
#include "lib/finding/recognise.h"
#include "lib/finding/texts.h"

enum {
	LINE_LIMIT = 4096, /* the rest of a longer line is not looked at */
	TEXT_LIMIT = 400,  /* of a line that is kept */
	MEMORY_LINES = 40, /* how far apart lines that belong together may be */
	ANCHOR_LEN = RK_PATTERN_ANCHOR_LEN,
	BUCKET_BITS = 12,
	N_BUCKETS = 1 << BUCKET_BITS,
};

/* A pattern that is looked for: a row's own, or the one it must come after. */
struct probe {
	const struct rk_text *row;
	const char *pattern;
	size_t weight;     /* literal characters */
	size_t anchor;     /* offset of the longest literal piece */
	size_t next;       /* in the same bucket, 1 + index; 0: none */
	size_t seen_line;  /* when it matched last; 0: never */
	size_t tried_line; /* when it was tried last: once per line is enough */
	bool is_after;
};

struct rk_recogniser {
	struct probe *probes;
	size_t n_probes;
	uint16_t buckets[N_BUCKETS]; /* 1 + index of a probe, by its anchor; 0: none */
	struct rk_recognised *items;
	size_t n_items;
	size_t n_lines;
	char clean[LINE_LIMIT + 1];
	struct rk_buf rest; /* of the last piece: a line that goes on */
	bool failed;
};

/* ---- making one ---- */

static uint32_t bucket_of(const char *anchor)
{
	uint32_t word;

	memcpy(&word, anchor, ANCHOR_LEN);
	return (word * 2654435761u) >> (32 - BUCKET_BITS);
}

static void add_probe(struct rk_recogniser *r, const struct rk_text *row,
		      const char *pattern, bool is_after)
{
	struct probe *probe = &r->probes[r->n_probes++];
	uint16_t *bucket;

	*probe = (struct probe){.row = row, .pattern = pattern, .is_after = is_after};
	probe->weight = rk_pattern_weight(pattern, &probe->anchor);
	bucket = &r->buckets[bucket_of(pattern + probe->anchor)];
	probe->next = *bucket;
	*bucket = (uint16_t)r->n_probes;
}

static size_t count_rows(const struct rk_text *rows)
{
	size_t n = 0;

	while (rows[n].code)
		n++;
	return n;
}

static void add_rows(struct rk_recogniser *r, const struct rk_text *rows)
{
	for (; rows->code; rows++) {
		add_probe(r, rows, rows->pattern, false);
		if (rows->after)
			add_probe(r, rows, rows->after, true);
	}
}

int rk_recogniser_new(struct rk_recogniser **ret, struct rk_error *err)
{
	size_t n_rows = count_rows(rk_texts) + count_rows(rk_drift_texts);
	cleanup(rk_recogniser_free_p) struct rk_recogniser *r = calloc(1, sizeof(*r));

	if (!r)
		return rk_error_nomem(err);
	r->probes = calloc(2 * n_rows + 1, sizeof(*r->probes));
	if (!r->probes)
		return rk_error_nomem(err);
	add_rows(r, rk_texts);
	add_rows(r, rk_drift_texts);
	*ret = RK_STEAL(r);
	return 0;
}

static void release_item(struct rk_recognised *item)
{
	rk_captures_release(item->captures, item->n_captures);
	free(item->text);
}

void rk_recogniser_free(struct rk_recogniser *recogniser)
{
	if (!recogniser)
		return;
	for (size_t i = 0; i < recogniser->n_items; i++)
		release_item(&recogniser->items[i]);
	free(recogniser->items);
	free(recogniser->probes);
	rk_buf_release(&recogniser->rest);
	free(recogniser);
}

/* ---- a line without its dress ---- */

/* The length of an escape sequence of a terminal at @text, which begins with ESC. */
static size_t escape_len(const char *text, size_t len)
{
	size_t i = 2;

	if (len < 2)
		return len;
	if (text[1] == ']') { /* up to BEL or ESC \ */
		while (i < len && text[i] != '\a' && text[i] != '\033')
			i++;
		return i < len && text[i] == '\a' ? i + 1 : i;
	}
	if (text[1] != '[')
		return 2;
	while (i < len && !(text[i] >= 0x40 && text[i] <= 0x7e))
		i++;
	return i < len ? i + 1 : i;
}

/* gcc's quotes where the locale is UTF-8: U+2018 and U+2019. */
static bool is_curly_quote(const char *text, size_t len)
{
	return len >= 3 && memcmp(text, "\xe2\x80", 2) == 0 &&
	       (text[2] == '\x98' || text[2] == '\x99');
}

/* Without colour and curly quotes, with single blanks; its length is at most
 * LINE_LIMIT. */
static void clean_line(char *to, const char *line, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < LINE_LIMIT;) {
		char c = line[i];

		if (c == '\033') {
			i += escape_len(line + i, len - i);
			continue;
		}
		if (is_curly_quote(line + i, len - i)) {
			i += 2;
			c = '\'';
		}
		i++;
		if ((unsigned char)c <= ' ' || c == 0x7f)
			c = ' ';
		if (c != ' ' || (n > 0 && to[n - 1] != ' '))
			to[n++] = c;
	}
	if (n > 0 && to[n - 1] == ' ')
		n--;
	to[n] = '\0';
}

/* ---- which row a line is ---- */

struct match {
	struct probe *probe;
	struct rk_captures captures;
};

static bool is_near(const struct rk_recogniser *r, size_t line)
{
	return line > 0 && r->n_lines - line <= MEMORY_LINES;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Rows that say the same are one finding: the forms of a text. */
static bool says_same(const struct rk_text *a, const struct rk_text *b)
{
	return strcmp(a->code, b->code) == 0 && is_same(a->what, b->what) &&
	       is_same(a->why, b->why) && is_same(a->fix, b->fix);
}

/* The last one that @row is another hit of, or completes. */
static struct rk_recognised *find_item(struct rk_recogniser *r, const struct rk_text *row)
{
	for (size_t i = r->n_items; i > 0; i--) {
		struct rk_recognised *item = &r->items[i - 1];

		if (row->more ? strcmp(item->row->code, row->code) == 0
			      : says_same(item->row, row))
			return item;
	}
	return NULL;
}

/* Does what it must come after, or what it completes, stand a few lines before? */
static bool is_allowed(struct rk_recogniser *r, const struct probe *probe)
{
	const struct rk_text *row = probe->row;
	const struct rk_recognised *item;

	if (row->after) /* that pattern has the next probe */
		return is_near(r, probe[1].seen_line);
	if (!row->more)
		return true;
	item = find_item(r, row);
	/* The first of a kind is shown; what completes another one is not. */
	return item && item->count == 1 && is_near(r, item->line);
}

static void try_probe(struct rk_recogniser *r, struct probe *probe, struct match *best)
{
	struct rk_captures captures;

	if (probe->tried_line == r->n_lines)
		return;
	probe->tried_line = r->n_lines;
	if (!rk_pattern_match(probe->pattern, r->clean, &captures))
		return;
	if (probe->is_after) {
		probe->seen_line = r->n_lines;
		return;
	}
	if (!is_allowed(r, probe) ||
	    (best->probe && best->probe->weight >= probe->weight))
		return;
	best->probe = probe;
	best->captures = captures;
}

static void find_match(struct rk_recogniser *r, struct match *best)
{
	size_t len = strlen(r->clean);

	for (size_t i = 0; i + ANCHOR_LEN <= len; i++) {
		size_t next = r->buckets[bucket_of(r->clean + i)];

		while (next) {
			struct probe *probe = &r->probes[next - 1];

			if (memcmp(r->clean + i, probe->pattern + probe->anchor,
				   ANCHOR_LEN) == 0)
				try_probe(r, probe, best);
			next = probe->next;
		}
	}
}

/* ---- what is kept of it ---- */

static int keep_text(struct rk_recognised *item, const char *line, struct rk_error *err)
{
	cleanup_free char *old = item->text;
	const char *before = old ? old : "";

	item->text = NULL;
	return rk_format(&item->text, err, "%s%s%.*s", before, old ? " | " : "",
			 (int)TEXT_LIMIT, line);
}

static struct rk_recognised *append_item(struct rk_recogniser *r,
					 const struct rk_text *row)
{
	size_t n = r->n_items;
	struct rk_recognised *items = reallocarray(r->items, n + 1, sizeof(*items));

	if (!items)
		return NULL;
	r->items = items;
	items[n] = (struct rk_recognised){.row = row, .line = r->n_lines};
	r->n_items++;
	return &items[n];
}

/* Every row gives one item at most: a log of millions of lines costs no memory. */
static void keep(struct rk_recogniser *r, const struct match *match)
{
	const struct rk_text *row = match->probe->row;
	struct rk_error ignored = RK_ERROR_INIT;
	struct rk_recognised *item = find_item(r, row);

	if (!row->more) {
		if (!item)
			item = append_item(r, row);
		if (item && item->count++ > 0)
			return;
	}
	if (!item || keep_text(item, r->clean, &ignored) < 0 ||
	    rk_captures_keep(&match->captures, &item->captures, &item->n_captures,
			     &ignored) < 0)
		r->failed = true;
}

void rk_recogniser_line(struct rk_recogniser *recogniser, const char *line, size_t len)
{
	struct match best = {0};

	recogniser->n_lines++;
	clean_line(recogniser->clean, line, len);
	find_match(recogniser, &best);
	if (best.probe)
		keep(recogniser, &best);
}

/* The first LINE_LIMIT bytes of a line are enough, twice that with colour. */
static void add_rest(struct rk_recogniser *r, const char *data, size_t size)
{
	size_t room = (size_t)2 * LINE_LIMIT - r->rest.len;

	rk_buf_add(&r->rest, data, size < room ? size : room);
}

void rk_recogniser_feed(struct rk_recogniser *recogniser, const char *data, size_t size)
{
	struct rk_recogniser *r = recogniser;

	while (size > 0) {
		const char *end = memchr(data, '\n', size);
		size_t len = end ? (size_t)(end - data) : size;

		if (!end || r->rest.len > 0)
			add_rest(r, data, len);
		if (!end)
			return;
		if (r->rest.len > 0)
			rk_recogniser_line(r, rk_buf_str(&r->rest), r->rest.len);
		else
			rk_recogniser_line(r, data, len);
		rk_buf_truncate(&r->rest, 0);
		data += len + 1;
		size -= len + 1;
	}
}

/* ---- the end ---- */

/* A text that only announces another one. */
static bool is_announcement(const struct rk_recogniser *r, size_t i)
{
	size_t line = r->items[i].line;

	if (!r->items[i].row->weak)
		return false;
	for (size_t j = 0; j < r->n_items; j++)
		if (!r->items[j].row->weak && r->items[j].line >= line &&
		    r->items[j].line - line <= MEMORY_LINES)
			return true;
	return false;
}

static void drop_announcements(struct rk_recogniser *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_items; i++)
		if (is_announcement(r, i))
			r->items[i].count = 0;
	for (size_t i = 0; i < r->n_items; i++) {
		if (r->items[i].count > 0)
			r->items[n++] = r->items[i];
		else
			release_item(&r->items[i]);
	}
	r->n_items = n;
}

int rk_recogniser_finish(struct rk_recogniser *recogniser,
			 const struct rk_recognised **ret, size_t *ret_n,
			 struct rk_error *err)
{
	struct rk_recogniser *r = recogniser;

	if (r->rest.len > 0)
		rk_recogniser_line(r, rk_buf_str(&r->rest), r->rest.len);
	if (r->failed || rk_buf_check(&r->rest, err) < 0)
		return rk_error_nomem(err);
	rk_buf_truncate(&r->rest, 0);
	drop_announcements(r);
	*ret = r->items;
	*ret_n = r->n_items;
	return 0;
}

/* ---- words ---- */

const char *rk_recognised_code(const struct rk_recognised *item)
{
	return item->row->code;
}

const char *rk_recognised_part(const struct rk_recognised *item, const char *name)
{
	return rk_captures_find(item->captures, item->n_captures, name, strlen(name));
}

/* Appends what {name} stands for. Return: false if there is nothing. */
static bool expand_part(const struct rk_recognised *item, const char *name, size_t len,
			struct rk_buf *to)
{
	const char *value;
	cleanup_free char *readable = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (len == 4 && memcmp(name, "more", 4) == 0) {
		if (item->count > 1)
			rk_buf_addf(to, " and %zu more", item->count - 1);
		return true;
	}
	value = rk_captures_find(item->captures, item->n_captures, name, len);
	if (!value)
		return false;
	if (rk_demangle(value, &readable, &ignored) == 0)
		value = readable;
	rk_buf_adds(to, value);
	return true;
}

/* Return: false if the template names a part that the text did not have. */
static bool expand(const struct rk_recognised *item, const char *template,
		   struct rk_buf *to)
{
	while (*template) {
		size_t len = strcspn(template, "{");

		rk_buf_add(to, template, len);
		template += len;
		if (!*template)
			break;
		len = strcspn(template, "}");
		assert(template[len] == '}');
		if (!expand_part(item, template + 1, len - 1, to))
			return false;
		template += len + 1;
	}
	return true;
}

/* The template, or what stands in for it. */
static const char *words(const struct rk_recognised *item, const char *template,
			 const char *instead, struct rk_buf *to)
{
	return template && expand(item, template, to) ? rk_buf_str(to) : instead;
}

struct rk_finding *rk_recognised_add(const struct rk_recognised *item,
				     struct rk_findings *findings)
{
	const struct rk_text *row = item->row;
	const struct rk_finding_kind *kind = rk_finding_kind(row->code);
	cleanup_buf struct rk_buf what = RK_BUF_INIT;
	cleanup_buf struct rk_buf why = RK_BUF_INIT;
	cleanup_buf struct rk_buf fix = RK_BUF_INIT;
	struct rk_finding *finding;

	assert(kind);
	finding = rk_findings_add(findings, row->code, "%s",
				  words(item, row->what, kind->title, &what));
	rk_finding_why(findings, finding, "%s", words(item, row->why, kind->cause, &why));
	rk_finding_fix(findings, finding, "%s", words(item, row->fix, kind->cure, &fix));
	rk_finding_text(findings, finding, "%s", item->text);
	if (what.failed || why.failed || fix.failed)
		findings->failed = true;
	return finding;
}
