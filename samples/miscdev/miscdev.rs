// SPDX-License-Identifier: GPL-2.0-or-later

//! A misc device: what is written to `/dev/rkmod-sample` can be read back in capitals.
//!
//! Each open file has a buffer of its own.

use kernel::{
    fs::{File, Kiocb},
    iov::{IovIterDest, IovIterSource},
    miscdevice::{MiscDevice, MiscDeviceOptions, MiscDeviceRegistration},
    new_mutex,
    prelude::*,
    sync::Mutex,
};

module! {
    type: Sample,
    name: "miscdev",
    authors: ["The rkmod authors"],
    description: "A misc device in Rust",
    license: "GPL",
}

/// How much one open file keeps: without a limit, user space decides what is allocated.
const LIMIT: usize = 4096;

#[pin_data]
struct Sample {
    #[pin]
    _device: MiscDeviceRegistration<OpenFile>,
}

impl kernel::InPlaceModule for Sample {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        pr_info!("ready, {LIMIT} bytes for each open file\n");

        try_pin_init!(Self {
            _device <- MiscDeviceRegistration::register(MiscDeviceOptions {
                name: c"rkmod-sample",
            }),
        })
    }
}

#[pin_data(PinnedDrop)]
struct OpenFile {
    #[pin]
    text: Mutex<KVVec<u8>>,
}

#[vtable]
impl MiscDevice for OpenFile {
    type Ptr = Pin<KBox<Self>>;

    fn open(_file: &File, _device: &MiscDeviceRegistration<Self>) -> Result<Self::Ptr> {
        pr_info!("opened\n");
        KBox::try_pin_init(
            try_pin_init!(OpenFile {
                text <- new_mutex!(KVVec::new()),
            }),
            GFP_KERNEL,
        )
    }

    fn read_iter(mut kiocb: Kiocb<'_, Self::Ptr>, iov: &mut IovIterDest<'_>) -> Result<usize> {
        let file = kiocb.file();
        let text = file.text.lock();

        iov.simple_read_from_buffer(kiocb.ki_pos_mut(), &text)
    }

    fn write_iter(mut kiocb: Kiocb<'_, Self::Ptr>, iov: &mut IovIterSource<'_>) -> Result<usize> {
        if iov.len() > LIMIT {
            pr_warn!("{} bytes are too many\n", iov.len());
            return Err(EFBIG);
        }

        let file = kiocb.file();
        let mut text = file.text.lock();

        text.clear();
        let n_bytes = iov.copy_from_iter_vec(&mut text, GFP_KERNEL)?;
        text.make_ascii_uppercase();
        pr_info!("{n_bytes} bytes written\n");

        // The next read starts at the beginning of the new text.
        *kiocb.ki_pos_mut() = 0;
        Ok(n_bytes)
    }
}

#[pinned_drop]
impl PinnedDrop for OpenFile {
    fn drop(self: Pin<&mut Self>) {
        pr_info!("closed\n");
    }
}
