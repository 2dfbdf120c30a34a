/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/toolchain/override.h"

enum { FILE_LIMIT = 65536 };

void rk_override_release(struct rk_override *override)
{
	free(override->path);
	free(override->channel);
	*override = (struct rk_override){0};
}

static size_t skip(const char *text, const char *chars)
{
	return strspn(text, chars);
}

/* `channel = "1.80"` of a line; NULL: another one. */
static char *channel_of_line(const char *line)
{
	const char *end;
	char quote;

	line += skip(line, " \t");
	if (strncmp(line, "channel", strlen("channel")) != 0)
		return NULL;
	line += strlen("channel");
	line += skip(line, " \t");
	if (*line++ != '=')
		return NULL;
	line += skip(line, " \t");
	quote = *line++;
	if (quote != '"' && quote != '\'')
		return NULL;
	end = line + strcspn(line, "\"'\n");
	return *end == quote ? strndup(line, (size_t)(end - line)) : NULL;
}

static bool is_word(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("._-+", text[i]))
			return false;
	return len > 0;
}

/* The old form: nothing but the channel. */
static char *single_word(const char *text)
{
	size_t len;

	text += skip(text, " \t\r\n");
	len = strcspn(text, " \t\r\n");
	if (!is_word(text, len) || text[len + skip(text + len, " \t\r\n")])
		return NULL;
	return strndup(text, len);
}

int rk_override_channel(const char *text, char **ret, struct rk_error *err)
{
	cleanup_free char *channel = single_word(text);

	for (const char *line = text; line && !channel; line = strchr(line, '\n')) {
		line += *line == '\n';
		channel = channel_of_line(line);
	}
	return rk_strdup(channel && is_word(channel, strlen(channel)) ? channel : "", ret,
			 err);
}

/* Sets *ret only if the file is there. */
static int read_file(const char *dir, const char *name, struct rk_override *ret,
		     struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error missing = RK_ERROR_INIT;

	if (rk_path_join(dir, name, &path, err) < 0)
		return -(int)err->code;
	if (rk_file_read(path, FILE_LIMIT, &text, &missing) < 0) {
		if (missing.code == RK_ENOTFOUND)
			return 0;
		*err = missing;
		return -(int)err->code;
	}
	if (rk_override_channel(rk_buf_str(&text), &ret->channel, err) < 0)
		return -(int)err->code;
	ret->path = RK_STEAL(path);
	return 0;
}

int rk_override_find(const char *dir, const char *top, struct rk_override *ret,
		     struct rk_error *err)
{
	/* rustup's order. */
	static const char *const names[] = {"rust-toolchain", "rust-toolchain.toml"};
	cleanup_free char *folder = NULL;

	*ret = (struct rk_override){0};
	if (rk_strdup(dir, &folder, err) < 0)
		return -(int)err->code;
	for (;;) {
		char *slash = strrchr(folder, '/');

		for (size_t i = 0; i < RK_ARRAY_LEN(names) && !ret->path; i++)
			if (read_file(folder, names[i], ret, err) < 0)
				return -(int)err->code;
		if (ret->path || !top || !rk_path_is_below(folder, top) ||
		    strcmp(folder, top) == 0 || !slash || slash == folder)
			return 0;
		*slash = '\0';
	}
}

/* "1.80" means 1.80.0 and 1.80.1, too. */
static bool is_version_of(const char *channel, const char *version)
{
	size_t len = strspn(channel, "0123456789.");

	if (channel[len] && channel[len] != '-') /* 1.80-x86_64-unknown-linux-gnu */
		return false;
	return strncmp(channel, version, len) == 0 &&
	       !isdigit((unsigned char)version[len]);
}

bool rk_override_contradicts(const char *channel, const char *version_text)
{
	const char *space = strchr(version_text, ' ');
	const char *version = space ? space + 1 : version_text;
	size_t len = strcspn(version, " ");
	bool nightly = memmem(version, len, "-nightly", strlen("-nightly"));
	bool beta = memmem(version, len, "-beta", strlen("-beta"));

	if (!version[0])
		return false;
	if (isdigit((unsigned char)channel[0]))
		return !is_version_of(channel, version);
	if (strncmp(channel, "nightly", strlen("nightly")) == 0)
		return !nightly;
	if (strncmp(channel, "beta", strlen("beta")) == 0)
		return !beta;
	return strcmp(channel, "stable") == 0 && (nightly || beta);
}
