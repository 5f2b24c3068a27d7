#!/usr/bin/env python3
"""drill.py PROGRAM - `shorewatch drill` through a real Postfix: implicit TLS,
AUTH, and what a person would have received, against what the command told.
"""

import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import shore  # noqa: E402
from authority import Authority  # noqa: E402
from lab import Lab, demand, main, wait_for  # noqa: E402
from mails import Mail, check_form  # noqa: E402
from postfix import Postfix  # noqa: E402

HOST = "mx.lab.test"


def with_postfix(text, lab, postfix, authority):
    password = lab.write("password", "geheim\n", mode=0o600)
    relay = (f'{{ url = "smtps://127.0.0.1:{postfix.port}"; username = "watch@lab.test"; '
             f'password = "file:{password}"; ca_file = "{authority.ca_file}"; }}')
    to = 'to = ( "ops@lab.test", { address = "nagisa@lab.test"; language = "ja"; } );'
    return text.replace('to = [ "ops@lab.test" ];', f"{to} relays = ( {relay} );")


def judge(mails, steps):
    """Two for each, marked, in one thread, and queued by Postfix as the command said."""
    for to, sign, states in (("ops@lab.test", "DRILL: ", ("DOWN", "UP")),
                             ("nagisa@lab.test", "【訓練】", ("停止", "復旧"))):
        own = [m for m in mails if m.header("To") == to]
        demand(len(own) == 2, f"{to} received {[str(m) for m in own]}")
        for mail, state in zip(own, states):
            check_form(mail, "watch@lab.test", to)
            demand(mail.subject.startswith(sign) and state in mail.subject, mail.subject)
            demand(mail.header("Shorewatch-Drill") == "yes", f"{mail} is not marked")
        demand(own[1].references() == [own[0].id], f"{to}: the UP is not of the DOWN's thread")
    replies = " ".join(s["reply"] for s in steps if s["kind"] == "accepted")
    queued = re.findall(r"queued as (\w+)", replies)
    received = " ".join(h for m in mails for h in m.message.get_all("Received"))
    demand(len(queued) == 4 and all(i in received for i in queued), f"{queued} are not what was received\n{received}")


def test():
    with Lab("drill") as lab:
        s = shore.Shore(lab, os.path.abspath(sys.argv[1]))
        authority = Authority(lab)
        postfix = Postfix(lab, lab.port(), authority, HOST, "lab.test", "watch", "geheim")
        s.config = s.write_config(change=lambda text: with_postfix(text, lab, postfix, authority))
        postfix.start()
        s.site.open()
        s.start()
        told = json.loads(s.expect(0, "drill", "--json", limit=60))
        demand(told["passed"], told)
        mails = wait_for("four mails arrive", lambda: len(postfix.maildir.raw()) == 4 and
                         [Mail(raw) for raw in postfix.maildir.raw()], 20, [s.child])
        judge(mails, told["steps"])
        down = next(x["after_ms"] for x in told["steps"] if x["kind"] == "accepted")
        demand(down < 20000, f"the DOWN was taken after {down} ms only")
        lab.say(f"the DOWN was taken after {down} ms, the UP after {told['steps'][-1]['after_ms']} ms")
        postfix.stop()
        s.expect(1, "drill", err=["was not taken", "tried again", "shorewatch mails"], limit=60)
        s.expect(0, "incidents", out="no incident so far")
        s.end()


main(test)
