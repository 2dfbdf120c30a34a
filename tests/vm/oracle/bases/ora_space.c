// SPDX-License-Identifier: GPL-2.0-or-later
/* Imports a namespace and uses a symbol of it; never runs. */
#include <linux/dma-buf.h>
#include <linux/module.h>

void ora_space_put(struct dma_buf *);

void ora_space_put(struct dma_buf *buf)
{
	dma_buf_put(buf);
}

MODULE_DESCRIPTION("oracle base: a namespace");
MODULE_LICENSE("GPL");
/* MODULE_IMPORT_NS() took a token before 6.13 and takes a string since. */
MODULE_INFO(import_ns, "DMA_BUF");
