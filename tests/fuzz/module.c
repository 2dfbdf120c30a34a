/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of modules with all stages; tests/fixtures of the build are good seeds. */
#include <stdlib.h>

#include "lib/verdict/facts.h"
#include "lib/verdict/siblings.h"
#include "lib/verdict/verdict.h"
#include "tests/fuzz/fuzz.h"

static const char config[] =
	"CONFIG_MODVERSIONS=y\nCONFIG_MODULE_SIG=y\nCONFIG_STRICT_MODULE_RWX=y\n"
	"CONFIG_KALLSYMS=y\nCONFIG_SMP=y\nCONFIG_DEBUG_INFO_BTF_MODULES=y\n";
static const char symvers[] =
	"0x11111111\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n"
	"0x22222222\t_printk\tvmlinux\tEXPORT_SYMBOL\t\n"
	"0x00000000\tns_thing\tvmlinux\tEXPORT_SYMBOL\tmodule:fixture,x*\n"
	"0x00000000\t_RNvNtCs2lKf6AS60Zg_4core9panicking5panic\tvmlinux\tEXPORT_SYMBOL_GPL\t\n";

static const struct rk_kernel *kernel(void)
{
	static struct rk_kernel made;
	struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (made.config)
		return &made;
	rk_buf_adds(&text, symvers);
	if (rk_kconfig_parse(config, sizeof(config) - 1, &made.config, &err) < 0 ||
	    rk_symvers_parse(&text, &made.symvers, &err) < 0)
		abort(); /* the texts above are good */
	made.arch = RK_ARCH_X86_64;
	made.vermagic = (char *)"7.2.0-test SMP preempt mod_unload ";
	made.module_size = 0x500;
	made.modversions = true;
	return &made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_module module = {
		.path = (char *)"fuzz.ko", .data = (uint8_t *)data, .size = size};
	struct rk_module other = module;
	struct rk_siblings siblings;
	const struct rk_verdict_target target = {.kernel = kernel(),
						 .siblings = &siblings};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_verdict verdict;

	if (rk_siblings_init(&siblings, 2, &err) == 0 &&
	    rk_siblings_set(&siblings, 0, &module, &err) == 0 &&
	    rk_siblings_set(&siblings, 1, &other, &err) == 0 &&
	    rk_verdict_judge(&module, &target, &verdict, &err) == 0)
		rk_verdict_release(&verdict);
	rk_siblings_release(&siblings);
	return 0;
}
