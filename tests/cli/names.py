"""names.py - name servers on loopback for tests of `check`: one of our own that
can also be silent, lie and overflow, and a real unbound over the same zones.

Zones are {zone: text}, a zone file's lines without the SOA: "blog A 203.0.113.7".
"""

import os
import socket
import struct
import threading

import shore  # noqa: F401  it knows where the lab is
from lab import find, run, wait_for

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "MX": 15, "AAAA": 28}
NXDOMAIN, SERVFAIL, REFUSED = 3, 2, 5
UDP_MAX = 512  # RFC 1035 4.2.1: more makes the asker come again by TCP
CHAIN_MAX = 20


def on_wire(name):
    labels = [label for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label.encode("ascii") for label in labels) + b"\0"


def data_on_wire(kind, words):
    if kind == "A":
        return socket.inet_aton(words[0])
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, words[0])
    if kind == "MX":
        return struct.pack("!H", int(words[0])) + on_wire(words[1])
    return on_wire(words[0])


def absolute(name, zone):
    """As it is written: foreign servers keep the case of their names, too."""
    if name.endswith("."):
        return name[:-1]
    return zone if name == "@" else f"{name}.{zone}"


def read_zones(zones):
    """{name: {type: [data]}}, as a name server holds them."""
    records = {}
    for zone, text in zones.items():
        for line in text.split("\n"):
            words = line.split()
            if words:
                name, kind, data = absolute(words[0], zone).lower(), words[1], words[2:]
                if kind in ("CNAME", "NS", "MX"):
                    data[-1] = absolute(data[-1], zone) + "."
                records.setdefault(name, {}).setdefault(kind, []).append(data)
    return records


class Zones:
    """Answers as a resolver does, aliases followed. `moods` is {name or ".suffix": mood}: silent, garbage,
    loop (an answer whose names point at themselves), or a code of RFC 1035 4.1.1."""

    def __init__(self, port, zones, moods=None):
        self.port = port
        self.records = read_zones(zones)
        self.moods = moods or {}
        self.asked = []  # (name, type), in the order in which they came
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._udp.bind(("127.0.0.1", port))
        self._tcp = socket.create_server(("127.0.0.1", port), backlog=64)
        threading.Thread(target=self._serve_udp, daemon=True).start()
        threading.Thread(target=self._serve_tcp, daemon=True).start()

    def stop(self):
        self._udp.close()
        self._tcp.close()

    def _serve_udp(self):
        while True:
            try:
                question, client = self._udp.recvfrom(4096)
                answer = self._answer(question, is_udp=True)
                if answer:
                    self._udp.sendto(answer, client)
            except OSError:
                return

    def _serve_tcp(self):
        while True:
            try:
                client, _ = self._tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._serve_client, args=(client,), daemon=True).start()

    def _serve_client(self, client):
        with client, client.makefile("rb") as stream:
            while True:
                head = stream.read(2)
                if len(head) < 2:
                    return
                answer = self._answer(stream.read(struct.unpack("!H", head)[0]), is_udp=False)
                if answer:
                    client.sendall(struct.pack("!H", len(answer)) + answer)

    def _mood(self, name):
        for key, mood in self.moods.items():
            if name == key or (key.startswith(".") and name.endswith(key)):
                return mood
        return None

    def _find(self, name, kind):
        """The records of a name, through its aliases: [(owner, type, data)], and whether it exists."""
        found = []
        for _ in range(CHAIN_MAX):
            here = self.records.get(name, {})
            if kind in here:
                return found + [(name, kind, data) for data in here[kind]], True
            if "CNAME" not in here:
                return found, name in self.records or any(known.endswith("." + name) for known in self.records)
            found.append((name, "CNAME", here["CNAME"][0]))
            name = here["CNAME"][0][0][:-1].lower()
        return found, True

    def _answer(self, question, is_udp):
        labels, at = [], 12
        while question[at] != 0:
            labels.append(question[at + 1:at + 1 + question[at]].decode("ascii"))
            at += 1 + question[at]
        name, number = ".".join(labels).lower(), struct.unpack("!H", question[at + 1:at + 3])[0]
        asked = question[12:at + 5]
        kind = next((key for key, value in TYPES.items() if value == number), str(number))
        self.asked.append((name, kind))
        mood = self._mood(name)
        if mood == "silent":
            return None
        if mood == "garbage":
            return header(question, 0, 3) + asked + b"\xff" * 40
        if mood == "loop":
            return header(question, 0, 1) + asked + b"\xc0" + bytes([12 + len(asked)]) + struct.pack("!HHIH", number, 1, 5, 0)
        found, exists = self._find(name, kind)
        code = mood if isinstance(mood, int) else 0 if exists else NXDOMAIN
        body = b"".join(record_on_wire(*record) for record in (found if code == 0 else []))
        if is_udp and len(asked) + len(body) + 12 > UDP_MAX:
            return header(question, 0x0200, 0) + asked
        return header(question, code, len(found) if code == 0 else 0) + asked + body


def header(question, bits, answers):
    return question[:2] + struct.pack("!HHHHH", 0x8180 | bits, 1, answers, 0, 0)


def record_on_wire(owner, kind, words):
    data = data_on_wire(kind, words)
    return on_wire(owner) + struct.pack("!HHIH", TYPES[kind], 1, 5, len(data)) + data


# ---- the real one ----

SERVER = """
server:
  interface: 127.0.0.1@{port}
  do-daemonize: no
  do-ip6: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  module-config: "iterator"
  local-zone: "test." nodefault
remote-control:
  control-enable: no
"""

# Each zone whole and at hand, the root too: it asks nobody else, and follows aliases from one to the other.
ZONE = """
auth-zone:
  name: "{zone}."
  zonefile: "{file}"
  for-downstream: no
  for-upstream: yes
  fallback-enabled: no
"""

SOA = "@ 60 IN SOA ns.lab. mail.lab. 1 3600 600 86400 60\n"


def start_unbound(lab, zones):
    """Gives its port."""
    port = lab.port(socket.SOCK_DGRAM, socket.SOCK_STREAM)
    folder = lab.folder("unbound")
    config = SERVER.format(port=port, folder=folder)
    for zone, text in {"": "@ NS ns.lab.\nns.lab. A 127.0.0.1", **zones}.items():
        path = lab.write(os.path.join("unbound", f"{zone or 'root'}.zone"),
                         f"$ORIGIN {zone}.\n$TTL 60\n{SOA}" + "\n".join(line.strip() for line in text.split("\n")) + "\n")
        config += ZONE.format(zone=zone, file=path)
    path = lab.write("unbound.conf", config)
    run([find("unbound-checkconf"), path])
    child = lab.start("unbound", [find("unbound"), "-d", "-c", path])
    wait_for("unbound answers", lambda: answers(port), 20, [child])
    return port


def answers(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0.5)
        asker.connect(("127.0.0.1", port))
        try:
            asker.send(b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + on_wire("lab") + b"\x00\x02\x00\x01")
            return len(asker.recv(512)) > 12
        except OSError:
            return False
