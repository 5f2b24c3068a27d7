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
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "conf/loader.h"
#include "conf/settings.h"

#define SECRET_MAX 4096 /* bytes; no token or password is longer */

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

static bool is_closed(const struct secret *s, const char *path, const struct stat *st, mode_t open)
{
	if (!S_ISREG(st->st_mode))
		fault_at(s->l, s->at, "%s: %s is not a regular file", s->name, path);
	else if (st->st_uid != 0 && st->st_uid != geteuid())
		fault_at(s->l, s->at,
			 "%s: %s belongs to user %u; it must belong to the user that "
			 "shorewatch runs as (now %u) or to root: chown it",
			 s->name, path, (unsigned)st->st_uid, (unsigned)geteuid());
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

static const char *secret_from_path(const struct secret *s, const char *path, mode_t open_bits)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *secret;

	if (fd < 0) {
		fault_at(s->l, s->at,
			 "%s: %s cannot be read: %s; it must be readable by the user "
			 "that shorewatch runs as",
			 s->name, path, strerror(errno));
		return NULL;
	}
	secret = secret_from_open(s, path, fd, open_bits);
	(void)close(fd); /* it was only read */
	return secret;
}

static const char *secret_from_file(const struct secret *s, const char *path)
{
	if (path[0] == '\0') {
		fault_at(s->l, s->at, "%s: file: needs a path: \"file:/etc/shorewatch/NAME\"",
			 s->name);
		return NULL;
	}
	return secret_from_path(s, loader_beside(s->l, path), CLOSED_FILE);
}

static const char *secret_from_credential(const struct secret *s, const char *name)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
		fault_at(s->l, s->at,
			 "%s: credential: needs a plain name, without a path: "
			 "\"credential:smtp-password\"",
			 s->name);
	else if (dir == NULL || dir[0] != '/')
		fault_at(s->l, s->at,
			 "%s: no credentials were given to this process: under systemd "
			 "put it into /etc/credstore/%s and LoadCredential=%s into the unit; by "
			 "hand set CREDENTIALS_DIRECTORY to the directory that holds it",
			 s->name, name, name);
	else
		return secret_from_path(s, arena_printf(s->l->arena, "%s/%s", dir, name),
					CLOSED_CREDENTIAL);
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

const char *secret_read(struct loader *l, const char *name, const struct setting *at)
{
	struct secret s = { .l = l, .name = name, .at = at };

	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		size_t n = strlen(sources[i].prefix);

		if (strncmp(at->text, sources[i].prefix, n) == 0)
			return sources[i].read(&s, at->text + n);
	}
	fault_at(l, at,
		 "%s: a secret must not stand in the configuration: put it into a file of "
		 "mode 0600 and write \"file:PATH\" here, or \"credential:NAME\" (systemd) or "
		 "\"env:NAME\"",
		 name);
	return NULL;
}
