/*
 * credential.h - where systemd would take a credential from.
 */
#ifndef CONF_CREDENTIAL_H
#define CONF_CREDENTIAL_H

struct arena;

/*
 * The file that the service's LoadCredential= would hand over as `name`: the
 * path that the unit or one of its drop-ins gives, else the first of the
 * credential stores that has it. `root` is put before every path; "" for the
 * machine's own. NULL: there is none.
 */
const char *credential_find(struct arena *arena, const char *root, const char *name);
/* The same for one that is encrypted, which only the service can read. */
const char *credential_find_encrypted(struct arena *arena, const char *root, const char *name);

#endif
