#!/usr/bin/env python3
"""history_test.py - judge.py finds nothing in a good history, and each fault
that is put into one: a checker that cannot fail would be worthless.
"""

import copy
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "e2e")]

import judge  # noqa: E402
from mails import Mail  # noqa: E402
from onlooker import Snapshot, headline_of  # noqa: E402

LOG = """start version=0.1 targets=1
verdict target=blog from=unknown to=up outcome=pass
verdict target=blog from=up to=suspect outcome=connect-refused
verdict target=blog from=suspect to=down outcome=connect-refused
notice id=aaaaaaaaaaaaaaa1 kind=down incident=20260101-1 seq=0 state=queued
incident id=20260101-1 stack=home state=open diagnosis=site-down failing=1 mails=1
delivery id=aaaaaaaaaaaaaaa1 kind=down incident=20260101-1 result=accepted code=250 attempt=0 reply="250 yes"
verdict target=blog from=down to=recovering outcome=pass
verdict target=blog from=recovering to=up outcome=pass
notice id=aaaaaaaaaaaaaaa2 kind=recovered incident=20260101-1 seq=1 state=queued
incident id=20260101-1 stack=home state=closed diagnosis=site-down failing=0 mails=2
"""


def mail(state, notice, place, diagnosis="site-down", text=""):
    body = f"--=_shorewatch_{notice}\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--=_shorewatch_{notice}--\r\n"
    return Mail(f"Subject: {state}: Blog\r\nMessage-ID: <77.{place}.1@lab>\r\nShorewatch-Incident: 20260101-1\r\n"
                f"Shorewatch-Diagnosis: {diagnosis}\r\nMIME-Version: 1.0\r\n"
                f'Content-Type: multipart/alternative; boundary="=_shorewatch_{notice}"\r\n\r\n{body}'.encode())


def shot(when, state, down_s=0, incident=None, finding="none", vantage="ok"):
    incidents = [{"id": "20260101-1", "state": incident, "targets": ["blog"], "updates": [{"kind": "mailed"}]}]
    status = {"report": when, "diagnosis": {"id": finding, "text": {"en": finding}}, "watcher": {"vantage": vantage},
              "targets": [{"id": "blog", "state": state, "uptime": {"90d": {"down_s": down_s}}}], "watchdogs": [],
              "incidents": incidents if incident else []}
    return Snapshot(when, status, finding)


def good():
    """One outage of five seconds, as it should be."""
    seen = [shot(1, "up"), shot(10, "suspect"), shot(11, "down", 1, "open", "site-down"),
            shot(15, "down", 5, "open", "site-down"), shot(16, "up", 5, "resolved"), shot(40, "up", 5, "resolved")]
    return judge.History(
        logs=[LOG], seen=seen, causes=1, first_fault=9,
        mails=[(12, mail("DOWN", "aaaaaaaaaaaaaaa1", 0)), (16, mail("UP", "aaaaaaaaaaaaaaa2", 1, "recovered"))],
        incidents=[{"number": "20260101-1", "state": "closed", "mails": 2}])


def with_log(history, old, new):
    assert old in history.logs[0], old
    history.logs[0] = history.logs[0].replace(old, new)


def with_line(history, line):
    history.logs[0] += line + "\n"


def second_incident(history):
    for state, mails in (("open", 1), ("closed", 2)):
        with_line(history, f"incident id=20260101-2 stack=home state={state} diagnosis=site-down failing=1 mails={mails}")


def seen_as(history, *shots):
    history.seen = list(shots)


# check -> what is done to a good history so that it has to be found
SPOILT = {
    "crashes": lambda h: with_line(h, "==1==ERROR: AddressSanitizer: heap-use-after-free"),
    "leaps": lambda h: with_log(h, "target=blog from=up to=suspect outcome=connect-refused\n", "target=wiki from=up to=up \n"),
    "ends_twice": lambda h: with_line(h, "incident id=20260101-1 stack=home state=open diagnosis=x failing=1 mails=3"),
    "too_many": second_incident,
    "without_cause": lambda h: setattr(h, "first_fault", 13),
    "doubles": lambda h: h.mails.insert(1, h.mails[0]),
    "disorder": lambda h: h.mails.reverse(),
    "losses": lambda h: h.mails.pop(),
    "unmailed": lambda h: with_log(h, "kind=recovered", "kind=repeat"),
    "miscounted": lambda h: h.incidents[0].update(mails=3),
    "broken_pages": lambda h: h.faults_seen.append("index.html is not whole"),
    "other_headline": lambda h: setattr(h.seen[2], "headline", "none"),
    "contradicting_pages": lambda h: seen_as(h, *(shot(when, "down", 0, "open") for when in (1, 3, 5, 7))),
    "vanished": lambda h: h.seen.append(shot(60, "up", 5)),
    "last_words": lambda h: h.incidents[0].update(state="open"),
    "blamed_for_blindness": lambda h: seen_as(h, shot(1, "unknown", 0, vantage="isolated"), shot(9, "unknown", 8)),
    "overcounted": lambda h: h.seen.append(shot(60, "up", 25, "resolved")),
}

MORE = {
    "leaps": lambda h: with_log(h, "from=suspect to=down", "from=unknown to=down"),
    "losses": lambda h: with_line(h, 'delivery id=aaaaaaaaaaaaaaa2 kind=x result=refused what="given up"'),
    "contradicting_pages": lambda h: seen_as(h, *(shot(when, "down", 0, None, "site-down") for when in (1, 3, 5, 7))),
    "vanished": lambda h: h.seen.append(shot(60, "up", 5, "open", "site-down")),
    "blamed_for_blindness": lambda h: seen_as(h, *(shot(when, "down", vantage="isolated") for when in (1, 2))),
}

def merged(history):
    """The DOWN could not leave for long, and the UP tells of it."""
    with_line(history, 'delivery id=aaaaaaaaaaaaaaa1 kind=down incident=20260101-1 result=merged what="told"')
    history.mails = [(16, mail("UP", "aaaaaaaaaaaaaaa2", 1, "recovered", "No mail: this one tells all of it."))]


def told_by_nobody(history):
    merged(history)
    history.mails = []


def told_twice(history):
    merged(history)
    history.mails.insert(0, good().mails[0])


def tells_nothing_of_it(history):
    merged(history)
    history.mails = good().mails[1:]


MERGES = {"losses": told_by_nobody, "doubles": told_twice, "disorder": tells_nothing_of_it}


def killed(history):
    """It may have been killed anywhere: what it was seen in trouble is not demanded, and everything else is."""
    history.is_cut = history.is_unseen = True


# The same in a history that was cut.
CUT = {name: spoil for name, spoil in SPOILT.items() if name != "overcounted"}


def main():
    faults = judge.faults_of(good())
    assert not faults, faults
    assert set(SPOILT) == {check.__name__ for check in judge.CHECKS}, "a check is not tried"
    history = good()
    merged(history)
    assert not judge.faults_of(history), judge.faults_of(history)
    for name, spoil in [*SPOILT.items(), *MORE.items(), *MERGES.items()]:
        history = copy.deepcopy(good())
        spoil(history)
        found = [fault for fault in judge.faults_of(history) if fault.startswith(f"{name}: ")]
        assert found, f"{name} was not found; only {judge.faults_of(history)}"
        print(found[0])
    for name, spoil in CUT.items():
        history = copy.deepcopy(good())
        killed(history)
        spoil(history)
        assert any(fault.startswith(f"{name}: ") for fault in judge.faults_of(history)), f"{name} was not found when cut"
    assert headline_of('<h1 id="x">All <b>is</b> &amp; was</h1> url(alive/8.svg)', 7) == "All is & was"
    assert headline_of("<h1>x</h1> url(alive/9.svg)", 7) is None
    print("passed")


main()
