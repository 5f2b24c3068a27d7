#!/usr/bin/env python3
"""drill.py PROGRAM STORY - `shorewatch drill` by the real program, to the relay's last word.

  files     without a relay: .eml files in both languages, marked; status, page, metrics during and after
  relay     a scripted relay takes both mails; a real outage meanwhile is mailed unmarked; a second drill is refused
  refused   a relay that refuses, one that is not there: what to do is said
  hang      a relay that says nothing: --timeout, and the daemon goes on by itself
  signals   Ctrl-C before the DOWN and behind it; HUP in the middle
  alone     while our own link looks dead: said, and no reason not to drill
  death     kill -9 in the middle: what was made is sent marked, and nothing else stays
"""

import email
import email.policy
import glob
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import shore
from lab import Failure, Lab, demand, main, wait_for

MARK_EN = "This is a drill: the outage is pretended, nothing real has failed."
MARK_JA = "これは訓練です。障害は見せかけで、実際には何も止まっていません。"
TO_BOTH = 'to = ( "ops@lab.test", { address = "nagisa@lab.test"; language = "ja"; } );'


class Relay:
    """Takes mail by a script: `verdict` is the reply to the content; to RCPT, when it begins with 5; None: silence."""

    def __init__(self, lab, verdict="250 2.0.0 Ok: queued as 4F2A"):
        self.verdict = verdict
        self.mails = []
        self.server = socket.create_server(("127.0.0.1", lab.port()))
        self.port = self.server.getsockname()[1]
        lab.on_end(self.server.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client = self.server.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client):
        with client, client.makefile("rwb") as file:
            def say(text):
                file.write(text.encode() + b"\r\n")
                file.flush()
            try:
                say("220 relay.test ESMTP")
                for line in file:
                    verb = line.split()[0].upper() if line.split() else b""
                    if verb == b"DATA":
                        say("354 go on")
                        self._content(file, say)
                    elif verb == b"RCPT" and (self.verdict or "").startswith("5"):
                        say(self.verdict)
                    else:
                        say("250 relay.test")
            except OSError:
                return  # it was cut, as a test wanted

    def _content(self, file, say):
        content = b""
        for line in file:
            if line == b".\r\n":
                break
            content += line
        while self.verdict is None:
            time.sleep(0.1)
        say(self.verdict)
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))


def with_relays(text, *ports, to='to = [ "ops@lab.test" ];'):
    relays = ", ".join(f'{{ url = "smtp://127.0.0.1:{p}"; starttls = "never"; }}' for p in ports)
    text = text.replace('to = [ "ops@lab.test" ];', to)
    return text.replace('group_wait = "1s";', f'group_wait = "1s"; relays = ( {relays} );')


def begin(s, *words):
    """The command as a child, to be followed."""
    return subprocess.Popen([s.program, "drill", *words, "-c", s.config], stdin=subprocess.DEVNULL, env=s.env,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def read_until(drill, words):
    """Its lines so far, up to the one with these words."""
    read = ""
    for line in drill.stdout:
        read += line
        if words in line:
            return read
    raise Failure(f"\"{words}\" never came\n{read}{drill.stderr.read()}")


def ended(drill, limit=60):
    out, err = drill.communicate(timeout=limit)
    demand("Sanitizer" not in err, err)
    return drill.returncode, out, err


def status_json(s):
    return json.loads(s.run("status", "--json")[1])


def metrics(s):
    with urllib.request.urlopen(f"http://127.0.0.1:{s.port}/metrics", timeout=5) as answer:
        return answer.read().decode()


def page(s):
    with open(os.path.join(s.state, "public", "index.html"), encoding="utf-8") as file:
        return file.read()


def ready(s, change=lambda text: text):
    s.config = s.write_config(change=change)
    s.site.open()
    s.start()
    wait_for("both targets are up", lambda: s.run("status")[1].count(" Up ") == 2, 20, [s.child], every=0.2)


def body(mail, kind):
    return mail.get_body((kind,)).get_content()


def is_marked(mail, is_ja=False):
    mark = MARK_JA if is_ja else MARK_EN
    demand(mail["Shorewatch-Drill"] == "yes", f"no header\n{mail}")
    demand(mail["Subject"].startswith("【訓練】" if is_ja else "DRILL: "), mail["Subject"])
    demand(body(mail, "plain").startswith(mark), body(mail, "plain"))
    demand(mark in body(mail, "html"), body(mail, "html"))
    demand(mail["Auto-Submitted"] == "auto-generated" and mail["Shorewatch-Incident"].startswith("drill-"), mail)


def leaves_nothing(s, incidents=0):
    """As after every drill: history, page, feeds and numbers know of none."""
    told = json.loads(s.run("incidents", "--json")[1])
    demand(len(told["incidents"]) == incidents, told)
    shown = status_json(s)
    demand(not shown["watcher"]["drill"], shown["watcher"])
    demand("drill" not in json.dumps(shown["incidents"]), shown["incidents"])
    demand([t["id"] for t in shown["targets"]] == ["blog", "shop"], shown["targets"])
    wait_for("the page says nothing of a drill", lambda: "drill" not in page(s).lower(), 5, [s.child])
    with open(os.path.join(s.state, "public", "status.json"), encoding="utf-8") as file:
        demand(not json.load(file)["watcher"]["drill"], "status.json on the disk")
    said = metrics(s)
    demand("shorewatch_drill_running 0" in said and 'target="drill"' not in said, said)


def leaves_nothing_on_the_disk(s):
    """Not a word in the database, except in nothing at all."""
    for path in glob.glob(os.path.join(s.state, "history.db*")):
        with open(path, "rb") as file:
            demand(b"drill" not in file.read(), f"{path} knows of the drill")


def files(s):
    s.expect(1, "drill", err="is not running")
    s.expect(2, "drill", "--timeout", "soon", err="90s")
    ready(s, lambda text: text.replace('to = [ "ops@lab.test" ];', TO_BOTH))
    drill = begin(s)
    read_until(drill, "first failure: connection refused")
    demand(status_json(s)["watcher"]["drill"] is True, "status.json does not say that a drill is running")
    demand(status_json(s)["diagnosis"]["id"] == "none", f"the headline is the drill's: {status_json(s)['diagnosis']}")
    s.expect(0, "status", out="a drill is running")
    demand("shorewatch_drill_running 1" in metrics(s), metrics(s))
    wait_for("the page says that a drill is running", lambda: "A drill is running" in page(s), 5, [s.child])
    status, out, err = ended(drill)
    demand(status == 0 and not err, f"{status}\n{out}{err}")
    for words in ("found DOWN", "the service is open again", "found UP", "every mail of the drill was taken"):
        demand(words in out, out)
    mails = sorted(glob.glob(os.path.join(s.state, "outbox", "drill-*.eml")))
    demand(len(mails) == 4 and all(m in out for m in mails if "recovered" in m), f"{mails}\n{out}")
    for path in mails:
        with open(path, "rb") as file:
            mail = email.message_from_binary_file(file, policy=email.policy.default)
        is_marked(mail, is_ja=mail["To"].startswith("nagisa"))
    sent = json.loads(s.expect(0, "mails", "--json"))["mails"]
    demand(len(sent) == 4 and all(m["drill"] and m["incident"].startswith("drill-") for m in sent), sent)
    leaves_nothing(s)
    s.end()
    leaves_nothing_on_the_disk(s)
    s.start()  # finds the records of four mails, and nothing to make of them
    leaves_nothing(s)
    s.end()


def relay(s):
    sink = Relay(s.lab)
    ready(s, lambda text: with_relays(text, sink.port, to=TO_BOTH))
    drill = begin(s)
    read_until(drill, "a pretended service listens on 127.0.0.1:")
    s.expect(1, "drill", err="a drill is running since")
    s.site.shut()  # and now something real
    status, out, err = ended(drill)
    demand(status == 0, f"{status}\n{out}{err}")
    demand(out.count("relay 127.0.0.1 took the ") == 4 and "Ok: queued as 4F2A" in out, out)
    wait_for("the real DOWN is mailed", lambda: len(sink.mails) == 6, 20, [s.child])
    marked = [m for m in sink.mails if m["Shorewatch-Drill"]]
    real = [m for m in sink.mails if not m["Shorewatch-Drill"]]
    demand(len(marked) == 4 and len(real) == 2, [m["Subject"] for m in sink.mails])
    for mail in marked:
        is_marked(mail, is_ja=mail["To"].startswith("nagisa"))
    for mail in real:
        demand("DRILL" not in mail["Subject"] and "訓練" not in mail["Subject"], mail["Subject"])
        demand(MARK_EN not in body(mail, "plain") and MARK_JA not in body(mail, "plain"), body(mail, "plain"))
    for to in ("ops@lab.test", "nagisa@lab.test"):
        down, up = [m for m in marked if m["To"] == to]
        demand(up["In-Reply-To"] == down["Message-ID"], "the UP is not of the DOWN's thread")
    incidents = json.loads(s.run("incidents", "--json")[1])["incidents"]
    demand(len(incidents) == 1 and incidents[0]["state"] == "open", incidents)
    told = json.loads(ended(begin(s, "--json"))[1])
    demand(told["passed"] and not told["running"] and told["schema"] == "shorewatch.drill/1", told)
    kinds = [step["kind"] for step in told["steps"]]
    told_of = [k for k in kinds if k in ("opened", "shut", "down", "up")]
    demand(told_of == ["opened", "shut", "down", "opened", "up"], kinds)
    demand("1 real incident is open" in json.dumps(told), told)
    taken = [step for step in told["steps"] if step["kind"] == "accepted"]
    demand(len(taken) == 4 and all(t["relay"] == "127.0.0.1" and t["reply"].startswith("250") and t["notice"]
                                   for t in taken), taken)
    s.expect(0, "incidents", incidents[0]["number"])
    leaves_nothing(s, incidents=1)
    s.end()
    leaves_nothing_on_the_disk(s)


def refused(s):
    sink = Relay(s.lab, "550 5.7.1 we do not know you")
    ready(s, lambda text: with_relays(text, sink.port))
    began = time.monotonic()
    s.expect(1, "drill", out=["refused the DOWN for ops@lab.test: 550 5.7.1", "found UP"],
             err=["550 5.7.1 we do not know you", "tried again"])
    demand(time.monotonic() - began < 25, "a refusal is known at once")
    s.expect(0, "mails", out=["drill-", "waits", "550"])
    leaves_nothing(s)
    s.end()
    # The same mails wait over a restart; nobody is there now.
    s.config = s.write_config(change=lambda text: with_relays(text, s.lab.port()))
    s.start()
    s.expect(1, "drill", out="mails wait in the outbox already", err=["was not taken", "shorewatch mails"])
    s.end()


def hang(s):
    sink = Relay(s.lab, None)
    ready(s, lambda text: with_relays(text, sink.port))
    s.expect(1, "drill", "--timeout", "12s", out="found DOWN", err="not over in time")
    demand(status_json(s)["watcher"]["drill"], "it is on its way back by itself")
    sink.verdict = "250 2.0.0 late"
    wait_for("the daemon brings it to its end", lambda: not status_json(s)["watcher"]["drill"], 30, [s.child])
    demand([m["Subject"].split(":")[1].strip() for m in sink.mails] == ["DOWN", "UP"], sink.mails)
    leaves_nothing(s)
    s.end()


def signals(s):
    sink = Relay(s.lab)
    ready(s, lambda text: with_relays(text, sink.port))
    drill = begin(s)
    read_until(drill, "the service is shut")
    drill.send_signal(signal.SIGINT)
    status, out, err = ended(drill, 10)
    demand(status == 1 and "ended before any mail was made" in err, f"{status}\n{out}{err}")
    demand(not sink.mails, "a drill that was ended has mailed")
    drill = begin(s)
    read_until(drill, "found DOWN")
    drill.send_signal(signal.SIGINT)
    status, out, err = ended(drill, 30)
    demand(status == 1 and "the drill is ended" in out and "found UP" in out, f"{status}\n{out}{err}")
    demand(len(sink.mails) == 2, "a DOWN that was mailed has no UP")
    drill = begin(s)
    read_until(drill, "first failure")
    s.child.signal(signal.SIGHUP)
    s.expect(0, "reload")
    status, out, err = ended(drill)
    demand(status == 0 and len(sink.mails) == 4, f"{status}\n{out}{err}")
    leaves_nothing(s)
    drill = begin(s)
    read_until(drill, "first failure")
    s.end()
    status, out, err = ended(drill, 10)
    demand(status == 1 and "ended in the middle" in err, f"{status}\n{out}{err}")
    leaves_nothing_on_the_disk(s)


def alone(s):
    sink = Relay(s.lab)
    ready(s, lambda text: with_relays(text, sink.port))
    # While it listens nobody is refused: what waits in accept() must be woken, too.
    s.reference.shutdown(socket.SHUT_RDWR)
    s.reference.close()
    s.site.shut()
    wait_for("our own link looks dead", lambda: "vantage=isolated" in s.run("status")[1], 60, [s.child], every=0.5)
    s.expect(0, "drill", out=["the references are silent", "found DOWN", "found UP"])
    drill = [m for m in sink.mails if m["Shorewatch-Drill"]]
    demand(len(drill) == 2, [m["Subject"] for m in sink.mails])
    demand("references do not answer" in body(drill[0], "plain"), body(drill[0], "plain"))
    demand(all(m["Shorewatch-Drill"] for m in sink.mails), "the real failure was mailed while nothing can be judged")
    s.end()


def death(s):
    nobody = s.lab.port()
    ready(s, lambda text: with_relays(text, nobody))
    drill = begin(s)
    read_until(drill, "lies in the outbox")
    time.sleep(1.2)  # the history is written once a second; all that it would know it would have by now
    s.child.kill()
    status, out, err = ended(drill, 20)
    demand(status == 1 and "ended in the middle" in err, f"{status}\n{out}{err}")
    leaves_nothing_on_the_disk(s)
    sink = Relay(s.lab)
    s.config = s.write_config(change=lambda text: with_relays(text, sink.port))
    s.start()
    wait_for("what was made is sent", lambda: sink.mails, 20, [s.child])
    for mail in sink.mails:
        is_marked(mail)
    leaves_nothing(s)
    wait_for("two mails at most", lambda: json.loads(s.run("mails", "--json")[1])["mails"][0]["state"] == "sent",
             10, [s.child])
    demand(len(sink.mails) <= 2, sink.mails)
    status, out, err = ended(begin(s))
    demand(status == 0, f"the next one is not held up\n{out}{err}")
    drill = begin(s, "--json")
    wait_for("it has begun", lambda: status_json(s)["watcher"]["drill"], 10, [s.child])
    s.child.kill()
    status, out, err = ended(drill, 20)
    demand((status, out, err.count("\n")) == (1, "", 1) and "ended in the middle" in err, f"{status}\n{out}{err}")
    leaves_nothing_on_the_disk(s)


STORIES = {f.__name__: f for f in (files, relay, refused, hang, signals, alone, death)}


def test():
    program, story = sys.argv[1], sys.argv[2]
    if story not in STORIES:
        raise Failure(f"there is no story {story}")
    with Lab(f"drill-{story}") as lab:
        STORIES[story](shore.Shore(lab, program))


main(test)
