// SPDX-License-Identifier: GPL-2.0-or-later
/* A parameter of every type. */
#include <linux/module.h>

static bool a_bool;
static bool an_invbool;
static unsigned char a_byte;
static short a_short;
static unsigned short a_ushort;
static int an_int;
static unsigned int a_uint;
static long a_long;
static unsigned long a_ulong;
static unsigned long long a_ullong;
static char *a_charp = "none";
static int some_ints[3];
static int n_ints;

module_param(a_bool, bool, 0444);
module_param(an_invbool, invbool, 0444);
module_param(a_byte, byte, 0444);
module_param(a_short, short, 0444);
module_param(a_ushort, ushort, 0444);
module_param(an_int, int, 0644);
module_param(a_uint, uint, 0444);
module_param(a_long, long, 0444);
module_param(a_ulong, ulong, 0444);
module_param(a_ullong, ullong, 0444);
module_param(a_charp, charp, 0444);
module_param_array(some_ints, int, &n_ints, 0444);

static int __init ld_params_init(void)
{
	pr_info("ld_params: %d %d %u %d %u %d %u %ld %lu %llu '%s' %d:%d,%d,%d\n", a_bool,
		an_invbool, a_byte, a_short, a_ushort, an_int, a_uint, a_long, a_ulong,
		a_ullong, a_charp, n_ints, some_ints[0], some_ints[1], some_ints[2]);
	return 0;
}

static void __exit ld_params_exit(void)
{
}

module_init(ld_params_init);
module_exit(ld_params_exit);
MODULE_DESCRIPTION("takes parameters");
MODULE_LICENSE("GPL");
