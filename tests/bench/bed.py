"""bed.py - what every measurement stands on: nginx at 64 addresses, the daemon
over any number of targets, and what a process has used of CPU and memory."""

import contextlib
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(SOURCE, "tests/e2e"))

from lab import demand, find, is_listening, run, wait_for  # noqa: E402

RELEASE = os.path.join(SOURCE, "build/release/shorewatch")
HOST = "bench.lab.test"
ADDRESSES = [f"127.0.10.{i}" for i in range(1, 65)]
BODY = "<html>124 bytes are what a health check says" + "." * 73 + "</html>"

CONFIG = """
instance = "bench"; language = "en"; timezone = "UTC"; state_dir = "{state}"; references = [ ];
defaults = {{ interval = "{interval}"; timeout = "{timeout}"; connect_timeout = "{timeout}"; }};
listen = {{ address = "127.0.0.1:{port}"; }};
mail = {{ from = "bench@lab.test"; to = [ "ops@lab.test" ]; }};
targets_dir = "{targets}";
"""
A_FILE = 1000  # targets
DAY = 86400    # seconds
DAYS = 90      # of history; what the page shows
ODD_DAYS = 5   # of these, on which there is something to tell

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit; worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{
  access_log off; default_type text/html;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  ssl_certificate {chain}; ssl_certificate_key {key};
  ssl_protocols TLSv1.3; ssl_session_cache off; ssl_session_tickets off;
  server {{ {plain} {tls} server_name _; location / {{ return 200 '{body}'; }} location = /count {{ stub_status; }} }}
}}
"""


class Chain:
    """root <- intermediate <- leaf, all P-256; the leaf and the intermediate are sent."""

    def __init__(self, lab):
        self.folder = lab.folder("chain")
        self._make("root", "root", "/CN=bench root", "basicConstraints=critical,CA:TRUE")
        self._make("middle", "root", "/CN=bench intermediate", "basicConstraints=critical,CA:TRUE")
        self._make("leaf", "middle", f"/CN={HOST}", f"subjectAltName=DNS:{HOST}")
        self.ca, self.key, self.sent = (os.path.join(self.folder, name)
                                        for name in ("root.pem", "leaf.key", "sent.pem"))
        with open(self.sent, "w", encoding="ascii") as sent:
            for name in ("leaf", "middle"):
                with open(os.path.join(self.folder, f"{name}.pem"), encoding="ascii") as file:
                    sent.write(file.read())

    def _make(self, name, issuer, subject, extension):
        words = [find("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-days", "30", "-subj", subject, "-addext", extension, "-keyout", f"{name}.key", "-out", f"{name}.pem"]
        if issuer != name:
            words += ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"]
        run(words, cwd=self.folder)


class Far:
    """nginx: plain and TLS on the same 64 addresses; counts what it has served."""

    def __init__(self, lab):
        folder = lab.folder("nginx", mode=0o777)
        self.port, self.tls_port = lab.port(), lab.port()
        self.chain = Chain(lab)
        config = lab.write("nginx.conf", NGINX.format(
            folder=folder, chain=self.chain.sent, key=self.chain.key, body=BODY,
            plain=" ".join(f"listen {a}:{self.port} backlog=4096;" for a in ADDRESSES),
            tls=" ".join(f"listen {a}:{self.tls_port} ssl backlog=4096;" for a in ADDRESSES)))
        self.child = lab.start("nginx", [*priority(1), find("nginx"), "-e", "stderr", "-c", config])
        self._asked = 0
        wait_for("nginx answers", self._is_there, 20, [self.child])

    def _is_there(self):
        try:
            return self.counts() is not None
        except OSError:
            return False

    def counts(self):
        """(connections accepted, requests served), our own questions not among them."""
        with urllib.request.urlopen(f"http://{ADDRESSES[0]}:{self.port}/count", timeout=20) as answer:
            found = re.search(r"^\s*(\d+)\s+\d+\s+(\d+)", answer.read().decode(), re.M)
        self._asked += 1
        return int(found.group(1)) - self._asked, int(found.group(2)) - self._asked


def priority(core, level=5):
    """Words that put a command alone on a core, before the machine's other work, where we may."""
    if os.geteuid() != 0 or not shutil.which("chrt"):
        return []
    return ["chrt", "-f", str(level), "taskset", "-c", str(core % (os.cpu_count() or 1))]


def cpu_us(pid):
    """Of all threads of a process, microseconds."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1000


def memory_kib(pid, field="VmRSS"):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(rf"{field}:\s+(\d+) kB", file.read()).group(1))


def http_target(far, i, path="/"):
    return f'http = {{ url = "http://{ADDRESSES[i % 64]}:{far.port}{path}"; }}'


def https_target(far, i):
    return (f'http = {{ url = "https://{HOST}:{far.tls_port}/"; address = "{ADDRESSES[i % 64]}:{far.tls_port}"; '
            f'ca_file = "{far.chain.ca}"; }}')


def tcp_target(far, i):
    return f'tcp = {{ address = "{ADDRESSES[i % 64]}:{far.port}"; }}'


def odd_day(dice):
    """observed, down, slow, planned seconds of a day that was not simply up"""
    span = dice.randrange(1, 7200)
    return dice.choice([(DAY, span, 0, 0), (DAY, 0, span, 0), (DAY - span, 0, 0, 0), (DAY - span, 0, 0, span),
                        (DAY, span // 10, span, 0)])


def days_of(name, today, dice):
    odd = set(dice.sample(range(1, DAYS), ODD_DAYS))
    for ago in range(DAYS - 1, 0, -1):
        yield (name, today - ago, *(odd_day(dice) if ago in odd else (DAY, 0, 0, 0)))


def history_fill(path, names):
    """Ninety days of each into the tables that the daemon has made."""
    dice, today = random.Random(90), int(time.time()) // DAY
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        for name in names:
            base.executemany("INSERT OR REPLACE INTO days(name, day, observed, down, slow, planned)"
                             " VALUES(?,?,?,?,?,?)", days_of(name, today, dice))


class Daemon:
    """The daemon over `n` targets; target(i) is the i-th one's kind group."""

    program = RELEASE

    def __init__(self, lab, name, n, target, interval="1s", timeout="900ms", before=(), has_history=False):
        self._lab, self._name, self._before = lab, name, before
        self.port = lab.port()
        self.folder = lab.folder(f"{name}.state")
        targets = lab.folder(f"{name}.targets")
        for first in range(0, n, A_FILE):
            rows = ",\n".join(f'  {{ name = "t{i}"; {target(i)}; }}' for i in range(first, min(n, first + A_FILE)))
            lab.write(f"{name}.targets/{first}.cfg", f"targets = (\n{rows}\n);\n")
        self._options = {"state": self.folder, "timeout": timeout, "port": self.port, "targets": targets}
        if has_history:
            self._live_before(n)
        self._start(interval)

    def _live_before(self, n):
        """A life in which every target was seen, and ninety days that never were."""
        self._start("20s")
        wait_for("every target was seen", lambda: self.seen() >= n, 120, [self.child])
        self.end()
        history_fill(os.path.join(self.folder, "history.db"), [f"t{i}" for i in range(n)])

    def _start(self, interval):
        self.config = self._lab.write(f"{self._name}.cfg", CONFIG.format(interval=interval, **self._options))
        self.child = self._lab.start(self._name, [*self._before, self.program, "run", "-c", self.config])
        wait_for("the daemon listens", lambda: is_listening(self.port), 120, [self.child])

    def pid(self):
        """The daemon's own, also when strace stands before it."""
        with open(f"/proc/{self.child.pid}/task/{self.child.pid}/children", encoding="ascii") as file:
            below = file.read().split()
        return int(below[0]) if below else self.child.pid

    def cpu_us(self):
        return cpu_us(self.pid())

    def memory_kib(self, field="VmRSS"):
        return memory_kib(self.pid(), field)

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=20) as answer:
            return float(re.search(rf"^{name} (\S+)", answer.read().decode(), re.M).group(1))

    def seen(self):
        """Targets that are believed to be up or down."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=20) as answer:
            return len(re.findall(r"^shorewatch_target_up\{[^}]*\} [01]$", answer.read().decode(), re.M))

    def end(self):
        if self.child.is_running():
            os.kill(self.pid(), signal.SIGTERM)
            self.child.process.wait(60)
        self.child.end()


def compile_c(lab, name, *words):
    program = lab.path(name)
    run([find("cc"), "-std=c17", "-D_GNU_SOURCE", "-O2", "-I", os.path.join(SOURCE, "src"),
         os.path.join(HERE, f"{name}.c"), *words, "-o", program])
    return program


def spread(values):
    """median (least - most)"""
    ordered = sorted(values)
    middle = (ordered[len(ordered) // 2] + ordered[(len(ordered) - 1) // 2]) / 2
    return middle, ordered[0], ordered[-1]


def show(title, values, unit, bound=None, is_floor=False):
    """One line; True when the bound holds."""
    middle, least, most = spread(values)
    digits = 2 if middle < 20 else 0
    is_good = bound is None or (middle >= bound if is_floor else middle <= bound)
    limit = "" if bound is None else f"   bound {'>=' if is_floor else '<='} {bound:g}: {'holds' if is_good else 'EXCEEDED'}"
    print(f"  {title:<34} {middle:9.{digits}f} {unit:<5} ({least:.{digits}f} - {most:.{digits}f}){limit}", flush=True)
    return is_good


__all__ = ["ADDRESSES", "HERE", "HOST", "SOURCE", "Daemon", "Far", "compile_c", "cpu_us", "demand", "find",
           "http_target", "https_target", "is_listening", "memory_kib", "priority", "run", "show", "spread", "tcp_target",
           "time", "wait_for"]
