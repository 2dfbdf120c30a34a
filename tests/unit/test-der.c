/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "lib/base/der.h"
#include "tests/unit/tap.h"

/* @bytes in memory of their own, so that a read behind them is noticed. */
static int any(const uint8_t *bytes, size_t size, struct rk_der *ret)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct rk_der walk = {copy, size};
	struct rk_der item = {NULL, 0};
	int tag;

	memcpy(copy, bytes, size);
	tag = rk_der_any(&walk, &item, NULL);
	ret->size = item.size;
	ret->data = NULL;
	free(copy);
	return tag;
}

#define ANY(ret, ...)                                                                    \
	any((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), ret)

static void an_element_has_its_contents(void)
{
	struct rk_der item;

	EXPECT_INT(ANY(&item, 0x04, 0x02, 'a', 'b'), RK_DER_OCTETS);
	EXPECT_INT(item.size, 2);
	EXPECT_INT(ANY(&item, 0x05, 0x00), 0x05);
	EXPECT_INT(item.size, 0);
	EXPECT_INT(ANY(&item, 0x04, 0x81, 0x01, 'a'), RK_DER_OCTETS);
	EXPECT_INT(item.size, 1);
}

static void what_is_cut_off_is_none(void)
{
	struct rk_der item;

	EXPECT_INT(any((const uint8_t *)"", 0, &item), -1);
	EXPECT_INT(ANY(&item, 0x30), -1);
	EXPECT_INT(ANY(&item, 0x30, 0x01), -1);
	EXPECT_INT(ANY(&item, 0x30, 0x82, 0x00), -1);
	EXPECT_INT(ANY(&item, 0x30, 0x82, 0xff, 0xff, 0x00), -1);
}

static void what_is_no_der_is_none(void)
{
	struct rk_der item;

	EXPECT_INT(ANY(&item, 0x30, 0x80, 0x00, 0x00), -1);
	EXPECT_INT(ANY(&item, 0x1f, 0x01, 0x00), -1);
	EXPECT_INT(ANY(&item, 0x04, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		       0x00),
		   -1);
}

static void a_walk_goes_from_element_to_element(void)
{
	static const uint8_t bytes[] = {0x30, 0x05, 0x02, 0x01, 0x07,
					0x04, 0x00, 0x05, 0x00};
	struct rk_der walk = {bytes, sizeof(bytes)};
	struct rk_der whole;
	struct rk_der inner;
	struct rk_der part;

	EXPECT_INT(rk_der_any(&walk, &inner, &whole), RK_DER_SEQUENCE);
	EXPECT_INT(whole.size, 7);
	EXPECT(!rk_der_take(&inner, RK_DER_OID, &part));
	EXPECT(rk_der_take(&inner, RK_DER_INTEGER, &part));
	EXPECT_INT(part.data[0], 7);
	EXPECT(rk_der_take(&inner, RK_DER_OCTETS, &part));
	EXPECT_INT(rk_der_peek(&inner), -1);
	EXPECT_INT(rk_der_peek(&walk), 0x05);
}

static void a_walk_may_go_down_into_what_it_found(void)
{
	static const uint8_t bytes[] = {0x30, 0x03, 0x02, 0x01, 0x07};
	struct rk_der walk = {bytes, sizeof(bytes)};

	EXPECT(rk_der_take(&walk, RK_DER_SEQUENCE, &walk));
	EXPECT(rk_der_take(&walk, RK_DER_INTEGER, &walk));
	EXPECT_INT(walk.size, 1);
}

static void something_plain_may_be_made_of_parts(void)
{
	static const uint8_t bytes[] = {0x24, 0x00, 0x11, 0x00};
	struct rk_der walk = {bytes, sizeof(bytes)};
	struct rk_der part;

	EXPECT(rk_der_take(&walk, RK_DER_OCTETS, &part));
	EXPECT(!rk_der_take(&walk, RK_DER_SET, &part));
}

/* The least that is read as a certificate. */
static const uint8_t certificate[] = {
	0x30, 0x28, 0x30, 0x21, 0xa0, 0x03, 0x02, 0x01, 0x02, /* version */
	0x02, 0x01, 0x2a,                                     /* serial number */
	0x30, 0x00,                                           /* algorithm */
	0x30, 0x02, 0x31, 0x00,                               /* issuer */
	0x30, 0x00, 0x30, 0x00, 0x30, 0x00,                   /* validity, subject, key */
	0xa3, 0x0b, 0x30, 0x09, 0x30, 0x07, 0x06, 0x03, 0x55,
	0x1d, 0x0e, 0x04, 0x00, 0x30, 0x00, 0x03, 0x01, 0x00};

static void a_certificate_tells_its_identifiers(void)
{
	struct rk_x509 x509;

	EXPECT(rk_x509_read((struct rk_der){certificate, sizeof(certificate)}, &x509));
	EXPECT_INT(x509.whole.size, sizeof(certificate));
	EXPECT_INT(x509.serial.data[0], 0x2a);
	EXPECT_INT(x509.issuer.size, 2);
	/* An identifier of nothing is none. */
	EXPECT_INT(x509.skid.size, 0);
}

static void no_part_of_a_certificate_is_one(void)
{
	for (size_t size = 0; size < sizeof(certificate); size++) {
		uint8_t *copy = malloc(size ? size : 1);
		struct rk_x509 x509;

		memcpy(copy, certificate, size);
		EXPECT(!rk_x509_read((struct rk_der){copy, size}, &x509));
		free(copy);
	}
}

static const struct test tests[] = {
	TEST(an_element_has_its_contents),
	TEST(what_is_cut_off_is_none),
	TEST(what_is_no_der_is_none),
	TEST(a_walk_goes_from_element_to_element),
	TEST(a_walk_may_go_down_into_what_it_found),
	TEST(something_plain_may_be_made_of_parts),
	TEST(a_certificate_tells_its_identifiers),
	TEST(no_part_of_a_certificate_is_one),
};
TAP_MAIN(tests)
