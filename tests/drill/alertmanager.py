"""alertmanager.py - who sends the heartbeats: Alertmanager's own requests, byte
for byte those of tests/fixtures/alertmanager, and its API for who asks.
"""

import http.client
import http.server
import os
import re
import threading
import time

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "alertmanager")
FIRING = "webhook-firing-replica-0.json"
PATIENCE = 60  # seconds: Alertmanager's own, at group_interval 1m


def fixture(name):
    with open(os.path.join(FIXTURES, name), "rb") as file:
        return file.read()


class Sender:
    """Posts to /hook/home. Each post has a thread of its own, so that one that hangs holds back no other."""

    def __init__(self, port, token, address="127.0.0.1"):
        self.address, self.port, self.token = address, port, token
        self.answers = []        # (status or 0, the answer's words), in the order of ending
        self.last = None         # time.monotonic() of the last firing beat that was taken
        self._pause = threading.Event()
        self._thread = None

    def post(self, name=FIRING, token=None, method="POST"):
        """Gives (status, words); (0, why) when nobody answers."""
        began = time.monotonic()
        try:
            connection = http.client.HTTPConnection(self.address, self.port, timeout=PATIENCE)
            connection.request(method, "/hook/home", fixture(name) if method == "POST" else None, {
                "User-Agent": "Alertmanager/0.25.0", "Authorization": f"Bearer {token or self.token}",
                "Content-Type": "application/json"})
            answer = connection.getresponse()
            told = answer.status, answer.read().decode(errors="replace").strip()
            connection.close()
        except (OSError, http.client.HTTPException) as fault:
            told = 0, str(fault)
        if told[0] == 200 and name == FIRING:
            self.last = max(self.last or 0, began)
        self.answers.append(told)
        return told

    def begin(self, every, **what):
        """A post every so many seconds, until stop()."""
        self.stop()
        self._pause = threading.Event()
        self._thread = threading.Thread(target=self._go_on, args=(every, what, self._pause), daemon=True)
        self._thread.start()

    def _go_on(self, every, what, pause):
        due = time.monotonic()
        while not pause.is_set():
            threading.Thread(target=self.post, kwargs=what, daemon=True).start()
            due += every
            pause.wait(max(0, due - time.monotonic()))

    def stop(self):
        self._pause.set()
        if self._thread:
            self._thread.join()
            self._thread = None


class Api:
    """`GET /api/v2/alerts`, as if Prometheus had sent the alert just now."""

    def __init__(self, port):
        self.port = port
        self.asked = 0
        api = self

        class Door(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                api.asked += 1
                body = api.alerts()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Door)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @staticmethod
    def alerts():
        text = fixture("am-alerts-firing-replica-0.json").decode()
        for key, ago in (("startsAt", 3600), ("updatedAt", 0), ("endsAt", -240)):
            at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - ago))
            text = re.sub(f'"{key}":"[^"]*"', f'"{key}":"{at}"', text)
        return text.encode()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
