"""atom.py - the feed, read by python3-feedparser, and held against RFC 4287.

A reader is lenient; the rules below are the RFC's own, section by section.
"""

import datetime
import html.parser
import re
import xml.etree.ElementTree as ElementTree

import feedparser

ATOM = "{http://www.w3.org/2005/Atom}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # 3.3
ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")  # 4.2.6: an IRI, and not a relative one
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[A-Za-z0-9/._-]+")  # RFC 4151, 2.1
MARKUP = {"p", "br"}  # what the content may hold
# How often each may come: 4.1.1 and 4.1.2. "generator" and others that we do not use are left out.
FEED = {"author": (1, 1), "category": (0, 9), "generator": (0, 1), "id": (1, 1), "link": (1, 9), "title": (1, 1),
        "updated": (1, 1), "entry": (0, 50)}
ENTRY = {"category": (0, 9), "content": (0, 1), "id": (1, 1), "link": (1, 9), "published": (0, 1), "summary": (0, 1),
         "title": (1, 1), "updated": (1, 1)}


class Fault(Exception):
    pass


def demand(holds, what):
    if not holds:
        raise Fault(what)


def counted(element, rules, at):
    names = [child.tag.removeprefix(ATOM) for child in element]
    demand(set(names) <= set(rules), f"{at}: {set(names) - set(rules)}")
    for name, (least, most) in rules.items():
        demand(least <= names.count(name) <= most, f"{at}: {names.count(name)} of {name}")
    demand(not (element.text or "").strip() and not any((child.tail or "").strip() for child in element),
           f"{at}: words between elements")


def text_of(element, name, at):
    child = element.find(ATOM + name)
    demand(len(child) == 0, f"{at}: {name} holds elements")  # 3.1.1: plain text
    demand(child.get("type", "text") in ("text", "html"), f"{at}: {name} is {child.get('type')}")
    return child.text or ""


def time_of(element, name, at):
    text = text_of(element, name, at)
    demand(TIME.fullmatch(text), f"{at}: {name} {text!r}")
    return datetime.datetime.fromisoformat(text)


def check_id(element, at):
    found = text_of(element, "id", at)
    demand(ABSOLUTE.fullmatch(found) and TAG.fullmatch(found), f"{at}: id {found!r}")
    return found


def check_links(element, at):
    """4.1.1: not two alternates of one type and language; 4.2.7: each has an address, and nothing inside."""
    seen = set()
    for link in element.findall(ATOM + "link"):
        demand(link.get("href") is not None and len(link) == 0, f"{at}: a link without an address")
        key = (link.get("rel", "alternate"), link.get("type"), link.get("hreflang"))
        demand(key not in seen, f"{at}: two links {key}")
        seen.add(key)
    demand(any(key[0] == "alternate" for key in seen), f"{at}: no alternate")


class Markup(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, attrs))


def check_content(entry, at):
    content = entry.find(ATOM + "content")
    demand(content is not None and content.get("type") == "html" and len(content) == 0, f"{at}: content")
    markup = Markup()
    markup.feed(content.text or "")
    for tag, attributes in markup.tags:
        demand(tag in MARKUP and not attributes, f"{at}: <{tag} {attributes}> in the content")


def check_entry(entry, at):
    counted(entry, ENTRY, at)
    check_links(entry, at)
    check_content(entry, at)
    published, updated = time_of(entry, "published", at), time_of(entry, "updated", at)
    demand(published <= updated, f"{at}: published after it was updated")
    for name in ("title", "summary"):
        if entry.find(ATOM + name) is not None:
            text_of(entry, name, at)
    for category in entry.findall(ATOM + "category"):
        demand(category.get("term"), f"{at}: a category without a term")
    return check_id(entry, at), updated


def check_strictly(raw, at):
    demand(raw.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n'), f"{at}: no XML declaration")
    demand(b"<!" not in raw, f"{at}: a doctype, a comment or CDATA")
    root = ElementTree.fromstring(raw)
    demand(root.tag == ATOM + "feed", f"{at}: {root.tag}")
    counted(root, FEED, at)
    check_links(root, at)
    entries = [check_entry(entry, f"{at}: entry {i}") for i, entry in enumerate(root.findall(ATOM + "entry"))]
    ids = [check_id(root, at)] + [entry[0] for entry in entries]
    demand(len(ids) == len(set(ids)), f"{at}: an id comes twice")
    demand(root.find(f"{ATOM}author/{ATOM}name").text, f"{at}: nobody wrote it")
    updated = time_of(root, "updated", at)
    demand(all(entry[1] <= updated for entry in entries), f"{at}: an entry is newer than the feed")
    return ids[1:]


def check_read(raw, ids, at):
    """By the parser that others read it with."""
    feed = feedparser.parse(raw)
    demand(not feed.bozo and feed.version == "atom10", f"{at}: {feed.get('bozo_exception', feed.version)}")
    demand([entry.id for entry in feed.entries] == ids, f"{at}: read as other entries")
    for entry in feed.entries:
        demand(entry.updated_parsed and entry.published_parsed and entry.link, f"{at}: {entry.id} is read in part")
        demand("<script" not in entry.content[0].value, f"{at}: a script is left after cleaning")


def check(raw, at, incidents=None):
    ids = check_strictly(raw, at)
    check_read(raw, ids, at)
    if incidents is not None:
        demand([found.rsplit("/", 1)[1] for found in ids] == incidents[:50],
               f"{at}: entries {ids} are not the incidents {incidents}")
    return ids


def check_file(path, report):
    with open(path, "rb") as file:
        return check(file.read(), path, [incident["id"] for incident in report["incidents"]])
