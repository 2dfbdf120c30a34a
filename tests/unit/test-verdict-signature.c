/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules with real signatures, by keys that are made here and thrown away. */
#include <errno.h>

#include "tests/fixtures/signer.h"
#include "tests/unit/ko.h"

#define FORCED "CONFIG_MODULE_SIG_FORCE=y\n"

static struct signer known;
static struct signer stranger;
static struct rk_certs trusted;
static struct rk_certs unreadable = {.missing = (char *)"there is no image"};

/* Of @signer, added through a file as --cert does. */
static void trust(struct rk_certs *certs, const struct signer *signer)
{
	cleanup_buf struct rk_buf der = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	char path[] = "/tmp/rkmod-test-XXXXXX";
	int fd = mkstemp(path);

	signer_certificate(signer, &der);
	EXPECT(fd >= 0 && rk_file_write_fd(fd, der.data, der.len, &err) == 0);
	EXPECT_INT(rk_certs_add_file(certs, path, &err), 0);
	close(fd);
	unlink(path);
}

static struct ko signed_ko(const struct signer *signer, const EVP_MD *digest,
			   unsigned int flags)
{
	cleanup_buf struct rk_buf message = RK_BUF_INIT;
	struct ko ko = ko_open("plain.ko");

	signer_message(signer, &ko.bytes, digest, flags, &message);
	signer_append(&ko.bytes, &message);
	return ko;
}

static void judge_by(struct ko *ko, const char *config, const struct rk_certs *certs,
		     bool skip_digests, const struct ko_expected *expected,
		     const char *taints)
{
	struct ko_kernel *kernel = ko_kernel(config, "");
	const struct rk_verdict_target target = {
		.kernel = &kernel->kernel, .certs = certs, .skip_digests = skip_digests};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_verdict verdict;

	EXPECT_INT(rk_verdict_judge(ko_module(ko), &target, &verdict, &err), 0);
	ko_expect(&verdict, expected);
	if (taints)
		EXPECT_STR(verdict.taints, taints);
	rk_verdict_release(&verdict);
	ko_kernel_free(kernel);
}

static const struct ko_expected accepted = {.answer = RK_ANSWER_ACCEPT};
static const struct ko_expected stranger_accepted = {.answer = RK_ANSWER_ACCEPT,
						     .code = "signature-unknown-key"};
static const struct ko_expected wrong = {RK_ANSWER_REFUSE, EKEYREJECTED, "signature", "",
					 "signature-wrong"};
static const struct ko_expected undecided = {.answer = RK_ANSWER_UNDECIDED,
					     .code = "undecided"};

/* Signs, judges, and throws away. */
static void check(const struct signer *signer, unsigned int flags, const char *config,
		  const struct rk_certs *certs, const struct ko_expected *expected,
		  const char *taints)
{
	struct ko ko = signed_ko(signer, EVP_sha256(), flags);

	judge_by(&ko, config, certs, false, expected, taints);
	ko_close(&ko);
}

static void a_known_signer_is_accepted_without_taint(void)
{
	check(&known, SIGNER_FLAGS, "", &trusted, &accepted, "O");
	check(&known, SIGNER_FLAGS, FORCED, &trusted, &accepted, "O");
}

static void an_rsa_key_is_as_good(void)
{
	struct signer rsa = signer_new("RSA", "rsa", 7);
	struct rk_certs certs = {0};

	trust(&certs, &rsa);
	check(&rsa, SIGNER_FLAGS, FORCED, &certs, &accepted, "O");
	rk_certs_release(&certs);
	signer_free(&rsa);
}

static void a_key_may_be_named_by_its_identifier(void)
{
	check(&known, SIGNER_FLAGS | CMS_USE_KEYID, FORCED, &trusted, &accepted, "O");
	check(&stranger, SIGNER_FLAGS | CMS_USE_KEYID, "", &trusted, &stranger_accepted,
	      "OE");
}

static void other_digests_are_known(void)
{
	struct ko ko = signed_ko(&known, EVP_sha512(), SIGNER_FLAGS);

	judge_by(&ko, FORCED, &trusted, false, &accepted, "O");
	ko_close(&ko);
}

static void a_digest_that_the_kernel_lacks_is_unsupported(void)
{
	static const struct ko_expected unsupported = {
		RK_ANSWER_REFUSE, EKEYREJECTED, "signature",
		"Loading of module with unsupported crypto is rejected",
		"signature-required"};
	struct ko ko = signed_ko(&known, EVP_sha1(), SIGNER_FLAGS);

	judge_by(&ko, "", &trusted, false, &accepted, "OE");
	judge_by(&ko, FORCED, &trusted, false, &unsupported, NULL);
	judge_by(&ko, FORCED "CONFIG_CRYPTO_SHA1=m\n", &trusted, false, &accepted, "O");
	ko_close(&ko);
}

static void a_changed_module_of_a_known_signer_is_refused_everywhere(void)
{
	struct ko ko = signed_ko(&known, EVP_sha256(), SIGNER_FLAGS);

	ko_replace(&ko, ".rodata", "hello", "hallo");
	judge_by(&ko, "", &trusted, false, &wrong, NULL);
	judge_by(&ko, FORCED, &trusted, false, &wrong, NULL);
	ko_close(&ko);
}

static void a_changed_module_of_a_stranger_is_accepted(void)
{
	struct ko ko = signed_ko(&stranger, EVP_sha256(), SIGNER_FLAGS);

	ko_replace(&ko, ".rodata", "hello", "hallo");
	judge_by(&ko, "", &trusted, false, &stranger_accepted, "OE");
	ko_close(&ko);
}

static void digests_can_be_skipped(void)
{
	struct ko ko = signed_ko(&known, EVP_sha256(), SIGNER_FLAGS);

	ko_replace(&ko, ".rodata", "hello", "hallo");
	judge_by(&ko, FORCED, &trusted, true, &accepted, "O");
	ko_close(&ko);
}

static void a_stranger_is_refused_where_signatures_are_demanded(void)
{
	static const struct ko_expected refused = {
		RK_ANSWER_REFUSE, EKEYREJECTED, "signature",
		"Loading of module with unavailable key is rejected",
		"signature-required"};

	check(&stranger, SIGNER_FLAGS, FORCED, &trusted, &refused, NULL);
}

static void without_the_kernels_keys_it_is_undecided(void)
{
	check(&stranger, SIGNER_FLAGS, "", &unreadable, &undecided, NULL);
	check(&stranger, SIGNER_FLAGS, FORCED, &unreadable, &undecided, NULL);
	check(&stranger, SIGNER_FLAGS, FORCED, NULL, &undecided, NULL);
}

static void the_doubt_names_what_is_missing(void)
{
	struct ko ko = signed_ko(&stranger, EVP_sha256(), SIGNER_FLAGS);
	struct ko_kernel *kernel = ko_kernel(FORCED, "");
	const struct rk_verdict_target target = {.kernel = &kernel->kernel,
						 .certs = &unreadable};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_verdict verdict;

	EXPECT_INT(rk_verdict_judge(ko_module(&ko), &target, &verdict, &err), 0);
	EXPECT_HAS(verdict.findings.items[0].why, "there is no image");
	rk_verdict_release(&verdict);
	ko_kernel_free(kernel);
	ko_close(&ko);
}

static void a_key_given_by_hand_counts_without_the_kernels(void)
{
	struct rk_certs certs = {.missing = strdup("there is no image")};

	trust(&certs, &known);
	check(&known, SIGNER_FLAGS, FORCED, &certs, &accepted, "O");
	check(&stranger, SIGNER_FLAGS, FORCED, &certs, &undecided, NULL);
	rk_certs_release(&certs);
}

static void signed_attributes_are_refused(void)
{
	static const struct ko_expected attributes = {RK_ANSWER_REFUSE, EKEYREJECTED,
						      "signature", "has authattrs",
						      "signature-damaged"};
	static const struct ko_expected capabilities = {RK_ANSWER_REFUSE, EKEYREJECTED,
							"signature", "S/MIME Caps",
							"signature-damaged"};
	const unsigned int flags = SIGNER_FLAGS & ~(unsigned int)CMS_NOATTR;

	check(&known, flags | CMS_NOSMIMECAP, "", &trusted, &attributes, NULL);
	check(&known, flags, "", &trusted, &capabilities, NULL);
}

static void content_inside_is_refused(void)
{
	static const struct ko_expected attached = {RK_ANSWER_REFUSE, EBADMSG,
						    "signature", "non-detached data",
						    "signature-damaged"};

	check(&known, SIGNER_FLAGS & ~(unsigned int)CMS_DETACHED, "", &trusted, &attached,
	      NULL);
}

static void a_certificate_inside_does_not_make_it_trusted(void)
{
	const unsigned int flags = SIGNER_FLAGS & ~(unsigned int)CMS_NOCERTS;
	struct ko ko;

	check(&known, flags, FORCED, &trusted, &accepted, "O");
	check(&stranger, flags, "", &trusted, &stranger_accepted, "OE");
	/* With its own certificate it has to fit all the same. */
	ko = signed_ko(&stranger, EVP_sha256(), flags);
	ko_replace(&ko, ".rodata", "hello", "hallo");
	judge_by(&ko, "", &trusted, false, &wrong, NULL);
	ko_close(&ko);
}

/* Every byte of the message once: whatever comes out, no bytes outside are read, and a
 * message that was changed is never one of a known signer. */
static void no_damaged_message_is_trusted(void)
{
	struct ko ko = signed_ko(&known, EVP_sha256(), SIGNER_FLAGS);
	struct ko_kernel *kernel = ko_kernel(FORCED, "");
	const struct rk_verdict_target target = {.kernel = &kernel->kernel,
						 .certs = &trusted};
	const size_t end = ko.bytes.len - 40;
	size_t n_accepted = 0;

	for (size_t at = end - 180; at < end; at++) {
		struct rk_error err = RK_ERROR_INIT;
		struct rk_verdict verdict;

		ko.bytes.data[at] ^= 0x5a;
		EXPECT_INT(rk_verdict_judge(ko_module(&ko), &target, &verdict, &err), 0);
		n_accepted += verdict.answer == RK_ANSWER_ACCEPT;
		rk_verdict_release(&verdict);
		ko.bytes.data[at] ^= 0x5a;
	}
	/* The list of digests and the curve's parameters decide nothing. */
	EXPECT(n_accepted < 12);
	ko_kernel_free(kernel);
	ko_close(&ko);
}

static void a_shortened_message_is_refused(void)
{
	static const struct ko_expected damaged = {RK_ANSWER_REFUSE, EBADMSG, "signature",
						   "", "signature-damaged"};
	cleanup_buf struct rk_buf message = RK_BUF_INIT;
	struct ko ko = ko_open("plain.ko");
	const size_t plain = ko.bytes.len;

	signer_message(&known, &ko.bytes, EVP_sha256(), SIGNER_FLAGS, &message);
	for (; message.len > 1; rk_buf_truncate(&message, message.len - 1)) {
		rk_buf_truncate(&ko.bytes, plain);
		if (message.len < 60)
			break;
		rk_buf_truncate(&message, message.len - 1);
		signer_append(&ko.bytes, &message);
		judge_by(&ko, "", &trusted, false, &damaged, NULL);
	}
	ko_close(&ko);
}

/* ---- certificates ---- */

static void a_list_is_found_in_an_image(void)
{
	cleanup_buf struct rk_buf image = RK_BUF_INIT;
	cleanup_buf struct rk_buf list = RK_BUF_INIT;
	uint64_t sizes[2];
	struct rk_der found;

	for (int i = 0; i < 4096; i++)
		rk_buf_addc(&image, (char)(i % 7 ? i : 0x30));
	signer_certificate(&known, &list);
	sizes[1] = list.len;
	signer_certificate(&stranger, &list);
	sizes[0] = list.len;
	rk_buf_add(&image, list.data, list.len);
	/* Without the sizes it is no list: revoked certificates look alike. */
	found = rk_certs_find_list(
		(struct rk_der){(const uint8_t *)image.data, image.len});
	EXPECT_INT(found.size, 0);
	while (image.len % 8)
		rk_buf_addc(&image, '\0');
	rk_buf_add(&image, sizes, sizeof(sizes));
	found = rk_certs_find_list(
		(struct rk_der){(const uint8_t *)image.data, image.len});
	EXPECT_INT(found.size, list.len);
}

static void no_list_is_found_in_what_is_cut_off(void)
{
	cleanup_buf struct rk_buf list = RK_BUF_INIT;
	const uint64_t sizes[2] = {1, 1};

	signer_certificate(&known, &list);
	rk_buf_add(&list, sizes, sizeof(sizes));
	for (; list.len; rk_buf_truncate(&list, list.len - 1))
		EXPECT_INT(rk_certs_find_list(
				   (struct rk_der){(const uint8_t *)list.data, list.len})
				   .size,
			   0);
}

static void a_file_without_certificate_is_refused(void)
{
	struct rk_certs certs = {0};
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_certs_add_file(&certs, "/dev/null", &err), -RK_EFORMAT);
	EXPECT_STR(err.id, "cert-invalid");
	EXPECT_INT(rk_certs_add_file(&certs, "/proc/version", &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "'/proc/version': no certificate");
	EXPECT_INT(certs.n_items, 0);
	rk_certs_release(&certs);
}

static const struct test tests[] = {
	TEST(a_known_signer_is_accepted_without_taint),
	TEST(an_rsa_key_is_as_good),
	TEST(a_key_may_be_named_by_its_identifier),
	TEST(other_digests_are_known),
	TEST(a_digest_that_the_kernel_lacks_is_unsupported),
	TEST(a_changed_module_of_a_known_signer_is_refused_everywhere),
	TEST(a_changed_module_of_a_stranger_is_accepted),
	TEST(digests_can_be_skipped),
	TEST(a_stranger_is_refused_where_signatures_are_demanded),
	TEST(without_the_kernels_keys_it_is_undecided),
	TEST(the_doubt_names_what_is_missing),
	TEST(a_key_given_by_hand_counts_without_the_kernels),
	TEST(signed_attributes_are_refused),
	TEST(content_inside_is_refused),
	TEST(a_certificate_inside_does_not_make_it_trusted),
	TEST(no_damaged_message_is_trusted),
	TEST(a_shortened_message_is_refused),
	TEST(a_list_is_found_in_an_image),
	TEST(no_list_is_found_in_what_is_cut_off),
	TEST(a_file_without_certificate_is_refused),
};

int main(void)
{
	int status;

	known = signer_new("EC", "known", 1);
	stranger = signer_new("EC", "stranger", 2);
	trust(&trusted, &known);
	status = tap_run(tests, sizeof(tests) / sizeof(tests[0]));
	rk_certs_release(&trusted);
	signer_free(&known);
	signer_free(&stranger);
	return status;
}
