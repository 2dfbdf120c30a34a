// SPDX-License-Identifier: GPL-2.0-or-later
/* The module's own words: vermagic, license, namespaces, and the name in struct module.
 */
#include <string.h>

#include "tests/vm/oracle/rules.h"

/* Replaces all entries of @key by one of @value (NULL: by none). */
static bool set(struct mutation *m, const char *key, const char *value)
{
	cleanup_buf struct rk_buf entry = RK_BUF_INIT;
	bool had = image_modinfo_remove(m->image, key);

	if (!value)
		return had;
	rk_buf_addf(&entry, "%s=%s", key, value);
	image_modinfo_add(m->image, entry.data, true);
	return true;
}

/* --- vermagic */

enum vermagic {
	VERMAGIC_RELEASE, /* another release */
	VERMAGIC_WORD,    /* one word less */
	VERMAGIC_MORE,    /* one word more */
	VERMAGIC_BLANK,   /* the blank at the end */
	VERMAGIC_BYTE,
	VERMAGIC_EMPTY,
	VERMAGIC_NONE,
	VERMAGIC_TWO_RIGHT_FIRST,
	VERMAGIC_TWO_WRONG_FIRST,
	VERMAGIC_CASE,
	VERMAGIC_NO_RELEASE, /* only what follows the first blank */
};

static bool vermagic_words(struct mutation *m, struct rk_buf *text, enum vermagic what)
{
	char *word;

	switch (what) {
	case VERMAGIC_RELEASE:
		text->data[rng_below(m->rng, strcspn(text->data, " "))] ^= 1;
		return true;
	case VERMAGIC_WORD:
		word = strstr(text->data, "SMP ");
		if (word)
			memmove(word, word + 4, strlen(word + 4) + 1);
		return word;
	case VERMAGIC_MORE:
		rk_buf_adds(text,
			    rng_below(m->rng, 2) ? "modversions " : "RANDSTRUCT_00");
		return true;
	case VERMAGIC_BLANK:
		rk_buf_truncate(text, text->len - 1);
		return true;
	case VERMAGIC_BYTE:
		text->data[rng_below(m->rng, text->len)] =
			(char)(1 + rng_below(m->rng, 255));
		return true;
	case VERMAGIC_CASE:
		word = strstr(text->data, "SMP");
		if (word)
			memcpy(word, "smp", 3);
		return word;
	case VERMAGIC_NO_RELEASE:
		word = strchr(text->data, ' ');
		if (word)
			memmove(text->data, word, strlen(word) + 1);
		return word;
	default:
		return true;
	}
}

static bool vermagic(struct mutation *m, uint64_t arg)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	const char *old = image_modinfo(m->image, "vermagic");

	if (!old)
		return false;
	rk_buf_adds(&text, old);
	switch ((enum vermagic)arg) {
	case VERMAGIC_EMPTY:
		return set(m, "vermagic", "");
	case VERMAGIC_NONE:
		return set(m, "vermagic", NULL);
	case VERMAGIC_TWO_RIGHT_FIRST:
		image_modinfo_add(m->image, "vermagic=other", false);
		return true;
	case VERMAGIC_TWO_WRONG_FIRST:
		image_modinfo_add(m->image, "vermagic=other", true);
		return true;
	default:
		return vermagic_words(m, &text, (enum vermagic)arg) &&
		       set(m, "vermagic", text.data);
	}
}

/* --- license */

static const char *const licenses[] = {
	"GPL",
	"GPL v2",
	"GPL and additional rights",
	"Dual BSD/GPL",
	"Dual MIT/GPL",
	"Dual MPL/GPL",
	"Proprietary",
	"gpl",
	"GPL-2.0",
	"GPLv2",
	"GPL ",
	" GPL",
	"GPL v2 ",
	"Dual MIT/GPL v2",
	"BSD",
	"",
	"Dual BSD/GP",
};

static bool license(struct mutation *m, uint64_t arg)
{
	return set(m, "license", licenses[rng_below(m->rng, RK_ARRAY_LEN(licenses))]);
}

static bool license_one(struct mutation *m, uint64_t arg)
{
	return set(m, "license", licenses[arg]);
}

enum second_license {
	LICENSE_NONE,
	LICENSE_GPL_FIRST,
	LICENSE_GPL_SECOND,
};

static bool license_second(struct mutation *m, uint64_t arg)
{
	if (arg == LICENSE_NONE)
		return set(m, "license", NULL);
	if (!set(m, "license", arg == LICENSE_GPL_FIRST ? "GPL" : "Proprietary"))
		return false;
	image_modinfo_add(
		m->image,
		arg == LICENSE_GPL_FIRST ? "license=Proprietary" : "license=GPL", false);
	return true;
}

/* --- namespaces */

static bool import_ns(struct mutation *m, uint64_t arg)
{
	static const char *const values[] = {
		"module:kvm", "module:",     "module:*", "dma_buf", "DMA_BUF2",
		"DMA_*",      "DMA_BUF,CXL", " DMA_BUF", "",
	};

	/* Those of module: refuse anything; the others only a user of DMA_BUF. */
	if (arg >= 3 && !image_modinfo(m->image, "import_ns"))
		return false;
	return set(m, "import_ns", values[arg]);
}

static bool import_ns_second(struct mutation *m, uint64_t arg)
{
	static const char *const entries[] = {"import_ns=NOBODY", "import_ns=module:x"};

	image_modinfo_add(m->image, entries[arg], false);
	return true;
}

static bool import_ns_none(struct mutation *m, uint64_t arg)
{
	return set(m, "import_ns", NULL);
}

/* --- the rest */

static bool key(struct mutation *m, uint64_t arg)
{
	static const char *const entries[] = {
		"staging=",
		"test=Y",
		"intree=Y",
		"retpoline=Y",
		"depends=nobody,none",
		"softdep=pre: nobody",
		"srcversion=0",
		"name=other",
		"name=",
		"livepatch=Y",
		"livepatch=",
		"parm=x:y",
		"parmtype=x:int",
		"firmware=../../x",
		"import_n=module:x",
		"=",
		"nothing",
		"",
	};

	image_modinfo_add(m->image, entries[arg], rng_below(m->rng, 2));
	return arg != 9 || image_is_inert(m->image);
}

static bool key_gone(struct mutation *m, uint64_t arg)
{
	static const char *const keys[] = {"name", "depends", "retpoline", "description",
					   "parmtype"};

	return image_modinfo_remove(m->image, keys[arg]);
}

/* Entries are found by the kernel wherever NULs divide them. */
static bool layout(struct mutation *m, uint64_t arg)
{
	size_t i;
	Elf64_Shdr *shdr;
	uint8_t *data;

	if (!rule_find(m, ".modinfo", &i))
		return false;
	shdr = image_section(m->image, i);
	data = image_data(m->image, i);
	if (arg == 0) { /* the last entry loses its NUL and a byte */
		shdr->sh_size -= 2;
	} else if (arg == 1) { /* what follows is no entry any more */
		shdr->sh_size = 1 + rng_below(m->rng, shdr->sh_size - 1);
	} else if (arg == 2) { /* two entries become one */
		for (size_t at = rng_below(m->rng, shdr->sh_size - 1);; at++) {
			if (at == shdr->sh_size - 1)
				return false;
			if (!data[at]) {
				data[at] = ' ';
				return true;
			}
		}
	} else {
		shdr->sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
	}
	return true;
}

/* --- struct module: the name begins at byte 24 on every 64-bit kernel since 4.x */

enum {
	MODULE_NAME = 24,
	MODULE_NAME_SIZE = 56,
};

static bool module_name(struct mutation *m, uint64_t arg)
{
	static const char *const names[] = {"", "vmlinux", "a/b", "vmlinuz", "x y"};
	size_t i;
	char *at;

	if (!rule_find(m, ".gnu.linkonce.this_module", &i))
		return false;
	at = (char *)image_data(m->image, i) + MODULE_NAME;
	if (memcmp(at, "ora_", 4) != 0)
		return false;
	if (arg < RK_ARRAY_LEN(names)) {
		memset(at, 0, MODULE_NAME_SIZE);
		memcpy(at, names[arg], strlen(names[arg]));
	} else {
		memset(at, 'n', MODULE_NAME_SIZE);
	}
	return true;
}

static const struct rule rules[] = {
	{"vermagic-release", "load.15", vermagic, VERMAGIC_RELEASE, 1},
	{"vermagic-word", "load.15", vermagic, VERMAGIC_WORD, 1},
	{"vermagic-more", "load.15", vermagic, VERMAGIC_MORE, 1},
	{"vermagic-blank", "load.15", vermagic, VERMAGIC_BLANK, 1},
	{"vermagic-byte", "load.15", vermagic, VERMAGIC_BYTE, 1},
	{"vermagic-empty", "load.15", vermagic, VERMAGIC_EMPTY, 1},
	{"vermagic-none", "load.14", vermagic, VERMAGIC_NONE, 1},
	{"vermagic-right-first", "load.15", vermagic, VERMAGIC_TWO_RIGHT_FIRST, 1},
	{"vermagic-wrong-first", "load.15", vermagic, VERMAGIC_TWO_WRONG_FIRST, 1},
	{"vermagic-case", "load.15", vermagic, VERMAGIC_CASE, 1},
	{"vermagic-no-release", "load.15", vermagic, VERMAGIC_NO_RELEASE, 1},
	{"license-any", "symbol.license", license, 0, 6},
	{"license-spdx", "symbol.license", license_one, 8, 1},
	{"license-proprietary", "symbol.license", license_one, 6, 2},
	{"license-none", "symbol.license", license_second, LICENSE_NONE, 2},
	{"license-first", "symbol.license", license_second, LICENSE_GPL_FIRST, 1},
	{"license-second", "symbol.license", license_second, LICENSE_GPL_SECOND, 1},
	{"import-module-kvm", "load.29", import_ns, 0, 1},
	{"import-module-empty", "load.29", import_ns, 1, 1},
	{"import-module-star", "load.29", import_ns, 2, 1},
	{"import-module-second", "load.29", import_ns_second, 1, 1},
	{"import-nobody", "load.29", import_ns_second, 0, 1},
	{"import-lower-case", "symbol.namespace", import_ns, 3, 1},
	{"import-other", "symbol.namespace", import_ns, 4, 1},
	{"import-glob", "symbol.namespace", import_ns, 5, 1},
	{"import-list", "symbol.namespace", import_ns, 6, 1},
	{"import-blank", "symbol.namespace", import_ns, 7, 1},
	{"import-empty", "symbol.namespace", import_ns, 8, 1},
	{"import-none", "symbol.namespace", import_ns_none, 0, 1},
	{"key-staging", "modinfo.key", key, 0, 1},
	{"key-test", "modinfo.key", key, 1, 1},
	{"key-intree", "modinfo.key", key, 2, 1},
	{"key-retpoline", "modinfo.key", key, 3, 1},
	{"key-depends", "modinfo.key", key, 4, 1},
	{"key-softdep", "modinfo.key", key, 5, 1},
	{"key-srcversion", "modinfo.key", key, 6, 1},
	{"key-name", "modinfo.key", key, 7, 1},
	{"key-name-empty", "modinfo.key", key, 8, 1},
	{"key-livepatch", "load.16", key, 9, 1},
	{"key-livepatch-empty", "load.16", key, 10, 1},
	{"key-parm", "modinfo.key", key, 11, 1},
	{"key-parmtype", "modinfo.key", key, 12, 1},
	{"key-firmware", "modinfo.key", key, 13, 1},
	{"key-nearly", "modinfo.key", key, 14, 1},
	{"key-bare-equals", "modinfo.key", key, 15, 1},
	{"key-no-equals", "modinfo.key", key, 16, 1},
	{"key-empty", "modinfo.key", key, 17, 1},
	{"key-no-name", "modinfo.key", key_gone, 0, 1},
	{"key-no-depends", "modinfo.key", key_gone, 1, 1},
	{"key-no-retpoline", "modinfo.key", key_gone, 2, 1},
	{"key-no-description", "modinfo.key", key_gone, 3, 1},
	{"key-no-parmtype", "modinfo.key", key_gone, 4, 1},
	{"modinfo-no-nul", "modinfo.layout", layout, 0, 1},
	{"modinfo-shorter", "modinfo.layout", layout, 1, 2},
	{"modinfo-joined", "modinfo.layout", layout, 2, 3},
	{"modinfo-noalloc", "modinfo.layout", layout, 3, 1},
	{"module-name-empty", "load.42", module_name, 0, 1},
	{"module-name-vmlinux", "load.37", module_name, 1, 1},
	{"module-name-slash", "load.42", module_name, 2, 1},
	{"module-name-vmlinuz", "load.37", module_name, 3, 1},
	{"module-name-blank", "load.42", module_name, 4, 1},
	{"module-name-full", "load.42", module_name, 5, 1},
};

const struct rule_table rules_modinfo = {rules, RK_ARRAY_LEN(rules)};
