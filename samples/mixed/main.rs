// SPDX-License-Identifier: GPL-2.0-or-later

//! Rust and C in one module: Rust asks the C part for a hash.

use kernel::prelude::*;

module! {
    type: Mixed,
    name: "mixed",
    authors: ["The rkmod authors"],
    description: "A module of Rust and C",
    license: "GPL",
}

mod c {
    extern "C" {
        pub(crate) fn fnv1a_hash(data: *const u8, size: usize) -> u32;
    }
}

fn fnv1a(data: &[u8]) -> u32 {
    // SAFETY: `fnv1a_hash` reads `data.len()` bytes at `data` and keeps no pointer.
    unsafe { c::fnv1a_hash(data.as_ptr(), data.len()) }
}

struct Mixed;

impl kernel::Module for Mixed {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        pr_info!("the hash of 'rust' is {:08x}\n", fnv1a(b"rust"));
        Ok(Mixed)
    }
}

impl Drop for Mixed {
    fn drop(&mut self) {
        pr_info!("the hash of '' is {:08x}\n", fnv1a(b""));
    }
}
