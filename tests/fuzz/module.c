/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader of modules with all stages. The padding of e_ident, which no loader looks
 * at, chooses the kernel: so that one corpus reaches them all, and a finding is the same
 * when it is run again.
 */
#include <elf.h>
#include <fcntl.h>

#include "lib/base/file.h"
#include "lib/kernel/certs.h"
#include "lib/verdict/facts.h"
#include "lib/verdict/siblings.h"
#include "lib/verdict/verdict.h"
#include "tests/fuzz/fuzz.h"

/* Bits of e_ident[EI_PAD]; 0 is the kernel that accepts most fixtures. */
enum {
	NO_VERSIONS = 1 << 0, /* CONFIG_MODVERSIONS off */
	FORCE = 1 << 1,
	ENFORCE = 1 << 2, /* signatures */
	RUNNING = 1 << 3, /* with a state */
	OLD_LOADER = 1 << 4,
	PACKED = 1 << 5,
	DIGESTS = 1 << 6,
	NO_KERNEL = 1 << 7,
};

static const char config[] =
	"CONFIG_MODULES=y\nCONFIG_MODULE_SIG=y\nCONFIG_STRICT_MODULE_RWX=y\nCONFIG_KALLSYMS=y\n"
	"CONFIG_SMP=y\nCONFIG_DEBUG_INFO_BTF_MODULES=y\nCONFIG_MODULE_UNLOAD=y\n"
	"CONFIG_LIVEPATCH=y\nCONFIG_DYNAMIC_FTRACE=y\nCONFIG_CONSTRUCTORS=y\n"
	"CONFIG_MODULE_DECOMPRESS=y\nCONFIG_MODULE_COMPRESS_XZ=y\n";
static const char symvers[] =
	"0x11111111\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n"
	"0x22222222\t_printk\tvmlinux\tEXPORT_SYMBOL\t\n"
	"0x00000000\tgpl_thing\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
	"0x00000000\tns_thing\tvmlinux\tEXPORT_SYMBOL\tTHINGS\n"
	"0x00000000\tmine_thing\tvmlinux\tEXPORT_SYMBOL_GPL\tmodule:other,fix-*\n"
	"0x00000000\tfar_thing\tdrivers/far\tEXPORT_SYMBOL_GPL\t\n"
	"0x00000000\t_RNvNtCs2lKf6AS60Zg_4core9panicking5panic\tvmlinux\tEXPORT_SYMBOL_GPL\t\n";

/* The kernel, as far as all inputs share it. */
static struct {
	struct rk_root root;
	struct rk_kernel kernel;
	struct rk_certs certs;
	struct rk_state state;
	struct rk_strv params;
} with;

static void read_kernel(const char *fixtures, struct rk_error *err)
{
	struct rk_buf text = RK_BUF_INIT;
	struct rk_kernel *kernel = &with.kernel;

	rk_buf_adds(&text, symvers);
	MUST(rk_kconfig_parse(config, sizeof(config) - 1, &kernel->config, err) == 0);
	MUST(rk_symvers_parse(&text, &kernel->symvers, err) == 0);
	with.root = (struct rk_root){.path = (char *)"/",
				     .name = (char *)"",
				     .fd = open("/", O_PATH | O_CLOEXEC),
				     .is_host = true};
	kernel->root = &with.root;
	kernel->kdir_real = (char *)fixtures; /* its vmlinux has type information */
	kernel->arch = RK_ARCH_X86_64;
	kernel->release = (char *)"7.2.0-test";
	kernel->vermagic = (char *)"7.2.0-test SMP preempt mod_unload ";
	kernel->module_size = 0x500;
}

static void make_state(void)
{
	static struct rk_loaded modules[] = {
		{.name = (char *)"exporter", .phase = RK_PHASE_LIVE, .out_of_tree = true},
		{.name = (char *)"far", .phase = RK_PHASE_LOADING},
		{.name = (char *)"closed", .phase = RK_PHASE_LIVE, .proprietary = true},
	};
	static struct rk_state_export exports[] = {
		{.name = (char *)"fixture_export", .owner = (char *)"exporter"},
	};

	with.state = (struct rk_state){.blacklist = (char *)"never,other",
				       .sig_enforce = RK_FACT_UNKNOWN,
				       .lockdown = RK_FACT_YES,
				       .modules = modules,
				       .n_modules = RK_ARRAY_LEN(modules),
				       .exports = exports,
				       .n_exports = RK_ARRAY_LEN(exports)};
	rk_strv_add(&with.state.sys_modules, "exporter");
	rk_strv_add(&with.state.sys_modules, "printk");
	rk_strv_add(&with.state.patches, "patch/fixture");
	rk_strv_add(&with.params, "number=5");
	rk_strv_add(&with.params, "list=1,2,300000000000");
	rk_strv_add(&with.params, "rusty=-129");
}

/* RKMOD_FIXTURES: the build's tests/fixtures, for vmlinux and the signer. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *fixtures = getenv("RKMOD_FIXTURES");
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *path = NULL;

	read_kernel(fixtures ? fixtures : "/nonexistent", &err);
	make_state();
	if (fixtures)
		MUST(rk_path_join(fixtures, "signer.pem", &path, &err) == 0 &&
		     rk_certs_add_file(&with.certs, path, &err) == 0);
	return 0;
}

static struct rk_loader_facts choose_facts(uint8_t choice, uint8_t arch)
{
	struct rk_kernel kernel = with.kernel;
	struct rk_loader_facts facts;

	kernel.root = NULL; /* it has no headers: this is a usual new kernel */
	kernel.arch = (enum rk_arch)(arch % (RK_ARCH_OTHER + 1));
	kernel.modversions = !(choice & NO_VERSIONS);
	facts = rk_loader_facts(&kernel);
	facts.force_load = choice & FORCE;
	facts.sig_enforce = choice & ENFORCE ? RK_FACT_YES : RK_FACT_NO;
	if (choice & OLD_LOADER) {
		facts.kflagstab = false;
		facts.module_namespaces = false;
		facts.checks_strings = false;
		facts.checks_unique = false;
		facts.btf_layout = false;
		facts.livepatch = false;
	}
	return facts;
}

static void judge(const struct rk_module *module, uint8_t choice, uint8_t arch)
{
	const struct rk_loader_facts facts = choose_facts(choice, arch);
	const struct rk_module other = *module;
	struct rk_siblings siblings;
	const struct rk_verdict_target target = {
		.kernel = choice & NO_KERNEL ? NULL : &with.kernel,
		.facts = choice & NO_KERNEL ? NULL : &facts,
		.siblings = &siblings,
		.certs = &with.certs,
		.skip_digests = !(choice & DIGESTS),
		.state = choice & RUNNING ? &with.state : NULL,
		.params = choice & RUNNING ? &with.params : NULL,
	};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_verdict verdict;

	MUST(rk_siblings_init(&siblings, 2, &err) == 0);
	MUST(rk_siblings_set(&siblings, 0, module, &err) == 0);
	MUST(rk_siblings_set(&siblings, 1, &other, &err) == 0);
	MUST(rk_verdict_judge(module, &target, &verdict, &err) == 0);
	if (verdict.answer == RK_ANSWER_REFUSE)
		MUST(verdict.stage && verdict.findings.n_items);
	rk_verdict_release(&verdict);
	rk_siblings_release(&siblings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t choice = size > EI_PAD ? data[EI_PAD] : 0;
	uint8_t arch = size > EI_PAD + 1 ? data[EI_PAD + 1] : 0;
	const struct rk_module module = {
		.path = (char *)"fuzz.ko",
		.compression = choice & PACKED ? RK_COMPRESSION_XZ : RK_COMPRESSION_NONE,
		.packing = choice & PACKED ? (enum rk_packing)(arch % RK_PACKING_CHECK)
					   : RK_PACKING_SOUND,
		.data = (uint8_t *)data,
		.size = size};

	judge(&module, choice, arch);
	return 0;
}
