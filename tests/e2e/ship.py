"""ship.py - the watched cluster and the shore: everything around shorewatch in
one object, so that a test reads as a story: sails, sinks, comes back.
"""

import socket

from lab import demand, hold, wait_for
from mails import Mail, check_form
from peers import Alertmanager, Authority, Listener, NameServer, Nginx, Postfix, Prometheus
from watcher import FAST, Watcher

BEAT = 2  # seconds, Alertmanager's group_interval

SITES = {
    "blog.lab.test": "location / { return 200 '<!DOCTYPE html><html><body>Hello</body></html>'; }",
    "mk.lab.test": "location = /healthz { return 200 ''; } location / { return 404; }",
}
NAMES = {"blog.lab.test": "127.0.0.1", "mk.lab.test": "127.0.0.1", "mx.lab.test": "127.0.0.1"}


class Ship:
    """nginx, API server, Prometheus, Alertmanager: they stand or fall together."""

    def __init__(self, lab, ports, watcher):
        self.lab = lab
        self.nginx = Nginx(lab, ports["site"], SITES)
        self.api = Listener(ports["api"])
        self.alertmanager = Alertmanager(lab, ports["alertmanager"], watcher.hook_url, watcher.token_file, BEAT)
        self.prometheus = Prometheus(lab, ports["prometheus"], ports["alertmanager"])
        self.is_up = False

    def sail(self):
        for part in (self.nginx, self.api, self.alertmanager, self.prometheus):
            part.start()
        self.is_up = True
        self.lab.say("the cluster is up")

    def sink(self):
        for part in (self.nginx.child, self.alertmanager.child, self.prometheus.child):
            part.kill()
        self.api.stop()
        self.is_up = False
        self.lab.say("the cluster is gone")


class Shore:
    """What keeps standing: references, name server, mail relay; and the watcher."""

    def __init__(self, lab, program, pace=FAST):
        self.lab = lab
        ports = {name: lab.port() for name in ("site", "api", "alertmanager", "prometheus", "relay")}
        self.references = [Listener(lab.port()) for _ in range(3)]
        self.names = NameServer(lab.port(socket.SOCK_DGRAM), NAMES)
        authority = Authority(lab)
        self.postfix = Postfix(lab, ports["relay"], authority, "mx.lab.test", "lab.test", "watch", "geheim")
        self.watcher = Watcher(
            lab, program, pace, password="geheim", dns_port=self.names.port, site_port=ports["site"],
            api_port=ports["api"], relay_host="mx.lab.test", relay_port=ports["relay"], ca_file=authority.ca_file,
            references=", ".join(f'"127.0.0.1:{listener.port}"' for listener in self.references))
        self.ship = Ship(lab, ports, self.watcher)
        for listener in self.references:
            listener.start()
        self.postfix.start()

    def mails(self):
        return [Mail(raw) for raw in self.postfix.maildir.raw()]

    def wait_for_mails(self, count, limit):
        """Exactly `count` mails; one more than that is a failure at once."""
        def arrived():
            mails = self.mails()
            demand(len(mails) <= count, "one mail too many: " + ", ".join(map(str, mails)))
            return mails if len(mails) == count else None

        mails = wait_for(f"mail {count} in the Maildir", arrived, limit, [self.watcher.child])
        check_form(mails[-1], "watch@lab.test", "ops@lab.test")
        self.lab.say(f"mail {count}: {mails[-1]}")
        return mails

    def hold_mails(self, count, span, children=None):
        watched = [self.watcher.child] if children is None else children
        hold(f"{count} mails", lambda: len(self.mails()) == count, span, watched, every=0.5)

    def wait_for_page(self, verdict, limit):
        wait_for(f"the page shows {verdict}", lambda: verdict in self.watcher.page_verdict().split(), limit,
                 [self.watcher.child])
        self.lab.say(f"the page shows {verdict}")

    def wait_all_up(self, limit):
        def is_all_up():
            states = self.watcher.states()
            return len(states) >= 3 and set(states.values()) == {"up"}

        wait_for("every target is up", is_all_up, limit, [self.watcher.child])
        self.wait_for_page("v-up", limit)
