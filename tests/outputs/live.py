#!/usr/bin/env python3
"""live.py PROGRAM STORY - what the real daemon writes and serves for machines.

  served     every file over HTTP: types, tags, gzip, HEAD; the schema while all is up, during an outage and after it
  client     a Statuspage client from the npm registry reads the api (skipped, and said so, without the registry)
  killed     a reader at 1 kHz while files are rewritten and the daemon is killed: never a part, never nothing
  incidents  each has a page: while it lasts, when it is over, and in the next life
  tombstone  the daemon is stopped, or killed: the page says that nobody watches
"""

import gzip
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "e2e")]

import atom  # noqa: E402
import check  # noqa: E402
import shore  # noqa: E402
import status  # noqa: E402
import statuspage  # noqa: E402
from lab import Lab, demand, main, wait_for  # noqa: E402

CLIENT = "statuspage.io@3.3.8"  # 3.4.6 was published without its code
KILLS = 12
LOOKS_A_KILL = 300
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json",
         ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8", ".atom": "application/atom+xml; charset=utf-8"}


def ask(s, path, method="GET", **headers):
    """(status, headers, body)"""
    connection = http.client.HTTPConnection("127.0.0.1", s.port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def public(s, *parts):
    return os.path.join(s.state, "public", *parts)


def report_of(s):
    with open(public(s, "status.json"), encoding="utf-8") as file:
        return json.load(file)


def wait_report(s, what, holds):
    def look():
        try:
            report = report_of(s)
        except OSError:
            return None
        return report if holds(report) else None

    return wait_for(what, look, 30, [s.child])


def all_are(state):
    return lambda report: all(target["state"] == state for target in report["targets"])


# ---- served ----

def names_published(s):
    for root, _, names in os.walk(public(s)):
        for name in names:
            path = os.path.relpath(os.path.join(root, name), public(s))
            if not name.startswith(".") and not path.endswith(".gz") and not path.startswith("alive/"):
                yield path


def check_served(s, name):
    code, head, body = ask(s, "/" + name)
    kind = TYPES[os.path.splitext(name)[1]]
    demand(code == 200 and head["content-type"] == kind, f"{name}: {code} {head}")
    demand(head["vary"] == "Accept-Encoding" and "content-encoding" not in head, f"{name}: {head}")
    for_ever = name.startswith("style.")
    demand(head["cache-control"] == ("public, max-age=31536000, immutable" if for_ever else "no-cache"), f"{name}: {head}")
    demand(("access-control-allow-origin" in head) == name.endswith((".json", ".atom")), f"{name}: {head}")
    code, bare, nothing = ask(s, "/" + name, "HEAD")
    demand(code == 200 and not nothing, f"HEAD {name}: {code}")
    if bare["etag"] == head["etag"]:  # no report came in between
        demand(bare["content-length"] == str(len(body)) and bare["content-type"] == kind, f"HEAD {name}: {bare}")
        code, again, nothing = ask(s, "/" + name, If_None_Match=head["etag"])
        demand(code == 200 or (code == 304 and not nothing and again["etag"] == head["etag"]), f"{name}: {code}")
    return body


def check_gzip(s, name):
    beside = os.path.exists(public(s, name + ".gz"))
    code, head, body = ask(s, "/" + name, Accept_Encoding="br, gzip;q=0.8")
    demand(code == 200 and (head.get("content-encoding") == "gzip") == beside, f"{name}: {head}, .gz {beside}")
    demand(head["content-type"] == TYPES[os.path.splitext(name)[1]], f"{name}: {head}")
    if beside:
        plain = gzip.decompress(body)
        demand(len(body) < len(plain) and len(plain) >= 1024, f"{name}: {len(body)} of {len(plain)}")
    for refusal in ("gzip;q=0", "identity", "gzipped", "br;q=1.0, gzip; q=0.000"):
        demand("content-encoding" not in ask(s, "/" + name, Accept_Encoding=refusal)[1], f"{name}: {refusal}")
    return beside


def whole_report(s):
    """The number of the newest report when all of its files are there: alive/N.svg is the last of them."""
    def is_whole():
        report = report_of(s)
        return report["watcher"]["stopped_at"] or os.path.exists(public(s, "alive", f"{report['report']}.svg"))

    wait_for("a whole report", is_whole, 10)
    return report_of(s)["report"]


def check_report(s):
    """Everything at once, from the folder as it is; a report that comes in between is asked for again."""
    for _ in range(20):
        before = whole_report(s)
        copy = s.lab.path("copy")
        shutil.rmtree(copy, ignore_errors=True)
        try:
            shutil.copytree(public(s), copy, ignore=lambda _folder, names: [n for n in names if n.startswith(".")])
        except shutil.Error:  # one was replaced while it was listed
            continue
        if report_of(s)["report"] == before:
            return check.check_folder(copy)
    raise check.Fault("a report every moment")


def served(s):
    s.site.open()
    s.start()
    wait_report(s, "all is up", all_are("up"))
    names = sorted(names_published(s))
    demand({"status.json", "feed.atom", "badge.svg", "badge/blog.json", "api/v2/summary.json"} <= set(names), names)
    for name in names:
        check_served(s, name)
    demand(sum(check_gzip(s, name) for name in names) > 5, "hardly anything is compressed")
    demand(not check_report(s)["incidents"], "an incident while all is up")
    unchanged(s)
    s.site.shut()
    wait_report(s, "an incident", lambda report: report["incidents"] and all_are("down")(report))
    report = check_report(s)
    demand(report["incidents"][0]["state"] == "open", report["incidents"])
    demand(json.loads(ask(s, "/badge.json")[2])["isError"] and b">down<" in ask(s, "/badge/shop.svg")[2], "the badges are up")
    s.site.open()
    wait_report(s, "its end", lambda report: report["incidents"] and report["incidents"][0]["state"] == "resolved")
    demand(check_report(s)["incidents"][0]["lasted_s"] > 0, "it lasted")
    number = report["report"]
    demand(ask(s, f"/alive/{number}.svg")[0] == 200 and ask(s, f"/alive/{number + 500}.svg")[0] == 404, "alive/N.svg")
    s.end()


def unchanged(s):
    """A new report writes what has changed, and nothing else."""
    still = ["feed.atom", "badge.svg", "badge/blog.svg", "badge/blog.json", "favicon-up.svg"]
    before = {name: os.stat(public(s, name)).st_ino for name in still}
    number = report_of(s)["report"]
    s.expect(0, "render", out="renews")
    wait_report(s, "the next report", lambda report: report["report"] > number)
    for name in still:
        demand(os.stat(public(s, name)).st_ino == before[name], f"{name} was written again")


# ---- a client that is not ours ----

def client_installed(folder):
    """npm fetches it by its name, into the build's folder, once."""
    os.makedirs(folder, exist_ok=True)
    if os.path.exists(os.path.join(folder, "node_modules", "statuspage.io", "dist", "index.js")):
        return True
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, CLIENT],
                          cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode == 0


def client(s, folder):
    if not client_installed(folder):
        print(f"SKIPPED: {CLIENT} cannot be installed here (npm and its registry are needed)")
        sys.exit(77)
    s.site.open()
    s.start()
    wait_report(s, "all is up", all_are("up"))
    found = client_reads(s, folder)
    demand(found["status"]["status"]["indicator"] == "none", found["status"])
    s.site.shut()
    wait_report(s, "an incident", lambda report: report["incidents"])
    wait_for("the client sees it", lambda: client_reads(s, folder)["unresolved"]["incidents"], 30, [s.child])
    found = client_reads(s, folder)
    demand(found["summary"]["status"]["indicator"] == "critical", found["summary"]["status"])
    demand({one["status"] for one in found["components"]["components"]} == {"major_outage"}, found["components"])
    demand(found["incidents"]["incidents"][0]["incident_updates"][0]["body"], found["incidents"])
    s.end()


def client_reads(s, folder):
    done = subprocess.run(["node", os.path.join(HERE, "client.js"), folder, f"http://127.0.0.1:{s.port}"],
                          capture_output=True, text=True, timeout=30, check=False)
    demand(done.returncode == 0, f"the client says: {done.stderr}")
    return json.loads(done.stdout)


# ---- a reader at 1 kHz ----

ENDS = {"index.html": b"</html>\n", "index.ja.html": b"</html>\n", "feed.atom": b"</feed>\n", "badge.svg": b"</svg>\n",
        "badge/blog.svg": b"</svg>\n", "status.json": b"}\n", "api/v2/summary.json": b"}\n"}


def look(s, number):
    """One of the files, whole; of the compressed one, if it is there, all."""
    name = list(ENDS)[number % len(ENDS)]
    with open(public(s, name), "rb") as file:
        text = file.read()
    demand(text.endswith(ENDS[name]) and len(text) > 100, f"{name} is a part: {len(text)} bytes, {text[-40:]!r}")
    if name.endswith(".json"):
        json.loads(text)
    try:
        with open(public(s, name + ".gz"), "rb") as file:
            text = gzip.decompress(file.read())
    except FileNotFoundError:
        return
    demand(text.endswith(ENDS[name]), f"{name}.gz is a part: {len(text)} bytes")


def look_on(s, looks, began):
    due = time.monotonic()
    for number in range(looks):
        look(s, began + number)
        due += 0.001
        time.sleep(max(0, due - time.monotonic()))
    return began + looks


def killed(s):
    """Each life draws a first report at once, and each change another one: killed at any of them."""
    s.site.open()
    s.start()
    wait_report(s, "the first report", all_are("up"))
    seen, chance, reports = 0, random.Random(4711), set()
    for life in range(KILLS):
        (s.site.open if life % 2 else s.site.shut)()
        seen = look_on(s, LOOKS_A_KILL + chance.randrange(LOOKS_A_KILL), seen)
        reports.add(report_of(s)["report"])
        s.child.kill()
        seen = look_on(s, 20, seen)
        s.starts += 1
        s.child = s.lab.start(f"shorewatch-{s.starts}", [s.program, "run", "-c", s.config], env=shore.ENVIRONMENT)
        seen = look_on(s, chance.randrange(LOOKS_A_KILL), seen)
    demand(len(reports) > KILLS // 3, f"hardly a report was written: {reports}")
    print(f"{seen} looks, {KILLS} kills, {len(reports)} reports seen")
    wait_report(s, "the last life writes", lambda report: report["report"] > max(reports))
    check_report(s)


# ---- pages of incidents ----

def wait_page(s, name, *words):
    def says():
        try:
            text = check.read(public(s, name)).decode()
        except FileNotFoundError:
            return False
        return all(word in text for word in words)

    wait_for(f"{name} with {words}", says, 30, [s.child])


def incidents(s):
    s.site.open()
    s.start()
    wait_report(s, "all is up", all_are("up"))
    wait_page(s, "history.html", "No incident is on record.")
    s.site.shut()
    number = wait_report(s, "an incident", lambda report: report["incidents"])["incidents"][0]["id"]
    s.expect(0, "note", "The power is out.")
    page = f"incidents/{number}.html"
    wait_page(s, page, "Not over yet", "The power is out.", "First failure")
    wait_page(s, "index.html", f'href="{page}"')
    s.site.open()
    wait_page(s, page, "Over after", "The power is out.")
    wait_page(s, f"incidents/{number}.ja.html", "終了")
    wait_page(s, "history.html", f'href="{page}"', "1 incident is on record")
    check_report(s)
    s.end()
    for name in (page, "history.html"):
        os.unlink(public(s, name))
    s.start()
    wait_page(s, page, "Over after", "The power is out.", "First failure")
    wait_page(s, "history.html", f'href="{page}"')
    s.end()
    s.expect(0, "tombstone", out="nobody watches")
    wait_page(s, "history.html", f'href="{page}"')


# ---- the tombstone ----

def tombstone(s):
    s.expect(1, "tombstone", err="history.db")
    s.site.open()
    s.start()
    wait_report(s, "all is up", all_are("up"))
    s.expect(1, "tombstone", err="the daemon runs")
    alive = len(os.listdir(public(s, "alive")))
    s.end()
    demand(all_are("up")(report_of(s)), "until then it said up")
    s.expect(0, "tombstone", out="nobody watches")
    check_tombstone(s, alive)
    s.start()
    wait_report(s, "it watches again", lambda report: not report["watcher"]["stopped_at"] and all_are("up")(report))
    time.sleep(1.2)  # the state is saved once a second
    alive = len(os.listdir(public(s, "alive")))
    s.child.kill()
    s.expect(0, "tombstone", out="nobody watches")
    check_tombstone(s, alive)


def check_tombstone(s, alive):
    report = check_report(s)
    check.check_stopped(report)
    demand(len(os.listdir(public(s, "alive"))) == alive, "a picture says that the maker lives")
    demand(json.loads(check.read(public(s, "badge.json")))["message"] == "not observed", "the badge claims to know")
    for name, words in (("index.html", "The watcher was stopped"), ("index.ja.html", "監視は停止されています")):
        text = check.read(public(s, name)).decode()
        demand(words in text and "data-due" not in text and 'class="alive"' not in text, f"{name} is no tombstone")


STORIES = {"served": served, "client": client, "killed": killed, "incidents": incidents, "tombstone": tombstone}


def test():
    program, story, *more = sys.argv[1:]
    with Lab(f"outputs-{story}") as lab:
        s = shore.Shore(lab, program)
        try:
            STORIES[story](s, *more)
        except (check.Fault, status.Fault, atom.Fault, statuspage.Fault) as fault:
            demand(False, str(fault))


if __name__ == "__main__":
    main(test)
