// SPDX-License-Identifier: GPL-2.0-or-later

//! Never comes back from being loaded.

use kernel::{prelude::*, time::delay::fsleep, time::Delta};

module! {
    type: Hang,
    name: "hang",
    authors: ["The rkmod authors"],
    description: "A module whose initialisation never ends",
    license: "GPL",
}

struct Hang;

impl kernel::Module for Hang {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        pr_info!("about to hang\n");
        loop {
            fsleep(Delta::from_millis(100));
        }
    }
}
