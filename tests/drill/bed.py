"""bed.py - a drill that needs a network of its own: shorewatch alone in one
network namespace, the rest of the world in another, one pair of links between
them. What gets lost on the way, and how, is told to the world's nftables.

    shorewatch, on links of its own   10.99.1.2    fd00:99::2
    the sites                         198.51.100.10, 2001:db8:10::10
    three references, of both families
    the relay 25.25.25.25, the resolver 192.0.2.53
"""

import ctypes
import http.server
import os
import re
import socket
import subprocess
import threading
import time

import namespace
from alertmanager import Sender
from authority import Authority
from lab import is_listening, run
from loopback import TOKEN, WATCHDOG, World, demand, wait_for
from machine import demand_networks
from relay import Relay
from stand_ins import Listener, NameServer

SELF, WORLD = ("10.99.1.2", "fd00:99::2"), ("10.99.1.1", "fd00:99::1")
SITE, SITE6 = "198.51.100.10", "2001:db8:10::10"
OTHER = "198.51.100.20"
REFERENCES = ("203.0.113.1", "203.0.113.2", "203.0.113.3")
REFERENCES6 = ("2001:db8:113::1", "2001:db8:113::2", "2001:db8:113::3")
MAIL, RESOLVER = "25.25.25.25", "192.0.2.53"  # a relay in a special network would be no witness
BLOG, WIKI = 80, 81
WORDS = b"welcome to the drill"
ALLOWED = 'allow = [ "198.51.100.0/24", "2001:db8::/32" ];'

CONFIG = """
instance = "drill"; language = "en"; timezone = "{zone}"; state_dir = "{state}"; references = [ {references} ];
resolvers = [ "192.0.2.53:53" ];
defaults = {{ interval = "{interval}"; timeout = "{timeout}"; connect_timeout = "{connect_timeout}"; fall = 3;
  retest = [ {retest} ]; rise = 2; settle = "{settle}"; }};
listen = {{ address = "0.0.0.0:{port}"; }};
page = {{ title = "Drill"; url = "http://10.99.1.2:{port}/"; }};
mail = {{ from = "watch@lab.test"; to = [ "ops@lab.test" ]; group_wait = "{group_wait}";
  relays = ( {{ url = "smtps://relay.lab.test:465"; ca_file = "{authority}"; }} ); }};
stacks = ( {{ name = "home"; title = "Home cluster"; }} );
{watchdogs}
targets = ( {targets} );
{more}
"""


def web(name, port, host=SITE, more=""):
    return f"""
  {{ name = "{name}"; title = "{name.capitalize()}"; stack = "home"; {more}
     http = {{ url = "http://{host}:{port}/"; body_contains = [ "welcome" ]; }}; }}"""


def counted(rule):
    """The rule with a counter before its end, for has_lost()."""
    words, verdict = re.fullmatch(r"(.*?) ?((?:drop|reject)\b.*)", rule).groups()
    return f"{words} counter {verdict}"


class Pages:
    """A web server whose `mode` is one of ok, 500, parking, hang, drip; `delay` seconds pass before it answers.
    It counts who has asked."""

    def __init__(self, port, address=SITE):
        pages = self
        self.mode, self.delay, self.asked = "ok", 0, 0

        class Door(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                pages.asked += 1
                time.sleep(pages.delay)
                getattr(self, "say_" + pages.mode)()

            def say(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def say_ok(self):
                self.say(200, WORDS)

            def say_500(self):
                self.say(500, b"broken")

            def say_parking(self):
                self.say(200, b"this domain is for sale")

            def say_hang(self):
                time.sleep(30)

            def say_drip(self):
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                for _ in range(60):
                    self.wfile.write(b"w")
                    self.wfile.flush()
                    time.sleep(0.5)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that gave up

        self._server = Server((address, port), Door)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


class Net:
    """The two namespaces. This process lives in the world's from here on; shorewatch is started with `words`."""

    def __init__(self):
        demand_networks()
        self._world = namespace.Own()
        self._world.__enter__()
        self._holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stdin=subprocess.DEVNULL)
        self.path = f"/proc/{self._holder.pid}/ns/net"
        here = os.readlink("/proc/thread-self/ns/net")
        wait_for("the other namespace", lambda: os.readlink(self.path) != here, 5, every=0.01)
        self.words = ["nsenter", f"--net={self.path}"]
        self._link()

    def close(self):
        self._holder.kill()
        self._holder.wait()
        self._world.__exit__()

    def inside(self, *words):
        return run([*self.words, *words])

    def _link(self):
        run(["ip", "link", "add", "up0", "type", "veth", "peer", "name", "eth0", "netns", str(self._holder.pid)])
        for words in ("link set lo up", "link set up0 up", f"addr add {WORLD[0]}/24 dev up0",
                      f"addr add {WORLD[1]}/64 dev up0 nodad"):
            run(["ip", *words.split()])
        for address in (SITE, OTHER, *REFERENCES, MAIL, RESOLVER):
            run(["ip", "addr", "add", f"{address}/32", "dev", "lo"])
        for address in (SITE6, *REFERENCES6):
            run(["ip", "addr", "add", f"{address}/128", "dev", "lo", "nodad"])
        for words in ("link set lo up", "link set eth0 up", f"addr add {SELF[0]}/24 dev eth0",
                      f"addr add {SELF[1]}/64 dev eth0 nodad", f"route add default via {WORLD[0]}",
                      f"-6 route add default via {WORLD[1]}"):
            self.inside("ip", *words.split())
        run(["nft", "add table inet f; add chain inet f in { type filter hook input priority 0; }; "
                    "add chain inet f out { type filter hook output priority 0; }"])


class Bed(World):
    """`with Bed(program, "DT-01") as bed:` - a World whose way to the rest can be broken."""

    def __init__(self, program, name, **values):
        self.net, self.authority = Net(), None
        targets = web("blog", BLOG) + "," + web("wiki", WIKI)
        super().__init__(program, name, **{"targets": targets, "references_of": REFERENCES + REFERENCES6, **values})
        self.pages = {BLOG: Pages(BLOG), WIKI: Pages(WIKI)}
        self.references = [Listener(443, address) for address in REFERENCES + REFERENCES6]
        self.site = Listener(443, SITE)
        self.relay = Relay(self.lab, 465, MAIL, self.authority.issue("relay.lab.test", "DNS:relay.lab.test"))
        self.names = NameServer(53, {"relay.lab.test": MAIL, "blog.lab.test": SITE}, {"blog.lab.test": SITE6}, at=RESOLVER)
        self.beats = Sender(self.port, TOKEN, SELF[0])
        self._inside = os.open(self.net.path, os.O_RDONLY | os.O_CLOEXEC)
        self._here = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._libc = ctypes.CDLL(None, use_errno=True)

    def judge(self):
        super().judge()
        self.has_lost()

    def __exit__(self, kind, fault, trace):
        try:
            super().__exit__(kind, fault, trace)
        finally:
            os.close(self._inside)
            os.close(self._here)
            self.net.close()

    def configure(self, **values):
        if not self.authority:
            self.authority = Authority(self.lab)
        self._values.update(values, authority=self.authority.ca_file)
        self.lab.folder("secrets", mode=0o700)
        token = self.lab.write("secrets/token", TOKEN + "\n", 0o600)
        watchdogs = WATCHDOG.format(token=token, **self._values) if self.has_watchdog else ""
        references = ", ".join(f'"[{address}]:443"' if ":" in address else f'"{address}:443"'
                               for address in self._values["references_of"])
        self.config = self.lab.write("shorewatch.cfg", CONFIG.format(
            state=self.state, port=self.port, watchdogs=watchdogs, references=references, **self._values))

    def start(self, *before, **what):
        began = super().start(*self.net.words, *before, **{**what, "is_reachable": False})
        wait_for("shorewatch listens", lambda: self._inside_of(lambda: is_listening(self.port)), 20, [self.child], 0.02)
        return began

    def _inside_of(self, question):
        """Asked from where shorewatch is; only this thread goes there."""
        demand(self._libc.setns(self._inside, namespace.CLONE_NEWNET) == 0, "setns")
        try:
            return question()
        finally:
            demand(self._libc.setns(self._here, namespace.CLONE_NEWNET) == 0, "setns")

    def get(self, path):
        return self._inside_of(lambda: super(Bed, self).get(path))

    # ---- the way ----

    def lose(self, *rules, chain="in"):
        """nftables rules of the world: what comes in there, or goes `out`. Gives the time."""
        for rule in rules:
            run(["nft", f"add rule inet f {chain} {counted(rule)}"])
        self.inject(f"{chain}: {'; '.join(rules)}")
        return time.monotonic()

    def heal(self, *left):
        """`left`: the rules of what comes in that stay in force, without a moment of their absence."""
        self.has_lost()
        run(["nft", "; ".join(["flush chain inet f in", "flush chain inet f out",
                               *(f"add rule inet f in {counted(rule)}" for rule in left)])])
        self.inject("healed" + "".join(f", but {rule}" for rule in left), is_fault=False)
        return time.monotonic()

    @staticmethod
    def has_lost():
        """Every rule that is in force has met something: else the fault was none, and what it led to proves nothing."""
        for rule in run(["nft", "list", "table", "inet", "f"]).splitlines():
            demand("counter packets 0 " not in rule, f"nothing was lost by the rule: {rule.strip()}")

    def cut(self, is_silent=True):
        """Our own line: swallowed on the way, or without a carrier."""
        if is_silent:
            return self.lose(*(f"{kind} saddr {address} drop" for kind, address in zip(("ip", "ip6"), SELF)))
        run(["ip", "link", "set", "up0", "down"])
        self.inject("no carrier")
        return time.monotonic()

    def mend(self, *left):
        run(["ip", "link", "set", "up0", "up"])
        run(["ip", "addr", "replace", f"{WORLD[1]}/64", "dev", "up0", "nodad"])
        self.net.inside("ip", "-6", "addr", "replace", f"{SELF[1]}/64", "dev", "eth0", "nodad")
        self.net.inside("ip", "-6", "route", "replace", "default", "via", WORLD[1])
        return self.heal(*left)

    # ---- what is seen ----

    def is_isolated(self):
        return self.status().get("watcher", {}).get("vantage") == "isolated"

    def shows(self, **states):
        """On the page, as soon as it is written anew."""
        self.until(f"the page shows {states}", lambda: self.states() == states, 30)

    def no_down(self):
        demand("to=down" not in self.log(), "a target was held to have failed")


__all__ = ["ALLOWED", "BLOG", "Bed", "MAIL", "OTHER", "Pages", "REFERENCES", "REFERENCES6", "RESOLVER", "SELF", "SITE", "SITE6", "WIKI", "web"]
