// SPDX-License-Identifier: GPL-2.0-or-later

//! The module of the three usual forms of a repository.

use kernel::prelude::*;

module! {
    type: Form,
    name: "form",
    authors: ["The rkmod authors"],
    description: "A module for tests",
    license: "GPL",
}

struct Form;

impl kernel::Module for Form {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        pr_info!("loaded\n");
        Ok(Form)
    }
}
