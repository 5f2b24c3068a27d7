"""strangers.py - DL-14 with mail servers that Debian does not let stand beside
Postfix: OpenSMTPD and Exim. Nothing is installed: their packages are unpacked
over /usr in a mount name space of the drill's own, where their users are known,
too. Where they cannot be had, that is said aloud.
"""

import glob
import os

from image import apart
from lab import Failure, demand, find, is_listening, run, wait_for
from loopback import TMAIL, World
from machine import Skip
from postfix import Maildir
from servers import Mailbox

OWNER = 65534  # of the mails; nobody, everywhere

SMTPD_CONF = """
listen on 127.0.0.1 port {port} hostname localhost
table everybody {{ "@lab.test" = {user} }}
action "box" maildir "{box}" virtual <everybody>
match from any for domain "lab.test" action "box"
"""
EXIM_CONF = """
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
primary_hostname = localhost
keep_environment =
never_users =
host_lookup =
rfc1413_hosts =
tls_advertise_hosts =
acl_smtp_rcpt = everybody
begin acl
everybody:
  accept
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = {box}
  maildir_format
  user = {user}
begin retry
*  *  F,2h,1m
"""


def unpacked(lab, packages, users):
    """From here on this process and its children see these packages below /usr, and these users."""
    apart()
    folder, tree = lab.folder("packages", mode=0o777), lab.folder("tree")
    try:
        run(["apt-get", "download", *packages], limit=120, cwd=folder)
        for package in glob.glob(os.path.join(folder, "*.deb")):
            run(["dpkg", "-x", package, tree])
        run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir={tree}/usr:/usr", "/usr"])
    except (Failure, FileNotFoundError) as fault:
        raise Skip(f"{packages[0]} cannot be had or unpacked here: {fault}") from fault
    for name in ("passwd", "group"):
        with open(f"/etc/{name}", encoding="utf-8") as file:
            text = file.read()
        rest = {"passwd": ":/var/empty:/usr/sbin/nologin", "group": ""}[name]
        middle = {"passwd": "{0}:{0}:", "group": "{0}:"}[name]
        rows = "".join(f"{user}:x:{middle.format(number)}{rest}\n" for user, number in users)
        run(["mount", "--bind", lab.write(name, text + rows), f"/etc/{name}"])


def outage(program, name, begin):
    """One DOWN, one UP, by a server that `begin` starts in the world's lab: it is given the port and the mailbox."""
    with World(program, name, has_watchdog=False) as world:
        box = world.lab.folder("mailbox")
        for part in ("new", "cur", "tmp"):
            world.lab.folder("mailbox", part)
        run(["chown", "-R", f"{OWNER}:{OWNER}", box])
        port = world.lab.port()
        server = begin(world.lab, port, box)
        wait_for("the server listens", lambda: is_listening(port), 20, [server])
        world.relay = Mailbox(Maildir(box), port)
        world.configure(relays=f'{{ url = "smtp://127.0.0.1:{port}"; starttls = "never"; }}')
        world.start()
        world.calm()
        demand(world.mail(world.shut(), TMAIL).state == "DOWN", "no DOWN")
        demand(world.mail(world.open(), TMAIL).state == "UP", "no UP")


def opensmtpd(lab, port, box):
    unpacked(lab, ["opensmtpd"], (("opensmtpd", 64990), ("opensmtpq", 64991), ("mailbox", OWNER)))
    for place in ("/var/spool", "/var/lib"):
        run(["mount", "-t", "tmpfs", "-o", "mode=755", "none", place])
    os.makedirs("/var/lib/opensmtpd/empty")
    os.mkdir("/var/spool/smtpd", 0o711)
    config = lab.write("smtpd.conf", SMTPD_CONF.format(port=port, box=box, user="mailbox"))
    return lab.start("smtpd", [find("smtpd"), "-d", "-f", config])


def exim(lab, port, box):
    unpacked(lab, ["exim4-daemon-light", "exim4-base", "libidn12"], (("Debian-exim", OWNER), ("mailbox", OWNER)))
    folder = lab.folder("exim", mode=0o777)
    for part in ("spool", "log"):
        lab.folder("exim", part, mode=0o777)
    config = lab.write("exim.conf", EXIM_CONF.format(port=port, box=box, folder=folder, user="mailbox"))
    return lab.start("exim", [find("exim4"), "-C", config, "-bdf"])


def dl_14_opensmtpd(program):
    """OpenSMTPD takes both mails, once."""
    outage(program, "DL-14 opensmtpd", opensmtpd)


def dl_14_exim(program):
    """Exim takes both mails, once."""
    outage(program, "DL-14 exim", exim)


DRILLS = {"DL-14-opensmtpd": dl_14_opensmtpd, "DL-14-exim": dl_14_exim}
GATE = ()
RELEASE = tuple(DRILLS)
