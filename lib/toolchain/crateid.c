/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <string.h>

#include "lib/toolchain/crateid.h"

/*
 * SipHasher128 of rustc_data_structures with both keys 0, fed piece by piece. Only the
 * low half of its result is wanted.
 */
struct sip {
	uint64_t v[4];
	uint64_t tail; /* bytes that do not fill a word yet */
	size_t len;    /* bytes so far */
	int c_rounds;  /* per word */
};

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_rounds(uint64_t v[4], int n)
{
	while (n--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

static void sip_word(struct sip *sip, uint64_t word)
{
	sip->v[3] ^= word;
	sip_rounds(sip->v, sip->c_rounds);
	sip->v[0] ^= word;
}

static void sip_add(struct sip *sip, const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		sip->tail |= (uint64_t)(unsigned char)data[i] << sip->len % 8 * 8;
		if (++sip->len % 8 == 0) {
			sip_word(sip, sip->tail);
			sip->tail = 0;
		}
	}
}

static uint64_t sip_finish(struct sip *sip, int d_rounds)
{
	sip_word(sip, sip->tail | (uint64_t)(sip->len & 0xff) << 56);
	sip->v[2] ^= 0xee;
	sip_rounds(sip->v, d_rounds);
	return sip->v[0] ^ sip->v[1] ^ sip->v[2] ^ sip->v[3];
}

/* StableCrateId::new() for a library without -C metadata, as Kbuild makes them. */
static uint64_t crate_id(const char *crate, const char *version, int c_rounds,
			 int d_rounds)
{
	struct sip sip = {
		.v = {0x736f6d6570736575, 0x646f72616e646f6d ^ 0xee, 0x6c7967656e657261,
		      0x7465646279746573},
		.c_rounds = c_rounds,
	};

	sip_add(&sip, crate, strlen(crate));
	sip_add(&sip, "\xff", 1);
	sip_add(&sip, "metadatalib", strlen("metadatalib"));
	sip_add(&sip, version, strlen(version));
	return sip_finish(&sip, d_rounds);
}

static const char digits[] =
	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* "s_" stands for 1 and "s0_" for 2; 0 and 1 do not come up in a hash. */
static void print_tag(uint64_t id, char ret[RK_CRATE_TAG_SIZE])
{
	char reversed[RK_CRATE_TAG_SIZE];
	size_t n = 0;

	id -= 2;
	do {
		reversed[n++] = digits[id % 62];
		id /= 62;
	} while (id);
	*ret++ = 'C';
	*ret++ = 's';
	while (n)
		*ret++ = reversed[--n];
	*ret = '\0';
}

struct rk_crate_tags rk_crate_tags(const char *crate, const char *version_text)
{
	struct rk_crate_tags tags;

	if (strncmp(version_text, "rustc ", strlen("rustc ")) == 0)
		version_text += strlen("rustc ");
	print_tag(crate_id(crate, version_text, 1, 3), tags.sip13);
	print_tag(crate_id(crate, version_text, 2, 4), tags.sip24);
	return tags;
}

bool rk_crate_tags_have(const struct rk_crate_tags *tags, const char *tag)
{
	return strcmp(tags->sip13, tag) == 0 || strcmp(tags->sip24, tag) == 0;
}

/* Bytes of "Cs<digits>" at @text if "_<len><crate>" follows, else 0. */
static size_t match_tag(const char *text, const char *crate)
{
	size_t crate_len = strlen(crate);
	size_t tag_len = strlen("Cs");
	const char *next;
	size_t len = 0;

	while (tag_len < RK_CRATE_TAG_SIZE && text[tag_len] &&
	       strchr(digits, text[tag_len]))
		tag_len++;
	if (tag_len == RK_CRATE_TAG_SIZE || text[tag_len] != '_')
		return 0;
	for (next = text + tag_len + 1; *next >= '0' && *next <= '9'; next++) {
		len = len * 10 + (size_t)(*next - '0');
		if (len > crate_len)
			return 0;
	}
	/* An identifier that starts with '_' is set off by another one. */
	if (crate[0] == '_' && *next++ != '_')
		return 0;
	if (len != crate_len || strncmp(next, crate, crate_len) != 0)
		return 0;
	return tag_len;
}

bool rk_crate_tag_of(const char *symbol, const char *crate, char ret[RK_CRATE_TAG_SIZE])
{
	if (strncmp(symbol, "_R", 2) != 0)
		return false;
	for (const char *at = symbol; (at = strstr(at, "Cs")); at += 2) {
		size_t len = match_tag(at, crate);

		if (!len)
			continue;
		memcpy(ret, at, len);
		ret[len] = '\0';
		return true;
	}
	return false;
}

bool rk_crate_tag_of_kernel(const struct rk_symvers *symvers, const char *crate,
			    char ret[RK_CRATE_TAG_SIZE])
{
	for (size_t i = 0; i < rk_symvers_count(symvers); i++) {
		const struct rk_export *export = rk_symvers_at(symvers, i);

		if (strcmp(export->owner, "vmlinux") == 0 &&
		    rk_crate_tag_of(export->name, crate, ret))
			return true;
	}
	return false;
}
