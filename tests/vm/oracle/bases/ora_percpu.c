// SPDX-License-Identifier: GPL-2.0-or-later
/* Data per CPU, initialised, and code that reaches it. */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(unsigned long, ora_percpu_count) = 3;
static DEFINE_PER_CPU(char, ora_percpu_page[256]);

static int __init ora_percpu_init(void)
{
	this_cpu_inc(ora_percpu_count);
	this_cpu_write(ora_percpu_page[7], 1);
	return 0;
}

static void __exit ora_percpu_exit(void)
{
}

module_init(ora_percpu_init);
module_exit(ora_percpu_exit);
MODULE_DESCRIPTION("oracle base: per-CPU data");
MODULE_LICENSE("GPL and additional rights");
