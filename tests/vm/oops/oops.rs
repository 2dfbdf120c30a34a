// SPDX-License-Identifier: GPL-2.0-or-later

//! Writes through a null pointer when it is loaded.

use kernel::prelude::*;

module! {
    type: Oops,
    name: "oops",
    authors: ["The rkmod authors"],
    description: "A module that makes the kernel oops",
    license: "GPL",
}

struct Oops;

impl kernel::Module for Oops {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        pr_info!("about to oops\n");
        // SAFETY: None: the fault is what this module is for.
        unsafe { core::ptr::null_mut::<u8>().write_volatile(1) };
        Ok(Oops)
    }
}
