/*
 * outputs_parts.h - what the rows of outputs.c share, and those that live in
 * files of their own.
 */
#ifndef APP_OUTPUTS_PARTS_H
#define APP_OUTPUTS_PARTS_H

#include "app/outputs.h"
#include "shorewatch/time.h"

/* ---- stamps: begin with STAMP_BEGIN and mix in what the file depends on ---- */
#define STAMP_BEGIN UINT64_C(14695981039346656037) /* FNV-1a, 64 bits */

uint64_t stamp_mix(uint64_t stamp, uint64_t number);
uint64_t stamp_text(uint64_t stamp, const char *text); /* NULL: as "" */
/*
 * A number that changes once every `period`, for each of `count` files at another moment: so
 * that those of 10,000 targets are not all drawn in one report.
 */
uint64_t stamp_slot(wall_t now, size_t which, size_t count, usec_t period);

/* Of files that are there in each language: the default one first. */
enum language output_language(const struct sources *from, size_t which);

/* ---- rows: an incident's own page (outputs_incident.c) ---- */
size_t incident_page_count(const struct sources *from);
void incident_page_name(const struct sources *from, size_t which, struct buf *to);
void incident_page_draw(const struct sources *from, size_t which, struct buf *to);
uint64_t incident_page_stamp(const struct sources *from, size_t which);

/* ---- rows: all past incidents (outputs_history.c) ---- */
size_t history_page_count(const struct sources *from);
void history_page_name(const struct sources *from, size_t which, struct buf *to);
void history_page_draw(const struct sources *from, size_t which, struct buf *to);
uint64_t history_page_stamp(const struct sources *from, size_t which);

/* ---- rows: a group's own page (outputs_group.c) ---- */
size_t group_page_count(const struct sources *from);
void group_page_name(const struct sources *from, size_t which, struct buf *to);
void group_page_draw(const struct sources *from, size_t which, struct buf *to);
uint64_t group_page_stamp(const struct sources *from, size_t which);

/* ---- rows: a check's own page (outputs_target.c) ---- */
size_t target_page_count(const struct sources *from);
void target_page_name(const struct sources *from, size_t which, struct buf *to);
void target_page_draw(const struct sources *from, size_t which, struct buf *to);
uint64_t target_page_stamp(const struct sources *from, size_t which);
/* How a check is, as one number. */
uint64_t target_stamp(const struct model *m, size_t target);

#endif
