"""servers.py - DL-14 of reliability.md 6: real mail servers. Postfix on three
doors: 25 in clear, 587 with STARTTLS and a login that Dovecot checks, 465 with
TLS from the first byte; and greylisting by its policy protocol. The Maildir is
the judge.
"""

import os
import shutil
import socketserver
import threading
import time

from authority import Authority
from faketime import Fast
from lab import find, run
from loopback import HOME, TMAIL, World, demand, wait_for
from machine import Skip
from mails import Mail
from postfix import Postfix

USER, PASSWORD, DOMAIN = "watch", "a password of this drill", "lab.test"
RATE = 30

DOORS = """
127.0.0.1:{plain} inet n - n - - smtpd -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=no
  -o mynetworks=127.0.0.0/8 -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o {{ smtpd_recipient_restrictions = {asked} permit_mynetworks, reject }}
127.0.0.1:{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_type=dovecot
  -o smtpd_sasl_path=private/dovecot
"""
DOVECOT = """
protocols =
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = no
auth_mechanisms = plain login
passdb {{
  driver = static
  args = user={user} password={password}
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}}
service auth {{
  unix_listener {queue}/private/dovecot {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""


class Mailbox:
    """What a World takes for its relay's spool: (when, mail) of everything in a Maildir."""

    def __init__(self, maildir, port):
        self.maildir, self.port = maildir, port

    @property
    def spool(self):
        shift = time.time() - time.monotonic()
        folder = os.path.join(self.maildir.folder, "new")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        paths = sorted((os.stat(os.path.join(folder, name)).st_mtime - shift, name) for name in names)
        return [(when, self._read(os.path.join(folder, name))) for when, name in paths]

    @staticmethod
    def _read(path):
        with open(path, "rb") as file:
            return Mail(file.read())

    def mails(self):
        return [mail for _, mail in self.spool]

    def open(self):
        pass

    close = open


class Greylist:
    """Asked by Postfix's policy protocol: whoever comes for the first time comes too early."""

    def __init__(self, port):
        self.port, self.known = port, {}
        known = self.known

        class Door(socketserver.StreamRequestHandler):
            def handle(self):
                asked = {}
                while line := self.rfile.readline().decode().rstrip("\n"):  # an empty one ends the question
                    name, _, value = line.partition("=")
                    asked[name] = value
                key = asked.get("sender"), asked.get("recipient")
                known[key] = known.get(key, 0) + 1
                self.wfile.write(b"action=dunno\n\n" if known[key] > 1 else b"action=defer_if_permit Greylisted\n\n")

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", port), Door)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


class Office(World):
    """A world whose relay is a real Postfix of its own."""

    def __init__(self, program, name, is_grey=False, **values):
        super().__init__(program, name, has_watchdog=False, **values)
        self.authority = Authority(self.lab)
        self.plain, self.submission, self.tls = (self.lab.port() for _ in range(3))
        self.postfix = Postfix(self.lab, self.tls, self.authority, "localhost", DOMAIN, USER, PASSWORD)
        self.grey = Greylist(self.lab.port()) if is_grey else None
        asked = f"check_policy_service inet:127.0.0.1:{self.grey.port}," if is_grey else ""
        with open(os.path.join(self.postfix.config, "master.cf"), "a", encoding="utf-8") as file:
            file.write(DOORS.format(plain=self.plain, submission=self.submission, asked=asked))
        self.relay = Mailbox(self.postfix.maildir, self.tls)
        self.secret = self.lab.write("secrets/relay", PASSWORD + "\n", 0o600)

    def begin(self, url, more="", user=USER):
        """Everything runs; mails go to that door."""
        self.postfix.start()
        self._dovecot()
        login = f'username = "{user}"; password = "file:{self.secret}";' if user else ""
        self.configure(relays=f'{{ url = "{url}"; {login} {more} }}')
        self.start()
        self.calm(limit=30)

    def _dovecot(self):
        folder = self.lab.folder("dovecot")
        config = self.lab.write("dovecot/dovecot.conf", DOVECOT.format(
            folder=folder, user=USER, password=PASSWORD.replace(" ", ""), queue=self.lab.path("postfix", "queue")))
        self.lab.start("dovecot", [find("dovecot"), "-F", "-c", config])
        wait_for("Dovecot answers", lambda: os.path.exists(self.lab.path("postfix", "queue", "private", "dovecot")), 20)

    def whole_outage(self):
        down = self.mail(self.shut(), TMAIL)
        up = self.mail(self.open(), TMAIL)
        demand(down.state == "DOWN" and up.state == "UP", f"{self.relay.mails()}")
        status, out, _ = self.run("mails")
        demand(status == 0 and "queued as" in out, f"Postfix's own words were not kept: {out}")


def with_ca(world):
    return f'ca_file = "{world.authority.ca_file}";'


def dl_14_plain(program):
    """Postfix on loopback in clear: one DOWN, one UP, and its queue id is kept."""
    with Office(program, "DL-14 plain") as world:
        world.begin(f"smtp://127.0.0.1:{world.plain}", 'starttls = "never";', user="")
        world.whole_outage()


def dl_14_submission(program):
    """Postfix with STARTTLS and a login that Dovecot checks."""
    if not shutil.which("dovecot", path=os.environ["PATH"] + ":/usr/sbin"):
        raise Skip("Dovecot is not installed (package dovecot-core)")
    with Office(program, "DL-14 submission") as world:
        world.secret = world.lab.write("secrets/dovecot", PASSWORD.replace(" ", "") + "\n", 0o600)
        world.begin(f"smtp://127.0.0.1:{world.submission}", with_ca(world))
        world.whole_outage()
        with open(world.postfix.log, encoding="utf-8") as file:
            demand("sasl_method=" in file.read(), "nobody logged in")


def dl_14_tls(program):
    """Postfix with TLS from the first byte and a login."""
    with Office(program, "DL-14 tls") as world:
        world.begin(f"smtps://127.0.0.1:{world.tls}", with_ca(world), user=f"{USER}@{DOMAIN}")
        world.whole_outage()


def dl_14_stranger(program):
    """A certificate of somebody we do not know: not a word is told to it, the notice is kept, and says why."""
    with Office(program, "DL-14 stranger") as world:
        world.begin(f"smtps://127.0.0.1:{world.tls}", user=f"{USER}@{DOMAIN}")
        world.shut()
        world.until("it was tried", lambda: "result=later" in world.log(), TMAIL)
        demand("handshake" in world.log() or "certificate" in world.log(), "nobody said why")
        world.configure(relays=f'{{ url = "smtps://127.0.0.1:{world.tls}"; username = "{USER}@{DOMAIN}"; '
                               f'password = "file:{world.secret}"; {with_ca(world)} }}')
        world.end()
        began = world.start()
        demand(world.mail(began, TMAIL).state == "DOWN", "no DOWN")
        demand(world.mail(world.open(), TMAIL).state == "UP", "no UP")


def dl_14_grey(program):
    """Postfix greylists whoever comes for the first time: a minute later it is taken, once."""
    with Office(program, "DL-14 grey", is_grey=True, **{**HOME, "timeout": "40s", "connect_timeout": "30s"}) as world:
        world.clock = Fast(RATE)
        world.begin(f"smtp://127.0.0.1:{world.plain}", 'starttls = "never";', user="")
        demand(world.mail(world.shut(), 187 + 6 * 60).state == "DOWN", "no DOWN")
        demand(list(world.grey.known.values()) == [2], f"{world.grey.known}")
        demand(world.mail(world.open(), 187).state == "UP", "no UP")


DRILLS = {"DL-14-plain": dl_14_plain, "DL-14-submission": dl_14_submission, "DL-14-tls": dl_14_tls,
          "DL-14-stranger": dl_14_stranger, "DL-14-grey": dl_14_grey}
GATE = ()
RELEASE = tuple(DRILLS)
