#!/usr/bin/env python3
"""mail_check.py - read messages as strictly as the strictest reader.

usage: mail_check.py FILE...
       mail_check.py --framed FILE [LEAST]

With --framed FILE holds many messages, each after a line with its length in
bytes; there must be LEAST of them, for a parser that is given nothing finds
nothing. Those that differ in digits alone are read once.

Every rule of the design's email.md that can be checked on the bytes is
checked here, with nothing of shorewatch's own code: the standard library
parses, this file compares. Prints each fault; exit status 1 if there is one.
"""

import datetime
import email
import email.header
import email.policy
import email.utils
import html.parser
import re
import sys
import unicodedata

HEADER_MAX = 78        # RFC 5322 2.1.1, recommended
LINE_MAX = 998         # RFC 5322 2.1.1, required
BODY_MAX = 76          # RFC 2045 6.7, 6.8
WORD_MAX = 75          # RFC 2047 2
SUBJECT_COLUMNS = 50
MESSAGE_MAX = 1 << 20  # whatever fails at once
HTML_MAX = 16384       # a usual one has 3 to 4 KB

ONCE = ["from", "to", "subject", "date", "message-id", "auto-submitted",
        "x-auto-response-suppress", "shorewatch-diagnosis", "mime-version",
        "content-type", "content-language"]
AT_MOST_ONCE = ["in-reply-to", "references", "importance", "priority", "shorewatch-incident",
                "shorewatch-drill"]
VOID = {"meta", "br", "hr", "img", "input", "link"}
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
# RFC 5322 3.3, without what is obsolete
DATE = re.compile(rf"({'|'.join(DAYS)}), \d\d? ({MONTHS}) \d{{4}} \d\d:\d\d:\d\d [+-]\d{{4}}")
# RFC 5322 3.6.4, without quoted strings and literals
ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
MESSAGE_ID = re.compile(rf"<{ATOMS}@{ATOMS}>")
# A phone's rule needs one line: the state stands first, whatever else is said.
STATE = re.compile(r"(Re: )?((DRILL|DEMO|TEST): |【(訓練|デモ|テスト)】)*"
                   r"([A-Z][A-Z ]*: |【[^】]+】)")
# A link's address stands in the text, and behind the words in the page.
LINK = re.compile(r"^(Runbook|Status page|手順書|状況ページ)(: |：)https?://.*$")
ENCODED_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?\s]*)\?=")


def columns(text):
    # What is put upon another character, or only says how to join them, takes no room.
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Words(html.parser.HTMLParser):
    """The words a reader sees, in order; and faults of the markup."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.text, self.faults, self.links = [], [], [], []
        self.title, self.lead, self.language = "", "", None

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if tag == "html":
            self.language = dict(attrs).get("lang")
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice")
        for name, value in attrs:
            if name == "href":
                self.links.append(value)
            elif name not in ("style", "lang", "charset", "name", "content"):
                self.faults.append(f"<{tag}> has the attribute {name}")
        if tag in ("script", "img", "link", "style", "iframe", "form", "svg", "table"):
            self.faults.append(f"<{tag}> is not wanted in a mail")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes what is not open")

    def handle_data(self, data):
        if "title" in self.open:
            self.title += data
        else:
            self.text.append(data)
        if "h1" in self.open:
            self.lead += data


def plain_words(text):
    """The text's words without list marks, addresses, and the signature's dashes."""
    words = []
    for line in text.split("\n"):
        if line == "-- ":
            continue
        line = re.sub(r"^(- |\d+\. |■ )", "", line)
        line = LINK.sub(r"\1", line)
        words.append(line)
    return normal(" ".join(words))


def normal(text):
    return "".join(text.split()).replace("·", "").casefold()


def check_bytes(raw, faults):
    if re.search(rb"[^\x00-\x7f]", raw):
        faults.append("a byte above 0x7f")
    if re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw):
        faults.append("a control character")
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        faults.append("a line that does not end in CRLF")
    if not raw.endswith(b"\r\n"):
        faults.append("the last line does not end")
    head, _, body = raw.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        # A token that cannot be folded may be longer; RFC 5322 forbids only 998.
        if len(line) > (HEADER_MAX if b" " in line[1:].split(b":", 1)[-1].strip() else LINE_MAX):
            faults.append(f"header line of {len(line)}: {line[:60]!r}")
        if not line.strip():
            faults.append("an empty folded line")
    for line in body.split(b"\r\n"):
        if len(line) > (HEADER_MAX if line.startswith((b"--", b"Content-")) else BODY_MAX):
            faults.append(f"body line of {len(line)}: {line[:60]!r}")
        if line.startswith((b".", b"From ")):
            faults.append(f"body line begins with {line[:5]!r}")
    return head


def check_words(head, faults):
    for word in re.findall(rb"=\?\S+\?=", head):
        match = ENCODED_WORD.fullmatch(word.decode("ascii"))
        if match is None:
            faults.append(f"broken encoded word {word!r}")
            continue
        if match[1] != "utf-8" or match[2] != "b":
            faults.append(f"encoded word {word!r}: not utf-8 in base64")
        if len(word) > WORD_MAX:
            faults.append(f"encoded word of {len(word)}")
        try:
            [(decoded, charset)] = email.header.decode_header(match[0])
            decoded.decode(charset)
        except ValueError as fault:
            faults.append(f"encoded word {word!r}: {fault}")


def check_headers(message, faults):
    names = [name.lower() for name in message.keys()]
    for name in ONCE:
        if names.count(name) != 1:
            faults.append(f"{names.count(name)} headers {name}")
    for name in set(names):
        if name not in ONCE + AT_MOST_ONCE:
            faults.append(f"unexpected header {name}")
        elif names.count(name) > 1:
            faults.append(f"{names.count(name)} headers {name}")
    subject = str(message["subject"])
    if columns(subject) > SUBJECT_COLUMNS:
        faults.append(f"subject of {columns(subject)} columns: {subject}")
    if STATE.match(subject) is None:
        faults.append(f"no state begins the subject: {subject}")
    for name in ("from", "to"):
        if len(message[name].addresses) != 1:
            faults.append(f"{name}: {len(message[name].addresses)} addresses")
    check_date(str(message["date"]), faults)
    if message["importance"] is not None and message["priority"] is None:
        faults.append("Importance without Priority")
    for name, value in message.items():
        for defect in getattr(value, "defects", ()):
            faults.append(f"{name}: {defect!r}")


def check_date(text, faults):
    if DATE.fullmatch(text) is None:
        faults.append(f"Date: {text!r}")
        return
    date = email.utils.parsedate_to_datetime(text)
    if text[:3] != DAYS[date.weekday()] or abs(date.utcoffset()) > datetime.timedelta(hours=14):
        faults.append(f"Date: {text!r} is no day")


def check_thread(message, faults):
    ids = str(message["references"] or "").split()
    for one in ids + [str(message[name]) for name in ("message-id", "in-reply-to")
                      if message[name] is not None]:
        if MESSAGE_ID.fullmatch(one.strip()) is None:
            faults.append(f"no Message-ID: {one!r}")
    if (message["in-reply-to"] is None) != (not ids):
        faults.append("In-Reply-To and References do not go together")
    if ids and str(message["in-reply-to"]).strip() != ids[-1]:
        faults.append("In-Reply-To is not the last of References")
    if str(message["message-id"]).strip() in ids:
        faults.append("the message is its own reference")
    if len(ids) != len(set(ids)):
        faults.append("an id twice in References")
    if len(ids) > 20:
        faults.append(f"{len(ids)} ids in References")


def check_parts(message, faults):
    parts = list(message.iter_parts()) if message.is_multipart() else []
    kinds = [part.get_content_type() for part in parts]
    wanted = ["text/plain", "text/html"]
    if message.get_content_type() != "multipart/alternative" or kinds != wanted:
        faults.append(f"parts {kinds}")
        return
    language = str(message["content-language"])
    wanted = {"en": "quoted-printable", "ja": "base64"}.get(language)
    for part in parts:
        if part["content-transfer-encoding"] != wanted:
            faults.append(f"{language} as {part['content-transfer-encoding']}")
        if part.get_content_charset() != "utf-8":
            faults.append(f"charset {part.get_content_charset()}")
        for defect in part.defects:
            faults.append(f"part: {defect!r}")
    if message.preamble or message.epilogue:
        faults.append("text before the first part, or after the last one")
    text, page = (part.get_payload(decode=True).decode("utf-8") for part in parts)
    check_bodies(message, text, page, faults)


def check_head(message, words, faults):
    if words.language != str(message["content-language"]):
        faults.append(f"html in {words.language}")
    if normal(words.title) != normal(str(message["subject"])):
        faults.append(f"the title is not the subject: {words.title!r}")


def check_lead(text, words, faults):
    """Nothing stands before what happened but that it is a drill."""
    lines = [line for line in text.split("\n") if line]
    if normal(words.lead) not in [normal(line) for line in lines[:2]]:
        faults.append(f"the first line is not what happened: {lines[:1]}")


def check_bodies(message, text, page, faults):
    text, page = text.replace("\r\n", "\n"), page.replace("\r\n", "\n")
    words = Words()
    words.feed(page)
    words.close()
    faults += words.faults
    check_head(message, words, faults)
    check_lead(text, words, faults)
    if words.open:
        faults.append(f"still open: {words.open}")
    for link in words.links:
        if not link.startswith(("https://", "http://")) or link not in text:
            faults.append(f"link {link!r}")
    if len(page.encode()) > HTML_MAX:
        faults.append(f"html of {len(page.encode())} bytes")
    for body in (text, page):
        if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\r]", body):
            faults.append("a control character in a body")
    if "\n-- \n" not in text:
        faults.append("no signature line")
    ours, theirs = plain_words(text), normal("".join(words.text))
    if ours != theirs:
        at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b),
                  min(len(ours), len(theirs)))
        faults.append(f"text and html differ: {ours[at:at + 40]!r} / {theirs[at:at + 40]!r}")


def check(raw):
    faults = []
    if len(raw) > MESSAGE_MAX:
        faults.append(f"{len(raw)} bytes")
    head = check_bytes(raw, faults)
    check_words(head, faults)
    try:
        message = email.message_from_bytes(raw, policy=email.policy.strict.clone(utf8=False))
        for defect in message.defects:
            faults.append(f"message: {defect!r}")
        check_headers(message, faults)
        check_thread(message, faults)
        check_parts(message, faults)
    except (email.errors.MessageError, ValueError, LookupError) as fault:
        faults.append(f"does not parse: {fault!r}")
    return faults


def frames(path):
    """Each message of a file of many, once, with its number."""
    seen, number = set(), 0
    with open(path, "rb") as file:
        while line := file.readline():
            raw = file.read(int(line))
            number += 1
            # The encoded parts differ wherever the words do, so they are compared decoded.
            message = email.message_from_bytes(raw)
            key = b"".join(part.get_payload(decode=True) or b"" for part in message.walk())
            key = re.sub(rb"[0-9]+", b"0", key) + b"%d" % len(message.get("references", "").split())
            if key not in seen:
                seen.add(key)
                yield f"{path}: message {number}", raw


def files(paths):
    for path in paths:
        with open(path, "rb") as file:
            yield path, file.read()


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    is_framed = arguments[0] == "--framed"
    least = int(arguments[2]) if is_framed and len(arguments) > 2 else 1
    read = bad = 0
    for name, raw in frames(arguments[1]) if is_framed else files(arguments):
        read += 1
        for fault in check(raw):
            print(f"{name}: {fault}")
            bad += 1
    print(f"{read} messages, {bad} faults")
    return 1 if bad or read < least else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
