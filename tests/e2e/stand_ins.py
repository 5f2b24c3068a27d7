"""stand_ins.py - small servers of our own, where nothing real is needed: a TCP
listener, and a DNS server that can fall silent.
"""

import socket
import struct
import threading


class Listener:
    """A TCP port that accepts and closes: an API server, or a reference."""

    def __init__(self, port, address="127.0.0.1"):
        self.port = port
        self.address = address
        self.accepted = 0
        self._socket = None

    def start(self):
        if self._socket:
            return
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        self._socket.bind((self.address, self.port))
        self._socket.listen(64)
        threading.Thread(target=self._serve, args=(self._socket,), daemon=True).start()

    def _serve(self, listening):
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            self.accepted += 1
            client.close()

    def kill(self):
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._socket.close()
        self._socket = None


class NameServer:
    """Answers A questions from a table, and AAAA ones from another, whose names stand in the first
    as well; `is_silent` makes it swallow every question."""

    def __init__(self, port, addresses, addresses6=None, at="127.0.0.1"):
        self.port = port
        self.addresses = addresses
        self.addresses6 = addresses6 or {}
        self.is_silent = False
        self.questions = 0
        self.swallowed = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((at, port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                question, client = self._socket.recvfrom(4096)
            except OSError:
                return
            self.questions += 1
            if self.is_silent:
                self.swallowed += 1
                continue
            try:
                self._socket.sendto(self._answer(question), client)
            except (IndexError, struct.error, UnicodeDecodeError, OSError):
                continue

    def _answer(self, question):
        labels, at = [], 12
        while question[at] != 0:
            labels.append(question[at + 1:at + 1 + question[at]].decode("ascii"))
            at += 1 + question[at]
        kind = struct.unpack("!H", question[at + 1:at + 3])[0]
        asked = question[12:at + 5]
        name = ".".join(labels).lower()
        address = self.addresses.get(name)
        code = 0 if address is not None or name == "" else 3  # NXDOMAIN
        data = b""
        if kind == 1 and address is not None:
            data = socket.inet_aton(address)
        elif kind == 28 and name in self.addresses6:
            data = socket.inet_pton(socket.AF_INET6, self.addresses6[name])
        header = question[:2] + struct.pack("!HHHHH", 0x8580 | code, 1, 1 if data else 0, 0, 0)
        if not data:
            return header + asked
        return header + asked + struct.pack("!HHHIH", 0xC00C, kind, 1, 5, len(data)) + data

    def stop(self):
        self._socket.close()
