"""shore.py - the real program and what its commands need around it: a small
site on loopback that can be shut, a reference, a configuration in seconds.
"""

import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from lab import demand, is_listening, wait_for  # noqa: E402

ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="abort_on_error=0:exitcode=99:detect_leaks=1",
                   UBSAN_OPTIONS="print_stacktrace=1", NO_COLOR="1")

CONFIG = """
instance = "test";
timezone = "Asia/Tokyo";
state_dir = "{state_dir}";
resolvers = [ "127.0.0.1:9" ];
references = [ "127.0.0.1:{reference}" ];
defaults = {{ interval = "1s"; timeout = "900ms"; connect_timeout = "500ms"; fall = 3; retest = [ "500ms", "500ms" ];
  rise = 2; settle = "500ms"; }};
listen = {{ address = "127.0.0.1:{port}"; }};
page = {{ title = "Test"; }};
mail = {{ from = "watch@lab.test"; to = [ "ops@lab.test" ]; group_wait = "1s"; }};
targets = (
  {{ name = "blog"; title = "Blog"; http = {{ url = "http://127.0.0.1:{site}/"; {more} }}; }},
  {{ name = "shop"; title = "Shop"; http = {{ url = "http://127.0.0.1:{site}/shop"; headers = {{ X-Api-Key = "canary-4711";
     Accept = "it's text"; }}; }}; }}
);
"""


class Site:
    """A web site with one page; shut it and it is gone."""

    def __init__(self, port):
        self.port = port
        self.server = None

    def open(self):
        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", self.port), Page)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def shut(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class Shore:
    def __init__(self, lab, program):
        demand(os.access(program, os.X_OK), f"{program} does not exist: build it first")
        self.lab = lab
        # A copy that everybody may run: the tree may lie in a folder that is closed to others.
        self.program = shutil.copy(program, lab.path("shorewatch"))
        os.chmod(self.program, 0o755)
        self.state = lab.folder("state")
        self.port = lab.port()
        self.site = Site(lab.port())
        self.reference = socket.create_server(("127.0.0.1", lab.port()), backlog=64)
        lab.on_end(self.reference.close)
        lab.on_end(self.site.shut)
        threading.Thread(target=self._answer, daemon=True).start()
        self.config = self.write_config()
        self.starts = 0
        self.child = None
        self.env = ENVIRONMENT

    def _answer(self):
        while True:
            try:
                self.reference.accept()[0].close()
            except OSError:
                return

    def write_config(self, more="", change=lambda text: text):
        text = CONFIG.format(state_dir=self.state, reference=self.reference.getsockname()[1], port=self.port,
                             site=self.site.port, more=more)
        return self.lab.write("shorewatch.cfg", change(text))

    # ---- the daemon ----

    def start(self, by=()):
        self.starts += 1
        self.child = self.lab.start(f"shorewatch-{self.starts}", [*by, self.program, "run", "-c", self.config],
                                    env=ENVIRONMENT)
        wait_for("shorewatch listens", lambda: is_listening(self.port), 20, [self.child])

    def end(self):
        status = self.child.end(limit=15)
        demand(status == 0, f"shorewatch ended with status {status}")

    # ---- commands ----

    def run(self, *words, config=True, limit=30, **options):
        """(status, standard output, standard error); a sanitizer's word is a failure."""
        command = [self.program, *words]
        if config:
            command += ["-c", self.config]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit,
                              check=False, env=options.pop("env", self.env), **options)
        demand(done.returncode in (0, 1, 2), f"{words}: status {done.returncode}\n{done.stdout}{done.stderr}")
        demand("Sanitizer" not in done.stderr, f"{words}:\n{done.stderr}")
        return done.returncode, done.stdout, done.stderr

    def expect(self, status, *words, out=(), err=(), **options):
        """Runs it and looks at status and words; gives standard output."""
        got, stdout, stderr = self.run(*words, **options)
        shown = f"{' '.join(words)}: status {got}\n--- out\n{stdout}--- err\n{stderr}"
        demand(got == status, f"status {status} was expected\n{shown}")
        for word in [out] if isinstance(out, str) else out:
            demand(word in stdout, f"\"{word}\" is missing on standard output\n{shown}")
        for word in [err] if isinstance(err, str) else err:
            demand(word in stderr, f"\"{word}\" is missing on standard error\n{shown}")
        if status == 2:
            demand(stderr.count("\n") == 1, f"an error is one line\n{shown}")
        return stdout
