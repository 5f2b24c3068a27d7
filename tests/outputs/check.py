#!/usr/bin/env python3
"""check.py SAMPLE - what is written for machines, read by programs that are not ours.

SAMPLE (outputs_sample) writes every file of the page in every state; each status.json is held against its schema by
python3-jsonschema, each feed read by python3-feedparser and by the strict reader of atom.py, each picture by an XML
parser, each badge for shields.io against that service's own words for it. Hostile words must change nothing but words.
"""

import html.parser
import json
import os
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import atom  # noqa: E402
import status  # noqa: E402
import statuspage  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
SHOWN_MAX = 210  # characters of a name, and a little for what we say around it
CONTROLS = {"Cc"}
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Fault(Exception):
    pass


def demand(holds, what):
    if not holds:
        raise Fault(what)


def files_below(folder, ending):
    for root, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith(ending):
                yield os.path.join(root, name)


def read(path):
    with open(path, "rb") as file:
        return file.read()


# ---- pictures ----

def check_clean(text, path):
    """What a browser or a terminal would obey rather than show."""
    for c in text:
        demand(unicodedata.category(c) not in CONTROLS or c in "\n", f"{path}: a control character, {c!r}")
        demand(c not in BIDI, f"{path}: {c!r} turns the line around")


def check_badge(path):
    root = ElementTree.fromstring(read(path))
    demand([child.tag for child in root] == [SVG + "title", SVG + "path", SVG + "path", SVG + "g"],
           f"{path}: {[child.tag for child in root]}")
    label, message = root[3]
    words = label.text or ""
    title = f"{words}: {message.text}"
    demand(root[0].text == title == root.get("aria-label"), f"{path}: {root[0].text!r} is not {title!r}")
    demand(len(words) <= 40, f"{path}: a label of {len(words)} characters")
    demand(int(root.get("width")) == int(label.get("textLength")) + int(message.get("textLength")) + 24, path)
    demand(int(root.get("width")) < 640, f"{path}: {root.get('width')} px wide")
    check_clean("".join(root.itertext()), path)


def check_pictures(folder):
    for path in files_below(folder, ".svg"):
        root = ElementTree.fromstring(read(path))
        demand(root.tag == SVG + "svg", f"{path}: {root.tag}")
        demand({part.tag.removeprefix(SVG) for part in root.iter()} <= {"svg", "title", "path", "circle", "g", "text"}, path)
        if "badge" in os.path.relpath(path, folder):
            check_badge(path)


def check_shield(path):
    """The endpoint schema of shields.io: these members, of these types."""
    badge = json.loads(read(path))
    demand({name: type(value) for name, value in badge.items()} ==
           {"schemaVersion": int, "label": str, "message": str, "color": str, "isError": bool, "cacheSeconds": int},
           f"{path}: {badge}")
    demand(badge["schemaVersion"] == 1 and badge["message"] and len(badge["label"]) <= 40, f"{path}: {badge}")
    picture = ElementTree.fromstring(read(path.removesuffix(".json") + ".svg"))
    demand(picture[3][1].text == badge["message"], f"{path} says another thing than the picture")
    check_clean(badge["label"], path)


def check_badges(folder, report):
    wanted = {"badge"} | {"badge/" + target["id"] for target in report["targets"]}
    for ending in (".svg", ".json"):
        found = {os.path.relpath(path, folder).removesuffix(ending) for path in files_below(folder, ending)
                 if os.path.relpath(path, folder).startswith("badge")}
        demand(found == wanted, f"{folder}: badges {found ^ wanted}")
    for path in files_below(folder, ".json"):
        if os.path.relpath(path, folder).startswith("badge"):
            check_shield(path)


# ---- pages ----

class Links(html.parser.HTMLParser):
    """Where a page leads to, and what it fetches."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        self.found |= {value for name, value in attrs if name in ("href", "src")}


def check_links(folder):
    """Every file that a page names is there: no link of ours ends nowhere."""
    for path in files_below(folder, ".html"):
        links = Links()
        links.feed(read(path).decode())
        for link in links.found:
            if link.startswith("#") or "://" in link:
                continue
            demand(os.path.exists(os.path.join(os.path.dirname(path), link)), f"{path} leads to {link}")


# ---- everything of one report ----

def check_folder(folder):
    report = status.check_file(os.path.join(folder, "status.json"))
    check_pictures(folder)
    check_badges(folder, report)
    check_links(folder)
    atom.check_file(os.path.join(folder, "feed.atom"), report)
    statuspage.check_folder(folder, report)
    for path in files_below(folder, ".json"):
        json.loads(read(path).decode())  # UTF-8 to the last byte
        demand(len(read(path)) < 2000000 or "long" in folder, f"{path} has {len(read(path))} bytes")
    for path in files_below(folder, ".atom"):
        demand(len(read(path)) < 200000, f"{path} has {len(read(path))} bytes")
    return report


def shape_of(value):
    """A document without its words: hostile ones may change no more than these."""
    if isinstance(value, dict):
        return {name: shape_of(inner) for name, inner in value.items() if name not in ("uptime", "days")}
    if isinstance(value, list):
        return [shape_of(inner) for inner in value]
    return type(value).__name__


def check_hostile(folder, calm, hostile):
    for name in ("status.json", "badge.json", "api/v2/status.json", "api/v2/incidents.json"):
        one = shape_of(json.loads(read(os.path.join(folder, hostile, name))))
        other = shape_of(json.loads(read(os.path.join(folder, calm, name))))
        if "incidents" in one:  # one note more was written
            for document in (one, other):
                for incident in document["incidents"]:
                    incident.pop("updates", None)
                    incident.pop("incident_updates", None)
        demand(one == other, f"{hostile}/{name} has another shape than {calm}'s")


def check_hidden(folder):
    for root, _, names in os.walk(os.path.join(folder, "hidden")):
        for name in names:
            path = os.path.join(root, name)
            demand(b"canary of what is hidden" not in read(path), f"{path} names what is hidden")
            demand(not name.startswith("blog."), f"{path} is of what is hidden")


def check_stopped(report):
    demand(report["watcher"]["stopped_at"] and report["next_due"] is None, "the tombstone does not say so")
    demand({target["state"] for target in report["targets"]} == {"unknown"}, "the tombstone claims to know")
    demand(report["stale_after"] == report["generated_at"], "the tombstone is not stale at once")


def check_goldens():
    """The files that page_golden_test keeps."""
    golden = os.path.join(status.SOURCE, "tests", "golden", "page")
    found = [status.check_file(path) for path in files_below(golden, ".json")]
    demand(len(found) >= 4, f"only {len(found)} golden files")


def check_all(sample):
    check_goldens()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sample, folder], check=True)
        states = sorted(os.listdir(folder))
        reports = {state: check_folder(os.path.join(folder, state)) for state in states}
        hostile = [state for state in states if state.startswith("hostile")]
        demand(len(hostile) > 5, f"states: {states}")
        for state in hostile:
            check_hostile(folder, "stack-down", state)
        check_hidden(folder)
        check_stopped(reports["stopped"])
        demand(not os.path.exists(os.path.join(folder, "stopped", "alive")), "a tombstone lives")
        status.check_breakage(reports["stack-down"])
    print(f"{len(states)} states")


if __name__ == "__main__":
    try:
        check_all(*sys.argv[1:])
    except (Fault, status.Fault, atom.Fault, statuspage.Fault) as fault:
        sys.exit(str(fault))
