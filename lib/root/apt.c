/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/root/apt.h"
#include "lib/root/distro.h"

enum { SHOW_LIMIT = 64 << 20 };

static const char *const keyrings[] = {
	"/usr/share/keyrings/debian-archive-keyring.gpg",
	"/usr/share/keyrings/debian-archive-keyring.pgp",
};

void rk_apt_release(struct rk_apt *apt)
{
	free(apt->dir);
	free(apt->conf);
	free(apt->sources);
	rk_strv_release(&apt->settings);
	memset(apt, 0, sizeof(*apt));
}

/* ---- the machine's own configuration ---- */

/* Line by line: copies the next one into @ret, false at the end. */
static bool next_line(const char **text, struct rk_buf *ret)
{
	size_t len = strcspn(*text, "\n");

	rk_buf_truncate(ret, 0);
	if (!**text)
		return false;
	rk_buf_add(ret, *text, len);
	*text += len;
	*text += **text == '\n';
	return true;
}

/*
 * Origin and label come from the archive's own Release file. Before the first
 * `apt-get update` there is none: then the path tells, "/debian" at its end.
 */
static bool is_debian_mirror(const char *uri, const char *origin, const char *label)
{
	size_t len = strlen(uri);

	if (strncmp(uri, "http", 4) != 0 && strncmp(uri, "file:", 5) != 0 &&
	    strncmp(uri, "mirror", 6) != 0 && strncmp(uri, "ftp:", 4) != 0)
		return false;
	if (strstr(uri, "security"))
		return false;
	if (strcmp(origin, "Debian") == 0)
		return strcmp(label, "Debian") == 0;
	while (len && uri[len - 1] == '/')
		len--;
	return (origin[0] == '\0' || origin[0] == '$') && len > 7 &&
	       strncmp(uri + len - 7, "/debian", 7) == 0;
}

int rk_apt_pick_mirror(const char *lines, char **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf line = RK_BUF_INIT;

	while (next_line(&lines, &line)) {
		char *origin;
		char *label;

		if (rk_buf_check(&line, err) < 0)
			return -(int)err->code;
		origin = line.len ? strchr(line.data, '|') : NULL;
		label = origin ? strchr(origin + 1, '|') : NULL;
		if (!label)
			continue;
		*origin++ = '\0';
		*label++ = '\0';
		if (is_debian_mirror(line.data, origin, label))
			return rk_strdup(line.data, ret, err);
	}
	return rk_error_set(err, RK_ENOTFOUND,
			    "apt's configuration on this machine names no Debian mirror");
}

static bool is_wanted_setting(const char *line)
{
	static const char *const wanted[] = {
		"Acquire::http::",    "Acquire::https::", "Acquire::ftp::",
		"Acquire::Retries",   "Acquire::Check-",  "Acquire::ForceIPv",
		"Acquire::Max-Valid", "Acquire::By-Hash", "Acquire::Queue-Mode",
		"Acquire::socks::",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(wanted); i++)
		if (strncasecmp(line, wanted[i], strlen(wanted[i])) == 0)
			return true;
	return false;
}

int rk_apt_pick_settings(const char *dump, struct rk_strv *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf line = RK_BUF_INIT;

	while (next_line(&dump, &line)) {
		if (rk_buf_check(&line, err) < 0)
			return -(int)err->code;
		while (line.len && strchr("; \r", line.data[line.len - 1])) {
			line.data[line.len - 1] = '\0';
			rk_buf_truncate(&line, line.len - 1);
		}
		/* 'Acquire::http "";' is only the node above others. */
		if (line.len > 3 && is_wanted_setting(line.data) &&
		    strcmp(line.data + line.len - 3, " \"\"") != 0)
			rk_strv_add(ret, line.data);
	}
	return rk_strv_check(ret, err);
}

int rk_apt_machine_mirror(char **ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_free char *lines = NULL;

	rk_strv_add_all(&argv, "apt-get", "indextargets", "--format",
			"$(REPO_URI)|$(ORIGIN)|$(LABEL)", "Created-By: Packages", NULL);
	if (rk_spawn_capture(&argv, &lines, err) < 0)
		return -(int)err->code;
	return rk_apt_pick_mirror(lines, ret, err);
}

static int read_settings(struct rk_strv *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_free char *dump = NULL;

	rk_strv_add_all(&argv, "apt-config", "dump", NULL);
	if (rk_spawn_capture(&argv, &dump, err) < 0)
		return -(int)err->code;
	return rk_apt_pick_settings(dump, ret, err);
}

/* ---- our own ---- */

/* Both become words of a line in sources.list. */
static int check_words(const struct rk_apt_request *request, struct rk_error *err)
{
	const char *mirror = request->mirror;

	for (const char *c = request->suite; *c || c == request->suite; c++)
		if (!isalnum((unsigned char)*c) && (*c == '\0' || !strchr("-._/", *c)))
			return rk_error_set(err, RK_EFORMAT,
					    "'%s' cannot be the name of a suite",
					    request->suite);
	for (const char *c = mirror; *c || c == mirror; c++)
		if (*c <= ' ' || *c > '~' || strchr("[]\"#", *c))
			return rk_error_set(err, RK_EFORMAT, "'%s' cannot be a mirror",
					    mirror);
	return 0;
}

static int find_keyring(const char **ret, struct rk_error *err)
{
	static const struct rk_need need = {RK_NEED_PROGRAM, "debian-archive-keyring"};

	for (size_t i = 0; i < RK_ARRAY_LEN(keyrings); i++) {
		*ret = keyrings[i];
		if (access(keyrings[i], R_OK) == 0)
			return 0;
	}
	rk_error_set(err, RK_ETOOL, "the keys of Debian's archive are missing: no '%s'",
		     keyrings[0]);
	return rk_distro_cure(NULL, &need, "root-tool", "install Debian's archive keys",
			      err);
}

static int write_sources(const struct rk_apt *apt, const char *suite, bool backports,
			 struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	const char *keyring;

	if (find_keyring(&keyring, err) < 0)
		return -(int)err->code;
	rk_buf_addf(&text, "deb [signed-by=%s] %s %s main\n", keyring, apt->mirror,
		    suite);
	if (backports)
		rk_buf_addf(&text, "deb [signed-by=%s] %s %s-backports main\n", keyring,
			    apt->mirror, suite);
	if (rk_buf_check(&text, err) < 0)
		return -(int)err->code;
	return rk_file_write(apt->sources, text.data, text.len, 0644, err);
}

static int write_conf(const struct rk_apt *apt, const char *arch, struct rk_error *err)
{
	static const char *const nothing[] = {"main", "parts", "sourceparts",
					      "preferences", "preferencesparts"};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(nothing); i++)
		rk_buf_addf(&text, "Dir::Etc::%s \"/dev/null\";\n", nothing[i]);
	rk_buf_addf(&text, "Dir::Etc::sourcelist \"%s\";\n", apt->sources);
	rk_buf_addf(&text, "Dir::State \"%s/state\";\n", apt->dir);
	rk_buf_addf(&text, "Dir::State::status \"%s/status\";\n", apt->dir);
	rk_buf_addf(&text, "Dir::Cache \"%s/cache\";\n", apt->dir);
	/* The user _apt could not enter a private folder. */
	rk_buf_adds(&text, "APT::Sandbox::User \"root\";\n");
	rk_buf_addf(&text, "APT::Architecture \"%s\";\n", arch);
	rk_buf_adds(&text, "Acquire::Languages \"none\";\n");
	for (size_t i = 0; i < apt->settings.n_items; i++)
		rk_buf_addf(&text, "%s;\n", apt->settings.items[i]);
	if (rk_buf_check(&text, err) < 0)
		return -(int)err->code;
	return rk_file_write(apt->conf, text.data, text.len, 0644, err);
}

static int write_state(const struct rk_apt *apt, struct rk_error *err)
{
	static const char *const folders[] = {"state", "cache"};
	cleanup_free char *status = NULL;

	for (size_t i = 0; i < RK_ARRAY_LEN(folders); i++) {
		cleanup_free char *path = NULL;

		if (rk_path_join(apt->dir, folders[i], &path, err) < 0 ||
		    rk_dir_make(path, 0755, err) < 0)
			return -(int)err->code;
	}
	if (rk_path_join(apt->dir, "status", &status, err) < 0)
		return -(int)err->code;
	return rk_file_write(status, "", 0, 0644, err);
}

static int run_apt(const struct rk_apt *apt, const struct rk_strv *argv,
		   struct rk_spawn_result *result, struct rk_error *err)
{
	cleanup_strv struct rk_strv env = RK_STRV_INIT;
	struct rk_spawn spawn = {.argv = argv,
				 .env_set = &env,
				 .stdin_fd = -1,
				 .output = RK_SPAWN_CAPTURE,
				 .capture_limit = SHOW_LIMIT};

	rk_strv_addf(&env, "APT_CONFIG=%s", apt->conf);
	rk_strv_add(&env, "LC_ALL=C");
	if (rk_strv_check(&env, err) < 0)
		return -(int)err->code;
	return rk_spawn_run(&spawn, result, err);
}

/* Its first error: the last one says only that there were some. */
static const char *first_error(struct rk_buf *text)
{
	const char *found = strstr(rk_buf_str(text), "E: ");

	if (!found)
		return rk_spawn_last_line(text);
	rk_buf_truncate(text, (size_t)(found - text->data) + strcspn(found, "\n"));
	return found + 3;
}

static int update(const struct rk_apt *apt, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;

	rk_strv_add_all(&argv, "apt-get", "-q", "-o", "APT::Update::Error-Mode=any",
			"update", NULL);
	if (run_apt(apt, &argv, &result, err) < 0)
		return -(int)err->code;
	if (result.status == 0)
		return 0;
	rk_error_set(err, RK_ETOOL, "apt-get update from '%s' failed: %s", apt->mirror,
		     first_error(&result.err));
	return rk_error_cure(
		err, "root-failed",
		"look at the network and at apt's configuration, or name another mirror: --mirror URL");
}

/*
 * sid and its like have no backports, which apt says in these words. Any other failure is
 * one: without backports the newest kernel may be one without Rust.
 */
static bool says_no_such_suite(const struct rk_error *err)
{
	return strstr(err->msg, "does not have a Release file") != NULL;
}

static int update_with_or_without_backports(const struct rk_apt *apt, const char *suite,
					    struct rk_error *err)
{
	struct rk_error first = RK_ERROR_INIT;

	if (write_sources(apt, suite, true, err) < 0)
		return -(int)err->code;
	if (update(apt, &first) == 0)
		return 0;
	if (rk_spawn_interrupted() || !says_no_such_suite(&first) ||
	    write_sources(apt, suite, false, err) < 0 || update(apt, err) < 0) {
		*err = first;
		return -(int)err->code;
	}
	rk_log(RK_LOG_DEBUG, "suite '%s' without backports: %s", suite, first.msg);
	return 0;
}

static int prepare(const struct rk_apt_request *request, struct rk_apt *apt,
		   struct rk_error *err)
{
	if (rk_strdup(request->dir, &apt->dir, err) < 0 ||
	    rk_path_join(apt->dir, "apt.conf", &apt->conf, err) < 0 ||
	    rk_path_join(apt->dir, "sources.list", &apt->sources, err) < 0 ||
	    check_words(request, err) < 0 || read_settings(&apt->settings, err) < 0)
		return -(int)err->code;
	return write_state(apt, err) < 0 ? -(int)err->code
					 : write_conf(apt, request->arch, err);
}

int rk_apt_open(const struct rk_apt_request *request, struct rk_apt *ret,
		struct rk_error *err)
{
	struct rk_apt apt = {.mirror = request->mirror};

	if (prepare(request, &apt, err) < 0 ||
	    update_with_or_without_backports(&apt, request->suite, err) < 0) {
		rk_apt_release(&apt);
		return -(int)err->code;
	}
	*ret = apt;
	return 0;
}

int rk_apt_show(const struct rk_apt *apt, const struct rk_strv *names, struct rk_buf *ret,
		struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;

	rk_strv_add_all(&argv, "apt-cache", "show", "--", NULL);
	rk_strv_add_strv(&argv, names);
	/* A name that does not exist makes its status 100; the others are shown. */
	if (run_apt(apt, &argv, &result, err) < 0)
		return -(int)err->code;
	rk_buf_add(ret, rk_buf_str(&result.out), result.out.len);
	return rk_buf_check(ret, err);
}
