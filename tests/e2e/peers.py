"""peers.py - the real servers that shorewatch meets, each small, on loopback,
in the lab's folder: nginx, Alertmanager, Prometheus, Postfix. And three of our
own: a TCP listener, a DNS server that can fall silent, a certificate authority.
"""

import os
import shutil
import socket
import struct
import subprocess
import threading

from lab import Failure, find, is_listening, run, wait_for


# ---- certificates ----

class Authority:
    """A certificate authority of this test only."""

    def __init__(self, lab):
        self.folder = lab.folder("ca")
        self.ca_file = os.path.join(self.folder, "ca.pem")
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=shorewatch test CA")

    def _openssl(self, *words):
        run([find("openssl"), *words], cwd=self.folder)

    def issue(self, name, subject_alt_names):
        """The paths of certificate and key."""
        extensions = os.path.join(self.folder, f"{name}.ext")
        with open(extensions, "w", encoding="utf-8") as file:
            file.write(f"subjectAltName={subject_alt_names}\n")
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                      "-CAcreateserial", "-out", f"{name}.pem", "-days", "30", "-extfile", f"{name}.ext")
        return os.path.join(self.folder, f"{name}.pem"), os.path.join(self.folder, f"{name}.key")


# ---- the watched side ----

class Nginx:
    """The cluster's ingress: virtual hosts on one port."""

    def __init__(self, lab, port, sites):
        self.lab = lab
        self.port = port
        servers = "\n".join(f"server {{ listen 127.0.0.1:{port}; server_name {host}; {body} }}"
                            for host, body in sites.items())
        folder = lab.folder("nginx", mode=0o777)
        self.config = lab.write("nginx.conf", f"""
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr notice;
events {{ worker_connections 256; }}
http {{
  access_log off; default_type text/html;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port} default_server; return 404; }}
  {servers}
}}
""")
        self.child = None

    def start(self):
        self.child = self.lab.start("nginx", [find("nginx"), "-e", "stderr", "-c", self.config])
        wait_for("nginx listens", lambda: is_listening(self.port), 10, [self.child])

    def stop(self):
        self.child.end()


WATCHDOG_RULE = """
groups:
  - name: general
    rules:
      - alert: Watchdog
        expr: vector(1)
        labels: { severity: none }
"""


class Alertmanager:
    """Routed as docs tell the user, with a short group_interval: one beat every `beat` seconds."""

    def __init__(self, lab, port, hook_url, token_file, beat):
        self.lab = lab
        self.port = port
        self.config = lab.write("alertmanager.yml", f"""
route:
  receiver: 'null'
  group_by: ['alertname']
  routes:
    - receiver: shorewatch
      matchers: [ 'alertname = "Watchdog"' ]
      group_by: ['...']
      group_wait: 0s
      group_interval: {beat}s
      repeat_interval: 1s
receivers:
  - name: 'null'
  - name: shorewatch
    webhook_configs:
      - url: {hook_url}
        send_resolved: true
        http_config:
          follow_redirects: false
          authorization: {{ credentials_file: {token_file} }}
""")
        self.child = None

    def start(self):
        program = find("prometheus-alertmanager", "alertmanager")
        self.child = self.lab.start("alertmanager", [
            program, f"--config.file={self.config}", f"--storage.path={self.lab.folder('alertmanager')}",
            f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="])
        wait_for("Alertmanager listens", lambda: is_listening(self.port), 20, [self.child])

    def stop(self):
        self.child.end()


class Prometheus:
    """Evaluates the Watchdog alert, vector(1), every second."""

    def __init__(self, lab, port, alertmanager_port):
        self.lab = lab
        self.port = port
        rules = lab.write("watchdog.rules.yml", WATCHDOG_RULE)
        self.config = lab.write("prometheus.yml", f"""
global:
  evaluation_interval: 1s
  external_labels: {{ cluster: home }}
rule_files: [ {rules} ]
alerting:
  alertmanagers:
    - static_configs: [ {{ targets: [ '127.0.0.1:{alertmanager_port}' ] }} ]
""")
        self.child = None

    def start(self):
        self.child = self.lab.start("prometheus", [
            find("prometheus"), f"--config.file={self.config}",
            f"--storage.tsdb.path={self.lab.folder('prometheus')}",
            f"--web.listen-address=127.0.0.1:{self.port}", "--rules.alert.resend-delay=1s"])
        wait_for("Prometheus listens", lambda: is_listening(self.port), 20, [self.child])

    def stop(self):
        self.child.end()


class Listener:
    """A TCP port that accepts and closes: an API server, or a reference."""

    def __init__(self, port):
        self.port = port
        self._socket = None

    def start(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self.port))
        self._socket.listen(64)
        threading.Thread(target=self._serve, args=(self._socket,), daemon=True).start()

    def _serve(self, listening):
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            client.close()

    def stop(self):
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._socket.close()


class NameServer:
    """Answers A questions from a table; `is_silent` makes it swallow every question."""

    def __init__(self, port, addresses):
        self.port = port
        self.addresses = addresses
        self.is_silent = False
        self.questions = 0
        self.swallowed = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                question, client = self._socket.recvfrom(4096)
            except OSError:
                return
            self.questions += 1
            if self.is_silent:
                self.swallowed += 1
                continue
            try:
                self._socket.sendto(self._answer(question), client)
            except (IndexError, struct.error, UnicodeDecodeError, OSError):
                continue

    def _answer(self, question):
        labels, at = [], 12
        while question[at] != 0:
            labels.append(question[at + 1:at + 1 + question[at]].decode("ascii"))
            at += 1 + question[at]
        kind = struct.unpack("!H", question[at + 1:at + 3])[0]
        asked = question[12:at + 5]
        name = ".".join(labels).lower()
        address = self.addresses.get(name)
        is_a = kind == 1 and address is not None
        code = 0 if address is not None or name == "" else 3  # NXDOMAIN
        header = question[:2] + struct.pack("!HHHHH", 0x8580 | code, 1, 1 if is_a else 0, 0, 0)
        if not is_a:
            return header + asked
        return header + asked + struct.pack("!HHHIH", 0xC00C, 1, 1, 5, 4) + socket.inet_aton(address)

    def stop(self):
        self._socket.close()


# ---- where mail arrives ----

MASTER_CF = """
127.0.0.1:{port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup    unix  n  -  n  -     0  cleanup
qmgr       unix  n  -  n  300   1  qmgr
tlsmgr     unix  -  -  n  1000? 1  tlsmgr
rewrite    unix  -  -  n  -     -  trivial-rewrite
bounce     unix  -  -  n  -     0  bounce
defer      unix  -  -  n  -     0  bounce
trace      unix  -  -  n  -     0  bounce
verify     unix  -  -  n  -     1  verify
proxymap   unix  -  -  n  -     -  proxymap
showq      unix  n  -  n  -     -  showq
error      unix  -  -  n  -     -  error
retry      unix  -  -  n  -     -  error
discard    unix  -  -  n  -     -  discard
virtual    unix  -  n  n  -     -  virtual
anvil      unix  -  -  n  -     1  anvil
postlog    unix-dgram n -  n -  1  postlogd
"""

MAIN_CF = """
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {log}
maillog_file_prefixes = {folder}
multi_instance_enable = no
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {host}
mydestination =
mynetworks = 127.0.0.2/32
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}
virtual_mailbox_maps = static:mail/
virtual_transport = virtual
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = {domain}
smtpd_sasl_security_options = noanonymous
cyrus_sasl_config_path = {sasl}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_rate_limit = 0
"""


class Postfix:
    """An instance of its own: smtps with AUTH required, one Maildir for its domain."""

    def __init__(self, lab, port, authority, host, domain, user, password):
        self.lab = lab
        self.port = port
        folder = lab.folder("postfix")
        self.config = lab.folder("postfix", "etc")
        self.log = os.path.join(folder, "postfix.log")
        self.maildir = Maildir(os.path.join(folder, "mail"))
        uid = os.getuid() or 65534
        gid = os.getgid() or 65534
        mailbox = lab.folder("postfix", "mail")
        _as_root("chown", f"{uid}:{gid}", mailbox)
        _as_root("install", "-d", "-o", "root", lab.path("postfix", "queue"))
        _as_root("install", "-d", "-o", "postfix", lab.path("postfix", "data"))
        cert, key = authority.issue(host, f"DNS:{host},IP:127.0.0.1")
        sasl = self._make_sasl(domain, user, password)
        self._write("main.cf", MAIN_CF.format(
            queue=lab.path("postfix", "queue"), data=lab.path("postfix", "data"), log=self.log,
            folder=folder, host=host, domain=domain, uid=uid, gid=gid, cert=cert, key=key, sasl=sasl))
        self._write("master.cf", MASTER_CF.format(port=port))
        self.is_running = False

    def _write(self, name, text):
        with open(os.path.join(self.config, name), "w", encoding="utf-8") as file:
            file.write(text)

    def _make_sasl(self, domain, user, password):
        # Debian's Postfix looks below its configuration whatever cyrus_sasl_config_path says.
        folder = self.lab.folder("postfix", "etc", "sasl")
        database = os.path.join(folder, "sasldb2")
        subprocess.run([find("saslpasswd2"), "-p", "-c", "-f", database, "-u", domain, user],
                       input=password, text=True, check=True, timeout=30)
        _as_root("chown", "postfix", database)
        with open(os.path.join(folder, "smtpd.conf"), "w", encoding="utf-8") as file:
            file.write("pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
                       f"mech_list: PLAIN LOGIN\nsasldb_path: {database}\n")
        return folder

    def start(self):
        _as_root(find("postfix"), "-c", self.config, "start")
        if not self.is_running:
            self.lab.on_end(self.stop)
        self.is_running = True
        wait_for("Postfix listens", lambda: is_listening(self.port), 20)

    def stop(self):
        if self.is_running:
            self.is_running = False
            _as_root(find("postfix"), "-c", self.config, "stop")
            _as_root("rm", "-rf", self.lab.path("postfix", "queue"), self.lab.path("postfix", "data"))


def _as_root(*command):
    """Postfix's master insists on root; everybody else here runs as whoever runs the test."""
    if os.geteuid() == 0:
        run(command)
    elif shutil.which("sudo"):
        run(["sudo", "-n", *command])
    else:
        raise Failure("Postfix needs root: run tests/run as root or with sudo")


class Maildir:
    """What really arrived, in the order of arrival."""

    def __init__(self, folder):
        self.folder = folder

    def raw(self):
        new = os.path.join(self.folder, "new")
        if not os.path.isdir(new):
            return []
        paths = [os.path.join(new, name) for name in os.listdir(new)]
        # Maildir names begin with seconds, then V device I inode M microseconds.
        return [_read(path) for path in sorted(paths, key=lambda path: os.stat(path).st_mtime_ns)]


def _read(path):
    with open(path, "rb") as file:
        return file.read()
