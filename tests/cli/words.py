#!/usr/bin/env python3
"""words.py PROGRAM STORY - what the commands say, without a daemon.

  usage     every command's --help, every wrong use: one line that says what to do, status 2
  manual    the manual page tells of every command and option, and groff and mandoc accept it
  probe     the sentence, the bars, the curl line; without a scheme; without secrets
  snippets  promtool and amtool, where they are installed, accept what is printed
  quickstart  where it cannot install it names the packages
  demo      two at once, and a whole round
  quick     faults name the URL; each set of URLs has its own state; two at once have two ports
"""

import json
import os
import re
import shutil
import subprocess
import sys

import shore
from lab import Failure, Lab, demand, is_listening, main, run, wait_for

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
COMMANDS = ("run check probe status incidents mails note silence unsilence ack reload render tombstone test-mail drill options demo "
            "quick snippets help version").split()


def usage(s):
    listed = s.expect(0, "--help", config=False, out=COMMANDS)
    demand(s.expect(0, "help", config=False) == listed, "help and --help differ")
    demand(s.run(config=False)[0] == 2, "without a command the status is 2")
    s.expect(0, "--version", config=False, out="shorewatch 0.")
    s.expect(0, "version", config=False, out="shorewatch 0.")
    for command in COMMANDS:
        own = s.expect(0, command, "--help", config=False, out=f"shorewatch {command}")
        demand(s.expect(0, "help", command, config=False) == own, f"help {command} differs")
        for option in options_of(own):
            demand(own.count(option) > 1, f"{command} --help names {option} and does not explain it")
        s.expect(2, command, "--bogus", config=False, err=['"--bogus"', "usage: shorewatch " + command])
    s.expect(2, "chek", config=False, err='did you mean "check"')
    s.expect(2, "frobnicate", config=False, err="--help lists them")
    s.expect(2, "help", "frobnicate", config=False, err="there is no command")
    s.expect(2, "status", "extra", config=False, err='"extra"')
    s.expect(2, "status", "-c", config=False, err="a file has to follow")
    s.expect(2, "probe", config=False, err="something is missing")
    s.expect(2, "silence", "blog", err="until when is missing")
    s.expect(2, "silence", "blog", "until", err="until when is missing")
    s.expect(2, "silence", "blog", "soon", err='"soon" is no such time; write how long (30m, 2h, 7d)')
    s.expect(2, "silence", "blog", "18:00", err="until 18:00")
    s.expect(2, "silence", "blog", "until", "25:00", err='"25:00" is no such time')
    s.expect(2, "silence", "blog", "31d", err="30 days at most")
    s.expect(2, "silence", "", "2h", err="say what")
    s.expect(2, "silence", "blog", "2h", "x" * 201, err="200 characters")
    s.expect(2, "unsilence", err="something is missing")
    s.expect(2, "ack", "x" * 201, err="200 characters")
    for words in (("silence",), ("silence", "blog", "2h"), ("unsilence", "blog"), ("ack",)):
        s.expect(1, *words, err="shorewatch is not running with ")
    s.expect(2, "options", "targt", config=False, err='did you mean "target"')
    s.expect(0, "options", "target", config=False, out="interval")
    s.expect(0, "check", out="is good: 2 targets")
    s.expect(0, "check", "-v", out=["blog", "every"])
    s.expect(1, "check", "-c", "/nonexistent/x.cfg", config=False, err="/nonexistent/x.cfg: ")
    full_disk(s)


def full_disk(s):
    """What could not be printed was not told."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run([s.program, "--help"], stdout=full, stderr=subprocess.PIPE, env=shore.ENVIRONMENT,
                              check=False, text=True)
    demand(done.returncode == 1 and "standard output" in done.stderr, f"{done.returncode} {done.stderr}")


def options_of(text):
    """The options of the usage line."""
    return set(re.findall(r"(?<![\w-])(--?[a-z]+)", text.splitlines()[0]))


def manual(s):
    page = os.path.join(SOURCE, "src", "app", "shorewatch.8")
    with open(page, encoding="utf-8") as file:
        text = file.read().replace("\\-", "-").replace("\\&", "")
    commands = text.split(".SH COMMANDS")[1].split(".SH OPTIONS")[0]
    for command in COMMANDS:
        entry = re.search(rf"^\.TP\n\.BR? {command}\b(.*?)(?=^\.TP|\Z)", commands, re.S | re.M)
        demand(entry, f"the manual page has no entry for {command}")
        for option in options_of(s.expect(0, command, "--help", config=False)):
            demand(option in entry.group(0), f"the manual page does not tell of {command} {option}")
    listed = set(re.findall(r"^  shorewatch (\S+)", s.expect(0, "--help", config=False), re.M))
    demand(listed == set(COMMANDS), f"this test does not know {listed ^ set(COMMANDS)}")
    for tool, words in (("groff", ["-man", "-ww", "-z"]), ("mandoc", ["-Tlint", "-W", "warning"])):
        if shutil.which(tool):
            said = run([tool, *words, page])
            demand(not said, f"{tool}: {said}")


def probe(s):
    s.expect(2, "probe", "blog.example.com", config=False,
             err=["write https://blog.example.com or tcp://blog.example.com:PORT"])
    s.expect(2, "probe", "example.com:22", config=False, err="tcp://example.com:22")
    s.expect(2, "probe", "gopher://x/", config=False, err='"gopher://x/"')
    s.expect(2, "probe", "https://", config=False, err="has no host")
    s.expect(2, "probe", "tcp://host", config=False, err="has no port")
    s.expect(2, "probe", "blgo", err='did you mean "blog"')
    url = f"127.0.0.1:{s.site.port}"
    s.expect(1, "probe", f"HTTP://{url}/", config=False, out=["is down for us", "refused", f"({url})", "connect"])
    s.site.open()
    s.expect(0, "probe", f"HTTP://{url}/", config=False,
             out=[f"http://{url}/ answers: 200 in ", "█", f"address  {url}", f"curl -v --connect-to '::{url}' 'http://{url}/'"])
    s.expect(0, "probe", f"TCP://{url}", config=False, out=f"{url} answers: connected in ")
    told = json.loads(s.expect(0, "probe", "blog", "--json"))
    demand(told["target"] == "blog" and told["http_status"] == 200 and told["phases_ms"]["connect"] is not None, told)
    demand(told["sentence"].startswith("blog answers: 200 in"), told)
    without_secrets(s)


def without_secrets(s):
    """Only the daemon needs secrets that lie where only it can read them."""
    out = s.expect(0, "probe", "shop", out=["curl -v", "-H 'Accept: it'\\''s text'", "# without: X-Api-Key"])
    demand("canary" not in out, "a header that may be a secret was shown")
    s.write_config(change=lambda text: text.replace(
        'to = [', 'relays = ( { url = "smtps://127.0.0.1:1"; username = "u"; password = "credential:no-such"; } ); to = ['))
    s.expect(1, "check", err="no-such")
    s.expect(0, "probe", "blog")
    s.expect(1, "status", err="not running")
    s.expect(1, "incidents", err="no history")
    s.expect(0, "mails")
    s.expect(0, "snippets", "nginx")
    s.write_config()


WATCHDOGS = 'watchdogs = ( { name = "home"; token = "env:NO_SUCH_TOKEN"; period = "60s"; grace = "240s"; } );\n'


def snippets(s):
    s.expect(2, "snippets", "prometeus", err='did you mean "prometheus"')
    s.expect(1, "snippets", "alertmanager", err="has no watchdog")
    s.expect(0, "snippets", "nginx", out=f"proxy_pass http://127.0.0.1:{s.port};")
    s.write_config(change=lambda text: WATCHDOGS + text)
    for name in ("alertmanager", "prometheus"):
        s.expect(0, "snippets", name, out=["FILL IN", "public_url", "status.example.net"])
    s.write_config(change=lambda text: WATCHDOGS + text.replace(
        'listen = {', 'listen = { public_url = "https://shore.lab.test/watch/"; metrics_token = "env:NO_SUCH_TOKEN";'))
    alertmanager = s.expect(0, "snippets", "alertmanager", out="url: https://shore.lab.test/watch/hook/home")
    prometheus = s.expect(0, "snippets", "prometheus",
                          out=["'shore.lab.test:443'", "metrics_path: /watch/metrics", "credentials_file", "absent("])
    demand("FILL IN" not in alertmanager + prometheus, "nothing is left to fill in")
    accepted_by_amtool(s, alertmanager)
    accepted_by_promtool(s, prometheus)


def accepted_by_amtool(s, text):
    """The chart puts what is below alertmanager.config into alertmanager.yml."""
    if not shutil.which("amtool"):
        s.lab.say("amtool is not installed")
        return
    body = text.split("  config:\n")[1]
    lines = [line[4:] for line in body.splitlines()]
    said = run(["amtool", "check-config", s.lab.write("alertmanager.yml", "\n".join(lines) + "\n")])
    demand("SUCCESS" in said, said)


def accepted_by_promtool(s, text):
    if not shutil.which("promtool"):
        s.lab.say("promtool is not installed")
        return
    scrape, rules = text.split("\n---\n")
    s.lab.write("token", "x")
    scrape = re.sub(r"credentials_file: \S+", f"credentials_file: {s.lab.path('token')}", scrape)
    run(["promtool", "check", "config", s.lab.write("prometheus.yml", scrape + "\n")])
    said = run(["promtool", "check", "rules", s.lab.write("rules.yml", rules)])
    demand("4 rules found" in said, said)


def quick(s):
    s.expect(2, "quick", "https://a b/", config=False, err='"https://a b/"')
    s.expect(2, "quick", "blog.example.com", config=False, err="write https://blog.example.com")
    s.expect(2, "quick", "http://127.0.0.1:99999/", config=False, err='"http://127.0.0.1:99999/"')
    same = f"http://127.0.0.1:{s.site.port}/"
    s.expect(2, "quick", same, same, config=False, err="given twice")
    s.site.open()
    env = dict(shore.ENVIRONMENT, XDG_STATE_HOME=s.lab.folder("home"))
    first = start_quick(s, "first", env, same)
    second = start_quick(s, "second", env, same + "other")
    demand(first["port"] != second["port"], "two at once listen on one port")
    demand("is taken; this one listens at" in second["child"].log(), "the other port is not told")
    demand(first["state"] != second["state"], "two sets of URLs share their state")
    for one in (first, second):
        demand(one["child"].end() == 0, one["child"].log())
    names = sorted(os.listdir(os.path.join(env["XDG_STATE_HOME"], "shorewatch")))
    demand(len(names) == 2 and all(name.startswith("quick-127-0-0-1-") for name in names), names)
    s.expect(0, "quick", "--once", same, config=False, env=env, out=["page   http://", "mails  "])
    s.site.shut()
    s.expect(1, "quick", "--once", same, config=False, env=dict(env, XDG_STATE_HOME=s.lab.folder("elsewhere")),
             limit=120, out="-> down")


def start_quick(s, name, env, url):
    child = s.lab.start(name, [s.program, "quick", url], env=env)
    found = wait_for("the page's address", lambda: re.search(r"page +http://127.0.0.1:(\d+)/\n +mails +(\S+)/outbox",
                                                              child.log()), 10, [child])
    wait_for("it listens", lambda: is_listening(int(found.group(1))), 10, [child])
    return {"child": child, "port": int(found.group(1)), "state": found.group(2)}


def demo(s):
    """Two at once, each with its own port and folder; a whole round of one. The other is ended in the middle."""
    env = dict(shore.ENVIRONMENT, TMPDIR=s.lab.folder("tmp"))
    first = s.lab.start("first", [s.program, "demo", "--once"], env=env)
    second = s.lab.start("second", [s.program, "demo"], env=env)
    wait_for("both listen", lambda: all("look: http" in child.log() for child in (first, second)), 60, [first, second])
    ports = {re.search(r"page +http://127.0.0.1:(\d+)/", child.log()).group(1) for child in (first, second)}
    demand(len(ports) == 2, "two demonstrations listen on one port")
    demand(second.end() == 0, second.log())
    wait_for("the round is over", lambda: not first.is_running(), 120)
    demand(first.process.returncode == 0, first.log())
    for word in ("stack-down", "one DOWN mail, one UP mail, one incident", ".eml"):
        demand(word in first.log(), f"{word} is missing in\n{first.log()}")
    demand(len(os.listdir(env["TMPDIR"])) == 2, os.listdir(env["TMPDIR"]))
    folder = re.search(r"The mails and the page stay in (\S+)", first.log()).group(1)
    with open(os.path.join(folder, "public", "index.html"), encoding="utf-8") as file:
        demand("<h1>Everything is up</h1>" in file.read(), "the page that is left says something else than the last words")


TOOLS = "bash sh env dirname readlink basename sed grep cut tr cat printf tail mktemp rm test id".split()


def quickstart(s):
    """Where it cannot install anything it names the packages, by the names of the distribution."""
    for tool, words in (("dnf", ["dnf install", "libuv-devel", "pkgconf-pkg-config"]),
                        ("pacman", ["pacman -S --needed", "libmicrohttpd"]),
                        ("apk", ["apk add", "samurai", "libconfig-dev"]),
                        ("none", ["the names that Debian gives them", "libuv1-dev"])):
        folder = s.lab.folder(f"path-{tool}")
        for name in TOOLS:
            os.symlink(shutil.which(name), os.path.join(folder, name))
        if tool != "none":
            os.chmod(s.lab.write(f"path-{tool}/{tool}", "#!/bin/sh\nexit 9\n"), 0o755)
        done = subprocess.run([shutil.which("bash"), os.path.join(SOURCE, "quickstart"), "https://x.example/"],
                              env={"PATH": folder, "HOME": s.lab.dir}, capture_output=True, text=True, check=False,
                              timeout=60)
        demand(done.returncode == 1 and done.stderr.count("\n") == 1, f"{tool}: {done.returncode} {done.stderr}")
        for word in words + ["run this again"]:
            demand(word in done.stderr, f"{tool}: {word} is missing in: {done.stderr}")


STORIES = {"quickstart": quickstart, "demo": demo, "usage": usage, "manual": manual, "probe": probe, "snippets": snippets, "quick": quick}


def test():
    program, story = sys.argv[1], sys.argv[2]
    if story not in STORIES:
        raise Failure(f"there is no story {story}")
    with Lab(f"cli-{story}") as lab:
        STORIES[story](shore.Shore(lab, program))


main(test)
