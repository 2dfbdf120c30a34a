/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/finding/texts.h"

/*
 * What tools and the kernel say, sorted by code. Where the words changed between
 * versions each form has its row. Texts of the module! macro and of the kernel's Rust API
 * are in drift.c.
 */
/* clang-format off */
const struct rk_text rk_texts[] = {
	{.code = "attribute-twice", .pattern = "#![no_std]", .after = "unused attribute",
	 .what = "#![no_std] is given twice",
	 .fix = "remove #![no_std] from the source"},

	{.code = "bindgen-unfit", .pattern = "panicked at {place*}FromBytesWithNulError",
	 .why = "bindgen 0.66.1 and older panic on headers of kernels since 6.19"},
	{.code = "bindgen-unfit", .pattern = "FromBytesWithNulError", .after = "bindgen",
	 .why = "bindgen 0.66.1 and older panic on headers of kernels since 6.19"},
	{.code = "bindgen-unfit", .pattern = "Rust bindings generator '{path*}' could not be found",
	 .what = "bindgen is not installed",
	 .why = "making Rust metadata needs it; building a module does not"},
	{.code = "bindgen-unfit", .pattern = "Rust bindings generator '{path*}' is too old",
	 .what = "bindgen is older than the kernel's minimum"},

	{.code = "btf", .pattern = "failed to validate module [{module}] BTF",
	 .what = "the kernel refuses the type information of {module}"},

	{.code = "btf-rust", .pattern = "Invalid member bits_offset"},

	{.code = "btf-skipped", .pattern = "Skipping BTF generation for {module}.ko due to unavailability of vmlinux",
	 .what = "harmless: {module}.ko gets no type information"},

	{.code = "cc-differs", .pattern = "the compiler differs from the one used to build the kernel",
	 .why = "the kernel was built by '{made}', this is '{used}'"},
	{.code = "cc-differs", .pattern = "The kernel was built by: {made*}", .more = true},
	{.code = "cc-differs", .pattern = "You are using: {used*}", .more = true},

	{.code = "cc-needs-clang", .pattern = "error: unrecognized command line option '{option*}'",
	 .what = "gcc does not know '{option}', a flag of the kernel's own compiler"},
	{.code = "cc-needs-clang", .pattern = "error: unrecognized command-line option '{option*}'",
	 .what = "gcc does not know '{option}', a flag of the kernel's own compiler"},
	{.code = "cc-needs-clang", .pattern = "error: unrecognized argument to '-fsanitize=' option: '{option}'",
	 .what = "gcc does not know '-fsanitize={option}', a flag of the kernel's own compiler"},

	{.code = "cc-needs-gcc", .pattern = "error: unknown argument: '{option*}'",
	 .what = "clang does not know '{option}', a flag of the kernel's own compiler"},
	{.code = "cc-needs-gcc", .pattern = "error: unsupported argument '{value}' to option '{option}'",
	 .what = "clang does not know '{option}{value}', a flag of the kernel's own compiler"},
	{.code = "cc-needs-gcc", .pattern = "error: unsupported option '{option}'",
	 .what = "clang does not know '{option}', a flag of the kernel's own compiler"},

	{.code = "description-missing", .pattern = "missing MODULE_DESCRIPTION() in {module}",
	 .what = "harmless: {module} has no description{more}"},

	{.code = "dir-not-writable", .pattern = "couldn't create a temp dir: Permission denied (os error 13) at path \"{dir}/./rmeta{rest}\"",
	 .what = "rustc cannot write into the module's folder '{dir}'"},
	{.code = "dir-not-writable", .pattern = "couldn't create a temp dir: Read-only file system (os error 30) at path \"{dir}/./rmeta{rest}\"",
	 .what = "rustc cannot write into the module's folder '{dir}'",
	 .why = "it is on a file system that is mounted read-only",
	 .fix = "build in a copy of the folder"},
	{.code = "dir-not-writable", .pattern = "mkdir: cannot create directory '.tmp_{n}': Permission denied", .weak = true},
	{.code = "dir-not-writable", .pattern = "mkdir: cannot create directory '.tmp_{n}': Read-only file system", .weak = true},

	{.code = "export-duplicate", .pattern = "exports duplicate symbol {symbol} (owned by {owner})",
	 .what = "{owner} exports {symbol} already"},

	{.code = "feature-refused", .pattern = "the feature `{feature}` is not in the list of allowed features",
	 .what = "the kernel does not allow the Rust feature {feature}"},

	{.code = "headers-missing", .pattern = "*** {path}/build: No such file or directory. Stop",
	 .what = "the kernel's headers are not installed: there is no {path}/build"},
	{.code = "headers-missing", .pattern = "Your kernel headers for kernel {release} cannot be found at {path}",
	 .what = "the headers of kernel {release} are not installed"},

	{.code = "helpers-bitcode", .pattern = "--internalize: not found",
	 .why = "CONFIG_RUST_INLINE_HELPERS=y: the kernel's helpers are linked by llvm-link, which make takes from LLVM=1, and none was given",
	 .fix = "build with the LLVM the kernel was built with: LLVM=1, or LLVM=-19 for llvm-link-19"},
	{.code = "helpers-bitcode", .pattern = "helpers_module.bc{rest*}No such file or directory"},
	{.code = "helpers-bitcode", .pattern = "llvm-link{rest*}helpers_module.bc"},

	{.code = "insmod-format", .pattern = "could not insert {module*}: Exec format error"},
	{.code = "insmod-format", .pattern = "could not insert {module*}: Invalid module format"},
	{.code = "insmod-format", .pattern = "insert '{module*}': invalid module format"},

	{.code = "insmod-parameters", .pattern = "could not insert {module*}: Invalid parameters"},
	{.code = "insmod-parameters", .pattern = "insert '{module*}': invalid parameter"},

	{.code = "insmod-symbol", .pattern = "could not insert {module*}: Unknown symbol in module"},
	{.code = "insmod-symbol", .pattern = "insert '{module*}': unknown symbol in module"},

	{.code = "kdir-empty", .pattern = "No rule to make target {quote}modules'. Stop",
	 .what = "KDIR has no usable Makefile",
	 .why = "the folder that make entered is an empty shell: often an upgrade replaced the running kernel and removed its headers",
	 .fix = "reboot into the installed kernel, or build for it: 'rkmod kernels' lists what is here"},

	{.code = "license", .pattern = "module license '{license*}' taints kernel",
	 .what = "license '{license}' is not GPL-compatible"},

	{.code = "license-missing", .pattern = "missing MODULE_LICENSE() in {module}",
	 .what = "{module} has no license"},
	{.code = "license-missing", .pattern = "issing required key \"license\"",
	 .what = "module! has no license",
	 .fix = "add license: \"GPL\" to module!"},

	{.code = "lint-denied", .pattern = "hidden lifetime parameters in types are deprecated",
	 .what = "the kernel's lints refuse code: hidden lifetime parameters{more}"},

	{.code = "llvm-missing", .pattern = "C compiler '{tool=clang}' not found",
	 .what = "{tool} is not installed under this name"},
	{.code = "llvm-missing", .pattern = "clang: No such file or directory",
	 .what = "clang is not installed under this name"},
	{.code = "llvm-missing", .pattern = "clang: command not found",
	 .what = "clang is not installed under this name"},
	{.code = "llvm-missing", .pattern = "clang: not found",
	 .what = "clang is not installed under this name"},
	{.code = "llvm-missing", .pattern = "ld.lld: No such file or directory",
	 .what = "ld.lld is not installed under this name"},
	{.code = "llvm-missing", .pattern = "ld.lld: not found",
	 .what = "ld.lld is not installed under this name"},
	{.code = "llvm-missing", .pattern = "linker '{tool=ld.lld}' not found",
	 .what = "{tool} is not installed under this name"},
	{.code = "llvm-missing", .pattern = "llvm-{tool}: No such file or directory",
	 .what = "llvm-{tool} is not installed under this name"},
	{.code = "llvm-missing", .pattern = "llvm-{tool}: not found",
	 .what = "llvm-{tool} is not installed under this name"},

	{.code = "metadata-crate", .pattern = "can't find crate for `{crate}`",
	 .what = "crate {crate} is not there, or is from another build than the rest of the Rust metadata"},

	{.code = "metadata-incomplete", .pattern = "couldn't read `{path}generated_arch_{rest}rs`",
	 .what = "a generated file of the Rust metadata is missing",
	 .why = "macros like warn_on! include rust/kernel/generated_arch_*.rs, which were not installed with the headers",
	 .fix = "install the package with the kernel's Rust metadata again, or build with 'rkmod build', which makes it from the kernel's source"},
	{.code = "metadata-incomplete", .pattern = "couldn't read {path}generated_arch_{rest}rs:",
	 .what = "a generated file of the Rust metadata is missing",
	 .why = "macros like warn_on! include rust/kernel/generated_arch_*.rs, which were not installed with the headers",
	 .fix = "install the package with the kernel's Rust metadata again, or build with 'rkmod build', which makes it from the kernel's source"},

	{.code = "metadata-missing", .pattern = "can't find crate for `core`",
	 .what = "the kernel's Rust metadata is not there: no libcore.rmeta",
	 .why = "target.json is there, rust/*.rmeta are not; rustc's own advice to run rustup is wrong here: the kernel brings its core library",
	 .fix = "install the package with the kernel's Rust metadata, or build with 'rkmod build', which makes it from the kernel's source"},
	{.code = "metadata-missing", .pattern = "missing the kernels prebuilt Rust stdlib",
	 .what = "the kernel's Rust metadata is not there: no libcore.rmeta",
	 .why = "whoever packaged the headers left rust/*.rmeta and rust/*.so out",
	 .fix = "install the package with the kernel's Rust metadata, or build with 'rkmod build', which makes it from the kernel's source"},
	{.code = "metadata-missing", .pattern = "target file \"{path}target.json\" does not exist",
	 .what = "the kernel's Rust metadata is not there: no target.json",
	 .why = "the headers hold nothing of the kernel's Rust build: neither {path}target.json nor rust/*.rmeta",
	 .fix = "install the package with the kernel's Rust metadata, or build with 'rkmod build', which makes it from the kernel's source"},

	{.code = "metadata-rustc", .pattern = "found crate `{crate}` compiled by an incompatible version of rustc",
	 .what = "crate {crate} was compiled by another rustc than the one that reads it",
	 .why = "it was made by '{made}', this is '{used}': the whole texts must be equal, also behind the number",
	 .fix = "use '{made}': RUSTC= for make, --rustc for rkmod"},
	{.code = "metadata-rustc", .pattern = "found invalid metadata files for crate `{crate}`",
	 .what = "rustc cannot read the metadata of crate {crate}{more}",
	 .why = "another rustc made it, much older or newer than the one that reads it; or a file is damaged",
	 .fix = "use the rustc that the kernel was built with ('rkmod kernels' tells its text); if that is the one, install the package with the metadata again, or run 'rkmod prepare --again'"},
	{.code = "metadata-rustc", .pattern = "` compiled by {made*}: {file}", .more = true},
	{.code = "metadata-rustc", .pattern = "using this compiler ({used*}) (consider", .more = true},
	{.code = "metadata-rustc", .pattern = "using this compiler ({used*})$", .more = true},

	{.code = "metadata-target", .pattern = "couldn't find crate `{crate}` with expected target triple",
	 .what = "crate {crate} was compiled for another target.json"},
	{.code = "metadata-target", .pattern = "`, target triple {found}: {file}", .more = true},

	{.code = "metadata-twice", .pattern = "error[E0464]",
	 .what = "a crate is there more than once"},
	{.code = "metadata-twice", .pattern = "multiple candidates for `{kind}` dependency `{crate}` found",
	 .what = "crate {crate} is there more than once"},
	{.code = "metadata-twice", .pattern = "multiple matching crates for `{crate}`",
	 .what = "crate {crate} is there more than once"},

	{.code = "module-loaded", .pattern = "could not insert {module*}: File exists"},

	{.code = "no-source", .pattern = "*** No rule to make target '{file}.o', needed by",
	 .what = "{file}.o is to be built, and there is no {file}.rs, .c or .S"},

	{.code = "out-dir-missing", .pattern = "could not write output to {file}: Permission denied",
	 .why = "rustc wants to write {file} into its working directory, KDIR: Kbuild gave it no --out-dir"},
	{.code = "out-dir-missing", .pattern = "could not write output to {file}: Read-only file system",
	 .why = "rustc wants to write {file} into its working directory, KDIR: Kbuild gave it no --out-dir"},
	{.code = "out-dir-missing", .pattern = "couldn't create a temp dir: Permission denied (os error 13) at path \"{file}\"",
	 .why = "rustc wants to make {file} in its working directory, KDIR: Kbuild gave it no --out-dir"},
	{.code = "out-dir-missing", .pattern = "couldn't create a temp dir: Read-only file system (os error 30) at path \"{file}\"",
	 .why = "rustc wants to make {file} in its working directory, KDIR: Kbuild gave it no --out-dir"},

	{.code = "out-dir-twice", .pattern = "Option 'out-dir' given more than once"},

	{.code = "proc-macro-panicked", .pattern = "error: proc macro panicked", .weak = true},

	{.code = "release-empty", .pattern = "cannot be found at {path}/modules//build",
	 .why = "whoever called handed on an empty release: the path has none between its slashes"},

	{.code = "rust-off", .pattern = "# CONFIG_RUST is not set"},
	{.code = "rust-off", .pattern = "Rust options {rest*}menuconfig",
	 .what = "Kconfig shows Rust only where all its dependencies hold",
	 .why = "one of them fails: often MODVERSIONS, GCC_PLUGINS, RANDSTRUCT, DEBUG_INFO_BTF, or a tool that is missing or too old",
	 .fix = "'rkmod doctor --kdir DIR' names the option, from the .config alone; 'make rustavailable' says what the tools lack"},
	{.code = "rust-off", .pattern = "kernel does not have CONFIG_RUST enabled",
	 .why = "only CONFIG_RUST=y counts: CONFIG_RUST_IS_AVAILABLE and CONFIG_RUSTC_VERSION tell what the toolchain could do when the kernel was configured"},

	{.code = "rust-sources-missing", .pattern = "cannot open {path}rust_is_available.sh"},
	{.code = "rust-sources-missing", .pattern = "rust/Makefile: No such file or directory"},

	{.code = "rust-src-missing", .pattern = "lib.rs, needed by core.o"},
	{.code = "rust-src-missing", .pattern = "lib.rs', needed by {quote}core.o'"},
	{.code = "rust-src-missing", .pattern = "Source code for the 'core' standard library could not be found"},

	{.code = "rust-symbol-unresolved", .pattern = "Unknown symbol {symbol=_R} (err -2)",
	 .what = "the running kernel has no {symbol}{more}"},
	{.code = "rust-symbol-unresolved", .pattern = "Unknown symbol {symbol=__rust_} (err -2)",
	 .what = "the running kernel has no {symbol}{more}"},
	{.code = "rust-symbol-unresolved", .pattern = "Unknown symbol {symbol=rust_helper_} (err -2)",
	 .what = "the running kernel has no {symbol}{more}"},
	{.code = "rust-symbol-unresolved", .pattern = "modpost: \"{symbol=_R}\" [{module}] undefined!",
	 .what = "the kernel does not export {symbol}{more}"},
	{.code = "rust-symbol-unresolved", .pattern = "\"{symbol=__rust_}\" undefined!",
	 .what = "the kernel does not export {symbol}{more}"},
	{.code = "rust-symbol-unresolved", .pattern = "modpost: \"{symbol=__rust_}\" [{module}] undefined!",
	 .what = "the kernel does not export {symbol}{more}"},
	{.code = "rust-symbol-unresolved", .pattern = "modpost: \"{symbol=rust_helper_}\" [{module}] undefined!",
	 .what = "the kernel does not export {symbol}{more}"},

	{.code = "rustc-bootstrap", .pattern = "the option `Z` is only accepted on the nightly compiler"},

	{.code = "rustc-cfg-missing", .pattern = "failed to load argument file: IO error: {file}rustc_cfg:",
	 .what = "KDIR has no include/generated/rustc_cfg"},
	{.code = "rustc-cfg-missing", .pattern = "failed to load argument file `{file}rustc_cfg`",
	 .what = "KDIR has no include/generated/rustc_cfg"},

	{.code = "rustc-feature", .pattern = "the feature `{feature}` has been stable since {since} and no longer requires",
	 .why = "the kernel's Rust code asks for the feature {feature}, which rustc has without asking since {since}; the kernel was made for an older rustc"},

	{.code = "rustc-flag", .pattern = "unknown codegen option: `{option}`",
	 .what = "rustc does not know the option '{option}'"},
	{.code = "rustc-flag", .pattern = "unknown unstable option: `{option}`",
	 .what = "rustc does not know the option '{option}'"},

	{.code = "rustc-missing", .pattern = "Rust compiler '{path*}' could not be found",
	 .what = "there is no rustc '{path}'"},

	{.code = "rustc-target", .pattern = "rror loading target specification: {reason*}",
	 .why = "target.json was written for another rustc: {reason}"},

	{.code = "rustc-too-new", .pattern = "Rust bindings generator '{bindgen*}' is too new. This may or may not work",
	 .what = "bindgen is newer than the kernel expects",
	 .why = "this is {used}, the kernel expects {wanted}; bindgen is not needed to build a module",
	 .fix = "nothing for a module; to build the kernel, or to make its Rust metadata, use bindgen {wanted}"},
	{.code = "rustc-too-new", .pattern = "Rust compiler '{path*}' is too new. This may or may not work",
	 .why = "this is {used}, the kernel expects {wanted}: kernels before 6.11 were written for exactly one rustc; since 6.11 newer ones are meant to work, and the line is gone"},
	{.code = "rustc-too-new", .pattern = "*** Expected version: {wanted}", .more = true},
	{.code = "rustc-too-new", .pattern = "*** Your version: {used}", .more = true},

	{.code = "rustc-too-old", .pattern = "Rust compiler '{path*}' is too old"},
	{.code = "rustc-too-old", .pattern = "*** Minimum version: {wanted}", .more = true},
	{.code = "rustc-too-old", .pattern = "*** Your version: {used}", .more = true},

	{.code = "signature-missing", .pattern = "module verification failed: signature and/or required key missing - tainting kernel",
	 .what = "harmless where signatures are not enforced: the module has no signature that the kernel trusts",
	 .why = "it is not signed, or with a key that the kernel does not know",
	 .fix = "nothing, or sign it: 'rkmod sign'"},

	{.code = "signature-required", .pattern = "Key was rejected by service",
	 .what = "the kernel does not trust the module's signature",
	 .why = "the module is signed, with a key that the kernel does not know, or its bytes changed after signing; the kernel's log says which"},
	{.code = "signature-required", .pattern = "Loading of module with unavailable key is rejected",
	 .what = "the module is signed with a key that the kernel does not know",
	 .fix = "enrol the key (mokutil --import), or sign with one that is enrolled"},
	{.code = "signature-required", .pattern = "Loading of module with unsupported crypto is rejected",
	 .what = "the module's signature uses an algorithm that the kernel does not have",
	 .fix = "sign it with the hash of CONFIG_MODULE_SIG_HASH"},
	{.code = "signature-required", .pattern = "Loading of unsigned module is rejected",
	 .what = "the module is not signed, and the kernel demands it"},
	{.code = "signature-required", .pattern = "Lockdown: {program}: unsigned module loading is restricted",
	 .what = "the module is not signed, and lockdown demands it",
	 .why = "Secure Boot switches lockdown on"},
	{.code = "signature-required", .pattern = "could not insert {module*}: Required key not available",
	 .what = "the module is not signed with a key that the kernel knows, and the kernel demands it"},

	{.code = "struct-module-size", .pattern = "section size must match the kernel's built struct module size at run time"},

	{.code = "symbol-gpl-only", .pattern = "GPL-incompatible module {module} uses GPL-only symbol '{symbol}'",
	 .what = "{module} is not GPL and uses {symbol}{more}",
	 .why = "the symbol is exported with EXPORT_SYMBOL_GPL, as all of the kernel's Rust symbols are",
	 .fix = "set license: \"GPL\" in module!, if the module is"},

	{.code = "symbol-namespace", .pattern = "module uses symbol ({symbol}) from namespace {namespace}, but does not import it",
	 .what = "{symbol} is in namespace {namespace}, which is not imported{more}"},
	{.code = "symbol-namespace", .pattern = "module {module} uses symbol {symbol} from namespace {namespace}, but does not import it",
	 .what = "{symbol} is in namespace {namespace}, which {module} does not import{more}"},

	{.code = "symbol-too-long", .pattern = "too long symbol"},

	{.code = "symbol-undefined", .pattern = "modpost: \"{symbol}\" [{module}] undefined!",
	 .what = "{module} uses {symbol}{more}, which neither the kernel nor a module it was told of exports"},

	{.code = "symbol-unknown", .pattern = "Unknown symbol {symbol} (err -2)",
	 .what = "the running kernel has no {symbol}{more}",
	 .why = "no module that is loaded exports it, nor the kernel itself; insmod loads no other modules",
	 .fix = "load the module that has it first, or use modprobe, which does ('modinfo -F depends' names it)"},

	{.code = "symbol-version", .pattern = "Unknown symbol {symbol} (err -22)",
	 .what = "{symbol}{more} has another checksum in this kernel"},
	{.code = "symbol-version", .pattern = "disagrees about version of symbol {symbol}",
	 .what = "{symbol}{more} has another checksum in this kernel"},

	{.code = "symbol-version-missing", .pattern = "no symbol version for {symbol}",
	 .what = "{symbol}{more} has no checksum in the module"},

	{.code = "symvers-missing", .pattern = "Module.symvers is missing"},
	{.code = "symvers-missing", .pattern = "Module.symvers\" is missing"},

	{.code = "taint", .pattern = "loading out-of-tree module taints kernel",
	 .what = "harmless: the kernel notes that a module from outside its tree was loaded"},

	{.code = "toolchain-file", .pattern = "empty toolchain override file detected",
	 .why = "rust-toolchain is empty: often 'rustc --version >rust-toolchain' was run, and rustup's rustc read the file that the shell had just emptied",
	 .fix = "remove the file, and give the real compiler: RUSTC= for make, --rustc for rkmod"},
	{.code = "toolchain-file", .pattern = "rustup could not choose a version of rustc to run",
	 .why = "rustc in PATH is rustup's proxy, and no toolchain is installed or set as default"},

	{.code = "vermagic", .pattern = "version magic '{made*}' should be '{want*}'",
	 .what = "the module was built for another kernel",
	 .why = "it was built for '{made}', the kernel is '{want}'",
	 .fix = "build it for the kernel that runs: 'rkmod build --kernel RELEASE'"},

	{.code = "version-generation", .pattern = "version generation failed, symbol will not be versioned"},
	{0},
};
/* clang-format on */
