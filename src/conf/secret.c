/*
 * secret.c - secrets from files, systemd credentials and the environment.
 *
 * Never from the configuration itself, which may be world-readable (DECISIONS
 * 4). A file must belong to us or root and be closed to everybody else
 * (SR-28). What is read must be one line of printable text: it goes into
 * headers and SMTP dialogues, where a line break would be another command.
 */
#include "conf/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "conf/credential.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/settings.h"

#define SECRET_MAX   4096	  /* bytes; no token or password is longer */
#define SERVICE_USER "shorewatch" /* of systemd/shorewatch.sysusers */
#define PASSWD_MAX   4096

const char secret_unread[] = OPTION_SECRET_UNREAD;

bool secret_is_read(const char *secret)
{
	return secret != NULL && secret != secret_unread;
}

/* The mode bits that must not be set. */
#define CLOSED_FILE 0077
/*
 * systemd hands credentials over in a directory that only the service can
 * enter; where it uses an access list, the group bits show the list's mask.
 */
#define CLOSED_CREDENTIAL 0007

struct secret {
	struct loader *l;
	const char *name;
	const struct setting *at;
	bool is_ours_to_keep; /* a file: of ours, which the service has to open by itself */
};

static const char *secret_fault_env(const struct secret *s, const char *variable)
{
	fault_at(s->l, s->at,
		 "%s: the environment variable %s is not set or empty; set it, or use "
		 "file:PATH",
		 s->name, variable);
	return NULL;
}

static bool is_line(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	}
	return true;
}

static const char *secret_accept(const struct secret *s, const char *where, char *text, size_t n)
{
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		text[--n] = '\0';
	if (n == 0)
		fault_at(s->l, s->at, "%s: %s is empty; write the secret into it", s->name, where);
	else if (strlen(text) != n || !is_line(text))
		fault_at(s->l, s->at,
			 "%s: %s must hold the secret as one line of text and nothing "
			 "else",
			 s->name, where);
	else
		return arena_strndup(s->l->arena, text, n);
	return NULL;
}

/* The name and number of the user that the service runs as. False: this machine has none. */
static bool service_user(const struct secret *s, const char **ret_name, uid_t *ret_uid)
{
	const char *name = s->l->need.user != NULL ? s->l->need.user : SERVICE_USER;
	struct passwd entry, *found = NULL;
	char room[PASSWD_MAX];

	if (getpwnam_r(name, &entry, room, sizeof room, &found) != 0 || found == NULL)
		return false;
	*ret_name = name;
	*ret_uid = entry.pw_uid;
	return true;
}

/* Ours, root's, or, when root looks for the service, the service's. */
static bool is_owner_fit(const struct secret *s, const char *path, uid_t owner)
{
	bool is_root = geteuid() == 0;
	const char *name;
	uid_t service;

	if (owner == geteuid() || owner == 0) {
		if (owner == 0 && is_root && s->l->need.secrets == CONF_SECRETS_SERVICE &&
		    s->is_ours_to_keep && service_user(s, &name, &service))
			warn_at(s->l, s->at,
				"%s: %s belongs to root, so the service, which runs as %s, cannot "
				"read it: chown %s it",
				s->name, path, name, name);
		return true;
	}
	if (!service_user(s, &name, &service))
		name = is_root ? "root" : "the user that shorewatch runs as";
	else if (is_root && owner == service)
		return true;
	fault_at(s->l, s->at,
		 "%s: %s belongs to user %u; it must belong to %s or root (this is user %u): chown "
		 "it",
		 s->name, path, (unsigned)owner, name, (unsigned)geteuid());
	return false;
}

static bool is_closed(const struct secret *s, const char *path, const struct stat *st, mode_t open)
{
	if (!S_ISREG(st->st_mode))
		fault_at(s->l, s->at, "%s: %s is not a regular file", s->name, path);
	else if (!is_owner_fit(s, path, st->st_uid))
		return false;
	else if ((st->st_mode & open) != 0)
		fault_at(s->l, s->at,
			 "%s: %s has mode %04o and can be read by others, need 0600: "
			 "chmod 600 it, and change the secret if others may have seen it",
			 s->name, path, (unsigned)st->st_mode & 07777);
	else
		return true;
	return false;
}

/* Bytes read, at most max; -errno. */
static ssize_t read_whole(int fd, char *to, size_t max)
{
	size_t n = 0;

	while (n < max) {
		ssize_t r = read(fd, to + n, max - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		n += (size_t)r;
	}
	return (ssize_t)n;
}

/* The file is judged by its descriptor, so that what was judged is what is read. */
static const char *secret_from_open(const struct secret *s, const char *path, int fd, mode_t open)
{
	char text[SECRET_MAX + 2];
	const char *secret = NULL;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		fault_at(s->l, s->at, "%s: %s: %s", s->name, path, strerror(errno));
	else if (!is_closed(s, path, &st, open))
		return NULL;
	else if ((n = read_whole(fd, text, SECRET_MAX + 1)) < 0)
		fault_at(s->l, s->at, "%s: %s: %s", s->name, path, strerror((int)-n));
	else if (n > SECRET_MAX)
		fault_at(s->l, s->at, "%s: %s is longer than %d bytes", s->name, path, SECRET_MAX);
	else {
		text[n] = '\0';
		secret = secret_accept(s, path, text, (size_t)n);
	}
	explicit_bzero(text, sizeof text);
	return secret;
}

/* -errno: the file could not be opened, and nothing was told. `shown` is its name in messages. */
static int secret_from_path(const struct secret *s, const char *path, const char *shown,
			    mode_t open_bits, const char **ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return -errno;
	*ret = secret_from_open(s, shown, fd, open_bits);
	(void)close(fd); /* it was only read */
	return 0;
}

static const char *secret_from_file(const struct secret *s, const char *path)
{
	const char *shown = loader_shown(s->l, path);
	struct secret kept = *s;
	const char *secret = NULL;
	int r;

	if (path[0] == '\0') {
		fault_at(s->l, s->at, "%s: file: needs a path: \"file:/etc/shorewatch/NAME\"",
			 s->name);
		return NULL;
	}
	kept.is_ours_to_keep = true;
	r = secret_from_path(&kept, loader_beside(s->l, path), shown, CLOSED_FILE, &secret);
	if (r < 0)
		fault_at(s->l, s->at,
			 "%s: %s cannot be read: %s; it must be a file of mode 0600%s%s that "
			 "belongs to the user that shorewatch runs as",
			 s->name, shown, strerror(-r), path[0] != '/' ? " in " : "",
			 path[0] != '/' ? s->l->dir : "");
	return secret;
}

/* ---- credentials ---- */

#define CREDENTIAL_ADVICE                                                                          \
	"put it into /etc/credstore/%s (root, 0600), and LoadCredential=%s into the unit "         \
	"(systemctl edit shorewatch)"

static const char *credential_handed_over(const struct secret *s, const char *dir, const char *name)
{
	const char *path = arena_printf(s->l->scratch, "%s/%s", dir, name);
	const char *secret = NULL;
	int r = secret_from_path(s, path, path, CLOSED_CREDENTIAL, &secret);

	if (r < 0)
		fault_at(s->l, s->at,
			 "%s: the credential %s is not in %s (%s): " CREDENTIAL_ADVICE
			 ", then restart the service",
			 s->name, name, dir, strerror(-r), name, name);
	return secret;
}

static void credential_absent(const struct secret *s, const char *name)
{
	const char *sealed = credential_find_encrypted(s->l->scratch, "", name);

	if (sealed != NULL)
		fault_at(s->l, s->at,
			 "%s: %s is encrypted, so only the service can read it; try it with "
			 "`systemd-run -P -p LoadCredentialEncrypted=%s shorewatch check`",
			 s->name, sealed, name);
	else
		fault_at(s->l, s->at,
			 "%s: there is no credential %s: " CREDENTIAL_ADVICE
			 "; without systemd set CREDENTIALS_DIRECTORY to the directory that "
			 "holds it, or write \"file:PATH\"",
			 s->name, name, name, name);
}

/* Root looks where the service will get it from. */
static const char *credential_by_hand(const struct secret *s, const char *name)
{
	const char *path = credential_find(s->l->scratch, "", name);
	const char *secret = NULL;
	int r;

	if (path == NULL) {
		credential_absent(s, name);
		return NULL;
	}
	r = secret_from_path(s, path, path, CLOSED_FILE, &secret);
	if (r < 0)
		fault_at(s->l, s->at, "%s: %s, which the unit names, cannot be read: %s", s->name,
			 path, strerror(-r));
	return secret;
}

static const char *secret_from_credential(const struct secret *s, const char *name)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (!form_is_line(name) || name[0] == '.' || strchr(name, '/') != NULL)
		fault_at(s->l, s->at,
			 "%s: credential: needs a plain name, without a path: "
			 "\"credential:smtp-password\"",
			 s->name);
	else if (dir != NULL && dir[0] == '/')
		return credential_handed_over(s, dir, name);
	else if (geteuid() == 0)
		return credential_by_hand(s, name);
	else
		fault_at(s->l, s->at,
			 "%s: no credentials were given to this process: run it with sudo, which "
			 "looks into /etc/credstore/%s and at the unit's LoadCredential=%s, or set "
			 "CREDENTIALS_DIRECTORY to the directory that holds it",
			 s->name, name, name);
	return NULL;
}

static const char *secret_from_env(const struct secret *s, const char *variable)
{
	const char *text = getenv(variable);

	if (text == NULL || text[0] == '\0')
		return secret_fault_env(s, variable[0] == '\0' ? "(no name)" : variable);
	return secret_accept(s, arena_printf(s->l->arena, "the environment variable %s", variable),
			     arena_strdup(s->l->arena, text), strlen(text));
}

static const struct {
	const char *prefix;
	const char *(*read)(const struct secret *s, const char *rest);
} sources[] = {
	{ "file:", secret_from_file },
	{ "credential:", secret_from_credential },
	{ "env:", secret_from_env },
};

/* A text that nobody can know: what asks for the secret is refused. NULL: not even that. */
static const char *secret_unknown(struct loader *l)
{
	uint64_t bits[4];

	if (getrandom(bits, sizeof bits, 0) != sizeof bits)
		return NULL;
	return arena_printf(l->arena, "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64,
			    bits[0], bits[1], bits[2], bits[3]);
}

static const char *secret_fetch(const struct secret *s,
				const char *(*read)(const struct secret *s, const char *rest),
				const char *rest)
{
	struct loader *l = s->l;
	const char *secret;

	if (!l->reads_secrets)
		return secret_unread;
	l->is_lenient = l->need.secrets == CONF_SECRETS_FOUND;
	secret = read(s, rest);
	if (secret == NULL && l->is_lenient)
		secret = secret_unknown(l);
	l->is_lenient = false;
	return secret;
}

const char *secret_read(struct loader *l, const char *name, const struct setting *at)
{
	struct secret s = { .l = l, .name = name, .at = at };

	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		size_t n = strlen(sources[i].prefix);

		if (strncmp(at->text, sources[i].prefix, n) == 0)
			return secret_fetch(&s, sources[i].read, at->text + n);
	}
	fault_at(l, at,
		 "%s: a secret must not stand in the configuration: put it into a file of "
		 "mode 0600 and write \"file:PATH\" here, or \"credential:NAME\" (systemd) or "
		 "\"env:NAME\"",
		 name);
	return NULL;
}
