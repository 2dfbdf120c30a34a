/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tools/lib/bpf/btf_relocate.c, which the kernel uses as well: .BTF.base holds the few
 * types of the kernel that the module's own refer to, by name and size alone. Each must
 * be found in the kernel's own type information, and only once.
 */
#include <errno.h>
#include <string.h>

#include "lib/verdict/btf.h"

enum {
	SIZE_MASK = 0x7fffffff, /* the kernel compares 31 bits */
	N_BEGINNINGS = 1 << 16,
};

/* A type of .BTF.base. */
struct distilled {
	const char *name;
	struct rk_btf_type type;
	uint32_t id;
	bool embedded; /* in a struct of the module: then the size matters */
	bool found;
};

struct relocation {
	const struct rk_btf *btf;
	const struct rk_btf *kernel;
	struct distilled *types;   /* by id; void is the first */
	struct distilled **sorted; /* by name, without void */
	uint32_t n_types;
	struct rk_btf_type *split; /* of the module, from the first after the base's */
	uint32_t n_split;
	bool *named;          /* by offset in the base's names: of a found type */
	uint8_t *name_counts; /* structs and unions of the kernel by name offset, where
				 the name is looked for */
	uint8_t beginnings[N_BEGINNINGS / 8]; /* of the names looked for */
	struct rk_btf_type *candidates;       /* of the kernel: with such a name */
	size_t n_candidates;
	bool kernel_is_unknown; /* it has types of a kind that came later */
	struct rk_btf_problem *problem;
};

static bool fail(struct relocation *r, int sys_errno, const char *text)
{
	r->problem->sys_errno = sys_errno;
	r->problem->text = text;
	return false;
}

static bool fault(struct relocation *r, const char *text)
{
	r->problem->is_fault = true;
	r->problem->text = text;
	return false;
}

/* Names were checked to lie inside. */
static const char *string_at(const struct rk_btf *btf, uint32_t offset)
{
	return offset < btf->strings.size ? (const char *)btf->strings.data + offset : "";
}

static bool is_composite(uint32_t kind)
{
	return kind == RK_BTF_STRUCT || kind == RK_BTF_UNION;
}

/* ---- what is looked for ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct distilled *const *)a)->name,
		      (*(struct distilled *const *)b)->name);
}

static unsigned int beginning(const char *name)
{
	return (unsigned char)name[0] |
	       (name[0] ? (unsigned int)(unsigned char)name[1] << 8 : 0);
}

static bool is_for_base(uint32_t kind)
{
	switch (kind) {
	case RK_BTF_INT:
	case RK_BTF_FLOAT:
	case RK_BTF_ENUM:
	case RK_BTF_STRUCT:
	case RK_BTF_UNION:
	case RK_BTF_FWD:
		return true;
	default:
		return false;
	}
}

static bool read_base(struct relocation *r)
{
	const struct rk_btf *base = r->btf->base;
	struct rk_bytes at = base->types;
	uint32_t id = 1;

	for (struct rk_btf_type type; rk_btf_next(base, &at, &type); id++) {
		const char *name = string_at(base, type.name);
		unsigned int bit = beginning(name);

		r->problem->type = id;
		if (!is_for_base(type.kind))
			return fail(r, EINVAL, "unexpected kind in .BTF.base");
		if (type.name == 0)
			return fail(r, EINVAL, "a type in .BTF.base is anonymous");
		r->types[id] = (struct distilled){.name = name, .type = type, .id = id};
		r->sorted[id - 1] = &r->types[id];
		r->beginnings[bit / 8] |= (uint8_t)(1U << (bit % 8));
	}
	r->problem->type = 0;
	qsort(r->sorted, id - 1, sizeof(struct distilled *), by_name);
	return true;
}

/* ---- what is embedded in structs of the module ---- */

static void read_split(struct relocation *r)
{
	struct rk_bytes at = r->btf->types;

	for (uint32_t i = 0; rk_btf_next(r->btf, &at, &r->split[i]); i++)
		;
}

/* From a member's type through modifiers and arrays to a struct, or to something else. */
static bool mark_member(struct relocation *r, uint32_t id)
{
	uint32_t n = r->n_types + r->n_split;

	for (uint32_t steps = 0; id; steps++) {
		const struct rk_btf_type *type;

		if (id >= n)
			return fault(r, "a member's type does not exist");
		if (steps > n)
			return fault(r, "arrays that hold each other");
		type = id < r->n_types ? &r->types[id].type : &r->split[id - r->n_types];
		switch (type->kind) {
		case RK_BTF_CONST:
		case RK_BTF_RESTRICT:
		case RK_BTF_VOLATILE:
		case RK_BTF_TYPEDEF:
		case RK_BTF_TYPE_TAG:
			id = type->size;
			break;
		case RK_BTF_ARRAY:
			id = rk_btf_word(type, 0);
			break;
		default:
			if (is_composite(type->kind) && id < r->n_types)
				r->types[id].embedded = true;
			return true;
		}
	}
	return true;
}

static bool mark_embedded(struct relocation *r)
{
	for (uint32_t i = 0; i < r->n_split; i++) {
		const struct rk_btf_type *type = &r->split[i];

		for (uint32_t k = 0; is_composite(type->kind) && k < type->n; k++)
			if (!mark_member(r, rk_btf_word(type, (size_t)k * 3 + 1)))
				return false;
	}
	return true;
}

/* ---- looking in the kernel's ---- */

static bool fits_forward(const struct rk_btf_type *wanted, const struct rk_btf_type *type)
{
	switch (type->kind) {
	case RK_BTF_FWD:
		return wanted->flag == type->flag;
	case RK_BTF_STRUCT:
		return !type->flag;
	case RK_BTF_UNION:
		return type->flag;
	default:
		return false;
	}
}

static bool fits(const struct distilled *wanted, const struct rk_btf_type *type)
{
	const uint32_t encoding = 0x0f000000;

	switch (wanted->type.kind) {
	case RK_BTF_FWD:
		return fits_forward(&wanted->type, type);
	case RK_BTF_INT:
		return type->kind == RK_BTF_INT &&
		       ((rk_btf_word(type, 0) ^ rk_btf_word(&wanted->type, 0)) &
			encoding) == 0;
	case RK_BTF_FLOAT:
		return type->kind == RK_BTF_FLOAT;
	case RK_BTF_ENUM:
		return type->kind == RK_BTF_ENUM || type->kind == RK_BTF_ENUM64;
	default:
		return !wanted->embedded || type->size == wanted->type.size;
	}
}

static bool needs_size(const struct relocation *r, const struct rk_btf_type *type)
{
	switch (type->kind) {
	case RK_BTF_FWD:
		return false;
	case RK_BTF_STRUCT:
	case RK_BTF_UNION:
		return r->name_counts[type->name] > 1;
	default:
		return true;
	}
}

/* The first of that name, or NULL. */
static struct distilled **find(const struct relocation *r, const char *name)
{
	size_t low = 0;
	size_t high = r->n_types - 1;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(r->sorted[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < r->n_types - 1 && strcmp(r->sorted[low]->name, name) == 0)
		return &r->sorted[low];
	return NULL;
}

static bool match(struct relocation *r, const struct rk_btf_type *type)
{
	const char *name = string_at(r->kernel, type->name);
	struct distilled **wanted = find(r, name);

	for (; wanted && wanted < r->sorted + r->n_types - 1 &&
	       strcmp((*wanted)->name, name) == 0;
	     wanted++) {
		if (needs_size(r, type) &&
		    (type->size ^ (*wanted)->type.size) & SIZE_MASK)
			continue;
		if (!fits(*wanted, type))
			continue;
		r->problem->type = (*wanted)->id;
		if ((*wanted)->found)
			return fail(r, EINVAL, "several types of the kernel fit");
		(*wanted)->found = true;
		r->named[(*wanted)->type.name] = true;
	}
	r->problem->type = 0;
	return true;
}

static bool is_searched(const struct relocation *r, const struct rk_btf_type *type)
{
	const char *name;
	unsigned int bit;

	if (!type->name || type->name >= r->kernel->strings.size ||
	    !(is_for_base(type->kind) || type->kind == RK_BTF_ENUM64))
		return false;
	name = string_at(r->kernel, type->name);
	bit = beginning(name);
	return r->beginnings[bit / 8] & 1U << (bit % 8) && find(r, name);
}

static bool add_candidate(struct relocation *r, const struct rk_btf_type *type)
{
	struct rk_btf_type *items = r->candidates;

	/* Room for twice as many every power of two. */
	if ((r->n_candidates & (r->n_candidates - 1)) == 0)
		items = reallocarray(items, r->n_candidates ? 2 * r->n_candidates : 1,
				     sizeof(*items));
	if (!items) {
		r->problem->no_memory = true;
		return false;
	}
	r->candidates = items;
	items[r->n_candidates++] = *type;
	return true;
}

/* One walk over a hundred thousand types, to where rkmod knows what they are. */
static bool find_candidates(struct relocation *r)
{
	struct rk_bytes at = r->kernel->types;
	struct rk_btf_type type;

	while (rk_btf_next(r->kernel, &at, &type)) {
		if (!is_searched(r, &type))
			continue;
		if (is_composite(type.kind) && r->name_counts[type.name] < UINT8_MAX)
			r->name_counts[type.name]++;
		if (!add_candidate(r, &type))
			return false;
	}
	r->kernel_is_unknown = at.size != 0;
	return true;
}

static bool match_all(struct relocation *r)
{
	if (!find_candidates(r))
		return false;
	if (r->kernel_is_unknown)
		return true;
	for (size_t i = 0; i < r->n_candidates; i++)
		if (!match(r, &r->candidates[i]))
			return false;
	for (uint32_t id = 1; id < r->n_types; id++) {
		if (r->types[id].found)
			continue;
		r->problem->type = id;
		return fail(r, EINVAL, "a type of .BTF.base is not in the kernel");
	}
	return true;
}

/* ---- rewriting ids and names ---- */

static bool check_id(struct relocation *r, uint32_t id)
{
	if (id < r->n_types + r->n_split)
		return true;
	return fault(r, "a type refers to one that does not exist");
}

/* Of all fields of a type that hold ids (tools/lib/bpf/btf_iter.c). */
static bool check_ids(struct relocation *r, const struct rk_btf_type *type)
{
	size_t each = type->kind == RK_BTF_FUNC_PROTO ? 2 : 3;
	size_t field = type->kind == RK_BTF_DATASEC ? 0 : 1;

	switch (type->kind) {
	case RK_BTF_INT:
	case RK_BTF_FLOAT:
	case RK_BTF_ENUM:
	case RK_BTF_ENUM64:
		return true;
	case RK_BTF_ARRAY:
		return check_id(r, rk_btf_word(type, 0)) &&
		       check_id(r, rk_btf_word(type, 1));
	case RK_BTF_STRUCT:
	case RK_BTF_UNION:
	case RK_BTF_DATASEC:
	case RK_BTF_FUNC_PROTO:
		for (size_t i = 0; i < type->n; i++)
			if (!check_id(r, rk_btf_word(type, i * each + field)))
				return false;
		return type->kind != RK_BTF_FUNC_PROTO || check_id(r, type->size);
	default:
		return check_id(r, type->size);
	}
}

/* A name among those of the base must be that of a type found. */
static bool check_name(struct relocation *r, uint32_t name)
{
	if (name == 0 || name >= r->btf->base->strings.size || r->named[name])
		return true;
	return fail(r, ENOENT, "a name is not mapped to the kernel's");
}

static bool check_names(struct relocation *r, const struct rk_btf_type *type)
{
	size_t each = 0;

	if (is_composite(type->kind) || type->kind == RK_BTF_ENUM64)
		each = 3;
	else if (type->kind == RK_BTF_ENUM || type->kind == RK_BTF_FUNC_PROTO)
		each = 2;
	if (!check_name(r, type->name))
		return false;
	for (size_t i = 0; each && i < type->n; i++)
		if (!check_name(r, rk_btf_word(type, i * each)))
			return false;
	return true;
}

static bool rewrite(struct relocation *r)
{
	for (uint32_t i = 0; i < r->n_split; i++)
		if (!check_ids(r, &r->split[i]))
			return false;
	for (uint32_t i = 0; i < r->n_split; i++)
		if (!check_names(r, &r->split[i]))
			return false;
	return true;
}

static bool make_room(struct relocation *r)
{
	r->types = calloc(r->n_types, sizeof(*r->types));
	r->sorted = calloc(r->n_types, sizeof(struct distilled *));
	/* One more: rk_btf_next() writes before it sees the end. */
	r->split = calloc((size_t)r->n_split + 1, sizeof(*r->split));
	r->named = calloc(r->btf->base->strings.size + 1, sizeof(*r->named));
	r->name_counts = calloc(r->kernel->strings.size + 1, 1);
	r->problem->no_memory =
		!r->types || !r->sorted || !r->split || !r->named || !r->name_counts;
	return !r->problem->no_memory;
}

bool rk_btf_relocate(const struct rk_btf *btf, const struct rk_btf *kernel,
		     struct rk_btf_problem *ret)
{
	struct relocation r = {
		.btf = btf,
		.kernel = kernel,
		.n_types = rk_btf_count(btf->base),
		.n_split = btf->n_types - 1,
		.problem = ret,
	};
	bool ok;

	*ret = (struct rk_btf_problem){.text = ""};
	ok = make_room(&r) && read_base(&r);
	if (ok) {
		read_split(&r);
		ok = mark_embedded(&r) && match_all(&r) &&
		     (r.kernel_is_unknown || rewrite(&r));
	}
	free(r.types);
	free(r.sorted);
	free(r.split);
	free(r.named);
	free(r.name_counts);
	free(r.candidates);
	return ok;
}
