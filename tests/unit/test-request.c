/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/request/internal.h"
#include "tests/unit/tap.h"

static char *place; /* the working directory; in no repository */

static void write_file(const char *text)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_file_write("rkmod.json", text, strlen(text), 0600, &err) < 0)
		abort();
}

static void forget_everything(void)
{
	unlink("rkmod.json");
	unsetenv("RKMOD_ROOT");
	unsetenv("KDIR");
	unsetenv("RUSTC");
}

/* ---- rkmod.json ---- */

static int parse(const char *text, struct rk_layer *layer, struct rk_error *err)
{
	*err = (struct rk_error)RK_ERROR_INIT;
	return rk_request_parse_file("f", text, strlen(text), layer, err);
}

static void a_file_with_every_key_is_read(void)
{
	cleanup(rk_layer_release) struct rk_layer layer = {0};
	struct rk_error err;

	EXPECT_INT(
		parse("{\"root\":\"deb13\",\"kdir\":\"/k\",\"rustc\":\"/r\",\"llvm\":\"-19\","
		      "\"source\":\"/s\",\"prepare\":false,\"kernel\":\"1\",\"package\":\"p\"}",
		      &layer, &err),
		0);
	EXPECT_STR(layer.values[RK_SETTING_ROOT], "deb13");
	EXPECT_STR(layer.values[RK_SETTING_LLVM], "-19");
	EXPECT_STR(layer.values[RK_SETTING_PREPARE], "false");
	EXPECT_STR(layer.values[RK_SETTING_PACKAGE], "p");
}

static void lists_and_maps_are_kept_as_one_text(void)
{
	cleanup(rk_layer_release) struct rk_layer layer = {0};
	struct rk_error err;

	EXPECT_INT(parse("{\"kernels\":[\"7.2.9-a\",\"7.2.11-b\"],\"fmt\":false,"
			 "\"check\":{\"rustc-mismatch\":\"note\",\"btf\":\"warning\"}}",
			 &layer, &err),
		   0);
	EXPECT_STR(layer.values[RK_SETTING_KERNELS], "7.2.9-a 7.2.11-b");
	EXPECT_STR(layer.values[RK_SETTING_CHECK], "rustc-mismatch=note btf=warning");
	EXPECT_STR(layer.values[RK_SETTING_FMT], "false");
}

static void an_empty_object_says_nothing(void)
{
	cleanup(rk_layer_release) struct rk_layer layer = {0};
	struct rk_error err;

	EXPECT_INT(parse(" {} \n", &layer, &err), 0);
	for (size_t i = 0; i < RK_N_SETTINGS; i++)
		EXPECT(!layer.values[i]);
}

static void expect_refused(const char *text, const char *id, const char *words)
{
	cleanup(rk_layer_release) struct rk_layer layer = {0};
	struct rk_error err;

	EXPECT_INT(parse(text, &layer, &err), -RK_EFORMAT);
	EXPECT_STR(err.id, id);
	EXPECT_HAS(err.msg, words);
}

static void an_unknown_key_names_the_nearest(void)
{
	expect_refused("{\"kernle\":\"1\"}", "config-key",
		       "'f': unknown key 'kernle', did you mean 'kernel'?");
	expect_refused("{\"compiler\":\"1\"}", "config-key",
		       "'f': unknown key 'compiler'");
	expect_refused("{\"\":\"1\"}", "config-key", "'f': unknown key ''");
}

static void lists_and_maps_that_say_nothing_are_refused(void)
{
	expect_refused("{\"kernels\":\"7.2\"}", "config-value",
		       "'kernels' is not a list");
	expect_refused("{\"kernels\":[]}", "config-value", "'kernels' is empty");
	expect_refused("{\"kernels\":[\"a b\"]}", "config-value", "is no release");
	expect_refused("{\"kernels\":[7]}", "config-value", "is no release");
	expect_refused("{\"check\":[\"btf\"]}", "config-value",
		       "'check' is not an object");
	expect_refused("{\"check\":{}}", "config-value", "'check' is empty");
	expect_refused("{\"check\":{\"no-such\":\"note\"}}", "config-value",
		       "'check' has no code 'no-such'");
	expect_refused("{\"check\":{\"btf\":\"off\"}}", "config-value",
		       "'btf' is not error, warning or note");
}

static void a_value_of_another_kind_is_refused(void)
{
	expect_refused("{\"prepare\":\"false\"}", "config-value",
		       "'f': 'prepare' is not true or false");
	expect_refused("{\"llvm\":1}", "config-value",
		       "'f': 'llvm' is not a text in quotes");
	expect_refused("{\"root\":null}", "config-value", "'f': 'root' is not a text");
	expect_refused("{\"root\":[\"a\"]}", "config-value", "'f': 'root' is not a text");
}

static void what_is_no_object_is_refused(void)
{
	expect_refused("", "config-syntax", "'f': line 1, column 1");
	expect_refused("[]", "config-syntax", "'f' is not an object in braces");
	expect_refused("{\"root\":\"a\",}", "config-syntax", "'f': line 1");
	expect_refused("{\"root\":\"a\",\"root\":\"b\"}", "config-syntax", "twice");
	expect_refused("{} x", "config-syntax", "after the end");
	expect_refused("{\"root\":[[[[0]]]]}", "config-syntax", "nested too deeply");
}

static void each_cut_of_a_file_is_refused(void)
{
	static const char whole[] = "{\"root\": \"deb13\", \"prepare\": true}";
	char cut[sizeof(whole)] = "";

	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		cleanup(rk_layer_release) struct rk_layer layer = {0};
		struct rk_error err;

		memcpy(cut, whole, len);
		cut[len] = '\0';
		EXPECT_INT(parse(cut, &layer, &err), -RK_EFORMAT);
	}
}

static void a_file_over_64_kib_is_refused(void)
{
	static char big[(64 << 10) + 2];
	cleanup(rk_request_release) struct rk_request request = {0};
	static const char *const command[RK_N_SETTINGS];
	struct rk_error err = RK_ERROR_INIT;

	memset(big, ' ', sizeof(big) - 1);
	big[0] = '{';
	big[1] = '}';
	write_file(big);
	EXPECT_INT(rk_request_init(NULL, ".", command, true, &request, &err),
		   -RK_EFORMAT);
	EXPECT_STR(err.id, "config-syntax");
	forget_everything();
}

static const char *type_name(enum rk_setting_name name)
{
	static const char *const names[] = {
		[RK_SETTING_IS_TEXT] = "string",
		[RK_SETTING_IS_BOOL] = "boolean",
		[RK_SETTING_IS_LIST] = "array",
		[RK_SETTING_IS_MAP] = "object",
	};

	return names[rk_setting_kind(name)];
}

static void the_schema_says_what_the_code_does(void)
{
	static const struct rk_json_limits limits = {.size = 1 << 20, .depth = 16};
	cleanup(rk_json_free_p) struct rk_json *schema = NULL;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	const struct rk_json *properties;
	size_t n_properties = 0;
	char path[1024];

	snprintf(path, sizeof(path), "%s/lib/request/rkmod.schema.json",
		 getenv("RKMOD_SOURCE_ROOT"));
	if (!EXPECT_INT(rk_file_read(path, 1 << 20, &text, &err), 0) ||
	    !EXPECT_INT(rk_json_parse(text.data, text.len, &limits, &schema, &err), 0))
		return;
	EXPECT_INT(rk_json_kind(rk_json_get(schema, "additionalProperties")),
		   RK_JSON_BOOL);
	EXPECT(!rk_json_bool(rk_json_get(schema, "additionalProperties")));
	properties = rk_json_get(schema, "properties");
	for (const struct rk_json *item = rk_json_first(properties); item;
	     item = rk_json_next(item))
		n_properties++;
	EXPECT_INT(n_properties, RK_N_SETTINGS);
	for (unsigned int i = 0; i < RK_N_SETTINGS; i++) {
		enum rk_setting_name name = (enum rk_setting_name)i;
		const struct rk_json *item =
			rk_json_get(properties, rk_setting_key(name));

		EXPECT_STR(rk_json_string(rk_json_get(item, "description")),
			   rk_setting_help(name));
		EXPECT_STR(rk_json_string(rk_json_get(item, "type")), type_name(name));
	}
}

/* ---- weighing ---- */

static const char *const no_command[RK_N_SETTINGS];

static int init(const char *const command[RK_N_SETTINGS], struct rk_request *request,
		struct rk_error *err)
{
	*err = (struct rk_error)RK_ERROR_INIT;
	return rk_request_init(NULL, ".", command, true, request, err);
}

static void expect_setting(const struct rk_request *request, enum rk_setting_name name,
			   const char *value, enum rk_origin origin, const char *text)
{
	EXPECT_STR(rk_request_get(request, name), value);
	EXPECT_INT(request->settings[name].origin, origin);
	EXPECT_STR(request->settings[name].origin_text, text);
}

static void nothing_said_is_the_default(void)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	struct rk_error err;

	EXPECT_INT(init(no_command, &request, &err), 0);
	EXPECT_STR(request.dir, place);
	EXPECT(!request.top && !request.file);
	EXPECT(!rk_request_get(&request, RK_SETTING_ROOT));
	expect_setting(&request, RK_SETTING_PREPARE, "true", RK_ORIGIN_DEFAULT,
		       "default");
}

static void the_stronger_origin_decides(void)
{
	const char *command[RK_N_SETTINGS] = {[RK_SETTING_ROOT] = "c"};
	cleanup(rk_request_release) struct rk_request request = {0};
	cleanup_free char *path = NULL;
	struct rk_error err;

	write_file("{\"root\":\"f\",\"rustc\":\"rustc-1\",\"llvm\":\"1\"}");
	setenv("RKMOD_ROOT", "e", 1);
	setenv("RUSTC", "rustc-2", 1);
	EXPECT_INT(init(command, &request, &err), 0);
	if (rk_path_join(place, "rkmod.json", &path, &err) < 0)
		abort();
	expect_setting(&request, RK_SETTING_ROOT, "c", RK_ORIGIN_COMMAND, "command line");
	expect_setting(&request, RK_SETTING_RUSTC, "rustc-2", RK_ORIGIN_ENVIRONMENT,
		       "environment (RUSTC)");
	expect_setting(&request, RK_SETTING_LLVM, "1", RK_ORIGIN_FILE, path);
	EXPECT_STR(request.file, path);
	forget_everything();
}

static void an_empty_variable_is_none(void)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	struct rk_error err;

	setenv("KDIR", "", 1);
	EXPECT_INT(init(no_command, &request, &err), 0);
	EXPECT(!rk_request_get(&request, RK_SETTING_KDIR));
	forget_everything();
}

static void the_strongest_that_names_a_kernel_clears_the_others(void)
{
	const char *command[RK_N_SETTINGS] = {[RK_SETTING_PACKAGE] = "linux-headers-x"};
	cleanup(rk_request_release) struct rk_request one = {0};
	cleanup(rk_request_release) struct rk_request two = {0};
	struct rk_error err;

	write_file("{\"kernel\":\"7.2\"}");
	setenv("KDIR", "/k", 1);
	EXPECT_INT(init(no_command, &one, &err), 0);
	EXPECT_STR(rk_request_get(&one, RK_SETTING_KDIR), "/k");
	EXPECT(!rk_request_get(&one, RK_SETTING_KERNEL));
	EXPECT_INT(init(command, &two, &err), 0);
	EXPECT_STR(rk_request_get(&two, RK_SETTING_PACKAGE), "linux-headers-x");
	EXPECT(!rk_request_get(&two, RK_SETTING_KDIR));
	EXPECT(!rk_request_get(&two, RK_SETTING_KERNEL));
	forget_everything();
}

static void one_origin_names_one_kernel(void)
{
	const char *command[RK_N_SETTINGS] = {
		[RK_SETTING_KERNEL] = "1", [RK_SETTING_KDIR] = "/k"};
	struct rk_request request;
	struct rk_error err;

	EXPECT_INT(init(command, &request, &err), -RK_EFORMAT);
	EXPECT_STR(err.id, "config-value");
	EXPECT_STR(err.msg,
		   "command line: 'kernel' and 'kdir' both say which kernel is meant");
	write_file("{\"kernel\":\"7.2\",\"package\":\"p\"}");
	EXPECT_INT(init(no_command, &request, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "/rkmod.json: 'kernel' and 'package'");
	forget_everything();
}

static void expect_command_refused(enum rk_setting_name name, const char *value,
				   const char *words)
{
	const char *command[RK_N_SETTINGS] = {NULL};
	struct rk_request request;
	struct rk_error err;

	command[name] = value;
	EXPECT_INT(init(command, &request, &err), -RK_EFORMAT);
	EXPECT_STR(err.id, "config-value");
	EXPECT_HAS(err.msg, words);
}

static void values_that_cannot_be_are_refused(void)
{
	expect_command_refused(RK_SETTING_KERNEL, "", "command line: 'kernel' is empty");
	expect_command_refused(RK_SETTING_KERNEL, "../x", "'kernel' has a slash in it");
	expect_command_refused(RK_SETTING_ROOT, "", "'root' is empty");
	expect_command_refused(RK_SETTING_PACKAGE, "a\nb", "control character");
	expect_command_refused(RK_SETTING_PREPARE, "yes", "is not true or false");
}

static void relative_paths_become_absolute_and_names_stay(void)
{
	const char *command[RK_N_SETTINGS] = {[RK_SETTING_ROOT] = "./tree",
					      [RK_SETTING_KDIR] = "k",
					      [RK_SETTING_RUSTC] = "rustc-1.85"};
	cleanup(rk_request_release) struct rk_request request = {0};
	struct rk_error err;

	EXPECT_INT(init(command, &request, &err), 0);
	EXPECT_HAS(rk_request_get(&request, RK_SETTING_ROOT), place);
	EXPECT_HAS(rk_request_get(&request, RK_SETTING_ROOT), "/tree");
	EXPECT_HAS(rk_request_get(&request, RK_SETTING_KDIR), place);
	EXPECT_STR(rk_request_get(&request, RK_SETTING_RUSTC), "rustc-1.85");
}

static void the_staged_file_counts_instead_of_the_one_that_lies_there(void)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	cleanup(rk_request_release) struct rk_request refused = {0};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	write_file("{\"root\":\"lies-there\",\"fmt\":false}");
	rk_buf_adds(&text, "{\"root\":\"trees/staged\"}");
	EXPECT_INT(rk_request_init_staged(place, no_command, &text, &request, &err), 0);
	EXPECT_HAS(rk_request_get(&request, RK_SETTING_ROOT), place);
	EXPECT_HAS(rk_request_get(&request, RK_SETTING_ROOT), "/trees/staged");
	EXPECT_STR(rk_request_get(&request, RK_SETTING_FMT), "true");
	EXPECT_HAS(request.file, "rkmod.json (staged)");
	rk_buf_adds(&text, "x");
	EXPECT_INT(rk_request_init_staged(place, no_command, &text, &refused, &err),
		   -RK_EFORMAT);
	EXPECT_HAS(err.msg, "rkmod.json (staged)'");
	forget_everything();
}

static void a_relative_root_in_the_file_is_relative_to_it(void)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	struct rk_error err;

	write_file("{\"root\":\"trees/a\"}");
	EXPECT_INT(init(no_command, &request, &err), 0);
	EXPECT_HAS(rk_request_get(&request, RK_SETTING_ROOT), place);
	EXPECT_HAS(rk_request_get(&request, RK_SETTING_ROOT), "/trees/a");
	forget_everything();
}

static void another_relative_path_in_the_file_is_refused(void)
{
	struct rk_request request;
	struct rk_error err;

	write_file("{\"kdir\":\"build\"}");
	EXPECT_INT(init(no_command, &request, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "'kdir' is not an absolute path");
	write_file("{\"rustc\":\"bin/rustc\"}");
	EXPECT_INT(init(no_command, &request, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "'rustc' is not an absolute path");
	forget_everything();
}

static void a_file_that_others_can_write_is_refused(void)
{
	struct rk_request request;
	struct rk_error err;

	write_file("{}");
	EXPECT(chmod("rkmod.json", 0620) == 0);
	EXPECT_INT(init(no_command, &request, &err), -RK_EREFUSED);
	EXPECT_STR(err.id, "config-owner");
	EXPECT_HAS(err.msg, "others can write it");
	EXPECT(chmod("rkmod.json", 0602) == 0);
	EXPECT_INT(init(no_command, &request, &err), -RK_EREFUSED);
	forget_everything();
}

static void a_link_and_a_pipe_are_refused(void)
{
	struct rk_request request;
	struct rk_error err;

	EXPECT(symlink("/dev/null", "rkmod.json") == 0);
	EXPECT_INT(init(no_command, &request, &err), -RK_EREFUSED);
	EXPECT_HAS(err.msg, "it is a link");
	unlink("rkmod.json");
	EXPECT(mkfifo("rkmod.json", 0600) == 0);
	EXPECT_INT(init(no_command, &request, &err), -RK_EREFUSED);
	EXPECT_HAS(err.msg, "it is no regular file");
	forget_everything();
}

static void somebody_else_s_file_is_refused(void)
{
	struct rk_request request;
	struct rk_error err;

	if (geteuid() != 0)
		return; /* only uid 0 can give a file away */
	write_file("{}");
	EXPECT(chown("rkmod.json", 12345, (gid_t)-1) == 0);
	EXPECT_INT(init(no_command, &request, &err), -RK_EREFUSED);
	EXPECT_HAS(err.msg, "it belongs to somebody else");
	forget_everything();
}

static void load_reads_no_file(void)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	struct rk_error err = RK_ERROR_INIT;

	write_file("{\"root\":\"f\"}");
	EXPECT_INT(rk_request_init(NULL, ".", no_command, false, &request, &err), 0);
	EXPECT(!request.file && !rk_request_get(&request, RK_SETTING_ROOT));
	forget_everything();
}

static void a_folder_that_is_none_is_said(void)
{
	struct rk_request request;
	struct rk_error err = RK_ERROR_INIT;

	write_file("{}");
	EXPECT_INT(rk_request_init(NULL, "nowhere", no_command, true, &request, &err),
		   -RK_ENOTFOUND);
	EXPECT_INT(rk_request_init(NULL, "rkmod.json", no_command, true, &request, &err),
		   -RK_ESYS);
	EXPECT_HAS(err.msg, "'rkmod.json': Not a directory");
	forget_everything();
}

static const char *kernels_of(const char *const command[RK_N_SETTINGS])
{
	static struct rk_buf text;
	cleanup(rk_request_release) struct rk_request request = {0};
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	struct rk_error err;

	rk_buf_release(&text);
	EXPECT_INT(init(command, &request, &err), 0);
	EXPECT_INT(rk_request_kernels(&request, &found, &err), 0);
	for (size_t i = 0; i < found.n_items; i++)
		rk_buf_addf(&text, "[%s]", found.items[i]);
	return rk_buf_str(&text);
}

static void the_kernels_of_the_file_count_until_one_is_named(void)
{
	static const char *const named[RK_N_SETTINGS] = {[RK_SETTING_KERNEL] = "7"};

	write_file("{\"kernels\":[\"a\",\"b\"],\"kernel\":\"c\"}");
	EXPECT_STR(kernels_of(no_command), "[a][b]");
	EXPECT_STR(kernels_of(named), "");
	setenv("KDIR", "/k", 1);
	EXPECT_STR(kernels_of(no_command), "");
	forget_everything();
	EXPECT_STR(kernels_of(no_command), "");
}

static void a_request_for_another_kernel_keeps_the_rest(void)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	cleanup(rk_request_release) struct rk_request other = {0};
	struct rk_error err;

	write_file("{\"kernels\":[\"a\"],\"kdir\":\"/k\",\"llvm\":\"-19\"}");
	EXPECT_INT(init(no_command, &request, &err), 0);
	EXPECT_INT(rk_request_for_kernel(&request, "a", &other, &err), 0);
	EXPECT_STR(rk_request_get(&other, RK_SETTING_KERNEL), "a");
	EXPECT_STR(rk_request_get(&other, RK_SETTING_KDIR), NULL);
	EXPECT_STR(rk_request_get(&other, RK_SETTING_LLVM), "-19");
	EXPECT_STR(other.dir, request.dir);
	forget_everything();
}

static const struct test tests[] = {
	TEST(a_file_with_every_key_is_read),
	TEST(lists_and_maps_are_kept_as_one_text),
	TEST(lists_and_maps_that_say_nothing_are_refused),
	TEST(an_empty_object_says_nothing),
	TEST(an_unknown_key_names_the_nearest),
	TEST(a_value_of_another_kind_is_refused),
	TEST(what_is_no_object_is_refused),
	TEST(each_cut_of_a_file_is_refused),
	TEST(a_file_over_64_kib_is_refused),
	TEST(the_schema_says_what_the_code_does),
	TEST(nothing_said_is_the_default),
	TEST(the_stronger_origin_decides),
	TEST(an_empty_variable_is_none),
	TEST(the_strongest_that_names_a_kernel_clears_the_others),
	TEST(one_origin_names_one_kernel),
	TEST(values_that_cannot_be_are_refused),
	TEST(relative_paths_become_absolute_and_names_stay),
	TEST(the_staged_file_counts_instead_of_the_one_that_lies_there),
	TEST(a_relative_root_in_the_file_is_relative_to_it),
	TEST(another_relative_path_in_the_file_is_refused),
	TEST(a_file_that_others_can_write_is_refused),
	TEST(a_link_and_a_pipe_are_refused),
	TEST(somebody_else_s_file_is_refused),
	TEST(load_reads_no_file),
	TEST(a_folder_that_is_none_is_said),
	TEST(the_kernels_of_the_file_count_until_one_is_named),
	TEST(a_request_for_another_kernel_keeps_the_rest),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	int status;

	if (rk_dir_make_temp("/tmp/test-request", &place, &err) < 0 || chdir(place) < 0)
		return 1;
	forget_everything();
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	if (chdir("/") < 0 || rk_dir_remove(place, &err) < 0)
		return 1;
	free(place);
	return status;
}
