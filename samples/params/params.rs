// SPDX-License-Identifier: GPL-2.0-or-later

//! Module parameters: integers with a default, read when the module is loaded.

use kernel::prelude::*;

module! {
    type: Params,
    name: "params",
    authors: ["The rkmod authors"],
    description: "A Rust module with parameters",
    license: "GPL",
    params: {
        number: i64 {
            default: 42,
            description: "A number that the module shows",
        },
        times: u8 {
            default: 1,
            description: "How often it shows it, at most 10",
        },
    },
}

const MAX_TIMES: u8 = 10;

struct Params {
    number: i64,
}

impl kernel::Module for Params {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let number = *module_parameters::number.value();
        let times = *module_parameters::times.value();

        if times > MAX_TIMES {
            pr_err!("times is {times}, more than {MAX_TIMES}\n");
            return Err(EINVAL);
        }
        for _ in 0..times {
            pr_info!("number is {number}\n");
        }
        Ok(Params { number })
    }
}

impl Drop for Params {
    fn drop(&mut self) {
        pr_info!("number was {}\n", self.number);
    }
}
