"""dovecot.py - a real Dovecot of this test only: imaps, one user, whose mailbox
is the Maildir that a Postfix of the same test fills.
"""

import os
import shutil

from lab import Failure, find, is_listening, wait_for

CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = required
ssl_cert = <{cert}
ssl_key = <{key}
auth_mechanisms = plain login
mail_location = maildir:{maildir}
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  args = user={user} password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port}
    ssl = yes
  }}
}}
"""


class Dovecot:
    """Started and stopped as the test likes."""

    def __init__(self, lab, port, authority, host, maildir, user, password):
        self.lab = lab
        self.port = port
        self.starts = 0
        self.child = None
        folder = lab.folder("dovecot")
        cert, key = authority.issue(host, f"DNS:{host},IP:127.0.0.1")
        self.config = lab.write("dovecot/dovecot.conf", CONFIG.format(
            folder=folder, cert=cert, key=key, maildir=maildir, user=user, password=password, port=port,
            uid=os.getuid() or 65534, gid=os.getgid() or 65534))

    def start(self):
        self.starts += 1
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if root and not shutil.which("sudo"):
            raise Failure("Dovecot needs root: run tests/run as root or with sudo")
        self.child = self.lab.start(f"dovecot-{self.starts}", [*root, find("dovecot"), "-F", "-c", self.config])
        wait_for("Dovecot listens", lambda: is_listening(self.port), 20, [self.child])

    def stop(self):
        self.child.end(limit=15)
        wait_for("Dovecot is gone", lambda: not is_listening(self.port), 20)
