"""relay.py - a mail relay on loopback whose spool is the truth: what is in it
was accepted, whatever the client believes. Closed, it refuses connections.
"""

import os
import socketserver
import ssl
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from mails import Mail  # noqa: E402


class Session(socketserver.StreamRequestHandler):
    timeout = 60

    def setup(self):
        context = self.server.relay.context
        if context:
            self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.server.relay.sessions += 1
        self.say("220 relay.lab.test")
        while line := self.rfile.readline(4096):
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                self.keep()
            self.say("221 bye" if verb == b"QUIT" else "250 yes")
            if verb == b"QUIT":
                return

    def keep(self):
        raw = self.content()
        if raw is not None:
            self.server.relay.take(raw)

    def content(self):
        """None: cut off before the dot, never accepted."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines) if line else None


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a client that was killed in the middle is what drills are about


class Relay:
    """`spool` holds (when, mail) in the order of arrival; `when` is time.monotonic()."""

    session = Session

    def __init__(self, lab, port, address="127.0.0.1", identity=None):
        self.address = address
        self.context = None
        if identity:  # certificate and key: implicit TLS
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*identity)
        self.folder = lab.folder("spool")
        self.port = port
        self.spool = []
        self.sessions = 0
        self._server = None

    def open(self):
        if self._server:
            return
        self._server = Server((self.address, self.port), self.session)
        self._server.relay = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def take(self, raw):
        when = time.monotonic()
        with open(os.path.join(self.folder, f"{len(self.spool):03}.eml"), "wb") as file:
            file.write(raw)
        self.spool.append((when, Mail(raw)))

    def mails(self):
        return [mail for _, mail in self.spool]
