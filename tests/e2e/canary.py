#!/usr/bin/env python3
"""canary.py PROGRAM - the mail canary through a real Postfix and a real Dovecot:
it arrives and is removed, nothing else is; it is swallowed after the relay took
it, and the webhook says so; the next one ends that; a mailbox that cannot be
read raises no alarm.

Nothing waits for a time of the day: the state says that yesterday's was the last.
"""

import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import shore  # noqa: E402
from authority import Authority  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from lab import Lab, demand, hold, main, wait_for  # noqa: E402
from mails import Mail  # noqa: E402
from postfix import Postfix  # noqa: E402
from sink import Sink  # noqa: E402

HOST = "mx.lab.test"
STRANGER = (b"From: she@lab.test\r\nTo: ops@lab.test\r\nSubject: hello\r\n"
            b"X-Shorewatch-Canary: id=0123456789abcdef; nonce=00112233445566778899aabbccddeeff\r\n\r\nhello\r\n")


class Bed:
    """One of each, and what they said."""

    def __init__(self, lab, program):
        self.lab = lab
        self.shore = shore.Shore(lab, program)
        self.authority = Authority(lab)
        self.postfix = Postfix(lab, lab.port(), self.authority, HOST, "lab.test", "watch", "geheim")
        with open(os.path.join(self.postfix.config, "main.cf"), "a", encoding="utf-8") as file:
            file.write("transport_maps = inline:{ hole@lab.test=discard: }\n")
        self.dovecot = Dovecot(lab, lab.port(), self.authority, "imap.lab.test", lab.path("postfix", "mail"),
                               "canary", "geheim")
        self.sink = Sink(lab.port())
        lab.on_end(self.sink.stop)
        self.secret = lab.write("password", "geheim\n", mode=0o600)

    def configure(self, to):
        def change(text):
            relay = (f'{{ url = "smtps://127.0.0.1:{self.postfix.port}"; username = "watch@lab.test"; '
                     f'password = "file:{self.secret}"; ca_file = "{self.authority.ca_file}"; }}')
            canary = (f'canary = {{ to = "{to}"; within = "10s"; imap = "imaps://127.0.0.1:{self.dovecot.port}"; '
                      f'user = "canary"; password = "file:{self.secret}"; ca_file = "{self.authority.ca_file}"; }};\n')
            channel = f'channels = ( {{ name = "desk"; webhook = {{ url = "http://127.0.0.1:{self.sink.port}/desk"; }}; }} );\n'
            return canary + channel + text.replace('to = [ "ops@lab.test" ];',
                                                   f'to = [ "ops@lab.test" ]; relays = ( {relay} );')
        self.shore.config = self.shore.write_config(change=change)

    def due(self):
        """As if the last one had been made yesterday."""
        path = os.path.join(self.shore.state, "canary")
        moment = f"moment {int((time.time() - 25 * 3600) * 1e6)}\n"
        text = "boot -\nmono 0\nwall 0\nshorewatch-canary 1\nphase rests\nmoment 1\nend\n"
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                text = file.read()
        text = re.sub(r"^moment .*\n", moment, text, flags=re.M)
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"^made(-mono)? .*\n", "", text, flags=re.M))
        os.chmod(path, 0o600)

    def log(self):
        return self.shore.child.log()

    def watcher(self):
        return json.loads(self.shore.expect(0, "status", "--json"))["watcher"]

    def told(self):
        return [json.loads(body) for _, _, body in self.sink.posts]

    def canaries(self):
        """In the mailbox, looked at or not."""
        found = []
        for part in ("new", "cur"):
            folder = self.lab.path("postfix", "mail", part)
            for name in os.listdir(folder) if os.path.isdir(folder) else []:
                with open(os.path.join(folder, name), "rb") as file:
                    found.append(Mail(file.read()))
        return [m for m in found if m.header("X-Shorewatch-Canary")]

    def wait_log(self, words, limit=40):
        wait_for(words, lambda: words in self.log(), limit, [self.shore.child])


def stranger(bed):
    """Another watcher's canary in the same mailbox."""
    folder = bed.lab.path("postfix", "mail")
    owner = os.stat(folder)
    for part in ("", "new", "cur", "tmp"):
        path = os.path.join(folder, part)
        os.makedirs(path, exist_ok=True)
        os.chown(path, owner.st_uid, owner.st_gid)
    path = os.path.join(folder, "new", "1.stranger")
    with open(path, "wb") as file:
        file.write(STRANGER)
    os.chown(path, owner.st_uid, owner.st_gid)


def metrics(bed):
    import urllib.request
    with urllib.request.urlopen(f"http://127.0.0.1:{bed.shore.port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def arrives(bed):
    bed.configure("canary@lab.test")
    bed.due()
    bed.shore.start()
    bed.wait_log('what="found"')
    left = bed.canaries()
    demand([m.header("X-Shorewatch-Canary")[:19] for m in left] == ["id=0123456789abcdef"],
           f"only the stranger's should be left: {[str(m) for m in left]}")
    seen = wait_for("the page knows it", lambda: bed.watcher()["canary"]["last_success"] and bed.watcher(), 20)
    demand(seen["canary"]["state"] == "ok" and not seen["mail_broken"], seen)
    demand(0 < seen["canary"]["delay_seconds"] < 15, seen)
    wait_for("/metrics have it", lambda: re.search(r"^shorewatch_canary_delay_seconds \d", metrics(bed), re.M), 20)
    demand(re.search(r"^shorewatch_canary_last_success_timestamp_seconds 1\d{9}", metrics(bed), re.M), metrics(bed))
    demand("mail canary" in bed.shore.expect(0, "status", out="arrived"), "status has no line of it")
    bed.shore.end()


def never_twice(bed):
    bed.shore.start()
    hold("nothing is sent again", lambda: "a relay has taken it" not in bed.log(), 4, [bed.shore.child])
    bed.shore.end()


def swallowed(bed):
    bed.configure("hole@lab.test")
    bed.due()
    bed.shore.start()
    bed.wait_log("mail is broken")
    told = wait_for("the webhook is told", bed.told, 20, [bed.shore.child])
    demand("does not arrive" in told[0]["subject"], told)
    wait_for("the page says so", lambda: bed.watcher()["mail_broken"], 20)
    demand(bed.watcher()["canary"]["state"] == "lost", bed.watcher())
    demand("shorewatch_mail_broken 1" in metrics(bed), metrics(bed))
    bed.shore.end()
    bed.shore.start()
    wait_for("it is known over a restart", lambda: bed.watcher()["mail_broken"], 20)
    demand(len(bed.told()) == 1, f"told again after a restart: {bed.told()}")
    bed.shore.end()


def again(bed):
    bed.configure("canary@lab.test")
    bed.due()
    bed.shore.start()
    bed.wait_log("mail arrives again")
    told = wait_for("the webhook is told of the end", lambda: len(bed.told()) > 1 and bed.told(), 20)
    demand("arrives again" in told[1]["subject"], told)
    wait_for("the page is well", lambda: not bed.watcher()["mail_broken"], 20)
    bed.shore.end()


def unseen(bed):
    bed.dovecot.stop()
    bed.due()
    bed.shore.start()
    bed.wait_log("it could not be looked for")
    hold("no alarm", lambda: len(bed.told()) == 2 and "mail is broken" not in bed.log(), 14, [bed.shore.child])
    seen = bed.watcher()
    demand(seen["canary"]["state"] == "unseen" and not seen["mail_broken"], seen)
    bed.shore.end()


def test():
    with Lab("canary") as lab:
        bed = Bed(lab, os.path.abspath(sys.argv[1]))
        bed.shore.site.open()
        bed.postfix.start()
        stranger(bed)
        bed.dovecot.start()
        arrives(bed)
        never_twice(bed)
        swallowed(bed)
        again(bed)
        unseen(bed)


main(test)
