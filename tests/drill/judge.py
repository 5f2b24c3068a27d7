"""judge.py - what has to hold after every drill, whatever it was about: one
checker for all histories (reliability.md 5, I1 to I8).

Four witnesses that know nothing of each other are compared: the mails in the
relay's spool, the daemon's log, the reports that a visitor could have seen, and
the incidents that the command line tells. Pure: it is given a History and gives
the faults; history_test.py shows that it finds each of them.
"""

import collections
import dataclasses
import itertools
import re

PATIENCE = 4   # seconds of ours: a report may be a second old, and the next look is a little later
LISTED_MOST = 6   # members that an incident names on the page: of a crowd it lists the first ones
FAULTS_TOLD = 5   # of one check
COUNTED = 2.5  # seconds of ours by which a stretch of trouble may have been counted too long

VERDICT = re.compile(r"^verdict target=(\S+) from=(\S+) to=(\S+) ", re.M)
INCIDENT = re.compile(r"^incident id=(\S+) stack=(\S+) state=(\S+) diagnosis=(\S+) failing=(\d+) mails=(\d+)", re.M)
QUEUED = re.compile(r"^notice id=(\w+) kind=(\S+) incident=(\S+) seq=(\d+) state=queued", re.M)
FROM_MEMORY = re.compile(r"^notice id=(\w+) kind=(\S+) incident=(\S+) seq=\d+ state=in-memory", re.M)
SENT = re.compile(r"^delivery id=(\w+) kind=(\S+) incident=(\S+) ", re.M)
SUPPRESSED = "log.suppressed lines="  # of daily life, as verdicts and what is queued are, above 20 lines a second
DOUBTED = re.compile(r"^(?:notice|delivery) id=(\w+) .*(?:state|result)=in-doubt", re.M)
NAMED = re.compile(r"^(?:notice|delivery) id=(\w+) ", re.M)
GIVEN_UP = re.compile(r'^delivery id=(\w+) .* what="given up"', re.M)
MERGED = re.compile(r"^delivery id=(\w+) kind=(\S+) incident=(\S+) result=merged", re.M)  # told by the mail of its end
LOST = re.compile(r'^notice id=(\w+) .*what="lost', re.M)
CRASHES = ("Sanitizer", "runtime error:", "Assertion", "*** stack smashing", "free(): ", "malloc(): ", "double free")

BEGINNING = ("unknown", "new", "paused")         # what a life, a reload or planned work may begin with
DOUBTFUL = ("suspect", "recovering", "late", "returning", "flapping")
FAILING = ("down", "silent", "resolved")
BLIND = ("unknown", "new", "paused", "planned")  # what nothing may be counted for
ALL_TOLD = "this one tells all of it"            # what an UP says when it is the first mail of its incident
ENDINGS = ("recovered",)                         # kinds of notices that end an incident


@dataclasses.dataclass
class History:
    """`logs`: one text for each life. `mails`: (when, Mail). `seen`: Snapshots. `incidents`: what the command line
    tells, None where it was not asked. `waiting`: ids of notices that are in the queue still. `causes`: how many
    incidents the drill gave cause for, None: not known. `first_fault`: when the first fault was injected, None: none
    was. `untold_endings`: incidents that end because their target was taken out. `is_mixed`: an older version took
    part, which logs otherwise and numbers its incidents anew. `patience`: seconds of ours that the page may lag
    behind, and `rate` how fast the daemon's clock runs."""

    logs: list
    mails: list = dataclasses.field(default_factory=list)
    seen: list = dataclasses.field(default_factory=list)
    faults_seen: list = dataclasses.field(default_factory=list)
    incidents: list = None
    waiting: set = dataclasses.field(default_factory=set)
    causes: int = None
    first_fault: float = None
    untold_endings: int = 0
    is_mixed: bool = False
    is_cut: bool = False
    is_unseen: bool = False
    recipients: int = 1
    patience: float = PATIENCE
    rate: float = 1

    def log(self):
        return "".join(self.logs)


# ---- I8: alive, and in order ----

def crashes(history):
    """No word of a sanitizer, an assertion or the allocator."""
    for line in history.log().splitlines():
        if any(word in line for word in CRASHES):
            yield f"the log has: {line}"


# ---- verdicts ----

def leaps(history):
    """Each verdict begins where the last one ended, and nothing fails that was not doubted before."""
    for life in history.logs:
        if SUPPRESSED in life:
            continue  # one of them may be among the lines that were only counted
        last = {}
        for name, before, after in VERDICT.findall(life):
            if name in last and last[name] != before and before not in BEGINNING:
                yield f"{name}: {last[name]}, and then {before} -> {after}"
            if after in ("down", "silent") and before not in DOUBTFUL:
                yield f"{name}: {before} -> {after} without a doubt before"
            last[name] = after


# ---- incidents ----

def opened(history):
    """number -> when it is open and when not, in the order of the log; one list for each life."""
    lives = []
    for life in history.logs:
        states = collections.OrderedDict()
        for number, _, state, _, _, mails in INCIDENT.findall(life):
            states.setdefault(number, []).append((state, int(mails)))
        lives.append(states)
    return lives


def incidents_told(history):
    """Everything that an incident's mails count: those that somebody was, or was to be, mailed of."""
    return {number for life in opened(history) for number, states in life.items() if states[-1][1] > 0}


def ends_twice(history):
    """What is closed stays closed, in one life."""
    for life in opened(history):
        for number, states in life.items():
            words = [state for state, _ in states]
            if "closed" in words and words.index("closed") != len(words) - 1:
                yield f"incident {number} goes on after its end: {words}"


def too_many(history):
    """I3: not more incidents than causes."""
    told = incidents_told(history)
    if history.causes is not None and len(told) > history.causes:
        yield f"{len(told)} incidents ({', '.join(sorted(told))}) of {history.causes} causes"


def without_cause(history):
    """I3: nobody is alarmed before anything was injected."""
    for when, mail in history.mails:
        if mail.state in ("DOWN", "SILENT") and (history.first_fault is None or when < history.first_fault):
            yield f"{mail}: nothing had been injected"


# ---- mails ----

def number_of(mail):
    return mail.header("Shorewatch-Incident").strip()


def thread_and_place(mail):
    """Of which incident and for whom it is the how manyth, by its Message-ID: <incident.place.recipient@host>."""
    incident, place, recipient = mail.id.strip("<>").partition("@")[0].split(".")
    return (incident, recipient), int(place)


def notice_of(mail):
    """The id of its notice: its boundary's end."""
    return mail.message.get_boundary("").rpartition("_")[2]


def doubles(history):
    """I2: one mail for each notice; a second copy only of what was in doubt; none of what its end has told."""
    doubted = set(DOUBTED.findall(history.log()))
    merged = {notice for notice, _, _ in MERGED.findall(history.log())}
    for notice in merged & {notice_of(mail) for _, mail in history.mails}:
        yield f"notice {notice} arrived, and its end has told of it"
    for notice, count in collections.Counter(notice_of(mail) for _, mail in history.mails).items():
        if count > (2 if notice in doubted else 1):
            yield f"notice {notice} arrived {count} times"


def disorder(history):
    """I6: to each recipient an incident's first mail is no UP that does not tell of its DOWN as well, its last one is the
    only UP, and they arrive in order."""
    merged = {number for _, kind, number in MERGED.findall(history.log()) if kind == "down"}
    threads = collections.OrderedDict()
    for _, mail in history.mails:
        if number_of(mail):
            threads.setdefault(thread_and_place(mail)[0], []).append(mail)
    for thread in threads.values():
        number = number_of(thread[0])
        states = [mail.state for mail in thread]
        ends = [i for i, mail in enumerate(thread) if mail.diagnosis in ENDINGS]
        if ends and ends[0] == 0 and not (number in merged and ALL_TOLD in thread[0].text()):
            yield f"incident {number}: an UP without its DOWN: {states}"
        if any(thread[i].id != thread[-1].id for i in ends):
            yield f"incident {number}: an UP is not its last mail: {states}"
        places = [thread_and_place(mail)[1] for mail in thread]
        if places != sorted(places):
            yield f"incident {number}: its mails arrived out of order: {places}"


def losses(history):
    """I1: each notice that was queued arrived, or its end that tells of it, or waits still; nothing arrived that the log
    does not know."""
    queued = {notice: (kind, number) for notice, kind, number, _ in QUEUED.findall(history.log())}
    arrived = {notice_of(mail) for _, mail in history.mails if mail.diagnosis != "test"}  # `test-mail` sends its own
    for notice in LOST.findall(history.log()) + GIVEN_UP.findall(history.log()):
        yield f"notice {notice} was given up"
    ended = {number_of(mail) for _, mail in history.mails if mail.diagnosis in ENDINGS}
    arrived |= {notice for notice, _, number in MERGED.findall(history.log()) if number in ended}
    told = {queued[notice] for notice in arrived & set(queued)} if history.is_cut else set()
    for notice, (kind, number) in queued.items():
        if notice not in arrived and notice not in history.waiting and (kind, number) not in told:
            yield f"notice {notice} ({kind} of {number}) was queued, but neither arrived nor waits"
    for notice in arrived - set(NAMED.findall(history.log())):
        yield f"a mail of notice {notice} arrived that the log does not know"


def notices(history):
    """(id, kind, number) of everything that is known to have been queued, or tried."""
    log = history.log()
    queued = {(notice, kind, number) for notice, kind, number, _ in QUEUED.findall(log)}
    return queued | set(FROM_MEMORY.findall(log)) | set(SENT.findall(log))


def unmailed(history):
    """I1: what was told is also told to be over, but for what was taken out of the configuration."""
    ended = {number for _, kind, number in notices(history) if kind in ENDINGS}
    silent = set()
    for life in opened(history):
        for number, states in life.items():
            if states[-1][0] == "closed" and states[-1][1] > 0 and number not in ended:
                silent.add(number)
    if len(silent) > history.untold_endings:
        yield f"ended without an UP: {', '.join(sorted(silent))}"


def miscounted(history):
    """The number of mails that the daemon tells of an incident is the number of its notices to each recipient."""
    counts = collections.Counter(number for _, _, number in notices(history))
    for one in history.incidents or []:
        missed = counts[one["number"]] - one["mails"] * history.recipients
        if missed != 0:
            yield f"incident {one['number']}: {one['mails']} mails are told, {counts[one['number']]} were queued"


# ---- the page ----

def broken_pages(history):
    """I5: each file is always whole."""
    yield from history.faults_seen


def other_headline(history):
    """I5: page and status.json of one report say the same."""
    for shot in history.seen:
        told = shot.status["diagnosis"]["text"]["en"]
        if shot.headline is not None and shot.headline != told:
            yield f"report {shot.status['report']}: the page says {shot.headline!r}, status.json {told!r}"


def contradictions(shot):
    """What one report says against itself."""
    incidents = shot.open_incidents()
    listed = {name for one in incidents for name in one["targets"]}
    states = {name: state for name, (state, _) in shot.subjects().items()}
    is_crowd = any(len(one["targets"]) >= LISTED_MOST for one in incidents)
    if shot.is_isolated:
        return
    if incidents and shot.finding == "none":
        yield f"all is well, but {incidents[0]['id']} is open"
    for name, state in states.items():
        if state in FAILING and name not in listed and not (incidents and is_crowd):
            yield f"{name} is {state}, but no open incident has it"
    for one in incidents:
        if 0 < len(one["targets"]) < LISTED_MOST and all(states.get(name, "up") == "up" for name in one["targets"]):
            yield f"{one['id']} is open, but {', '.join(one['targets'])} up"


def contradicting_pages(history):
    """I6: no report contradicts its own list of incidents for longer than a notice needs to be made."""
    since = {}
    for shot in history.seen:
        now = set(contradictions(shot))
        since = {what: since.get(what, shot.when) for what in now}
        for what, began in since.items():
            if shot.when - began > history.patience:
                yield f"for {shot.when - began:.1f} s the page said: {what}"
                since[what] = float("inf")


def vanished(history):
    """An incident that somebody was mailed of stays on the page, and what is over there is over."""
    told, over = set(), set()
    for shot in history.seen:
        states = {one["id"]: one["state"] for one in shot.status["incidents"]}
        for number in told - set(states):
            yield f"report {shot.status['report']}: incident {number} has vanished"
            told.discard(number)
        for number, state in states.items():
            if state == "open" and number in over:
                yield f"report {shot.status['report']}: incident {number} was over and is open"
        mailed = {one["id"] for one in shot.status["incidents"] if any(u["kind"] == "mailed" for u in one["updates"])}
        told |= mailed
        over |= {number for number, state in states.items() if state == "resolved"}


def last_words(history):
    """The last report and the command line know the same open incidents."""
    if not history.seen or history.incidents is None:
        return
    page = {one["id"] for one in history.seen[-1].open_incidents()}
    told = {one["number"] for one in history.incidents if one["state"] == "open" and one["mails"] > 0}
    if not told <= page:
        yield f"open are {sorted(told)}, but the last page has {sorted(page)}"


# ---- I7: unknown is not down ----

def stretches(history):
    """Pairs of reports, one after the other, of one life of the daemon."""
    for before, after in zip(history.seen, history.seen[1:]):
        if after.status["report"] > before.status["report"]:
            yield before, after


def blamed_for_blindness(history):
    """I7: while we see nothing, nothing is counted; nobody who is up or unknown all the time is counted down."""
    for before, after in stretches(history):
        earlier, later = before.subjects(), after.subjects()
        if before.is_isolated and after.is_isolated:
            for name, (state, _) in later.items():
                if state in FAILING + DOUBTFUL + ("up",) and name in targets_of(after):
                    yield f"{name} is said to be {state} while we are cut off"
        for name in set(earlier) & set(later):
            (was, counted), (is_now, counted_now) = earlier[name], later[name]
            if was == is_now and was in BLIND and counted_now > counted + 1:
                yield f"{name} was {was}, and {counted_now - counted} s were counted as down"


def targets_of(shot):
    return {row["id"] for row in shot.status["targets"]}


def trouble(history):
    """name -> (seconds of ours in which it was seen in trouble, how many stretches)."""
    spans, counts = collections.Counter(), collections.Counter()
    for before, after in zip(history.seen, history.seen[1:]):
        earlier, later = before.subjects(), after.subjects()
        for name in set(earlier) & set(later):
            was, is_now = (of[name][0] in FAILING + DOUBTFUL for of in (earlier, later))
            if was or is_now:
                spans[name] += after.when - before.when
            counts[name] += is_now and not was
    return spans, counts


def overcounted(history):
    """I7: no more is counted as down than it was seen failing."""
    if len(history.seen) < 2 or history.is_unseen:
        return
    spans, counts = trouble(history)
    first, last = history.seen[0].subjects(), history.seen[-1].subjects()
    for name in set(first) & set(last):
        counted = last[name][1] - first[name][1]
        bound = (spans[name] + COUNTED * (counts[name] + 1)) * history.rate
        if counted > bound:
            yield f"{name}: {counted} s are counted as down, and it was seen in trouble for {bound:.0f} s at most"


# What an older version says is only compared with the mails.
OF_ONE_VERSION = (leaps, ends_twice, unmailed, miscounted, vanished, last_words)
CHECKS = (crashes, leaps, ends_twice, too_many, without_cause, doubles, disorder, losses, unmailed, miscounted,
          broken_pages, other_headline, contradicting_pages, vanished, last_words, blamed_for_blindness, overcounted)


def faults_of(history):
    """Every fault, each named after its check."""
    checks = [check for check in CHECKS if not (history.is_mixed and check in OF_ONE_VERSION)]
    return [f"{check.__name__}: {fault}" for check in checks
            for fault in itertools.islice(check(history), FAULTS_TOLD)]
