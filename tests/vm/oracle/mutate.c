// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes damaged modules. The same seed, index, bases and Module.symvers give the same
 * bytes on every machine.
 *
 *	mutate --bases DIR --symvers FILE --seed 1 --from 0 --count 400 --out DIR
 *
 * writes one file for each index and one line on stdout: index, file, base, name of the
 * rule, what it aims at, tab-separated. Without --out it only lists. --rules lists the
 * rules alone.
 *
 * In every round each rule comes once, in an order that the seed fixes, then again those
 * with a larger share. A rule that cannot be applied to
 * any base leaves its slot to the random ones.
 */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "lib/base/file.h"
#include "tests/vm/oracle/rules.h"

enum {
	FILE_LIMIT = 64 << 20,
	RANDOM_TRIES = 200,
};

static const struct rule_table *const tables[] = {
	&rules_btf,       &rules_compress, &rules_export, &rules_header,
	&rules_modinfo,   &rules_random,   &rules_reloc,  &rules_section,
	&rules_signature, &rules_symbol,   &rules_unpack, &rules_versions,
};

struct options {
	const char *bases, *symvers, *signature, *out;
	uint64_t seed, from, count;
	bool rules;
};

struct base {
	char *name; /* without ".ko" */
	struct rk_buf bytes;
	bool is_signed;
};

struct world {
	struct base *bases; /* sorted by name */
	size_t n_bases;
	struct rk_symvers *symvers;
	struct rk_buf signature;
	const struct rule **slots; /* every rule once, then those with a larger share */
	size_t n_slots;
	size_t n_rules;
};

/* --- Bases */

static int compare_bases(const void *a, const void *b)
{
	const struct base *first = a, *second = b;

	return strcmp(first->name, second->name);
}

static bool ends_with(const char *text, const char *end)
{
	return strlen(text) > strlen(end) &&
	       strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static bool has_marker(const struct rk_buf *bytes)
{
	return ends_with(bytes->data + (bytes->len > 29 ? bytes->len - 29 : 0),
			 "~Module signature appended~\n");
}

static int read_base(const char *dir, const char *file, struct base *base,
		     struct rk_error *err)
{
	cleanup_free char *path = NULL;
	int ret = rk_path_join(dir, file, &path, err);

	if (ret < 0 || (ret = rk_file_read(path, FILE_LIMIT, &base->bytes, err)) < 0)
		return ret;
	base->is_signed = has_marker(&base->bytes);
	base->name = strndup(file, strlen(file) - 3);
	return base->name ? 0 : rk_error_nomem(err);
}

static int read_bases(const char *dir, struct world *world, struct rk_error *err)
{
	cleanup_closedir DIR *handle = opendir(dir);
	const struct dirent *entry;

	if (!handle)
		return rk_error_sys(err, errno, "cannot open '%s'", dir);
	while ((entry = readdir(handle))) {
		struct base *bases;
		int ret;

		if (!ends_with(entry->d_name, ".ko"))
			continue;
		bases = realloc(world->bases, (world->n_bases + 1) * sizeof(*bases));
		if (!bases)
			return rk_error_nomem(err);
		world->bases = bases;
		bases[world->n_bases] = (struct base){0};
		ret = read_base(dir, entry->d_name, &bases[world->n_bases++], err);
		if (ret < 0)
			return ret;
	}
	if (!world->n_bases)
		return rk_error_set(err, RK_ENOTFOUND, "no .ko in '%s'", dir);
	qsort(world->bases, world->n_bases, sizeof(*world->bases), compare_bases);
	return 0;
}

/* --- Slots */

static void add_slots_of(struct world *world, unsigned int share)
{
	for (size_t t = 0; t < RK_ARRAY_LEN(tables); t++) {
		for (size_t i = 0; i < tables[t]->n_rules; i++) {
			if (tables[t]->rules[i].share > share)
				world->slots[world->n_slots++] = &tables[t]->rules[i];
		}
	}
}

static int add_slots(struct world *world, struct rk_error *err)
{
	unsigned int most = 0;
	size_t n = 0;

	for (size_t t = 0; t < RK_ARRAY_LEN(tables); t++) {
		for (size_t i = 0; i < tables[t]->n_rules; i++) {
			unsigned int share = tables[t]->rules[i].share;

			n += share;
			most = share > most ? share : most;
		}
		world->n_rules += tables[t]->n_rules;
	}
	world->slots = calloc(n, sizeof(const struct rule *));
	if (!world->slots)
		return rk_error_nomem(err);
	for (unsigned int share = 0; share < most; share++)
		add_slots_of(world, share);
	return 0;
}

/* Fisher and Yates. */
static void shuffle(const struct rule **slots, size_t n, struct rng *rng)
{
	for (size_t i = n - 1; n > 1 && i > 0; i--) {
		size_t k = rng_below(rng, i + 1);
		const struct rule *kept = slots[i];

		slots[i] = slots[k];
		slots[k] = kept;
	}
}

/* Which rule has the slot of @index, in the round's own order. */
static int slot_of(const struct world *world, uint64_t seed, uint64_t index,
		   const struct rule **ret, struct rk_error *err)
{
	struct rng rng = rng_of(~seed, index / world->n_slots);
	cleanup_free const struct rule **order = calloc(world->n_slots, sizeof(*order));

	if (!order)
		return rk_error_nomem(err);
	memcpy(order, world->slots, world->n_slots * sizeof(*order));
	shuffle(order, world->n_rules, &rng);
	shuffle(order + world->n_rules, world->n_slots - world->n_rules, &rng);
	*ret = order[index % world->n_slots];
	return 0;
}

/* --- One mutation */

/* Whatever is changed in a signed module, the signature does not fit any more: there is
 * nothing else to learn from it. */
static bool is_for_signed(const struct rule *rule)
{
	return strncmp(rule->aims, "signature.", strlen("signature.")) == 0;
}

static bool try_base(const struct world *world, const struct rule *rule,
		     const struct base *base, struct rng *rng, struct image *image)
{
	struct mutation m = {
		.image = image,
		.rng = rng,
		.symvers = world->symvers,
		.signature = world->signature.len ? &world->signature : NULL,
		.is_signed = base->is_signed,
	};

	if (base->is_signed && !is_for_signed(rule))
		return false;
	image->bytes.len = 0;
	rk_buf_add(&image->bytes, base->bytes.data, base->bytes.len);
	return rule->apply(&m, rule->arg);
}

/* The first base that has what the rule needs, from any one on. */
static const struct base *try_rule(const struct world *world, const struct rule *rule,
				   struct rng *rng, struct image *image)
{
	size_t start = rng_below(rng, world->n_bases);

	/* Some try again and again what they do at random. */
	for (size_t k = 0; k < 3 * world->n_bases; k++) {
		const struct base *base = &world->bases[(start + k) % world->n_bases];

		if (try_base(world, rule, base, rng, image))
			return base;
	}
	return NULL;
}

static int make(const struct world *world, const struct options *options, uint64_t index,
		struct image *image, struct rk_error *err)
{
	struct rng rng = rng_of(options->seed, index);
	const struct rule *rule = NULL;
	const struct base *base;
	int ret = slot_of(world, options->seed, index, &rule, err);

	if (ret < 0)
		return ret;
	base = try_rule(world, rule, &rng, image);
	for (int i = 0; !base && i < RANDOM_TRIES; i++) {
		rule = &rules_random.rules[rng_below(&rng, rules_random.n_rules)];
		base = try_rule(world, rule, &rng, image);
	}
	if (!base)
		return rk_error_set(err, RK_ENOTFOUND, "no base for any rule");
	printf("%llu\tm%llu.ko\t%s\t%s\t%s\n", (unsigned long long)index,
	       (unsigned long long)index, base->name, rule->name, rule->aims);
	return rk_buf_check(&image->bytes, err);
}

static int write_file(const char *dir, uint64_t index, const struct image *image,
		      struct rk_error *err)
{
	cleanup_buf struct rk_buf path = RK_BUF_INIT;

	rk_buf_addf(&path, "%s/m%llu.ko", dir, (unsigned long long)index);
	return rk_file_write(rk_buf_str(&path), image->bytes.data, image->bytes.len, 0644,
			     err);
}

static int make_all(const struct world *world, const struct options *options,
		    struct rk_error *err)
{
	int ret = 0;

	for (uint64_t i = options->from; !ret && i < options->from + options->count;
	     i++) {
		struct image image = {RK_BUF_INIT};

		ret = make(world, options, i, &image, err);
		if (!ret && options->out)
			ret = write_file(options->out, i, &image, err);
		rk_buf_release(&image.bytes);
	}
	return ret;
}

static void print_rules(void)
{
	for (size_t t = 0; t < RK_ARRAY_LEN(tables); t++) {
		for (size_t i = 0; i < tables[t]->n_rules; i++)
			printf("%s\t%s\t%u\n", tables[t]->rules[i].name,
			       tables[t]->rules[i].aims, tables[t]->rules[i].share);
	}
}

static int run(const struct options *options, struct rk_error *err)
{
	struct world world = {0};
	struct rk_buf text = RK_BUF_INIT;
	int ret = read_bases(options->bases, &world, err);

	if (!ret && options->signature)
		ret = rk_file_read(options->signature, FILE_LIMIT, &world.signature, err);
	if (!ret)
		ret = rk_file_read(options->symvers, FILE_LIMIT, &text, err);
	if (!ret)
		ret = rk_symvers_parse(&text, &world.symvers, err);
	if (!ret)
		ret = add_slots(&world, err);
	if (!ret)
		ret = make_all(&world, options, err);
	for (size_t i = 0; i < world.n_bases; i++) {
		free(world.bases[i].name);
		rk_buf_release(&world.bases[i].bytes);
	}
	free(world.bases);
	free(world.slots);
	rk_symvers_free(world.symvers);
	rk_buf_release(&world.signature);
	return ret;
}

static bool parse_options(int argc, char **argv, struct options *ret)
{
	static const struct option longs[] = {
		{"bases", required_argument, NULL, 'b'},
		{"symvers", required_argument, NULL, 'v'},
		{"signature", required_argument, NULL, 'g'},
		{"out", required_argument, NULL, 'o'},
		{"seed", required_argument, NULL, 's'},
		{"from", required_argument, NULL, 'f'},
		{"count", required_argument, NULL, 'c'},
		{"rules", no_argument, NULL, 'r'},
		{NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'b':
			ret->bases = optarg;
			break;
		case 'v':
			ret->symvers = optarg;
			break;
		case 'g':
			ret->signature = optarg;
			break;
		case 'o':
			ret->out = optarg;
			break;
		case 's':
			ret->seed = strtoull(optarg, NULL, 0);
			break;
		case 'f':
			ret->from = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			ret->count = strtoull(optarg, NULL, 0);
			break;
		case 'r':
			ret->rules = true;
			break;
		default:
			return false;
		}
	}
	return optind == argc && (ret->rules || (ret->bases && ret->symvers));
}

int main(int argc, char **argv)
{
	struct options options = {.count = 1, .seed = 1};
	struct rk_error err = RK_ERROR_INIT;

	if (!parse_options(argc, argv, &options)) {
		fputs("usage: mutate --bases DIR --symvers FILE [--signature FILE] [--seed N] "
		      "[--from N] [--count N] [--out DIR] | --rules\n",
		      stderr);
		return 2;
	}
	if (options.rules)
		print_rules();
	else if (run(&options, &err) < 0) {
		fprintf(stderr, "mutate: %s\n", err.msg);
		return 2;
	}
	return fflush(stdout) == 0 ? 0 : 2;
}
