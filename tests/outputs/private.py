#!/usr/bin/env python3
"""private.py PROGRAM STORY - what the public page must not say, written by the real daemon.

  hidden   a hidden target fails alone and with others: nothing of it is in any file, in neither language
  errors   page.public_errors: the class of an error, or also the address; page.noindex, in every page
"""

import gzip
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "e2e")]

import live  # noqa: E402
import shore  # noqa: E402
from lab import Lab, demand, main, wait_for  # noqa: E402

# Name, title, address, group, and what only its check would say; none of them is part of another word.
CANARIES = ("zqvault", "Zanzibar Quux", "wxyz-path-4711", "Kraken group", "kelpie-link")


def files_of(s):
    """(name, text) of every file of the page, whatever it is; a compressed one as what it holds."""
    for root, _, names in os.walk(live.public(s)):
        for name in names:
            path = os.path.join(root, name)
            try:
                with open(path, "rb") as file:
                    text = file.read()
            except FileNotFoundError:
                continue  # replaced meanwhile
            yield os.path.relpath(path, live.public(s)), gzip.decompress(text) if name.endswith(".gz") else text


def demand_no_trace(s, words, when):
    seen = 0
    for name, text in files_of(s):
        seen += 1
        for word in words:
            demand(word.encode().lower() not in text.lower() and word.lower() not in name.lower(),
                   f"{when}: \"{word}\" is in {name}")
    return seen


# ---- hidden ----

def with_hidden(s, port):
    hidden = (f'  {{ name = "zqvault"; title = "Zanzibar Quux"; group = "Kraken group"; hidden = true;\n'
              f'    link = "https://kelpie-link.lab.test/"; http = {{ url = "http://127.0.0.1:{port}/wxyz-path-4711"; }}; }},\n'
              '  { name = "blog"')
    s.write_config(change=lambda text: text.replace('  { name = "blog"', hidden, 1))


def is_incident_of_it(s):
    """The operator is told of it by mail."""
    folder = os.path.join(s.state, "outbox")
    return any(b"Zanzibar Quux" in live.check.read(os.path.join(folder, name)) for name in os.listdir(folder)
               if name.endswith(".eml"))


def hidden(s):
    vault = shore.Site(s.lab.port())
    s.lab.on_end(vault.shut)
    with_hidden(s, vault.port)
    s.site.open()
    vault.open()
    s.start()
    report = live.wait_report(s, "all is up", live.all_are("up"))
    demand([target["id"] for target in report["targets"]] == ["blog", "shop"], str(report["targets"]))
    canaries = (*CANARIES, f":{vault.port}")
    files = demand_no_trace(s, canaries, "all up")
    vault.shut()
    wait_for("its incident", lambda: is_incident_of_it(s), 30, [s.child])
    s.expect(0, "render", out="renews")
    number = live.whole_report(s)
    live.wait_report(s, "the next report", lambda report: report["report"] > number)
    live.whole_report(s)
    demand_no_trace(s, canaries, "it alone is down")
    report = live.report_of(s)
    demand(live.all_are("up")(report) and report["diagnosis"]["state"] == "up" and not report["incidents"],
           f"a hidden failure is told: {report['diagnosis']} {report['incidents']}")
    demand(not [name for name, _ in files_of(s) if name.startswith("incidents/")], "its incident has a page")
    live.wait_page(s, "history.html", "No incident is on record.")
    s.site.shut()
    report = live.wait_report(s, "the others' incident", lambda report: report["incidents"] and live.all_are("down")(report))
    live.whole_report(s)
    demand_no_trace(s, canaries, "all are down")
    s.site.open()
    vault.open()
    live.wait_report(s, "the end", lambda report: report["incidents"] and report["incidents"][0]["state"] == "resolved" and
                     live.all_are("up")(report))
    live.wait_page(s, "history.html", "incident")
    live.whole_report(s)
    demand_no_trace(s, canaries, "it is over")
    s.end()
    s.expect(0, "tombstone", out="nobody watches")
    demand_no_trace(s, canaries, "nobody watches")
    print(f"{files} files")


# ---- errors ----

def with_errors(s, how, noindex):
    s.write_config(change=lambda text: text.replace('page = { title = "Test"; }',
                                                    f'page = {{ title = "Test"; public_errors = "{how}"; noindex = {noindex}; }}').replace(
        '/shop"; headers', '/shop"; body_contains = "narwhal-4711"; headers'))


def error_is_told(s, how, noindex, words, others):
    with_errors(s, how, noindex)
    before = live.report_of(s)["report"] if s.starts else 0
    s.start()
    live.wait_report(s, "shop is down", lambda report: report["report"] > before and
                     {target["id"]: target["state"] for target in report["targets"]}["shop"] == "down")
    live.whole_report(s)
    text = b"\n".join(text for name, text in files_of(s) if name.endswith((".html", ".json", ".atom"))).decode()
    for word in words:
        demand(word in text, f"{how}: \"{word}\" is nowhere")
    for word in others:
        demand(word not in text, f"{how}: \"{word}\" is public")
    pages = [text for name, text in files_of(s) if name.endswith(".html")]
    asks = [b'<meta name="robots" content="noindex' in text for text in pages]
    demand(asks and all(asks) if noindex == "true" else not any(asks), f"noindex = {noindex}: {asks}")
    s.end()


def errors(s):
    s.site.open()
    address = f"127.0.0.1:{s.site.port}"
    error_is_told(s, "class", "false", (), (address, "narwhal-4711", "canary-4711"))
    error_is_told(s, "full", "true", (f"{address}/shop",), ("canary-4711",))


def test():
    program, story = sys.argv[1:]
    with Lab(f"outputs-{story}") as lab:
        {"hidden": hidden, "errors": errors}[story](shore.Shore(lab, program))


if __name__ == "__main__":
    main(test)
