"""guest.py - a machine of its own for what cannot be pretended: a real step of
the clock (TM-01), a pause of the whole machine and the step that NTP makes
afterwards (TM-06). QEMU without acceleration, the kernel of Debian's image
package, busybox, and the program with its libraries; no disk, no network.

Where one of them is missing the drill says so and is skipped: that is no pass.
"""

import glob
import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import time

import alertmanager
import judge
from lab import Failure, Lab, demand, find, run, wait_for
from mails import Mail
from onlooker import Snapshot
from machine import Skip

KERNEL = "linux-image-cloud-amd64"
PAUSE = 60

INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/tmp NO_COLOR=1 PS1=
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmp /tmp
ip link set lo up
stty -echo
echo GUEST-READY
exec sh
"""
CONFIG = """
instance = "guest"; timezone = "UTC"; state_dir = "/tmp/state"; references = [ "127.0.10.7:80", "127.0.10.8:80" ];
defaults = { interval = "3s"; timeout = "2500ms"; connect_timeout = "1500ms"; fall = 3; retest = [ "500ms", "1s" ];
  rise = 2; settle = "1s"; };
listen = { address = "127.0.0.1:8080"; };
mail = { from = "watch@lab.test"; to = [ "ops@lab.test" ]; group_wait = "1s"; };
stacks = ( { name = "home"; } );
watchdogs = ( { name = "home"; stack = "home"; token = "file:/secrets/token"; period = "3s"; grace = "12s"; } );
targets = ( { name = "blog"; stack = "home"; http = { url = "http://127.0.10.1/"; }; },
            { name = "wiki"; stack = "home"; http = { url = "http://127.0.10.2/"; }; },
            { name = "shop"; stack = "home"; http = { url = "http://127.0.10.3/"; }; } );
"""
BEAT = ("while :; do wget -q -O /dev/null --header 'Authorization: Bearer beat-token-of-the-guest' "
        "--header 'Content-Type: application/json' --post-file /beat.json http://127.0.0.1:8080/hook/home; sleep 1; done")


def kernel_of(lab):
    """DRILL_KERNEL, this machine's own, else the package's, which is only unpacked."""
    found = [os.environ["DRILL_KERNEL"]] if "DRILL_KERNEL" in os.environ else sorted(glob.glob("/boot/vmlinuz-*"))
    if found:
        return found[-1]
    folder = lab.folder("kernel", mode=0o777)
    depends = subprocess.run(["apt-cache", "depends", KERNEL], capture_output=True, text=True, check=False).stdout
    name = re.search(r"Depends: (linux-image-\S+)", depends)
    if not name or subprocess.run(["apt-get", "download", "-qq", name.group(1)], cwd=folder, check=False,
                                  capture_output=True).returncode != 0:
        raise Skip(f"there is no kernel in /boot, and {KERNEL} cannot be had")
    run(["dpkg", "-x", glob.glob(f"{folder}/*.deb")[0], folder], 120)
    return glob.glob(f"{folder}/boot/vmlinuz-*")[0]


def initrd_of(lab, program):
    """busybox, the program and its libraries, what it reads."""
    root = lab.folder("root")
    for name in ("bin", "proc", "sys", "dev", "tmp", "www", "secrets"):
        lab.folder("root", name)
    shutil.copy(find("busybox"), f"{root}/bin/busybox")
    shutil.copy(program, f"{root}/bin/shorewatch")
    for library in set(re.findall(r"/\S+", run(["ldd", program]))):
        os.makedirs(root + os.path.dirname(library), exist_ok=True)
        shutil.copy(os.path.realpath(library), root + library)
    lab.write("root/init", INIT, 0o755)
    lab.write("root/shorewatch.cfg", CONFIG)
    lab.write("root/secrets/token", "beat-token-of-the-guest\n", 0o600)
    lab.write("root/www/index.html", "ok")
    lab.write("root/beat.json", alertmanager.fixture(alertmanager.FIRING).decode())
    names = "\n".join(os.path.relpath(os.path.join(folder, name), root)
                      for folder, folders, files in os.walk(root) for name in folders + files)
    packed = subprocess.run([find("cpio"), "-o", "-H", "newc", "--quiet"], cwd=root, input=names.encode(), check=True,
                            stdout=subprocess.PIPE).stdout
    path = lab.path("initrd.gz")
    with gzip.open(path, "wb", 1) as file:
        file.write(packed)
    return path


class Guest:
    """The machine. tell() is one line to its shell, and what it says to that."""

    def __init__(self, lab, program):
        if not shutil.which("qemu-system-x86_64") or not shutil.which("busybox") or not shutil.which("cpio"):
            raise Skip("qemu-system-x86, busybox-static or cpio is not installed")
        self.lab, self.heard = lab, ""
        self._qmp_path, console = lab.path("qmp"), lab.path("console")
        self.child = lab.start("qemu", [
            "qemu-system-x86_64", "-accel", "tcg", "-m", "512", "-display", "none", "-no-reboot", "-nic", "none",
            "-serial", f"unix:{console},server=on,wait=off", "-qmp", f"unix:{self._qmp_path},server=on,wait=off",
            "-kernel", kernel_of(lab), "-initrd", initrd_of(lab, program), "-append", "console=ttyS0 quiet panic=1"])
        wait_for("the console", lambda: os.path.exists(console), 20, [self.child])
        self._console = socket.socket(socket.AF_UNIX)
        self._console.connect(console)
        self._console.settimeout(0.1)
        self._qmp = None
        self._number = 0
        self._hear("GUEST-READY", 120)
        lab.say("the guest has booted")

    def _hear(self, word, limit):
        def is_heard():
            try:
                self.heard += self._console.recv(65536).decode(errors="replace").replace("\r", "")
            except TimeoutError:
                pass
            except ConnectionResetError as fault:
                raise Failure(f"the machine has ended, and said: {self.heard[-2000:]}") from fault
            return word in self.heard

        wait_for(f"the guest says {word}", is_heard, limit, [self.child], every=0)
        told, self.heard = self.heard.split(word, 1)
        return told

    def tell(self, line, limit=60):
        self._number += 1
        # The mark is put together by the shell: the line's own echo is no answer.
        self._console.sendall(f"{line}\necho 'END''-{self._number}.'\n".encode())
        return self._hear(f"END-{self._number}.", limit)

    def machine(self, command):
        """stop, cont: a word to the machine itself."""
        if not self._qmp:
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(self._qmp_path)
            self._qmp = sock.makefile("rw")
            self._qmp.readline()
            self._say_machine("qmp_capabilities")
        self._say_machine(command)

    def _say_machine(self, command):
        self._qmp.write(json.dumps({"execute": command}) + "\n")
        self._qmp.flush()
        while "return" not in json.loads(self._qmp.readline()):
            pass

    # ---- shorewatch in it ----

    def begin(self):
        for i in (1, 2, 3, 7, 8):
            self.tell(f"httpd -p 127.0.10.{i}:80 -h /www")
        self.tell("shorewatch run -c /shorewatch.cfg >/tmp/log 2>&1 & sleep 2")
        self.tell(f"( {BEAT} ) >/dev/null 2>&1 &")
        self.until("everything is up", lambda: self.log().count("to=up") >= 4, 60)

    def log(self):
        return self.tell("cat /tmp/log")

    def subjects(self):
        return re.findall(r"^Subject: (.*)$", self.tell("cat /tmp/state/outbox/*.eml 2>/dev/null"), re.M)

    def until(self, what, condition, limit):
        wait_for(what, condition, limit, [self.child], every=0.5)

    def step(self, seconds):
        self.tell(f"date -u -s @$(($(date +%s) + {seconds}))")
        self.lab.say(f"the guest's clock steps by {seconds} s")

    def check_outage(self):
        """It is as attentive as ever."""
        before = len(self.subjects())
        self.tell("kill $(pidof httpd | tr ' ' '\\n' | sort -n | head -n 3)")
        began = time.monotonic()
        self.until("a DOWN", lambda: any("DOWN" in line for line in self.subjects()[before:]), 90)
        self.lab.say(f"mail DOWN {time.monotonic() - began:.0f} s after the sites' end")

    # ---- what holds after every drill ----

    def _mails(self):
        names = self.tell("ls -tr /tmp/state/outbox/*.eml 2>/dev/null").split()
        return [Mail(self.tell(f"cat {name}").lstrip().encode()) for name in names]

    def judge(self):
        """As for every other drill, with what can be read from outside: one report, one life, one cause."""
        time.sleep(3)  # the page is a second behind, and this machine is slow
        status = json.loads(self.tell("cat /tmp/state/public/status.json"))
        told = json.loads(self.tell("shorewatch incidents --json -c /shorewatch.cfg"))
        faults = judge.faults_of(judge.History(
            logs=[self.log()], mails=list(enumerate(self._mails(), 1)), seen=[Snapshot(time.monotonic(), status)],
            incidents=told["incidents"], causes=1, first_fault=0))
        demand(not faults, "\n".join(["the history does not hold:", *faults]))


def tm_01_real(program):
    """The kernel's own clock steps by an hour and by sixty days, forth and back: no mail, no target doubted. (That it
    is far off can only be told by hosts with another clock: TM-01.)"""
    with Lab("drill-tm-01-real") as lab:
        guest = Guest(lab, program)
        guest.begin()
        for step in (3600, -3600, 60 * 86400, -60 * 86400):
            guest.step(step)
            time.sleep(8)
            demand(guest.subjects() == [], f"{guest.subjects()}")
        demand("to=late" not in guest.log() and "to=suspect" not in guest.log(), guest.log())
        guest.check_outage()
        guest.judge()


def tm_06(program):
    """The machine is paused for a minute, which none of its clocks notices; then NTP sets the clock: no mail."""
    with Lab("drill-tm-06") as lab:
        guest = Guest(lab, program)
        guest.begin()
        guest.machine("stop")
        lab.say(f"the machine is paused for {PAUSE} s")
        time.sleep(PAUSE)
        guest.machine("cont")
        guest.step(PAUSE)
        time.sleep(15)
        demand(guest.subjects() == [], f"{guest.subjects()}")
        demand("to=late" not in guest.log() and "to=suspect" not in guest.log(), guest.log())
        guest.check_outage()
        guest.judge()


DRILLS = {"TM-01-real": tm_01_real, "TM-06": tm_06}
GATE = ()
RELEASE = tuple(DRILLS)
