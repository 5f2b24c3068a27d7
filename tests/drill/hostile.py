"""hostile.py - a mail relay that follows a script: what it does to one session
after the other is told to it as modes (reliability.md 3); when they are used up
it is good. Its spool is the truth for what was accepted.
"""

import random
import socket
import time

import relay

COMMANDS = ("EHLO", "MAIL", "RCPT", "DATA")


class Session(relay.Session):
    def handle(self):
        owner = self.server.relay
        self.mode, self.argument = mode = owner.next_mode()
        if not getattr(self, "greet_" + self.mode, self.greet)():
            return
        line = self.rfile.readline(4096)
        if not line:  # somebody who only wanted to know whether we are there
            owner.give_back(mode)
            return
        owner.sessions += 1
        owner.began.append(time.monotonic())
        while line:
            verb = line.decode("ascii", "replace").split(":")[0].split()[0].upper()
            owner.heard.append((time.monotonic(), line.decode("ascii", "replace").strip()))
            if not getattr(self, f"answer_{self.mode}", self.answer)(verb, line):
                return
            line = self.rfile.readline(4096)

    # ---- a good one ----

    def greet(self):
        self.say("220 relay.lab.test")
        return True

    def answer(self, verb, _line):
        if verb == "DATA":
            self.say("354 go on")
            return getattr(self, "keep_" + self.mode, self.keep)()
        self.say("221 bye" if verb == "QUIT" else "250 yes")
        return verb != "QUIT"

    def keep(self):
        raw = self.content()
        if raw is None:
            return False
        self.server.relay.take(raw)
        self.say("250 2.0.0 queued as 4XyZ")
        return True

    def refuse(self, verb, line, at, reply):
        if verb == at:
            self.say(reply)
            return True
        return self.answer(verb, line)

    # ---- before anything ----

    def greet_banner421(self):
        self.say("421 4.3.2 too busy")
        return False

    def greet_garbage(self):
        self.wfile.write(bytes(random.Random(1).randbytes(300)) + b"\r\n")
        return False

    def greet_hangbanner(self):
        self.hang()
        return False

    def hang(self):
        """Until the other side has had enough."""
        self.request.settimeout(None)
        while self.request.recv(4096):
            pass

    # ---- refusals ----

    def answer_grey451(self, verb, line):
        return self.refuse(verb, line, "RCPT", "451 4.7.1 Greylisted, come back later")

    def answer_rcpt550(self, verb, line):
        """Of the recipient whose address is the argument."""
        if verb == "RCPT" and self.argument.encode() not in line:
            return self.answer(verb, line)
        return self.refuse(verb, line, "RCPT", "550 5.1.1 no such user here")

    def answer_data554(self, verb, line):
        return self.refuse(verb, line, "DATA", "554 5.7.1 no")

    def refuse_content(self, reply):
        if self.content() is None:
            return False
        self.say(reply)
        return True

    def keep_enddata554(self):
        return self.refuse_content("554 5.6.0 message refused")

    def keep_enddata451(self):
        return self.refuse_content("451 4.3.0 try again")

    # ---- in the middle ----

    def answer_cut(self, verb, line):
        """Hangs up when the argument is said, or after the dot, or at the end."""
        if verb == self.argument:
            self.reset()
            return False
        return self.answer(verb, line)

    def reset(self):
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.request.close()

    def keep_dropdata(self):
        """In the middle of the mail."""
        self.rfile.readline()
        self.reset()
        return False

    def keep_dropafterdot(self):
        self.server.relay.take(self.content())
        return False

    def keep_refuseafterdot(self):
        """As a relay that dies before it has written the mail down: nothing was accepted."""
        self.content()
        return False

    def keep_hangdata(self):
        """Accepts, and never says so."""
        self.server.relay.take(self.content())
        self.hang()
        return False

    def keep_slow(self):
        raw = self.content()
        time.sleep(self.argument)
        self.server.relay.take(raw)
        self.say("250 2.0.0 at last")
        return True

    def answer_quithang(self, verb, line):
        if verb == "QUIT":
            self.hang()
            return False
        return self.answer(verb, line)

    # ---- words ----

    def answer_longline(self, verb, line):
        if verb == "MAIL":
            self.wfile.write(b"250 " + b"x" * 300000 + b"\r\n")
            return True
        return self.answer(verb, line)

    def answer_endless(self, verb, line):
        if verb != "MAIL":
            return self.answer(verb, line)
        while True:
            self.wfile.write(b"250-and more\r\n" * 100)

    def answer_badreply(self, verb, line):
        if verb == "MAIL":
            self.wfile.write(b"\xff\xfe\0\x1b[31m yes\r\n")
            return True
        return self.answer(verb, line)

    def login(self, verb, line, reply):
        if verb == "EHLO":
            self.wfile.write(b"250-relay.lab.test\r\n250 AUTH PLAIN\r\n")
            return True
        if verb == "AUTH":
            self.server.relay.logins.append(time.monotonic())
            self.say("334 ")
            self.rfile.readline()
            self.say(reply)
            return True
        return self.answer(verb, line)

    def answer_auth535(self, verb, line):
        return self.login(verb, line, "535 5.7.8 wrong")

    def answer_auth235(self, verb, line):
        return self.login(verb, line, "235 2.7.0 welcome")


class Hostile(relay.Relay):
    """`script`: a mode for each session to come, "mode" or ("mode", argument); `always`: of those after them."""

    session = Session

    def __init__(self, lab, port, script=(), always="good", **more):
        super().__init__(lab, port, **more)
        self.script, self.always = list(script), always
        self.began, self.heard, self.logins = [], [], []

    def next_mode(self):
        mode = self.script.pop(0) if self.script else self.always
        return mode if isinstance(mode, tuple) else (mode, None)

    def give_back(self, mode):
        if mode[0] != "good" and mode != self.always and mode[0] != self.always:
            self.script.insert(0, mode)


__all__ = ["COMMANDS", "Hostile"]
