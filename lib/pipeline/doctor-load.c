/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the running kernel would take a module that nobody signed. */
#include <string.h>

#include "lib/base/file.h"
#include "lib/kernel/state.h"
#include "lib/pipeline/doctor-lines.h"

enum {
	VARIABLE_LIMIT = 1 << 20,
	CERT_LIMIT = 65536,
};

/* Where distributions keep a key that the machine's owner made for modules. */
static const struct own_key {
	const char *key;
	const char *cert;
} own_keys[] = {
	{"/var/lib/shim-signed/mok/MOK.priv", "/var/lib/shim-signed/mok/MOK.der"},
	{"/var/lib/dkms/mok.key", "/var/lib/dkms/mok.pub"},
	{"/etc/pki/akmods/private/private_key.priv",
	 "/etc/pki/akmods/certs/public_key.der"},
};

static bool read_below_sys(const struct rk_doctor_look *look, const char *name,
			   struct rk_buf *ret)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	return rk_path_join(look->pipeline->machine->sys_dir, name, &path, &err) == 0 &&
	       rk_file_read(path, VARIABLE_LIMIT, ret, &err) == 0;
}

/* Four bytes of attributes, then one of value. */
static bool has_secure_boot(const struct rk_doctor_look *look)
{
	static const char name[] =
		"firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	cleanup_buf struct rk_buf value = RK_BUF_INIT;

	return read_below_sys(look, name, &value) && value.len == 5 && value.data[4] == 1;
}

static const struct rk_root *keys_of(const struct rk_doctor_look *look)
{
	return look->keys ? look->keys : look->pipeline->root;
}

/* The certificates that shim hands to the kernel; one is in them as it is. */
static bool is_enrolled(const struct rk_doctor_look *look, const char *cert_path)
{
	static const char *const lists[] = {
		"firmware/efi/mok-variables/MokListRT",
		"firmware/efi/efivars/MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23",
	};
	const struct rk_root *root = keys_of(look);
	cleanup_buf struct rk_buf cert = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_root_read(root, cert_path, CERT_LIMIT, &cert, &err) < 0 || !cert.len)
		return false;
	for (size_t i = 0; i < RK_ARRAY_LEN(lists); i++) {
		cleanup_buf struct rk_buf list = RK_BUF_INIT;

		if (read_below_sys(look, lists[i], &list) && list.len &&
		    memmem(list.data, list.len, cert.data, cert.len))
			return true;
	}
	return false;
}

static const struct own_key *find_own_key(const struct rk_doctor_look *look)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(own_keys); i++)
		if (rk_root_exists(keys_of(look), own_keys[i].cert))
			return &own_keys[i];
	return NULL;
}

/* Unsigned modules are refused: what about signed ones? */
static void look_at_key(struct rk_doctor_look *look, const char *reason)
{
	const struct own_key *own = find_own_key(look);
	bool enrolled = own && is_enrolled(look, own->cert);
	struct rk_doctor_line *line = rk_doctor_add(
		look, enrolled ? RK_DOCTOR_WARNING : RK_DOCTOR_BLOCKS, RK_DOCTOR_LOAD,
		"signature", "signature-required",
		"the running kernel takes no module that is not signed by a key it knows");

	rk_doctor_why(look, line, "%s%s", reason,
		      has_secure_boot(look) ? ", Secure Boot is on" : "");
	if (enrolled)
		rk_doctor_cure(
			look, line,
			"sign each module with this machine's own key, '%s', which "
			"is enrolled: rkmod sign FILE.ko",
			own->key);
	else if (own)
		rk_doctor_cure(
			look, line,
			"enrol this machine's own key, which is not in the list of "
			"the firmware: mokutil --import %s, then reboot",
			own->cert);
	else
		rk_doctor_cure(
			look, line,
			"make a key for this machine (dkms generate_mok) and enrol "
			"it: mokutil --import /var/lib/dkms/mok.pub, then reboot");
}

/* What decides could not be read: often a container. */
static void note_unread(struct rk_doctor_look *look, const struct rk_state *state)
{
	struct rk_doctor_line *line;

	if (!state->unread[RK_STATE_MODULES_DISABLED] &&
	    !state->unread[RK_STATE_SIG_ENFORCE])
		return;
	line = rk_doctor_add(look, RK_DOCTOR_NOTE, RK_DOCTOR_LOAD, "rules", NULL,
			     "it is not known which modules the running kernel takes");
	rk_doctor_why(look, line, "%s",
		      state->unread[RK_STATE_MODULES_DISABLED]
			      ? state->unread[RK_STATE_MODULES_DISABLED]
			      : state->unread[RK_STATE_SIG_ENFORCE]);
}

static void judge(struct rk_doctor_look *look, const struct rk_state *state)
{
	const struct rk_kconfig *config = look->pipeline->kernel->config;
	struct rk_doctor_line *line;

	if (state->modules_disabled == RK_FACT_YES) {
		line = rk_doctor_add(look, RK_DOCTOR_BLOCKS, RK_DOCTOR_LOAD, "rules",
				     "modules-disabled",
				     "the running kernel loads no modules any more");
		rk_doctor_why(look, line, "kernel.modules_disabled is 1");
		rk_doctor_cure(look, line, "reboot, and find out what sets it");
	}
	if (state->sig_enforce == RK_FACT_YES)
		look_at_key(look, "module.sig_enforce is set");
	else if (state->lockdown == RK_FACT_YES &&
		 rk_kconfig_is_yes(config, "CONFIG_MODULE_SIG"))
		look_at_key(look, "the kernel is locked down");
	else if (state->sig_enforce == RK_FACT_NO &&
		 state->modules_disabled == RK_FACT_NO)
		rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_LOAD, "rules", NULL,
			      "the running kernel takes modules without signature");
	else
		note_unread(look, state);
}

void rk_doctor_look_at_load(struct rk_doctor_look *look)
{
	const struct rk_pipeline *p = look->pipeline;
	struct rk_state state = {.blacklist = NULL};
	struct rk_error err = RK_ERROR_INIT;

	if (!p->kernel || !p->kernel->rust)
		return;
	if (!p->root->is_host || strcmp(p->kernel->release, p->machine->release) != 0) {
		rk_doctor_add(
			look, RK_DOCTOR_NOTE, RK_DOCTOR_LOAD, "rules", NULL,
			"kernel %s does not run here: 'rkmod vm' can try its modules",
			p->kernel->release);
		return;
	}
	if (rk_state_read_rules(p->machine, &state, &err) < 0)
		rk_doctor_add_error(look, RK_DOCTOR_NOTE, RK_DOCTOR_LOAD, "rules", &err);
	else
		judge(look, &state);
	rk_state_release(&state);
}
