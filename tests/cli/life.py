#!/usr/bin/env python3
"""life.py PROGRAM STORY - the commands before, while and after a daemon runs.

  outage    up, down, noted, back: what status, incidents, mails, note, render say; then from the files
  death     kill -9: nobody is said to watch, and nothing is lost to the commands
  owner     another user's daemon, asked and read by root
  reload    good and bad configurations, each told to who asked
  broken    whatever is wrong with the configuration on the disk, the daemon that runs is reached
  jobs      a job's pings by the real program: well, begun, failed, silent, and over a restart
  hostile   what does not behave at the control socket, while others go on asking
  hush      silences, until when and of what; acknowledged; held back and then mailed; over a restart
  storm     a hundred reloads in the middle of an outage; what fails is taken out of the configuration
  readonly  a disk that broke and came back read-only must not leave nobody watching (root only)
  lost      without descriptors beats are lost: our listener fails, and /healthz says so
  crowd     more hanging targets than may run at once keep nobody from seeing that the listener is well
"""

import json
import os
import pwd
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import shore
from lab import Failure, Lab, demand, main, wait_for


def status_json(s):
    return json.loads(s.run("status", "--json")[1])


def wait_all_up(s):
    def is_up():
        out = s.run("status")[1]
        return s.run("status")[0] == 0 and out.count(" Up ") == 2

    wait_for("both targets are up", is_up, 20, [s.child], every=0.2)


def wait_incident(s, state):
    def found():
        incidents = json.loads(s.run("incidents", "--json")[1])["incidents"]
        return incidents and incidents[0]["state"] == state and incidents[0]["mails"] > 0 and incidents[0]

    return wait_for(f"an incident is {state}", found, 30, [s.child], every=0.2)


def before(s):
    """Nothing has ever run here."""
    s.expect(1, "status", err=["is not running", "no report"])
    s.expect(1, "incidents", err="there is no history")
    s.expect(0, "mails", out="no mail so far")
    s.expect(1, "note", "words", err="not running")
    s.expect(1, "reload", err="not running")
    s.expect(1, "render", err="history.db")


def outage(s):
    before(s)
    s.site.open()
    s.start()
    demand(os.stat(os.path.join(s.state, "control")).st_mode & 0o777 == 0o600, "the socket is open to others")
    wait_all_up(s)
    s.expect(0, "incidents", out="no incident so far")
    s.expect(1, "incidents", "20200101-1", err="no such incident")
    s.expect(1, "note", "too early", err="no incident is open")
    s.site.shut()
    number = wait_incident(s, "open")["number"]
    s.expect(1, "status", out=f"incident {number}")
    s.expect(0, "incidents", out=[number, "open", "blog"])
    s.expect(0, "mails", out=["written", "down", number, "ops@lab.test", ".eml"])
    noted(s, number)
    told = s.expect(0, "incidents", number, out=["log", "members", "evidence", "the <b>cable</b> was pulled",
                                                 "connect-refused", "127.0.0.1", "references 1/1",
                                                 "curl -sv --max-time", " answers\n"])
    demand("failing since" in told, told)
    rendered(s)
    s.site.open()
    wait_incident(s, "closed")
    s.expect(0, "status")
    s.expect(0, "incidents", number, out=["closed", "after"])
    s.expect(0, "mails", out="recovered")
    s.end()
    afterwards(s, number)


def noted(s, number):
    s.expect(0, "note", number, "the", "<b>cable</b>", "was", "pulled", out=f"noted on incident {number}")
    s.expect(0, "note", "second words", out=number)
    s.expect(1, "note", "20200101-1", "nobody", err="no such incident")
    s.expect(2, "note", "x" * 300, err="200 characters")
    wait_for("the note is in status.json",
             lambda: "second words" in json.dumps(status_json(s)), 5, [s.child])
    page = os.path.join(s.state, "public", "index.html")

    def is_on_page():
        with open(page, encoding="utf-8") as file:
            text = file.read()
        demand("<b>cable" not in text, "the note is not escaped on the page")
        return "&lt;b&gt;cable&lt;/b&gt; was pulled" in text

    wait_for("the note is on the page", is_on_page, 10, [s.child])


def rendered(s):
    copy = s.lab.path("copy")
    s.expect(0, "render", copy, out="index.html")
    with open(os.path.join(copy, "index.html"), encoding="utf-8") as file:
        demand("cable" in file.read(), "the copy of the page does not show the incident")
    with open(os.path.join(copy, "status.json"), encoding="utf-8") as file:
        json.load(file)
    s.expect(0, "render", out="renews")


def afterwards(s, number):
    """The same from the files, when nobody runs any more."""
    demand(not os.path.exists(os.path.join(s.state, "control")), "the socket was left behind")
    s.expect(1, "status", out="Blog", err="is not running, nobody watches")
    json.loads(s.expect(1, "status", "--json", err="is not running"))
    s.expect(0, "incidents", out=[number, "closed"])
    s.expect(0, "incidents", number, out=["log", "evidence", "was pulled", "connect-refused", "connect "])
    told = json.loads(s.expect(0, "incidents", number, "--json"))
    demand([e for e in told["log"] if e["kind"] == "note" and "cable" in e["text"]], told)
    demand(any(f["phases_ms"]["connect"] is not None for f in told["evidence"]), told)
    exhibits = [f["facts"] for f in told["evidence"] if f.get("facts")]
    demand(exhibits and all(x["reached"] == ["no"] and x["reference"][0].endswith(" answers") for x in exhibits), told)
    demand(any("curl -sv --max-time" in x["again"][0] and f"127.0.0.1:{s.site.port}" in x["again"][0]
               for x in exhibits), told)
    s.expect(1, "incidents", "20200101-1", err="no incident")
    mails = json.loads(s.expect(0, "mails", "--json"))["mails"]
    demand({m["kind"] for m in mails} >= {"down", "recovered"}, mails)
    demand(all(m["to"] == "ops@lab.test" and m["ended"] and m["last_word"] for m in mails), mails)
    copy = s.lab.path("late-copy")
    s.expect(0, "render", copy, out="index.html")
    with open(os.path.join(copy, "index.html"), encoding="utf-8") as file:
        demand("Blog" in file.read(), "the page from the files shows nothing")
    s.expect(0, "render", out="public/index.html")


def death(s):
    s.site.open()
    s.start()
    wait_all_up(s)
    s.site.shut()
    number = wait_incident(s, "open")["number"]
    time.sleep(1.2)  # the history is written once a second; a kill may cost that much
    s.child.kill()
    began = time.monotonic()
    s.expect(1, "status", out=[number, "Blog"], err="is not running, nobody watches")
    demand(time.monotonic() - began < 5, "status did not say so at once")
    s.expect(0, "incidents", number, out=["open", "connect-refused"])
    s.expect(0, "mails", out="ops@lab.test")
    s.expect(1, "reload", err="is not running")
    s.start()  # over the dead one's socket
    s.expect(0, "incidents", number, out="open")
    refused_by_a_second(s)
    asked_by_another_user(s)
    s.end()


def owner(s):
    """The daemon is another user's, as the service is; root reads what it left and leaves nothing of root's."""
    if os.geteuid() != 0:
        s.lab.say("only root can start a daemon of another user")
        return
    nobody = pwd.getpwnam("nobody")
    # Who changes its user may not be looked into any more, not by the leak finder either.
    s.env = dict(shore.ENVIRONMENT, ASAN_OPTIONS="abort_on_error=0:exitcode=99:detect_leaks=0")
    os.chown(s.state, nobody.pw_uid, nobody.pw_gid)
    s.site.open()
    as_nobody = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    s.start(as_nobody)
    wait_all_up(s)  # root asks
    s.site.shut()
    number = wait_incident(s, "open")["number"]
    s.expect(0, "note", "by root", out=number)
    time.sleep(1.2)
    s.child.kill()
    s.expect(1, "status", out="Blog", err="not running")
    s.expect(0, "incidents", number, out=["open", "by root"])
    s.expect(0, "mails", out="ops@lab.test")
    s.expect(0, "render", out="public/index.html")
    s.expect(0, "test-mail", out="outbox/")
    s.expect(0, "render", s.lab.path("roots"), out="index.html")
    for folder, _, names in os.walk(s.state):
        for name in names:
            path = os.path.join(folder, name)
            demand(os.lstat(path).st_uid == nobody.pw_uid, f"{path} is root's now")
    s.start(as_nobody)
    s.expect(0, "incidents", number, out="open")
    s.end()


def refused_by_a_second(s):
    """A second daemon on the same state takes nothing from the first one."""
    status, _, err = s.run("run")
    demand(status == 1 and "another shorewatch" in err, f"{status} {err}")
    s.run("status")
    demand(s.run("status")[2] == "", "the first one's socket is gone")


def asked_by_another_user(s):
    if os.geteuid() != 0:
        return
    nobody = pwd.getpwnam("nobody")
    for command in ("status", "incidents", "mails", "reload"):
        s.expect(1, command, err="is only for root and root", user=nobody.pw_uid, group=nobody.pw_gid,
                 env=dict(shore.ENVIRONMENT, HOME="/"), cwd="/")


def metrics(s):
    with urllib.request.urlopen(f"http://127.0.0.1:{s.port}/metrics", timeout=5) as answer:
        return answer.read().decode()


def reload(s):
    s.site.open()
    s.start()
    wait_all_up(s)
    s.expect(0, "reload", out=["read ", "nothing has changed"])
    s.write_config(change=lambda text: text.replace('name = "shop"', 'name = "market"').replace(
        'title = "Blog"', 'title = "Diary"'))
    s.expect(0, "reload", out=["+ target market", "- target shop", "~ target blog"])
    wait_for("the new target is judged", lambda: "Diary" in s.run("status")[1], 5, [s.child])
    s.write_config(change=lambda text: text.replace('fall = 3', 'fall = 0').replace("http =", "htpp =", 1))
    status, _, err = s.run("reload")
    demand(status == 1, f"status {status}")
    for word in ("shorewatch.cfg:7:", "fall", "htpp"):
        demand(word in err, f"{word} is missing in: {err}")
    s.expect(1, "reload", err="the running configuration stays")
    demand("reload result=refused" in s.child.log(), "the daemon was not asked")
    s.expect(0, "status", out=["Diary", "the configuration is broken"], err="going by the last good copy")
    demand("shorewatch_configuration_broken 1" in metrics(s), "/metrics does not tell of the fault")
    secret_fault(s)
    s.write_config()
    s.expect(0, "reload", out="+ target shop")
    demand("shorewatch_configuration_broken 0" in metrics(s), "/metrics still tells of a fault")
    s.end()


def secret_fault(s):
    """What only the daemon can see: the command reads no secrets."""
    s.write_config(change=lambda text: text.replace('to = [', 'relays = ( { url = "smtps://127.0.0.1:1"; username = "u";'
                                                    ' password = "file:/nonexistent/secret"; } ); to = ['))
    status, _, err = s.run("reload")
    demand(status == 1 and "/nonexistent/secret" in err and "shorewatch.cfg:" in err, f"{status} {err}")
    s.expect(0, "status", out="Diary")


# What may happen to the file in an editor, from harmless to hopeless: (a change, what is said of it).
FINDABLE = (
    (lambda text: text + "targetz = ();\n", ": main.targetz is not known"),
    (lambda text: text + 'language = "x\n', ": a text that begins on this line has no closing quote"),
    (lambda text: text.replace('state";', "state;"), ": a text that begins on this line has no closing quote"),
    (lambda text: text.replace("state_dir =", "state_dir"), ": no text belongs here"),
    (lambda text: text.replace("fall = 3", "fall = 0").replace("http =", "htpp ="), "more faults; going by"),
)
HOPELESS = (
    lambda text: text.replace("state_dir", "state_directory"),
    lambda text: "",
    lambda text: "targets = (\n",
)


def broken(s):
    """The daemon knows better than its file: who asks it must not be turned away for the file."""
    s.site.open()
    s.start()
    wait_all_up(s)
    wait_kept(s)
    for change, said in FINDABLE:
        s.write_config(change=change)
        answered(s, f"{s.config}:", said, "going by the last good copy")
    for change in HOPELESS:
        s.write_config(change=change)
        s.expect(1, "status", err=[f"{s.config}:", "no last good copy", "shorewatch status --state-dir DIR"])
        s.expect(1, "ack", err="shorewatch ack --state-dir DIR")
        _, _, err = s.run("snippets", "nginx")
        demand("--state-dir" not in err, err)
        answered(s, state=("--state-dir", s.state))
    os.unlink(s.config)
    answered(s, state=("--state-dir=" + s.state,))
    s.expect(1, "drill", "--timeout", "1s", "--state-dir", s.state, err="not over in time")
    s.expect(1, "status", "--state-dir", s.lab.path("nowhere"), err=["nowhere/last-good", "is that where"])
    s.expect(2, "status", "--state-dir", config=False, err="a folder has to follow")
    s.expect(2, "status", "--state-dir=", config=False, err="a folder has to follow")
    s.expect(2, "check", "--state-dir", s.state, err="there is no option")
    s.end()
    s.expect(0, "incidents", "--state-dir", s.state)
    s.expect(1, "status", "--state-dir", s.state, out="Blog", err="not running")


def wait_kept(s):
    """The copy is written beside the loop, and a disk takes the time it takes."""
    copy = os.path.join(s.state, "last-good", "configuration")
    wait_for("the good copy is kept", lambda: os.path.exists(copy), 30, [s.child])


def answered(s, *err, state=()):
    """By every command that asks the daemon; with one line about the file, or none."""
    def ask(status, *words, out):
        _, _, said = got = s.run(*words, *state)
        demand((got[0], out in got[1], said.count("\n")) == (status, True, len(err) and 1), (words, got))
        for word in err:
            demand(word in said, (words, got))

    ask(0, "status", out="Blog")
    ask(0, "status", "--json", out='"targets"')
    ask(0, "incidents", out="no incident")
    ask(0, "mails", out="no mail")
    ask(0, "silence", "blog", "1h", out="held back")
    ask(0, "silence", out="blog")
    ask(0, "unsilence", "blog", out="go out again")
    ask(0, "render", out="")
    for words, refusal in ((("ack",), "no incident is open"), (("note", "x"), "no incident")):
        status, _, said = s.run(*words, *state)
        demand(status == 1 and refusal in said and said.count("\n") == 1 + bool(err), (words, said))
    status, _, said = s.run("reload", *state)
    demand(status == 1 and "the running configuration stays" in said, said)


def ping(s, path, token, method="GET"):
    """(status, the answer's line)"""
    request = urllib.request.Request(f"http://127.0.0.1:{s.port}/ping/{path}", method=method,
                                     headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode().strip()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode().strip()


def job_state(s):
    with urllib.request.urlopen(f"http://127.0.0.1:{s.port}/metrics", timeout=5) as answer:
        lines = [line for line in answer.read().decode().splitlines() if 'target_state{target="backup"' in line]
    return lines[0].split('state="')[1].split('"')[0]


def jobs(s):
    token = "0123456789abcdef0123456789abcdef"
    s.lab.write("ping-token", token, 0o600)
    s.write_config(change=lambda text: text + 'pings = ( { name = "backup"; title = "Backup"; period = "3s"; '
                                              'grace = "3s"; token = "file:ping-token"; } );\n')
    s.expect(0, "check", "-v", out=["ping backup: every 3s", f"http://127.0.0.1:{s.port}/ping/backup"])
    s.expect(2, "probe", "backup", err="backup reports itself")
    s.site.open()
    s.start()
    demand(job_state(s) == "unknown", "a job is judged before it was heard of")
    for path, key, method, wanted in (("backup", "wrong", "GET", 401), ("other", token, "GET", 404),
                                      ("backup/stop", token, "GET", 404), ("backup", token, "PUT", 405)):
        status, line = ping(s, path, key, method)
        demand(status == wanted, f"{method} {path}: {status} {line}")
    demand(ping(s, "backup", token, "HEAD")[0] == 200 and job_state(s) == "unknown", "a HEAD was counted")
    demand(ping(s, "backup/start", token) == (200, "noted: started"), "/start is not taken")
    demand(ping(s, "backup", token, "POST") == (200, "counted"), "a ping is not taken")
    demand(job_state(s) == "up", "it has reported and is not up")
    demand(ping(s, "backup/fail", token)[0] == 200 and job_state(s) == "down", "it has failed and is not down")
    wait_incident(s, "open")
    s.end()
    s.start()
    demand(job_state(s) == "down", "a restart forgets that it failed")
    demand(ping(s, "backup", token)[0] == 200 and job_state(s) == "up", "it has reported and is not up")
    wait_incident(s, "closed")
    wait_for("its silence is noticed", lambda: job_state(s) == "down", 15, [s.child], every=0.2)
    s.expect(1, "status", out="The job did not report")
    s.end()


def hostile(s):
    s.site.open()
    s.start()
    wait_all_up(s)
    path = os.path.join(s.state, "control")
    for name, act in (("a line without end", oversized), ("NUL", nul), ("another language", other_words),
                      ("an unknown verb", unknown), ("half a silence", halves)):
        s.lab.say(name)
        act(path)
        s.expect(0, "status", out="Blog")
    slow_and_many(s, path)
    s.child.check()
    demand("what=" not in "".join(line for line in s.child.log().splitlines() if "gap" in line), "the loop stood still")
    s.end()


def talk(path, data, limit=15):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(limit)
        client.connect(path)
        try:
            client.sendall(data)
        except BrokenPipeError:
            pass
        answer = b""
        while True:
            try:
                part = client.recv(65536)
            except ConnectionResetError:
                break
            if not part:
                break
            answer += part
    return answer


def oversized(path):
    answer = talk(path, b"shorewatch/1 note " + b"x" * 300000)
    demand(not answer or answer.startswith(b"shorewatch/1 2 0 "), answer)


def nul(path):
    answer = talk(path, b"shorewatch/1 status\0evil\n")
    demand(b"NUL" in answer, answer)


def other_words(path):
    answer = talk(path, b"GET / HTTP/1.1\r\n\r\n")
    demand(answer.startswith(b"shorewatch/1 2 0 "), answer)


def unknown(path):
    answer = talk(path, b"shorewatch/1 explode now\n")
    demand(answer.startswith(b"shorewatch/1 1 0 ") and b"no such request" in answer, answer)


def halves(path):
    for line in (b"silence 20200101-1", b"silence 4", b"silence 4 blo", b"silence 4 blog", b"silence 4 blog soon",
                 b"silence 99999999999999999999 blog 2h", b"silence -1 blog 2h", b"silence 0  2h", b"silence 3 blog 2h",
                 b"silence 4 blog " + b"9" * 500 + b"h", b"unsilence", b"unsilence 5 blog"):
        answer = talk(path, b"shorewatch/1 " + line + b"\n")
        demand(answer.startswith(b"shorewatch/1 1 0 ") and b"does not understand" in answer, (line, answer))
    answer = talk(path, b"shorewatch/1 silence 300 " + b"x" * 300 + b" 2h\n")
    demand(answer.startswith(b"shorewatch/1 1 0 ") and b"nothing is called" in answer, answer)
    answer = talk(path, b"shorewatch/1 silence 4 blog 9999d\n")
    demand(answer.startswith(b"shorewatch/1 2 0 ") and b"30 days" in answer, answer)
    answer = talk(path, b"shorewatch/1 ack\n")
    demand(answer.startswith(b"shorewatch/1 1 0 ") and b"no open incident" in answer, answer)


def slow_and_many(s, path):
    """One that says a byte now and then, fifty that say nothing, and somebody who wants to know."""
    slow = socket.socket(socket.AF_UNIX)
    slow.connect(path)
    crowd = []
    for _ in range(50):
        one = socket.socket(socket.AF_UNIX)
        one.connect(path)
        crowd.append(one)
    ended = threading.Event()

    def drip():
        for byte in b"shorewatch/1 status and so on without an end":
            try:
                slow.sendall(bytes([byte]))
            except OSError:
                break
            if ended.wait(0.1):
                break

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    for _ in range(5):
        s.expect(0, "status", out="Blog")
    demand(time.monotonic() - began < 10, "a crowd at the socket keeps others waiting")
    ended.set()
    thread.join()
    for one in crowd + [slow]:
        one.close()


def incident_json(s):
    incidents = json.loads(s.run("incidents", "--json")[1])["incidents"]
    return incidents[0] if incidents else None


def hush(s):
    s.write_config(change=lambda text: text.replace('name = "blog";', 'name = "blog"; group = "Public sites";'))
    s.site.open()
    s.start()
    wait_all_up(s)
    s.expect(0, "silence", out="no mails are held back")
    s.expect(1, "ack", err="no incident is open")
    misunderstood(s)
    s.expect(0, "silence", "group:Public sites", "2h", "moving", "<b>it</b>",
             out=["mails about group:Public sites are held back until ", " JST: moving <b>it</b>"])
    s.expect(0, "silence", out=["SCOPE", "group:Public sites", "nothing now", "moving <b>it</b>"])
    one, = silences_json(s, "silence")
    demand((one["scope"], one["text"], one["holds"]) == ("group:Public sites", "moving <b>it</b>", []), one)
    demand(one["since"] < one["until"], one)
    both = silences_json(s, "silence", "blog", "1h")
    demand([(x["scope"], x["text"]) for x in both][1] == ("blog", None), both)
    demand([x["scope"] for x in silences_json(s, "unsilence", "blog")] == ["group:Public sites"], "one is left")
    s.expect(1, "unsilence", "blog", "--json", err="no silence is called that")
    s.expect(0, "unsilence", "group:Public sites", out="go out again")
    demand(silences_json(s, "silence") == [], "it still lasts")
    s.expect(1, "unsilence", "group:Public sites", err="no silence is called that")
    held_back(s)
    s.end()


def silences_json(s, *words):
    status, out, err = s.run(*words, "--json")
    told = json.loads(out)
    demand(status == 0 and told["schema"] == "shorewatch.silences/1", (status, out, err))
    return told["silences"]


def misunderstood(s):
    s.expect(1, "silence", "blgo", "2h", err='nothing is called "blgo"; did you mean "blog"?')
    s.expect(1, "silence", "Public sites", "2h", err='did you mean "group:Public sites"?')
    s.expect(1, "silence", "group:Public site", "2h", err='did you mean "group:Public sites"?')
    s.expect(1, "silence", "nothing-like-it", "2h", err="check -v names every target")
    s.expect(2, "silence", "blog", "until", err="until when is missing")
    s.expect(2, "ack", "99", err='"99" is no incident\'s number')
    s.expect(2, "note", "2026112-1", "words", err='"2026112-1" is no incident\'s number')
    s.expect(1, "note", "99", "bottles", err="no incident is open")
    s.expect(2, "note", "  ", " ", err="from 1 to 200")
    s.expect(1, "incidents", "json", err='there is no incident "json"')
    s.expect(2, "silence", "blog", "until", "2020-01-01T08:00", err="that time has passed")
    s.expect(2, "silence", "blog", "until", "2027-02-30T08:00", err="no such day")
    s.expect(2, "silence", "blog", "until", "2099-01-01T08:00", err="30 days at most")
    s.expect(0, "silence", out="no mails are held back")


def held_back(s):
    """One of a target holds back no outage of everything; one of everything does, until it ends."""
    s.expect(0, "silence", "all", "1h", "all of it moves", out="held back")
    s.site.shut()
    wait_for("an incident is held back", lambda: (incident_json(s) or {}).get("mails_held"), 30, [s.child], every=0.2)
    number = incident_json(s)["number"]
    demand(incident_json(s)["mails"] == 0, "a mail went out in a silence")
    s.expect(0, "silence", out=["all", number])
    s.expect(1, "status", out=["held", "silence all:", "all of it moves", "  silenced"])
    s.expect(0, "incidents", number, out=["held      its mails wait", "held back by a silence: everything."])
    demand(silences_json(s, "silence")[0]["holds"] == [number], "it does not say what it holds back")
    told = status_json(s)
    demand(told["silences"][0]["scope"] == "all" and told["incidents"][0]["mails_held"], told)
    s.end()
    s.start()
    s.expect(0, "silence", out=["all", "all of it moves"])
    s.expect(0, "silence", "blog", "1h", out="held back")
    demand(incident_json(s)["mails"] == 0, "a restart lets a mail out")
    s.expect(0, "unsilence", "all", out="go out again")
    wait_incident(s, "open")
    acknowledged(s, number)
    s.site.open()
    wait_incident(s, "closed")
    mails = json.loads(s.run("mails", "--json")[1])["mails"]
    demand(sorted(m["kind"] for m in mails) == ["down", "recovered"], mails)
    s.expect(0, "unsilence", "blog")


def acknowledged(s, number):
    s.expect(1, "ack", "20200101-1", err="no open incident has this number")
    s.expect(0, "ack", out=f"incident {number} is acknowledged")
    told = json.loads(s.run("ack", "--json", number, "Ann", "is", "on", "it")[1])
    demand((told["incident"], told["text"]) == (number, "Ann is on it") and told["acknowledged"], told)
    s.expect(0, "incidents", out="acked")
    s.expect(0, "incidents", number, out=["acked     20", "Somebody is on it: Ann is on it"])
    s.expect(1, "status", out="Somebody is on it since ")
    demand(incident_json(s)["acknowledged"], "it is not shown as acknowledged")


def storm(s):
    """A mail more, a mail less, or an incident that is open for ever would be seen here."""
    s.site.open()
    s.start()
    wait_all_up(s)
    s.site.shut()
    number = wait_incident(s, "open")["number"]
    for i in range(100):
        s.child.signal(signal.SIGHUP)
        time.sleep(0.02 if i % 10 else 0.3)
    s.site.open()
    wait_incident(s, "closed")
    s.site.shut()
    wait_incident(s, "open")
    mails = [m for m in json.loads(s.run("mails", "--json")[1])["mails"] if m["incident"] == number]
    demand(sorted(m["kind"] for m in mails) == ["down", "recovered"], mails)
    s.write_config(change=lambda text: text[:text.index("targets = (")] + f"""targets = (
  {{ name = "other"; tcp = {{ address = "127.0.0.1:{s.reference.getsockname()[1]}"; }}; }} );
""")
    s.expect(0, "reload", out=["- target blog", "- target shop"])
    wait_incident(s, "closed")
    s.expect(0, "status", out="other")
    s.end()
    demand(" open " not in s.expect(0, "incidents"), "an incident without targets is open for ever")


def readonly(s):
    if os.geteuid() != 0:
        print("only root can mount: not run")
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "none", s.state], check=True)
    s.lab.on_end(lambda: subprocess.run(["umount", "-l", s.state], check=False))
    s.site.open()
    s.start()
    wait_all_up(s)
    s.end()
    subprocess.run(["mount", "-o", "remount,ro", s.state], check=True)
    s.start()
    s.lab.say("it has started")
    wait_for("it watches", lambda: "to=up" in s.child.log(), 20, [s.child])
    s.site.shut()
    wait_for("a mail is tried", lambda: "kind=down" in s.child.log() and "result=" in s.child.log(), 20, [s.child])
    demand("EROFS" in s.child.log(), "the read-only disk is not told of")
    s.end()


def healthz(s):
    """(status, the line)"""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{s.port}/healthz", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def lost(s):
    """Our own want: nobody else's silence."""
    s.write_config(change=lambda text: text.replace(
        f'listen = {{ address = "127.0.0.1:{s.port}"; }}',
        f'listen = {{ address = "127.0.0.1:{s.port}"; public_url = "http://127.0.0.1:{s.port}"; }}'))
    s.site.open()
    s.start()
    wait_all_up(s)
    demand(healthz(s) == (200, "ok\n"), "it is not healthy at first")
    listener = lambda: status_json(s)["watcher"]["listener"]
    wait_for("the listener is asked", lambda: listener() == "ok", 70, [s.child])
    pid = s.child.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = len(os.listdir(f"/proc/{pid}/fd"))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used // 2, before[1]))
    with socket.create_connection(("127.0.0.1", s.port)):
        wait_for("somebody is lost", lambda: "receiver.full error=EMFILE" in s.child.log(), 10, [s.child])
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    wait_for("it is told", lambda: "receiver.lost" in s.child.log(), 10, [s.child])
    status, line = healthz(s)
    demand(status == 503 and line.startswith("requests were lost a moment ago"), (status, line))
    wait_for("the engine knows", lambda: listener() == "fails", 140, [s.child], every=0.5)
    told = metrics(s)
    demand("shorewatch_listener_ok 0" in told and "\nshorewatch_receiver_lost 0" not in told, told)
    s.end()


def hang(hole, is_hanging, held):
    """At most 32 are held by the other side at a time; those before them it has given up."""
    while True:
        try:
            client = hole.accept()[0]
        except OSError:
            return
        held.append(client)
        if len(held) > 200:
            held.pop(0).close()
        try:
            if not is_hanging.is_set():
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has gone


def crowd(s):
    """64 descriptors allow 32 runs at once; a hundred targets that hang want more, all the time."""
    hole = socket.create_server(("127.0.0.1", s.lab.port()), backlog=1024)
    is_hanging, held = threading.Event(), []
    threading.Thread(target=hang, args=(hole, is_hanging, held), daemon=True).start()
    s.lab.on_end(hole.close)
    more = "".join(f"""  {{ name = "t{i}"; http = {{ url = "http://127.0.0.1:{hole.getsockname()[1]}/"; }};
  interval = "5s"; timeout = "4s"; connect_timeout = "1s"; settle = "1s"; }},
""" for i in range(100))
    s.site.open()
    s.config = s.write_config(change=lambda text: text.replace("targets = (\n", "targets = (\n" + more))
    s.start(by=["prlimit", "--nofile=64:64"])
    time.sleep(22)  # the listener has answered once
    is_hanging.set()
    time.sleep(75)
    log = s.child.log()
    demand("probes are late: more are due" in log or "down" in log, "nothing hangs here")
    demand("the listener does not answer" not in log, "a mass outage makes us look dead to systemd")
    s.end()


STORIES = {f.__name__: f for f in (owner, outage, death, reload, broken, lost, hostile, storm, readonly, crowd, jobs, hush)}


def test():
    program, story = sys.argv[1], sys.argv[2]
    if story not in STORIES:
        raise Failure(f"there is no story {story}")
    with Lab(f"cli-{story}") as lab:
        STORIES[story](shore.Shore(lab, program))


main(test)
