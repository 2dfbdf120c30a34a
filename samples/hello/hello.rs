// SPDX-License-Identifier: GPL-2.0-or-later

//! The smallest module: says hello when loaded and goodbye when unloaded.

use kernel::prelude::*;

module! {
    type: Hello,
    name: "hello",
    authors: ["The rkmod authors"],
    description: "The smallest Rust module",
    license: "GPL",
}

struct Hello;

impl kernel::Module for Hello {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        pr_info!("hello from Rust\n");
        Ok(Hello)
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        pr_info!("goodbye\n");
    }
}
