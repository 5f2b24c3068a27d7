"""watcher.py - shorewatch itself as a test meets it: a configuration in drill
time, the process, its page in the folder and over HTTP, its metrics.
"""

import json
import os
import re
import signal
import urllib.request

from lab import demand, is_listening, run, wait_for

TOKEN = "beat-token-for-this-test-only"

# One second here is ten at home; what is built in (late after two periods, silent after period and
# grace) follows from that. group_wait outlasts every wait for the Watchdog: it ends by itself as soon
# as the finding is settled, and were it not to, the mail would come too late.
CONFIG = """
instance    = "vps-test";
language    = "en";
timezone    = "Asia/Tokyo";
state_dir   = "{state_dir}";
resolvers   = [ "127.0.0.1:{dns_port}" ];
references  = [ {references} ];
defaults = {{ {pace} fall = 3; retest = [ "1s", "1s" ]; rise = 2; settle = "1s"; }};
listen = {{ address = "127.0.0.1:{port}"; public_url = "http://127.0.0.1:{port}"; }};
page   = {{ dir = "{page_dir}"; title = "Test status"; url = "http://127.0.0.1:{port}/"; days = 90; }};
mail   = {{
  from   = "Shorewatch <watch@lab.test>";
  to     = [ "ops@lab.test" ];
  relays = ( {{ url = "smtps://{relay_host}:{relay_port}"; username = "watch@lab.test";
               password = "file:{secrets}/password"; ca_file = "{ca_file}"; }} );
  group_wait = "60s";
}};
stacks    = ( {{ name = "home"; title = "Home cluster"; }} );
watchdogs = ( {{ name = "home"; stack = "home"; token = "file:{secrets}/token"; labels = [ "cluster=home" ];
                period = "6s"; grace = "24s"; start_grace = "60s"; {pull} }} );
targets = (
  {{ name = "blog"; title = "Blog"; stack = "home"; group = "Public sites"; allow = [ "127.0.0.0/8" ];
    http = {{ url = "https://blog.lab.test:{site_port}/"; ca_file = "{ca_file}"; body_contains = "</html>"; }}; }},
  {{ name = "misskey"; title = "Misskey"; stack = "home"; group = "Public sites"; allow = [ "127.0.0.0/8" ];
    http = {{ url = "https://mk.lab.test:{site_port}/api/ping"; ca_file = "{ca_file}"; method = "POST"; body = "{{}}";
             headers = {{ Content-Type = "application/json"; }}; body_contains = "pong"; }}; }},
  {{ name = "apiserver"; title = "API server"; stack = "home"; group = "Cluster"; layer = "edge";
    tcp = {{ address = "127.0.0.1:{edge_port}"; }}; }}
);
"""
TITLES = {"blog": "Blog", "misskey": "Misskey", "apiserver": "API server"}

SILENT = 30  # seconds without a beat, until the Watchdog counts as silent: period and grace

FAST = 'interval = "3s"; timeout = "2s"; connect_timeout = "1s";'
# Long enough for the resolver's own patience (4 s, then the last good address) within connect_timeout.
PATIENT = 'interval = "10s"; timeout = "9s"; connect_timeout = "5s";'


class Watcher:
    """One shorewatch with its state; start, kill and start again as the test likes."""

    def __init__(self, lab, program, **values):
        self.lab = lab
        self.program = program
        self.port = lab.port()
        self.page_dir = lab.path("page")
        secrets = lab.folder("secrets", mode=0o700)
        self.token_file = lab.write("secrets/token", TOKEN + "\n", 0o600)
        lab.write("secrets/password", values.pop("password") + "\n", 0o600)
        values.setdefault("pace", FAST)
        self.config = lab.write("shorewatch.cfg", CONFIG.format(
            state_dir=lab.folder("state"), page_dir=self.page_dir, port=self.port, secrets=secrets, **values))
        self.starts = 0
        self.child = None
        demand(os.access(program, os.X_OK), f"{program} does not exist: build it first")

    def check_config(self):
        run([self.program, "check", "-c", self.config])

    def start(self):
        self.starts += 1
        env = dict(os.environ, ASAN_OPTIONS="abort_on_error=0:exitcode=99:detect_leaks=1",
                   UBSAN_OPTIONS="print_stacktrace=1")
        self.child = self.lab.start(f"shorewatch-{self.starts}", [self.program, "run", "-c", self.config], env=env)
        wait_for("shorewatch listens", lambda: is_listening(self.port), 20, [self.child])

    def kill(self):
        """As a power cut would: no last word."""
        self.child.kill()

    def hang_up(self):
        """HUP; returns when shorewatch has said what it thinks of the configuration."""
        before = self.child.log().count("reload result=")
        self.child.signal(signal.SIGHUP)
        wait_for("the reload is told", lambda: self.child.log().count("reload result=") > before, 10, [self.child], every=0.05)

    def end(self):
        """TERM: it saves and ends by itself, with status 0 and nothing from the sanitizers."""
        status = self.child.end(limit=15)
        demand(status == 0, f"shorewatch ended with status {status}")

    # ---- what it shows ----

    def snippet(self, name):
        """What `shorewatch snippets NAME` tells the user to paste."""
        return run([self.program, "snippets", name, "-c", self.config])

    def page_on_disk(self):
        try:
            with open(os.path.join(self.page_dir, "index.html"), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def status(self):
        try:
            with open(os.path.join(self.page_dir, "status.json"), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return {}

    def page_verdict(self):
        """The body's class, the same on disk and over HTTP; "" while there is none."""
        disk = body_class(self.page_on_disk())
        served = body_class(self.get("/"))
        return disk if disk == served else ""

    def states(self):
        return {target["id"]: target["state"] for target in self.status().get("targets", [])}

    def failures(self):
        """Target -> outcome code of its last failure."""
        targets = self.status().get("targets", [])
        return {target["id"]: (target.get("last_error") or {}).get("code") for target in targets}

    def watchdog_state(self):
        found = re.search(r'^shorewatch_deadman_state\{[^}]*state="([a-z]+)"\} 1$', self.get("/metrics"), re.MULTILINE)
        return found.group(1) if found else ""

    def beats(self):
        return self.metric("shorewatch_deadman_beats_total")

    def metric(self, name):
        """The largest sample of that name."""
        samples = [float(value) for value in
                   re.findall(rf"^{name}(?:\{{[^}}]*\}})? ([-+0-9.eE]+)$", self.get("/metrics"), re.MULTILINE)]
        demand(samples, f"/metrics has no {name}")
        return max(samples)


def body_class(html):
    found = re.search(r'<body class="([^"]*)"', html)
    return found.group(1) if found else ""
