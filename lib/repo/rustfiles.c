/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/repo/macro.h"

enum {
	MAKEFILE_LIMIT = 1 << 20,
	MAX_FILES = 256,
	MAX_FOLDERS = 256,
	MAX_DEPTH = 4,
};

static bool is_file(const char *path, mode_t type)
{
	struct stat st;

	return stat(path, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

/* "Kbuild" is what Kbuild takes if both are there. */
static bool read_makefile(const char *dir, struct rk_buf *ret)
{
	static const char *const names[] = {"Kbuild", "Makefile"};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_free char *path = NULL;
		struct rk_error ignored = RK_ERROR_INIT;

		if (rk_path_join(dir, names[i], &path, &ignored) == 0 &&
		    is_file(path, S_IFREG))
			return rk_file_read(path, MAKEFILE_LIMIT, ret, &ignored) == 0;
	}
	return false;
}

/* What a name in a makefile is made of: no variables, nothing above the folder. */
static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || (c != '\0' && strchr("_-+./", c));
}

static bool is_plain(const char *word)
{
	return word[0] != '/' && !strstr(word, "..");
}

/* The folders that are looked into, "" or "sub/", more of them found on the way. */
struct walk {
	const char *top;
	struct rk_strv folders;
	struct rk_strv *files;
};

static void take_object(struct walk *walk, const char *below, const char *word,
			size_t len)
{
	cleanup_free char *name = NULL;
	cleanup_free char *path = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (walk->files->n_items < MAX_FILES &&
	    rk_format(&name, &ignored, "%s%.*s.rs", below, (int)len - 2, word) == 0 &&
	    rk_path_join(walk->top, name, &path, &ignored) == 0 &&
	    is_file(path, S_IFREG) && !rk_strv_contains(walk->files, name))
		rk_strv_add(walk->files, name);
}

static size_t depth_of(const char *below)
{
	size_t depth = 0;

	for (; (below = strchr(below, '/')); below++)
		depth++;
	return depth;
}

static void take_folder(struct walk *walk, const char *below, const char *word)
{
	cleanup_free char *folder = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (walk->folders.n_items < MAX_FOLDERS &&
	    rk_format(&folder, &ignored, "%s%s", below, word) == 0 &&
	    depth_of(folder) <= MAX_DEPTH && !rk_strv_contains(&walk->folders, folder))
		rk_strv_add(&walk->folders, folder);
}

static void take_word(struct walk *walk, const char *below, char *word, size_t len)
{
	char kept = word[len];

	word[len] = '\0';
	if (is_plain(word)) {
		if (len > 2 && strcmp(word + len - 2, ".o") == 0)
			take_object(walk, below, word, len);
		else if (len > 1 && word[len - 1] == '/' && word[0] != '.')
			take_folder(walk, below, word);
	}
	word[len] = kept;
}

/* The rest of a line behind '#' is a comment. */
static void look_into(struct walk *walk, const char *below)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *dir = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (rk_path_join(walk->top, below, &dir, &ignored) < 0 ||
	    !read_makefile(dir, &text) || !text.data)
		return;
	for (char *at = text.data; *at;) {
		size_t len = 0;

		while (is_name_char(at[len]))
			len++;
		if (len)
			take_word(walk, below, at, len);
		else if (*at == '#')
			len = strcspn(at, "\n");
		at += len ? len : 1;
	}
}

int rk_repo_rust_files(const char *dir, struct rk_strv *ret, struct rk_error *err)
{
	struct walk walk = {.top = dir, .files = ret};

	rk_strv_add(&walk.folders, "");
	for (size_t i = 0; i < walk.folders.n_items; i++) {
		/* The list may move while it grows. */
		cleanup_free char *below = strdup(walk.folders.items[i]);

		if (below)
			look_into(&walk, below);
	}
	rk_strv_release(&walk.folders);
	if (rk_strv_check(ret, err) < 0)
		return -(int)err->code;
	rk_strv_sort(ret);
	return 0;
}
