"""peers.py - the real servers of the watched side, each small, on loopback, in
the lab's folder: nginx, a clustered pair of Alertmanagers, Prometheus.

They run at drill time: one second here is ten seconds at home (watchdog.md 2,
3 and 10), in every setting, so that what follows from their proportions is kept.
"""

import json
import socket
import urllib.request

from lab import find, is_listening, wait_for

EVALUATION = "3s"    # of Prometheus's rules; 30 s in the chart
RESEND = "6s"        # 60 s built in; an alert ends 4 of these after it was sent last
PEER_TIMEOUT = "1500ms"  # 15 s built in: what a replica waits for the one before it


class Server:
    """A child that can be killed and started again, always on the same port."""

    def __init__(self, lab, name, port, command):
        self.lab = lab
        self.name = name
        self.port = port
        self.command = command
        self.child = None

    def start(self):
        if self.child and self.child.is_running():
            return
        self.child = self.lab.start(self.name, self.command)
        wait_for(f"{self.name} listens", lambda: is_listening(self.port), 30, [self.child])

    def kill(self):
        self.child.kill()

    def stop(self):
        self.child.end()


# ---- nginx ----

class Nginx(Server):
    """Virtual hosts on one port: {host: the server block's directives}; https when `identity` is a
    certificate and its key; upstreams: {name: ports on loopback}."""

    def __init__(self, lab, port, sites, name="nginx", identity=None, upstreams=None):
        listen = f"listen 127.0.0.1:{port}" + (" ssl" if identity else "")
        tls = f"ssl_certificate {identity[0]}; ssl_certificate_key {identity[1]};" if identity else ""
        servers = "\n".join(f"server {{ {listen}; server_name {host}; {body} }}" for host, body in sites.items())
        behind = "\n".join(f"upstream {key} {{ {members(ports)} }}" for key, ports in (upstreams or {}).items())
        folder = lab.folder(name, mode=0o777)
        config = lab.write(f"{name}.conf", f"""
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr notice;
events {{ worker_connections 256; }}
http {{
  access_log off; default_type text/html; {tls}
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  {behind}
  server {{ {listen} default_server; server_name _; return 404; }}
  {servers}
}}
""")
        super().__init__(lab, name, port, [find("nginx"), "-e", "stderr", "-c", config])


def members(ports):
    """max_fails=0: nginx shall not remember for 10 s that one of them was away."""
    return " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in ports)


# ---- Alertmanager ----

def route(hook_url, token_file, interval, repeat):
    """A whole configuration for who has no shorewatch to print one."""
    return f"""
route:
  receiver: 'null'
  routes:
    - receiver: shorewatch
      matchers: [ 'alertname = "Watchdog"' ]
      group_by: ['...']
      group_wait: 0s
      group_interval: {interval}
      repeat_interval: {repeat}
receivers:
  - name: 'null'
  - name: shorewatch
    webhook_configs:
      - url: {hook_url}
        http_config: {{ authorization: {{ credentials_file: {token_file} }} }}
"""


class Alertmanager(Server):
    """One replica."""

    def __init__(self, lab, name, port, config, gossip_port, other_gossip_port):
        super().__init__(lab, name, port, [
            find("prometheus-alertmanager", "alertmanager"), f"--config.file={config}",
            f"--storage.path={lab.folder(name)}", f"--web.listen-address=127.0.0.1:{port}",
            f"--cluster.listen-address=127.0.0.1:{gossip_port}",
            f"--cluster.advertise-address=127.0.0.1:{gossip_port}",
            f"--cluster.peer=127.0.0.1:{other_gossip_port}", f"--cluster.peer-timeout={PEER_TIMEOUT}",
            "--cluster.gossip-interval=50ms", "--cluster.pushpull-interval=6s", "--cluster.settle-timeout=5s",
            "--cluster.probe-interval=500ms", "--cluster.probe-timeout=250ms", "--cluster.reconnect-interval=1s"])

    def ask(self, path, method="GET", body=None):
        """Its API's answer; None while it does not answer."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v2/{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                text = answer.read()
        except OSError:
            return None
        return json.loads(text) if text else {}


class Alertmanagers:
    """Two replicas that know of each other."""

    def __init__(self, lab, config_text):
        config = lab.write("alertmanager.yml", config_text)
        gossip = [lab.port(socket.SOCK_STREAM, socket.SOCK_DGRAM) for _ in range(2)]
        self.lab = lab
        self.pair = [Alertmanager(lab, f"alertmanager-{i}", lab.port(), config, gossip[i], gossip[1 - i])
                     for i in range(2)]
        self.ports = [replica.port for replica in self.pair]

    def start(self):
        for replica in self.pair:
            replica.start()
        wait_for("the Alertmanagers are a cluster", self.is_whole, 30, [replica.child for replica in self.pair])

    def is_whole(self):
        states = [replica.ask("status") for replica in self.pair]
        return all(state and state["cluster"]["status"] == "ready" and len(state["cluster"]["peers"]) == 2
                   for state in states)

    def kill(self):
        for replica in self.pair:
            replica.kill()

    def silence_watchdog(self, comment):
        """By one replica's API, as amtool does; its id. The other one learns of it."""
        matcher = {"name": "alertname", "value": "Watchdog", "isRegex": False, "isEqual": True}
        silence = {"matchers": [matcher], "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z",
                   "createdBy": "the lab", "comment": comment}
        return self.pair[0].ask("silences", "POST", silence)["silenceID"]

    def unsilence(self, silence):
        self.pair[0].ask(f"silence/{silence}", "DELETE")


# ---- Prometheus ----

WATCHDOG_RULE = """
groups:
  - name: general.rules
    rules:
      - alert: Watchdog
        expr: vector(1)
        labels: { severity: none }
        annotations: { summary: An alert that should always be firing. }
"""


class Prometheus(Server):
    """Evaluates the Watchdog alert, vector(1), and nothing else."""

    def __init__(self, lab, port, alertmanager_ports, resend=RESEND):
        rules = lab.write("watchdog.rules.yml", WATCHDOG_RULE)
        targets = ", ".join(f"'127.0.0.1:{number}'" for number in alertmanager_ports)
        config = lab.write("prometheus.yml", f"""
global:
  evaluation_interval: {EVALUATION}
  external_labels: {{ cluster: home }}
rule_files: [ {rules} ]
alerting:
  alertmanagers:
    - static_configs: [ {{ targets: [ {targets} ] }} ]
""")
        super().__init__(lab, "prometheus", port, [
            find("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={lab.folder('prometheus')}",
            f"--web.listen-address=127.0.0.1:{port}", f"--rules.alert.resend-delay={resend}"])
