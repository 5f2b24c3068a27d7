/*
 * remedy.h - a refusal of the system, with what to do about it.
 */
#ifndef APP_REMEDY_H
#define APP_REMEDY_H

/*
 * Logs that `event` failed at `path` with the error `r` (-errno). Where rights are
 * missing: the owner of `dir` was another user once, and how it becomes ours.
 */
void remedy_log(int r, const char *event, const char *path, const char *dir);

#endif
