"""web.py - web servers of a drill: each at an address of its own, because to
shorewatch an address is a host; one may hang, one may speak TLS.
"""

import contextlib
import http.server
import os
import ssl
import threading
import time

from authority import Authority
from faketime import library


class Web:
    """Answers 200 with a Date; counts its answers. `delay` seconds pass before each."""

    def __init__(self, address, port, identity=None, delay=0):
        self.address, self.port, self.identity = address, port, identity
        self.delay = delay
        self.answered = 0
        self._server = None

    def url(self):
        return f"http{'s' if self.identity else ''}://{self.address}:{self.port}/"

    def start(self):
        web = self
        context = self._context()

        class Page(http.server.BaseHTTPRequestHandler):
            def setup(self):
                if context:
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def do_GET(self):
                time.sleep(web.delay)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")
                web.answered += 1

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 1024

            def handle_error(self, *_):
                pass  # a client that does not like our certificate

        self._server = Server((self.address, self.port), Page)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def _context(self):
        if not self.identity:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.identity)
        return context

    def kill(self):
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def days_ago(days):
    """Programs started meanwhile live in the past: a certificate made then is valid also for a clock that is late."""
    preload = {"LD_PRELOAD": library(), "FAKETIME": f"-{days}d"}
    os.environ.update(preload)
    try:
        yield
    finally:
        for name in preload:
            del os.environ[name]


def identity_for(lab, address):
    """(certificate and key for that address, the authority's file); valid since five days, for thirty."""
    with days_ago(5):
        authority = Authority(lab)
        return authority.issue(address, f"IP:{address}"), authority.ca_file
