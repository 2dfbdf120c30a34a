/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/finding/texts.h"

/*
 * The kernel's Rust API changes with every release: what changed, since when, and the
 * form that the kernel which gives this text wants. Up to 6.19 module! panics, since 7.0
 * it points at the place; both forms of a text begin with a capital or a small letter.
 */
#define DRIFT(pattern_, why_, fix_)                                                      \
	{                                                                                \
		.code = "api-drift", .pattern = (pattern_), .why = (why_), .fix = (fix_) \
	}
#define FORM(pattern_, why_, fix_)                                                       \
	{                                                                                \
		.code = "api-drift", .pattern = (pattern_), .why = (why_),               \
		.fix = (fix_), .what = "module! does not take what it is given"          \
	}
#define DRIFT_AFTER(after_, pattern_, why_, fix_)                                        \
	{                                                                                \
		.code = "api-drift", .pattern = (pattern_), .after = (after_),           \
		.why = (why_), .fix = (fix_)                                             \
	}

/* clang-format off */
const struct rk_text rk_drift_texts[] = {
	/* keys of module! */
	DRIFT("message: Expected byte string",
	      "since 6.2 module! takes \"...\"; this kernel is older and takes byte strings",
	      "write b\"...\" for the values of name, author, description, license and alias"),
	DRIFT("message: Expected string",
	      "since 6.2 module! takes \"...\" and no byte strings any more",
	      "write \"...\" without b for the values of module!"),
	DRIFT("error: expected string literal$",
	      "since 6.2 module! takes \"...\" and no byte strings any more",
	      "write \"...\" without b for the value that the message points at"),
	DRIFT("error: expected square brackets$",
	      "alias takes a list since 6.4, authors, firmware and imports_ns always did",
	      "write alias: [\"...\"], authors: [\"...\"]"),
	DRIFT("message: Expected Group",
	      "alias takes a list since 6.4, authors, firmware and imports_ns always did",
	      "write alias: [\"...\"], authors: [\"...\"]"),
	DRIFT("nknown key \"author\". Valid keys are: [{keys*}]",
	      "authors came with 6.15, and author is gone since 6.18",
	      "write authors: [\"...\"] for author: \"...\""),
	DRIFT("nknown key \"authors\". Valid keys are: [{keys*}]",
	      "authors came with 6.15; this kernel is older",
	      "write author: \"...\" for authors: [\"...\"], before 6.2 author: b\"...\""),
	DRIFT("nknown key \"firmware\". Valid keys are: [{keys*}]",
	      "firmware came with 6.11; this kernel is older",
	      "leave firmware out of module!"),
	DRIFT("nknown key \"imports_ns\". Valid keys are: [{keys*}]",
	      "imports_ns came with 6.19; this kernel is older",
	      "leave imports_ns out: a module of this kernel can import a namespace from C only"),
	DRIFT("nknown key \"params\". Valid keys are: [{keys*}]",
	      "params came with 6.19; this kernel's modules have no parameters in Rust",
	      "leave params out of module!"),
	DRIFT("nknown key \"permissions\". Valid keys are: [{keys*}]",
	      "permissions is from the old 'rust' branch and never came to mainline",
	      "leave permissions out: since 6.19 a parameter has default and description"),
	FORM("nknown key \"{key}\". Valid keys are: [{keys*}]",
	      "module! of this kernel has no key '{key}'",
	      "use one of {keys}"),
	FORM("eys are not ordered as expected. Order them like: [{keys*}]",
	      "module! wants its keys in one order",
	      "write them in this order: {keys}"),
	FORM("issing required key \"{key}\"",
	      "module! of this kernel demands the key '{key}'",
	      "add '{key}' to module!"),
	FORM("error: expected `,`$",
	      "module! wants a comma behind every value, also the last",
	      "add the comma"),

	/* traits */
	DRIFT("method `init` has 2 parameters but the declaration in trait",
	      "init(name, module) is from the old 'rust' branch; mainline's has one parameter",
	      "write fn init(module: &'static ThisModule) -> Result<Self>"),
	DRIFT_AFTER("cannot be sent between threads safely", "required by a bound in `{path=kernel::}Module`",
	      "since 6.9 (and in stable releases of 6.1) a module's type must be Send",
	      "make its fields Send, or say unsafe impl Send with the reason why it is sound"),
	DRIFT_AFTER("cannot be sent between threads safely", "required by a bound in `Module`",
	      "since 6.9 (and in stable releases of 6.1) a module's type must be Send",
	      "make its fields Send, or say unsafe impl Send with the reason why it is sound"),
	DRIFT("cannot find trait `InPlaceModule`",
	      "InPlaceModule came with 6.13; this kernel is older",
	      "implement kernel::Module"),
	DRIFT("named `__pin_data` found for",
	      "InPlaceModule and try_pin_init! need a type with #[pin_data]",
	      "write #[pin_data] before the struct"),

	/* allocation */
	DRIFT("cannot find type `KBox`",
	      "KBox, KVec and KVVec came with 6.13 (and with stable releases of 6.12); this kernel is older",
	      "write Box and Vec"),
	DRIFT("cannot find type `KVec`",
	      "KBox, KVec and KVVec came with 6.13 (and with stable releases of 6.12); this kernel is older",
	      "write Box and Vec"),
	DRIFT("no method named `try_push` found for {type*} in the current scope",
	      "since 6.10 allocating methods take flags, and try_push is gone",
	      "write push(value, GFP_KERNEL)"),
	DRIFT("named `try_new` found for {type*} in the current scope",
	      "since 6.10 allocating functions take flags, and try_new is gone",
	      "write KBox::new(value, GFP_KERNEL), before 6.13 Box::new(value, GFP_KERNEL)"),
	DRIFT("struct takes 2 generic arguments but 1 generic argument was supplied",
	      "since 6.13 (and in stable releases of 6.12) kernel::alloc::Vec and Box name their allocator",
	      "write KVec<T> and KBox<T> for Vec<T> and Box<T>"),
	DRIFT("can't find crate for `alloc`",
	      "the crate alloc is gone since 6.13 (and in stable releases of 6.12)",
	      "remove 'extern crate alloc' and use kernel::alloc (KBox, KVec)"),

	/* types that moved */
	DRIFT("expected `*const u8`, found `*const i8`",
	      "since 6.14 (and in stable releases of 6.12) the kernel's c_char is u8",
	      "write kernel::ffi::c_char for core::ffi::c_char"),
	DRIFT("expected `*const i8`, found `*const u8`",
	      "since 6.14 (and in stable releases of 6.12) the kernel's c_char is u8; core's is i8",
	      "write kernel::ffi::c_char for core::ffi::c_char"),
	DRIFT("unresolved import `kernel::types::ARef`",
	      "since 6.18 ARef is in kernel::sync::aref",
	      "write use kernel::sync::aref::ARef"),
	DRIFT("unresolved import `kernel::sync::aref`",
	      "ARef is in kernel::sync::aref since 6.18; this kernel is older",
	      "write use kernel::types::ARef"),
	DRIFT("named `{method}` found for reference `&{path=core::ffi::}CStr` in the current scope",
	      "since 6.19 kernel::str::CStr is core's CStr, which has no {method}; the kernel's own methods are a trait",
	      "use core's name of the method (to_str for as_str), or one of CStrExt, which is in the prelude"),
	DRIFT("named `{method}` found for reference `&CStr` in the current scope",
	      "since 6.19 kernel::str::CStr is core's CStr; the kernel's own methods are a trait",
	      "use core's name of the method (to_str for as_str), or one of CStrExt, which is in the prelude"),

	/* macros */
	DRIFT("cannot find macro `c_str` in this scope",
	      "c_str! was never in the prelude",
	      "write c\"...\", or use kernel::c_str"),
	DRIFT("could not find `fmt` in `kernel`",
	      "fmt! is in the prelude; since 6.18 kernel::fmt is a module, and kernel::fmt! is gone",
	      "write use kernel::prelude::* and fmt!(...)"),
	DRIFT("could not find `vtable` in `kernel`",
	      "#[vtable] is a macro of the prelude, since 6.2",
	      "write use kernel::prelude::* and #[vtable]"),
	{0},
};
/* clang-format on */
