#!/usr/bin/env python3
"""first_light.py PROGRAM [STORY ...] - the promise, with real peers on loopback: when the
whole stack is down, exactly one true mail goes out and the page says so; when
it is back, exactly one mail closes it; a kill -9 in the middle changes nothing.

The judge is the Maildir behind Postfix: what a person would have received.
"""

import sys
import time

from lab import Lab, demand, main
from ship import Shore

MAIL_LIMIT = 90   # seconds; in drill time a DOWN is due within about 25, once the Watchdog is silent
SILENT = 20       # seconds until the Watchdog counts as silent: its period and grace
QUIET = 8         # seconds in which a wrong second mail would show itself


def check_down(mail):
    demand(mail.state == "DOWN", f"not a DOWN: {mail}")
    demand(mail.diagnosis == "stack-down", f"not stack-down: {mail}")
    demand(mail.header("Importance").lower() == "high", f"{mail}: Importance is not high")
    demand(mail.header("References") == "", f"{mail}: the first mail of an incident refers to nothing")
    for title in ("Blog", "Misskey", "API server"):
        demand(title in mail.text(), f"{mail}: the text does not name {title}")


def check_up(mail, down):
    demand(mail.state == "UP", f"not an UP: {mail}")
    demand(down.id in mail.references(), f"{mail}: References lack {down.id}")
    demand(mail.id != down.id, f"{mail}: the Message-ID of its DOWN")
    demand(mail.header("Shorewatch-Incident") == down.header("Shorewatch-Incident"), f"{mail}: another incident")


def check_no_ids_twice(mails):
    ids = [mail.id for mail in mails]
    demand(len(set(ids)) == len(ids), f"a mail arrived twice: {ids}")


def peace(shore):
    """All up for 10 s: page green, no mail."""
    shore.ship.sail()
    shore.watcher.check_config()
    shore.watcher.start()
    shore.wait_all_up(40)
    shore.hold_mails(0, 10)
    shore.lab.say("10 s of peace and no mail")


def outage(shore):
    """Everything goes and comes back."""
    sent = len(shore.mails())
    shore.ship.sink()
    down = shore.wait_for_mails(sent + 1, MAIL_LIMIT)[-1]
    check_down(down)
    shore.wait_for_page("v-stack", 15)
    shore.hold_mails(sent + 1, QUIET)
    recovery(shore, sent + 1, down)


def recovery(shore, sent, down):
    shore.ship.sail()
    up = shore.wait_for_mails(sent + 1, MAIL_LIMIT)[-1]
    check_up(up, down)
    shore.wait_all_up(30)
    shore.hold_mails(sent + 1, QUIET)


def kill_after_mail(shore):
    """Killed when the DOWN is out; the restart must not tell it again, nor forget to close it."""
    sent = len(shore.mails())
    shore.ship.sink()
    down = shore.wait_for_mails(sent + 1, MAIL_LIMIT)[-1]
    check_down(down)
    shore.watcher.kill()
    shore.lab.say("kill -9 after the DOWN")
    time.sleep(1)
    shore.watcher.start()
    shore.wait_for_page("v-stack", 40)
    shore.hold_mails(sent + 1, QUIET + SILENT)
    recovery(shore, sent + 1, down)


def kill_before_mail(shore):
    """Killed while the failures are known and the mail is not out; the restart finds it still down."""
    sent = len(shore.mails())
    shore.ship.sink()
    time.sleep(1.5)  # a first failure, no verdict yet: 2 s of interval, 2 s of re-tests
    shore.watcher.kill()
    demand(len(shore.mails()) == sent, "the mail was already out: nothing was proved")
    shore.lab.say("kill -9 before the DOWN")
    shore.watcher.start()
    # A restarted watcher gives the Watchdog a full window again before it judges.
    down = shore.wait_for_mails(sent + 1, MAIL_LIMIT + SILENT)[-1]
    check_down(down)
    shore.wait_for_page("v-stack", 15)
    shore.hold_mails(sent + 1, QUIET)
    recovery(shore, sent + 1, down)


def test(program, stories):
    with Lab("first-light") as lab:
        shore = Shore(lab, program)
        peace(shore)
        for story in stories:
            lab.say(f"story: {story}")
            STORIES[story](shore)
        mails = shore.mails()
        check_no_ids_twice(mails)
        incidents = {mail.header("Shorewatch-Incident") for mail in mails}
        demand(len(mails) == 2 * len(stories) and len(incidents) == len(stories),
               f"{len(mails)} mails, {len(incidents)} incidents after {len(stories)} outages")
        shore.watcher.end()


STORIES = {"outage": outage, "kill_after_mail": kill_after_mail, "kill_before_mail": kill_before_mail}

if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(STORIES):
    sys.exit(f"usage: first_light.py PROGRAM [{'|'.join(STORIES)} ...]")
main(lambda: test(sys.argv[1], sys.argv[2:] or list(STORIES)))
