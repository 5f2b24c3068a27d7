#!/usr/bin/env python3
"""peers.py site PORT | relay PORT FOLDER - what the story's watcher talks to.

site: an open port. relay: takes every mail and keeps it as FOLDER/N.eml.
"""

import pathlib
import socketserver
import sys


class Site(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(1)


class Relay(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def content(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        folder = pathlib.Path(sys.argv[3])
        (folder / f"{len(list(folder.iterdir())):03}.eml").write_bytes(b"".join(lines))

    def handle(self):
        self.say("220 relay")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                self.content()
            self.say("221 bye" if verb == b"QUIT" else "250 yes")
            if verb == b"QUIT":
                return


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", int(sys.argv[2])), Site if sys.argv[1] == "site" else Relay).serve_forever()
