/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <lzma.h>
#include <sys/types.h>

#include "lib/base/library.h"
#include "lib/base/xz.h"

#define FUNCTIONS(X)                                                                     \
	X(lzma_code)                                                                     \
	X(lzma_end)                                                                      \
	X(lzma_stream_decoder) X(lzma_stream_decoder_mt) X(lzma_version_string)

static struct {
	FUNCTIONS(RK_LIBRARY_POINTER)
} lib;

#define SYMBOL(fn) RK_LIBRARY_SYMBOL(lib, fn),
static const struct rk_library_symbol symbols[] = {FUNCTIONS(SYMBOL)};

static const struct rk_library library = {
	.soname = "liblzma.so.5",
	.package = "liblzma5",
	.symbols = symbols,
	.n_symbols = RK_ARRAY_LEN(symbols),
};

enum {
	OUT_SIZE = 1 << 20,
	USUAL_RATIO = 5,
	/* Each thread holds a block, 24 MiB in what xz -T makes by default; above the
	 * first limit liblzma uses fewer threads, above the second it fails. */
	THREADS_MEMORY = 512 << 20,
	STOP_MEMORY = 1 << 30,
};

struct rk_xz {
	lzma_stream stream;
	rk_xz_read_fn read;
	void *data;
	bool ended; /* the source */
	bool done;  /* the plain bytes */
	uint8_t out[OUT_SIZE];
};

int rk_xz_open(rk_xz_read_fn read, void *data, unsigned int n_threads, struct rk_xz **ret,
	       struct rk_error *err)
{
	const lzma_mt options = {
		.flags = LZMA_CONCATENATED,
		.threads = n_threads,
		.memlimit_threading = THREADS_MEMORY,
		.memlimit_stop = STOP_MEMORY,
	};
	struct rk_xz *xz;

	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	xz = calloc(1, sizeof(*xz));
	if (!xz)
		return rk_error_nomem(err);
	xz->read = read;
	xz->data = data;
	if (lib.lzma_stream_decoder_mt(&xz->stream, &options) != LZMA_OK) {
		free(xz);
		return rk_error_set(err, RK_ETOOL, "liblzma cannot make a decoder");
	}
	*ret = xz;
	return 0;
}

void rk_xz_free(struct rk_xz *xz)
{
	if (!xz)
		return;
	lib.lzma_end(&xz->stream);
	free(xz);
}

static const char *explain(lzma_ret code)
{
	switch (code) {
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		return "needs more memory than it may have";
	case LZMA_FORMAT_ERROR:
		return "no xz data";
	case LZMA_OPTIONS_ERROR:
		return "uses what this liblzma does not know";
	case LZMA_BUF_ERROR:
		return "ends too early";
	default:
		return "damaged";
	}
}

/* Return: 0, or -1 if the source failed. */
static int refill(struct rk_xz *xz)
{
	const void *data = NULL;
	ssize_t n;

	if (xz->stream.avail_in || xz->ended)
		return 0;
	n = xz->read(xz->data, &data);
	if (n < 0)
		return -1;
	xz->ended = n == 0;
	xz->stream.next_in = data;
	xz->stream.avail_in = (size_t)n;
	return 0;
}

ssize_t rk_xz_read(struct rk_xz *xz, const void **ret, struct rk_error *err)
{
	lzma_ret code = LZMA_OK;

	xz->stream.next_out = xz->out;
	xz->stream.avail_out = xz->done ? 0 : sizeof(xz->out);
	while (code == LZMA_OK && xz->stream.avail_out) {
		if (refill(xz) < 0)
			return -1;
		code = lib.lzma_code(&xz->stream, xz->ended ? LZMA_FINISH : LZMA_RUN);
	}
	if (code == LZMA_STREAM_END)
		xz->done = true;
	else if (code != LZMA_OK) {
		rk_error_set(err, RK_EFORMAT, "xz data: %s", explain(code));
		return -1;
	}
	*ret = xz->out;
	return xz->stream.next_out - xz->out;
}

static enum rk_xz_end end_of(lzma_ret code)
{
	switch (code) {
	case LZMA_STREAM_END:
		return RK_XZ_WHOLE;
	case LZMA_OK: /* and nothing left to read */
	case LZMA_BUF_ERROR:
		return RK_XZ_CUT;
	case LZMA_OPTIONS_ERROR:
		return RK_XZ_OPTIONS;
	default:
		return RK_XZ_DAMAGED;
	}
}

/* Room for more, twice as much each time. */
static bool make_room(struct rk_buf *buf)
{
	enum {
		LEAST = 65536,
	};

	if (buf->cap - buf->len < 2)
		rk_buf_reserve(buf, buf->len < LEAST ? LEAST : buf->len);
	return !buf->failed;
}

/* Return: liblzma's last word, or LZMA_MEMLIMIT_ERROR for more than @limit bytes. */
static lzma_ret unpack(lzma_stream *stream, size_t limit, struct rk_buf *ret)
{
	const size_t start = ret->len;
	lzma_ret code = LZMA_OK;

	while (code == LZMA_OK) {
		if (!make_room(ret))
			return LZMA_MEM_ERROR;
		stream->next_out = (uint8_t *)ret->data + ret->len;
		stream->avail_out = ret->cap - ret->len - 1;
		code = lib.lzma_code(stream, LZMA_RUN);
		ret->len = ret->cap - 1 - stream->avail_out;
		ret->data[ret->len] = '\0';
		if (ret->len - start > limit)
			return LZMA_MEMLIMIT_ERROR;
		if (code == LZMA_OK && !stream->avail_in && stream->avail_out)
			break;
	}
	return code;
}

int rk_xz_unpack(const void *data, size_t size, size_t limit, struct rk_buf *ret,
		 enum rk_xz_end *ret_end, struct rk_error *err)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret code;

	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	if (lib.lzma_stream_decoder(&stream, STOP_MEMORY, 0) != LZMA_OK)
		return rk_error_nomem(err);
	stream.next_in = data;
	stream.avail_in = size;
	/* Modules become four to five times as long. */
	if (size < limit / USUAL_RATIO)
		rk_buf_reserve(ret, size * USUAL_RATIO);
	code = unpack(&stream, limit, ret);
	lib.lzma_end(&stream);
	if (code == LZMA_MEM_ERROR)
		return rk_error_nomem(err);
	if (code == LZMA_MEMLIMIT_ERROR)
		return rk_error_set(err, RK_EFORMAT, "unpacks to more than %zu bytes",
				    limit);
	*ret_end = end_of(code);
	return 0;
}

int rk_liblzma_version(struct rk_buf *ret, struct rk_error *err)
{
	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	rk_buf_adds(ret, lib.lzma_version_string());
	return rk_buf_check(ret, err);
}
