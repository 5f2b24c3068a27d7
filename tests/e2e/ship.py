"""ship.py - the watched cluster and the shore: everything around shorewatch in
one object, so that a test reads as a story: sails, sinks, comes back.
"""

import re
import socket
import time

from authority import Authority
from lab import demand, hold, wait_for
from mails import Mail, check_form
from peers import RESEND, Alertmanagers, Nginx, Prometheus
from postfix import Postfix
from stand_ins import Listener, NameServer
from watcher import Watcher

BEHIND = {"blog.lab.test": "applications", "mk.lab.test": "applications", "am.lab.test": "alertmanagers",
          "prom.lab.test": "prometheus"}
BLOG = "return 200 '<!DOCTYPE html><html><body>Hello</body></html>';"
MISSKEY = """location = /api/ping { default_type application/json; return 200 '{"pong":1763730000000}'; }"""
MAIL_HOST = "mx.lab.test"


def paste(snippet, token_file):
    """The snippet's `config:` as Alertmanager's own file; only the token lies elsewhere."""
    lines = snippet.splitlines()
    text = "\n".join(line[4:] for line in lines[lines.index("  config:") + 1:])
    return re.sub(r"/etc/alertmanager/secrets/[^ }]+", token_file, text) + "\n"


class Ship:
    """The cluster: an ingress with TLS, the applications behind it, an API server, Prometheus and two
    Alertmanagers. They stand or fall together, or each by itself."""

    def __init__(self, lab, ports, authority, watcher, resend):
        self.lab = lab
        self.applications = Nginx(lab, ports["applications"], {"blog.lab.test": BLOG, "mk.lab.test": MISSKEY},
                                  name="applications")
        self.alertmanagers = Alertmanagers(lab, paste(watcher.snippet("alertmanager"), watcher.token_file))
        self.prometheus = Prometheus(lab, ports["prometheus"], self.alertmanagers.ports, resend)
        self.ingress = Nginx(
            lab, ports["ingress"], {host: proxy(lab, name) for host, name in BEHIND.items()}, name="ingress",
            identity=authority.issue("ingress", ",".join(f"DNS:{host}" for host in BEHIND)),
            upstreams={"applications": [ports["applications"]], "prometheus": [ports["prometheus"]],
                       "alertmanagers": self.alertmanagers.ports})
        self.api = Listener(ports["api"])
        self.parts = (self.applications, self.ingress, self.api, self.alertmanagers, self.prometheus)

    def sail(self):
        """Everything that is down comes up."""
        for part in self.parts:
            part.start()
        self.lab.say("the cluster is up")

    def sink(self):
        for part in self.parts:
            part.kill()
        self.lab.say("the cluster is gone")


def proxy(lab, upstream):
    """What belongs to the monitoring is for those who know the password."""
    location = f"proxy_set_header Host $host; proxy_connect_timeout 1s; proxy_pass http://{upstream};"
    if upstream != "applications":
        location += f" auth_basic lab; auth_basic_user_file {lab.write('htpasswd', 'watch:{PLAIN}geheim')};"
    return f"location / {{ {location} }}"


class Shore:
    """What keeps standing: references, name server, mail relay; and the watcher."""

    def __init__(self, lab, program, edge="api", pull="", resend=RESEND, **watcher):
        self.lab = lab
        ports = {name: lab.port() for name in ("ingress", "applications", "api", "prometheus", "relay")}
        self.references = [Listener(lab.port()) for _ in range(3)]
        self.names = NameServer(lab.port(socket.SOCK_DGRAM), {host: "127.0.0.1" for host in (*BEHIND, MAIL_HOST)})
        authority = Authority(lab)
        self.postfix = Postfix(lab, ports["relay"], authority, MAIL_HOST, "lab.test", "watch", "geheim")
        self.watcher = Watcher(
            lab, program, password="geheim", dns_port=self.names.port, site_port=ports["ingress"],
            edge_port=ports[edge], relay_host=MAIL_HOST, relay_port=ports["relay"], ca_file=authority.ca_file,
            references=", ".join(f'"127.0.0.1:{listener.port}"' for listener in self.references),
            pull=pull.format(port=ports["ingress"], ca_file=authority.ca_file, secrets=lab.path("secrets")), **watcher)
        self.ship = Ship(lab, ports, authority, self.watcher, resend)
        self.told = []  # mails that the story knows of
        for listener in self.references:
            listener.start()
        self.postfix.start()

    # ---- waiting ----

    def until(self, what, condition, limit, every=0.1):
        """Wait for it; the seconds it took are printed and given back."""
        began = time.monotonic()
        wait_for(what, condition, limit, [self.watcher.child], every)
        took = time.monotonic() - began
        self.lab.say(f"{what} ({took:.1f} s)")
        return took

    def mails(self):
        return [Mail(raw) for raw in self.postfix.maildir.raw()]

    def next_mail(self, limit):
        """The one mail that has to come now; two are a failure at once."""
        count = len(self.told) + 1

        def has_arrived():
            mails = self.mails()
            demand(len(mails) <= count, "one mail too many: " + ", ".join(map(str, mails)))
            return len(mails) == count

        self.until(f"mail {count} is in the Maildir", has_arrived, limit)
        self.told = self.mails()
        mail = self.told[-1]
        check_form(mail, "watch@lab.test", "ops@lab.test")
        self.lab.say(f"mail {count}: {mail}")
        return mail

    def hold_peace(self, span, children=True):
        """No mail that the story does not know, for so many seconds."""
        count = len(self.told)
        hold(f"{count} mails", lambda: len(self.mails()) == count, span,
             [self.watcher.child] if children else [], every=0.5)

    def wait_for_page(self, verdict, limit):
        self.until(f"the page shows {verdict}", lambda: verdict in self.watcher.page_verdict().split(), limit)

    def wait_for_watchdog(self, state, limit):
        self.until(f"the Watchdog is {state}", lambda: self.watcher.watchdog_state() == state, limit)

    def wait_for_beats(self, count, limit):
        """So many more beats."""
        goal = self.watcher.beats() + count
        return self.until(f"{count} more beats", lambda: self.watcher.beats() >= goal, limit)

    def wait_all_up(self, limit):
        def is_all_up():
            states = self.watcher.states()
            return len(states) >= 3 and set(states.values()) == {"up"}

        self.until("every target is up", is_all_up, limit)
        self.wait_for_page("v-up", limit)

    # ---- the beginning of every story ----

    def peace(self):
        """All up, beats come, the page is green, and no mail."""
        self.ship.sail()
        self.watcher.check_config()
        self.watcher.start()
        self.wait_all_up(60)
        self.wait_for_watchdog("up", 60)
        self.wait_for_beats(1, 30)
        self.hold_peace(2)
