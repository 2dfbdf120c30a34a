// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nothing of it ever runs: no init, no exit. So any field of its tables may be damaged,
 * and what comes back is the loader's answer alone, not that of damaged code.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/string.h>

/* modpost lets a weak one pass; so does the loader. */
extern int ora_inert_nobody(int) __attribute__((weak));

int ora_inert_first(int);
int ora_inert_second(char *, size_t);
u64 ora_inert_third(void);

static int ora_inert_counter = 7;
static unsigned long ora_inert_zeroes[16];
static DEFINE_PER_CPU(int, ora_inert_cpu);

static const char *const ora_inert_words[] = {"one", "two", "three"};

int ora_inert_first(int n)
{
	if (ora_inert_nobody)
		n += ora_inert_nobody(n);
	pr_info("%s\n", ora_inert_words[n % 3]);
	return ora_inert_counter += n;
}

int ora_inert_second(char *to, size_t size)
{
	memset(to, 0, size);
	ora_inert_zeroes[size % 16] = jiffies;
	return ora_inert_first((int)size) + this_cpu_read(ora_inert_cpu);
}

u64 ora_inert_third(void)
{
	return ktime_get() + ora_inert_zeroes[0];
}

/* Absolute relocations in data. */
void *ora_inert_table[] = {ora_inert_first, ora_inert_second, ora_inert_third,
			   &ora_inert_counter, memset};

MODULE_DESCRIPTION("oracle base: tables only");
MODULE_LICENSE("GPL");
