"""postfix.py - a real Postfix of this test only: implicit TLS, SASL, one Maildir,
which is the judge of every end-to-end test: what a person would have received.
"""

import os
import shutil
import subprocess

from lab import Failure, find, is_listening, run, wait_for

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
