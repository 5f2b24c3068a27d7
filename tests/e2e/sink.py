"""sink.py - an HTTP server that keeps what is posted to it."""

import http.server
import threading
import time


class Sink:
    """Answers 200 to every POST; `posts` holds (path, headers, body), `times` when they came."""

    def __init__(self, port):
        self.port = port
        posts = self.posts = []
        times = self.times = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                times.append(time.monotonic())
                posts.append((self.path, dict(self.headers), body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
