// SPDX-License-Identifier: GPL-2.0-or-later
/* Exports of every kind: plain, GPL-only, in a namespace, for named modules. */
#include <linux/init.h>
#include <linux/module.h>

/* Before 6.13 namespaces were tokens; see Kbuild. */
#ifdef NAMESPACE_IS_TOKEN
#define SPACE ORACLE
#else
#define SPACE "ORACLE"
#endif

int ora_export_a(void);
int ora_export_b(void);
int ora_export_c(void);
int ora_export_d(void);

int ora_export_a(void)
{
	return 1;
}
EXPORT_SYMBOL(ora_export_a);

int ora_export_b(void)
{
	return 2;
}
EXPORT_SYMBOL_GPL(ora_export_b);

int ora_export_c(void)
{
	return 3;
}
EXPORT_SYMBOL_NS(ora_export_c, SPACE);

int ora_export_d(void)
{
	return 4;
}
EXPORT_SYMBOL_NS_GPL(ora_export_d, SPACE);

static int __init ora_export_init(void)
{
	return 0;
}

static void __exit ora_export_exit(void)
{
}

module_init(ora_export_init);
module_exit(ora_export_exit);
MODULE_DESCRIPTION("oracle base: exports");
MODULE_LICENSE("Dual BSD/GPL");
