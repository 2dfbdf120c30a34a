/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/request/request.h"

enum {
	MAX_WORD = 32, /* longer words are nobody's misspelling */
};

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters added, dropped, changed, or two neighbours swapped. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][MAX_WORD + 1];
	size_t *before = rows[0];
	size_t *last = rows[1];
	size_t *row = rows[2];

	for (size_t j = 0; j <= b_len; j++)
		last[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *next = before;

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = min(last[j] + 1, row[j - 1] + 1);
			row[j] = min(row[j], last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = min(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = next;
	}
	return last[b_len];
}

const char *rk_nearest(const char *word, const char *const *known, size_t n_known)
{
	size_t len = strlen(word);
	const char *nearest = NULL;
	/* A third of the letters may be wrong, and one in short words. */
	size_t limit = len / 3 > 1 ? len / 3 : 1;

	if (len == 0 || len > MAX_WORD)
		return NULL;
	for (size_t i = 0; i < n_known; i++) {
		size_t known_len = strlen(known[i]);
		size_t d = known_len > MAX_WORD
				   ? MAX_WORD
				   : distance(word, len, known[i], known_len);

		if (d < known_len && d <= limit) {
			nearest = known[i];
			limit = d ? d - 1 : 0;
			if (d == 0)
				break;
		}
	}
	return nearest;
}
