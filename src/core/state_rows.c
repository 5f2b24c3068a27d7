/*
 * state_rows.c - which fields of the engine's state outlive it, and by which key.
 */
#include "core/state_rows.h"

#include "core/engine_parts.h"

/* Enums are written as numbers: their values are only ever added to. */
#define CHECK(field, type, key) ROW(check, field, type, key)
const struct row check_rows[] = {
	CHECK(verdict.state, ROW_INT, "state"),
	CHECK(verdict.streak, ROW_COUNT, "streak"),
	CHECK(verdict.streak_began, ROW_NOW, "streak_began"),
	CHECK(verdict.since, ROW_NOW, "since"),
	CHECK(verdict.failing_since, ROW_NOW, "failing_since"),
	CHECK(is_slow, ROW_BOOL, "slow"),
	CHECK(is_reached, ROW_BOOL, "reached"),
	CHECK(is_address_good, ROW_BOOL, "address_good"),
	CHECK(family, ROW_INT, "family"),
	CHECK(last_seen, ROW_WALL, "last_seen"),
	CHECK(last_ok, ROW_WALL, "last_ok"),
	CHECK(last_ended, ROW_MONO, "last_ended"),
	CHECK(last_told, ROW_MONO, "last_told"),
	CHECK(is_answering, ROW_BOOL, "answering"),
	CHECK(ok_total_us, ROW_SPAN, "ok_us"),
	CHECK(code, ROW_INT, "code"),
	CHECK(certificate.not_after, ROW_WALL, "cert"),
	CHECK(certificate.not_before, ROW_WALL, "cert_from"),
	CHECK(certificate.fingerprint, ROW_ID, "cert_id"),
	CHECK(certificate_before, ROW_ID, "cert_before"),
	ROW_END,
};

/* On the same line as its check. */
#define SETBACK(field, type, key) ROW(setback, field, type, key)
const struct row setback_rows[] = {
	SETBACK(first_good, ROW_NOW, "first_good"),
	SETBACK(outcome, ROW_OUTCOME, "failure"),
	SETBACK(code, ROW_INT, "failure_code"),
	SETBACK(took, ROW_SPAN, "failure_us"),
	ROW_END,
};

#define JOB(field, type, key) ROW(job, field, type, key)
const struct row job_rows[] = {
	JOB(last, ROW_NOW, "last"),
	JOB(began, ROW_MONO, "began"),
	JOB(started, ROW_NOW, "started"),
	JOB(put_off, ROW_SPAN, "put_off"),
	ROW_END,
};

#define DEADMAN(field, type, key) ROW(deadman, field, type, key)
const struct row deadman_rows[] = {
	DEADMAN(state, ROW_INT, "state"),
	DEADMAN(since, ROW_NOW, "since"),
	DEADMAN(last, ROW_NOW, "last"),
	DEADMAN(began, ROW_MONO, "began"),
	DEADMAN(resolved, ROW_MONO, "resolved"),
	DEADMAN(dead_since, ROW_WALL, "dead_since"),
	DEADMAN(was_resolved, ROW_BOOL, "was_resolved"),
	DEADMAN(return_began, ROW_MONO, "return_began"),
	DEADMAN(beats, ROW_LONG, "beats"),
	DEADMAN(duplicates, ROW_LONG, "duplicates"),
	DEADMAN(cadence, ROW_SPAN, "cadence"),
	ROW_END,
};

#define WITNESS(field, type, key) ROW(witness, field, type, key)
const struct row witness_rows[] = {
	WITNESS(said, ROW_INT, "said"),
	WITNESS(times, ROW_COUNT, "times"),
	WITNESS(since, ROW_MONO, "since"),
	WITNESS(asked, ROW_NOW, "asked"),
	WITNESS(age, ROW_SPAN, "age"),
	WITNESS(news, ROW_MONO, "news"),
	WITNESS(without_news, ROW_COUNT, "without_news"),
	WITNESS(date, ROW_WALL, "date"),
	WITNESS(dated, ROW_MONO, "dated"),
	ROW_END,
};

#define PULL(field, type, key) ROW(pull_state, field, type, key)
const struct row pull_rows[] = {
	PULL(verdict, ROW_INT, "verdict"),
	PULL(since, ROW_MONO, "since"),
	PULL(believed, ROW_INT, "believed"),
	PULL(is_whole, ROW_BOOL, "whole"),
	PULL(blame, ROW_INT, "blame"),
	PULL(blamed_from, ROW_NOW, "blamed_from"),
	PULL(blamed, ROW_MONO, "blamed"),
	ROW_END,
};

#define INCIDENT(field, type, key) ROW(incident, field, type, key)
const struct row incident_rows[] = {
	INCIDENT(state, ROW_INT, "state"),
	INCIDENT(id, ROW_ID, "id"),
	INCIDENT(number, ROW_WORD, "number"),
	INCIDENT(stack, ROW_WORD, "stack"),
	INCIDENT(host, ROW_WORD, "host"),
	INCIDENT(opened, ROW_NOW, "opened"),
	INCIDENT(confirmed, ROW_NOW, "confirmed"),
	INCIDENT(closed, ROW_NOW, "closed"),
	INCIDENT(newest, ROW_MONO, "newest"),
	INCIDENT(is_adopted, ROW_BOOL, "adopted"),
	INCIDENT(group_wait_ends, ROW_MONO, "group_wait_ends"),
	INCIDENT(finding, ROW_INT, "finding"),
	INCIDENT(worst, ROW_INT, "worst"),
	INCIDENT(also, ROW_COUNT, "also"),
	INCIDENT(mailed, ROW_INT, "mailed"),
	INCIDENT(mailed_also, ROW_COUNT, "mailed_also"),
	INCIDENT(is_partial, ROW_BOOL, "partial"),
	INCIDENT(is_partial_mailed, ROW_BOOL, "partial_mailed"),
	INCIDENT(worsened, ROW_MONO, "worsened"),
	INCIDENT(narrowed, ROW_MONO, "narrowed"),
	INCIDENT(joined, ROW_MONO, "joined"),
	INCIDENT(acknowledged, ROW_WALL, "acknowledged"),
	INCIDENT(is_held, ROW_BOOL, "held"),
	INCIDENT(is_flapping, ROW_BOOL, "flapping"),
	INCIDENT(is_flapping_told, ROW_BOOL, "flapping_told"),
	INCIDENT(is_unconfirmed, ROW_BOOL, "unconfirmed"),
	INCIDENT(first_mail, ROW_NOW, "first_mail"),
	INCIDENT(last_mail, ROW_NOW, "last_mail"),
	INCIDENT(mails, ROW_COUNT, "mails"),
	INCIDENT(repeats, ROW_COUNT, "repeats"),
	INCIDENT(first_finding, ROW_INT, "first_finding"),
	INCIDENT(first_failing, ROW_COUNT, "first_failing"),
	INCIDENT(is_first_partial, ROW_BOOL, "first_partial"),
	INCIDENT(members, ROW_COUNT, "members"),
	INCIDENT(most_failing, ROW_COUNT, "most_failing"),
	ROW_END,
};

#define SILENCE(field, type, key) ROW(silence, field, type, key)
const struct row silence_rows[] = {
	SILENCE(scope, ROW_TEXT, "scope"),
	SILENCE(since, ROW_WALL, "since"),
	SILENCE(until, ROW_WALL, "until"),
	SILENCE(text, ROW_TEXT, "text"),
	ROW_END,
};

#define FLAP(field, type, key) ROW(flap, field, type, key)
const struct row flap_rows[] = {
	FLAP(at[0], ROW_MONO, "last"),
	FLAP(at[1], ROW_MONO, "second"),
	FLAP(at[2], ROW_MONO, "third"),
	FLAP(at[3], ROW_MONO, "fourth"),
	ROW_END,
};

#define EVENT(field, type, key) ROW(incident_event, field, type, key)
const struct row event_rows[] = {
	EVENT(at, ROW_WALL, "at"),	     EVENT(kind, ROW_INT, "kind"),
	EVENT(subject, ROW_WORD, "subject"), EVENT(outcome, ROW_OUTCOME, "outcome"),
	EVENT(code, ROW_INT, "code"),	     EVENT(count, ROW_COUNT, "count"),
	EVENT(diagnosis, ROW_INT, "diagnosis"), EVENT(text, ROW_TEXT, "text"), ROW_END,
};

#define MEMBER(field, type, key) ROW(incident_member, field, type, key)
const struct row member_rows[] = {
	MEMBER(incident, ROW_ID, "incident"),
	MEMBER(is_failing, ROW_BOOL, "failing"),
	MEMBER(is_accused, ROW_BOOL, "accused"),
	MEMBER(is_news, ROW_BOOL, "news"),
	MEMBER(is_named, ROW_BOOL, "named"),
	MEMBER(was_named, ROW_BOOL, "was_named"),
	MEMBER(is_dependent, ROW_BOOL, "dependent"),
	MEMBER(outcome, ROW_OUTCOME, "outcome"),
	MEMBER(code, ROW_INT, "code"),
	MEMBER(took, ROW_SPAN, "took"),
	MEMBER(failing_since, ROW_WALL, "failing_since"),
	MEMBER(last_ok, ROW_WALL, "last_ok"),
	MEMBER(recovered, ROW_WALL, "recovered"),
	MEMBER(recovered_us, ROW_SPAN, "recovered_us"),
	MEMBER(recovered_code, ROW_INT, "recovered_code"),
	MEMBER(median_us, ROW_SPAN, "median"),
	ROW_END,
};

/* A certificate that was told of: its line has no name. */
#define TOLD(field, type, key) ROW(certificate_told, field, type, key)
const struct row told_rows[] = {
	TOLD(fingerprint, ROW_ID, "id"),
	TOLD(not_after, ROW_WALL, "to"),
	TOLD(steps, ROW_COUNT, "steps"),
	ROW_END,
};

/* A trouble of ours that people were told of. */
const struct row self_rows[] = {
	ROW(self_line, told, ROW_ID, "told"),
	ROW_END,
};

/* What a week adds up to so far; its line has no name. */
#define WEEKLY(field, type, key) ROW(weekly, field, type, key)
const struct row weekly_rows[] = {
	WEEKLY(told, ROW_WALL, "told"),
	WEEKLY(mails, ROW_COUNT, "mails"),
	WEEKLY(mails_at_once, ROW_COUNT, "at_once"),
	WEEKLY(mails_lost, ROW_COUNT, "lost"),
	WEEKLY(forgotten, ROW_WALL, "forgotten"),
	ROW_END,
};

/* An incident that has ended, for that. */
#define OUTAGE(field, type, key) ROW(outage, field, type, key)
const struct row outage_rows[] = {
	OUTAGE(opened, ROW_WALL, "opened"),
	OUTAGE(closed, ROW_WALL, "closed"),
	OUTAGE(lasted, ROW_SPAN, "lasted"),
	OUTAGE(worst, ROW_INT, "worst"),
	OUTAGE(most_failing, ROW_COUNT, "failing"),
	OUTAGE(stack, ROW_WORD, "stack"),
	OUTAGE(first, ROW_WORD, "first"),
	OUTAGE(outcome, ROW_OUTCOME, "outcome"),
	OUTAGE(code, ROW_INT, "code"),
	ROW_END,
};

#define TOLD_LINE(field, type, key) ROW(told_line, field, type, key)
const struct row told_line_rows[] = {
	TOLD_LINE(channel, ROW_ID, "channel"),
	TOLD_LINE(telling.seq, ROW_COUNT, "seq"),
	TOLD_LINE(telling.finding, ROW_INT, "finding"),
	TOLD_LINE(telling.is_held, ROW_BOOL, "held"),
	ROW_END,
};

#define CHANNEL_LINE(field, type, key) ROW(channel_line, field, type, key)
const struct row channel_line_rows[] = {
	CHANNEL_LINE(channel, ROW_ID, "channel"),
	CHANNEL_LINE(state.mails, ROW_COUNT, "mails"),
	CHANNEL_LINE(state.began, ROW_MONO, "began"),
	CHANNEL_LINE(state.held, ROW_COUNT, "held"),
	CHANNEL_LINE(state.held_from, ROW_WALL, "held_from"),
	CHANNEL_LINE(state.trouble, ROW_WALL, "trouble"),
	ROW_END,
};

#define GENERAL(field, type, key) ROW(general, field, type, key)
const struct row general_rows[] = {
	GENERAL(saved, ROW_NOW, "saved"),
	GENERAL(number_day, ROW_INT, "day"),
	GENERAL(number_count, ROW_COUNT, "count"),
	GENERAL(made, ROW_LONG, "made"),
	GENERAL(serial, ROW_LONG, "serial"),
	GENERAL(isolated, ROW_NOW, "isolated"),
	GENERAL(reviewed, ROW_MONO, "reviewed"),
	GENERAL(is_by_channel, ROW_BOOL, "by_channel"),
	GENERAL(mail_trouble, ROW_WALL, "mail_trouble"),
	ROW_END,
};
