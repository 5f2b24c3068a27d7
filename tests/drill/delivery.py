"""delivery.py - DL-01 to DL-13 of reliability.md 6: whatever the relay does,
each notice arrives, and arrives once but where nobody can know.

Clocks run fast, so that a minute's pause is two seconds; times are told in the
daemon's own.
"""

import re
import time

from faketime import Fast
from hostile import COMMANDS, Hostile
from loopback import HOME, RELAY, TMAIL, World, demand, site, wait_for

RATE = 30
MINUTE, HOUR = 60, 3600
HOME_TMAIL = 187
FIRST_PAUSE, SECOND_PAUSE = MINUTE, 2 * MINUTE  # of the outbox
BACK = 15 * MINUTE + 5        # Tback
FINAL = 10 * MINUTE           # that the last reply is waited for
LOGINS = 4                    # within an hour, whatever waits
PAUSE = 5                     # seconds of ours in which a second copy would show itself


class Post(World):
    """A world at home in fast time whose relay follows a script."""

    def __init__(self, program, name, script=(), always="good", rate=RATE, **values):
        super().__init__(program, name, clock=Fast(rate), has_watchdog=False,
                         **{**HOME, "timeout": "40s", "connect_timeout": "30s", **values})
        self.relay = Hostile(self.lab, self.relay.port, script, always)
        self.copies = {}   # notice -> how many of it are excused

    def lead(self):
        self.start()
        self.calm(limit=30)

    def within(self, seconds):
        return seconds * 1.2 / self.clock.rate + 5

    def arrives(self, state, since, bound):
        """The next mail, of this state."""
        mail = self.mail(since, bound)
        demand(mail.state == state, f"{mail}")
        return mail

    def whole_outage(self, bound=HOME_TMAIL):
        down = self.arrives("DOWN", self.shut(), bound)
        self.arrives("UP", self.open(), bound)
        return down

    def no_second(self):
        self.quiet(PAUSE)

    def pauses(self):
        """Between one session and the next, in the daemon's seconds."""
        return [(b - a) * self.clock.rate for a, b in zip(self.relay.began, self.relay.began[1:])]

    def tells(self, word):
        """The page says that mail cannot leave, and `mails` why."""
        self.until("the page says it", lambda: "Mail cannot leave" in self.page(), self.within(25 * MINUTE))
        status, out, err = self.run("mails")
        demand(status in (0, 1) and word in out, f"mails: {status}\n{out}{err}")


def dl_01(program):
    """The relay is dead for 48 h, and the site comes and goes: then each outage is told once, by the mail of its end."""
    with Post(program, "DL-01", rate=300) as world:
        world.lead()
        world.relay.close()
        began = time.monotonic()
        for number in range(1, 6):
            world.shut()
            time.sleep(HOUR / 300)
            world.open()
            world.until(f"{number} ends", lambda n=number: world.log().count("state=closed") == n, world.within(HOUR))
            time.sleep(max(0, began + number * 8 * HOUR / 300 - time.monotonic()))
        time.sleep(max(0, began + 48 * HOUR / 300 - time.monotonic()))
        queued = len(world._waiting())
        world.relay.open()
        back = time.monotonic()
        world.until("nothing waits", lambda: not world._waiting(), world.within(2 * BACK), every=0.02)
        world.measure(f"{queued} notices that waited", (time.monotonic() - back) * 300, BACK)
        world.known = len(world.relay.spool)
        states = [mail.state for mail in world.relay.mails()]
        demand(states == ["UP"] * 5, f"{states}")
        world.kill()  # two seconds to end in are too few of ours


def dl_02(program):
    """Greylisted: tried again after a minute, and no later than six, and there once."""
    with Post(program, "DL-02", ["grey451"]) as world:
        world.lead()
        world.arrives("DOWN", world.shut(), HOME_TMAIL + 6 * MINUTE)
        world.measure("until it was tried again", world.pauses()[0], 6 * MINUTE)
        demand(world.pauses()[0] >= FIRST_PAUSE * 0.95, f"{world.pauses()}")
        world.arrives("UP", world.open(), HOME_TMAIL)
        world.no_second()


def dl_03(program):
    """One recipient is refused: the other one is served at once, and the refused one is not asked again for hours."""
    with Post(program, "DL-03", always=("rcpt550", "gone@"), to='"ops@lab.test", "gone@lab.test"', rate=60) as world:
        world.lead()
        world.arrives("DOWN", world.shut(), HOME_TMAIL)
        time.sleep(40 * MINUTE / 60)
        asked = [line for _, line in world.relay.heard if "gone@" in line]
        demand(len(asked) == 1, f"asked {len(asked)} times in 40 min: {asked}")
        demand(len(world._waiting()) == 1, f"{world._waiting()}")
        world.tells("550")
        world.relay.always = "good"
        world.mail(world.open(), HOME_TMAIL)
        world.no_second()


def refused_for_all(program, name, mode):
    with Post(program, name, always=mode, rate=60) as world:
        world.lead()
        world.shut()
        world.tells("554")
        world.until("it was refused twice", lambda: world.log().count("result=refused") >= 2, world.within(40 * MINUTE))
        demand(min(world.pauses()) > 10 * MINUTE, f"{world.pauses()}")
        world.relay.always = "good"
        world.arrives("DOWN", time.monotonic(), BACK)
        world.arrives("UP", world.open(), HOME_TMAIL)


def dl_04(program):
    """554 to DATA for everybody: kept, tried every 15 min, the page says why; then it arrives."""
    refused_for_all(program, "DL-04", "data554")


def dl_04_end(program):
    """554 after the mail for everybody: the same."""
    refused_for_all(program, "DL-04 end", "enddata554")


def once_after(program, name, mode, bound=HOME_TMAIL + FIRST_PAUSE, count=1, word="result=later"):
    """Until its first attempt has ended so, the relay is as it is said; then good. So many copies are there in the end,
    all the same bytes."""
    with Post(program, name, always=mode) as world:
        world.lead()
        began = world.shut()
        world.until(f"the log says {word}", lambda: word in world.log(), world.within(bound), every=0.01)
        world.relay.always = "good"
        for _ in range(count):
            world.arrives("DOWN", began, bound)
        demand(len({mail.raw for mail in world.relay.mails()}) == 1, "the copies differ")
        world.no_second()
        world.arrives("UP", world.open(), HOME_TMAIL)


def dl_05(program):
    """Cut in the middle of a mail that had left us whole: nobody can know, it is sent again, and is there once."""
    once_after(program, "DL-05", "dropdata", word="result=in-doubt")


def dl_05_dot(program):
    """Cut after the dot by a relay that has not kept it: in doubt, so it is sent again, and is there once."""
    once_after(program, "DL-05 dot", "refuseafterdot", word="result=in-doubt")


def dl_06(program):
    """Accepted, and the reply is lost: in doubt, sent once more, the same bytes, and never a third time."""
    once_after(program, "DL-06", "dropafterdot", count=2, word="result=in-doubt")


def dl_07(program):
    """Accepted, and no reply for 12 min: waited for 10 min, then in doubt; others are told meanwhile."""
    with Post(program, "DL-07", ["hangdata"]) as world:
        world.lead()
        began = world.shut()
        world.arrives("DOWN", began, HOME_TMAIL)
        world.arrives("DOWN", began, HOME_TMAIL + FINAL + FIRST_PAUSE)
        demand("result=in-doubt" in world.log(), "it was in no doubt")
        demand(world.pauses()[0] >= FINAL * 0.95, f"given up after {world.pauses()[0]:.0f} s")
        world.no_second()
        world.arrives("UP", world.open(), HOME_TMAIL)


def dl_08(program):
    """A good reply that takes five minutes, and one that takes 4 s: each mail is there once."""
    with Post(program, "DL-08", [("slow", 5 * MINUTE / RATE), ("slow", 4 / RATE)]) as world:
        world.lead()
        world.whole_outage(HOME_TMAIL + 5 * MINUTE)
        demand(world.relay.sessions == 2, f"{world.relay.sessions} sessions")
        world.no_second()


def later_after(mode):
    def drill(program):
        word = "result=accepted" if mode in FINE else "result=later"
        once_after(program, f"DL-09 {mode}", mode, HOME_TMAIL + 5 * MINUTE + FIRST_PAUSE, word=word)
    drill.__doc__ = f"The relay's first session is {mode}: bounded, and the mail is there once."
    return drill


NASTY = ("banner421", "garbage", "hangbanner", "longline", "endless", "badreply", "quithang", "enddata451")
FINE = ("quithang", "longline")  # however it is said: accepted is accepted


def dl_10_login(program):
    """A wrong password: nobody is locked out by our hammering, the page says why, and nothing is lost."""
    with Post(program, "DL-10 login", always="auth535", rate=40) as world:
        secret = world.lab.write("secrets/relay", "wrong\n", 0o600)
        world.configure(relays=f'{{ url = "smtp://127.0.0.1:{world.relay.port}"; starttls = "never"; username = "watch"; '
                               f'password = "file:{secret}"; }}')
        world.lead()
        world.shut()
        world.until("it is refused", lambda: world.relay.logins, world.within(HOME_TMAIL))
        world.until("it is told again", lambda: "kind=repeat" in world.log(), world.within(HOUR + 5 * MINUTE))
        hour = [when for when in world.relay.logins if when < world.relay.logins[0] + HOUR / 40]
        world.say(f"logins at min {[round((when - hour[0]) * 40 / MINUTE, 1) for when in world.relay.logins]}")
        demand(2 <= len(hour) <= LOGINS, f"{len(hour)} logins within an hour")
        world.tells("535")
        world.relay.always = "auth235"
        mended = time.monotonic()
        world.arrives("DOWN", mended, BACK)
        world.arrives("STILL DOWN", mended, BACK)
        world.arrives("UP", world.open(), HOME_TMAIL)


def dl_10_plain(program):
    """A relay that has no STARTTLS although it is required: not a word of the mail in clear, the page says why."""
    with Post(program, "DL-10 plain") as world:
        world.configure(relays=f'{{ url = "smtp://127.0.0.1:{world.relay.port}"; starttls = "required"; }}')
        world.lead()
        world.shut()
        world.until("it is tried twice", lambda: world.relay.sessions >= 2, world.within(HOME_TMAIL + 5 * MINUTE))
        demand(not any(re.match("MAIL|RCPT|AUTH", line) for _, line in world.relay.heard), f"{world.relay.heard}")
        demand(not world.relay.spool and len(world._waiting()) == 1, "it is not kept")
        world.tells("TLS")
        world.configure(relays=RELAY.format(port=world.relay.port))
        world.reload()
        world.arrives("DOWN", time.monotonic(), BACK)
        world.arrives("UP", world.open(), HOME_TMAIL)


def dl_11(program):
    """Hung up at each word of a session, one after the other: the mail is there once."""
    with Post(program, "DL-11", [("cut", word) for word in COMMANDS] + ["dropdata", ("cut", "QUIT")]) as world:
        world.lead()
        world.arrives("DOWN", world.shut(), HOME_TMAIL + 35 * MINUTE)
        world.no_second()
        world.arrives("UP", world.open(), HOME_TMAIL)


def dl_12(program):
    """The first relay is dead, the second one takes it at once; never both."""
    with Post(program, "DL-12") as world:
        world.configure(relays=RELAY.format(port=world.lab.port()) + ", " + RELAY.format(port=world.relay.port))
        world.lead()
        world.whole_outage(HOME_TMAIL + MINUTE)
        world.no_second()


def dl_12_doubt(program):
    """In doubt at the first relay: the second one is not asked, so that nobody gets it twice."""
    with Post(program, "DL-12 doubt", ["refuseafterdot"]) as world:
        second = Hostile(world.lab, world.lab.port())
        second.open()
        world.configure(relays=RELAY.format(port=world.relay.port) + ", " + RELAY.format(port=second.port))
        world.lead()
        world.arrives("DOWN", world.shut(), HOME_TMAIL + FIRST_PAUSE)
        demand(not second.spool, "the second relay was asked in doubt")
        world.arrives("UP", world.open(), HOME_TMAIL)
        second.close()


def dl_13(program):
    """500 targets fail at once: one mail, less than 1 MiB, and the number of all is told."""
    with World(program, "DL-13", has_watchdog=False, interval="10s", timeout="5s") as world:
        rows = [site(f"t{i}", world.site.port) for i in range(500)]
        world.configure(targets=",".join(rows))
        world.start()
        world.calm(limit=30)
        mail = world.mail(world.shut(), TMAIL + 30)
        demand(mail.state == "DOWN" and len(mail.raw) < 1 << 20, f"{mail}: {len(mail.raw)} bytes")
        demand("500" in mail.text(), mail.text())
        time.sleep(TMAIL)  # until the page has told of each
        world.say(f"the mail has {len(mail.raw)} bytes")
        demand(world.mail(world.open(), TMAIL + 30).state == "UP", "no UP")


DRILLS = {"DL-01": dl_01, "DL-02": dl_02, "DL-03": dl_03, "DL-04": dl_04, "DL-04-end": dl_04_end, "DL-05": dl_05,
          "DL-05-dot": dl_05_dot, "DL-06": dl_06, "DL-07": dl_07, "DL-08": dl_08,
          **{f"DL-09-{mode}": later_after(mode) for mode in NASTY},
          "DL-10-login": dl_10_login, "DL-10-plain": dl_10_plain, "DL-11": dl_11, "DL-12": dl_12,
          "DL-12-doubt": dl_12_doubt, "DL-13": dl_13}
GATE = ("DL-02", "DL-06")
RELEASE = tuple(DRILLS)
LONG = {"DL-01": 1500}
