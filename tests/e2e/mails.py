"""mails.py - what a mail of ours has to look like, judged by Python's parser
from the bytes that the recipient holds.
"""

import email
import email.policy

from lab import demand


class Mail:
    """One received message."""

    def __init__(self, raw):
        self.raw = raw
        self.message = email.message_from_bytes(raw, policy=email.policy.default)

    def header(self, name):
        return str(self.message[name] or "")

    @property
    def subject(self):
        return self.header("Subject")

    @property
    def id(self):
        return self.header("Message-ID").strip()

    @property
    def state(self):
        return self.subject.split(":")[0]

    @property
    def diagnosis(self):
        return self.header("Shorewatch-Diagnosis").strip()

    def references(self):
        return self.header("References").split()

    def text(self):
        return self.message.get_body(("plain",)).get_content()

    def __str__(self):
        return f"{self.subject!r} ({self.diagnosis}, {self.id})"


def check_form(mail, sender, recipient):
    """email.md: headers, both parts, 7-bit, no line over 998, no defect."""
    message = mail.message
    parts = list(message.walk())
    defects = [defect for part in parts for defect in part.defects]
    demand(not defects, f"{mail}: the parser finds defects: {defects}")
    demand(all(byte < 128 for byte in mail.raw), f"{mail}: not 7-bit")
    demand(max(map(len, mail.raw.splitlines())) <= 998, f"{mail}: a line is too long")
    demand(message["From"].addresses[0].addr_spec == sender, f"{mail}: From is {message['From']}")
    demand(message["To"].addresses[0].addr_spec == recipient, f"{mail}: To is {message['To']}")
    demand(mail.header("Auto-Submitted") == "auto-generated", f"{mail}: Auto-Submitted is missing")
    demand(message["Date"].datetime.tzinfo is not None, f"{mail}: Date has no zone")
    demand(message.get_content_type() == "multipart/alternative", f"{mail}: not multipart/alternative")
    kinds = [part.get_content_type() for part in message.iter_parts()]
    demand(kinds == ["text/plain", "text/html"], f"{mail}: its parts are {kinds}")
    for name in ("Message-ID", "Subject", "Date", "From", "To"):
        demand(len(message.get_all(name)) == 1, f"{mail}: {name} is there more than once")
