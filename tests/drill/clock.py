"""clock.py - TM-01 to TM-05 and TM-07 of reliability.md 6: clocks that are
wrong, that step, and a machine that was not there for a while. What needs a
machine of its own (TM-06, a real step) is in guest.py.
"""

import datetime
import json
import re
import time

import freezer
from faketime import Fast, From, Steps
from loopback import HOME, SLACK, TMAIL, World, demand, site
from web import Web, identity_for

HOUR = 3600
RATE = 30


class Hosts:
    """A site with a certificate, and two hosts that tell the time seldom: at the moment of a step the certificate
    is always seen before they are heard."""

    def __init__(self, world):
        identity, ca_file = identity_for(world.lab, "127.0.10.1")
        port = world.lab.port()
        self.shop = Web("127.0.10.1", port, identity)
        self.tellers = [Web(f"127.0.10.{i}", port) for i in (2, 3)]
        for web in (self.shop, *self.tellers):
            web.start()
        rows = [self._row("shop", self.shop, f'ca_file = "{ca_file}";', "")]
        rows += [self._row(f"web{i}", web, "", 'interval = "20s";') for i, web in enumerate(self.tellers)]
        world.configure(targets=",".join([site("blog", world.site.port), *rows]))

    @staticmethod
    def _row(name, web, more, beside):
        return f'  {{ name = "{name}"; stack = "home"; http = {{ url = "{web.url()}"; {more} }}; {beside} }}'


def pace(world, span):
    """Probes of the site in so many seconds."""
    before = world.site.accepted
    time.sleep(span)
    return world.site.accepted - before


def tm_01(program):
    """The wall clock steps by an hour, by sixty days, to 1970: no target is down for it, the probes keep their pace,
    and while it is far off one mail says so; set right again, nothing."""
    with World(program, "TM-01") as world:
        world.clock = Steps(world.lab)
        Hosts(world)
        world.start()
        world.calm()
        for step in ("+3600", "-3600", "+60d", "-20000d", "+0"):
            world.clock.set(step)
            world.inject(f"the clock steps: {step}")
            if step == "+60d":
                demand("60 days ahead" in world.mail(time.monotonic(), TMAIL).subject, f"{world.relay.mails()}")
            demand(1 <= pace(world, 4) <= 4, "the probes lost their pace")
            demand("down" not in world.states().values(), f"{world.states()}")
        world.calm()
        demand("to=down" not in world.log(), "a step was held against a target")
        demand("to=late" not in world.log(), "a step was held against the heartbeats")


def tm_01_queue(program):
    """A mail waits for its relay; an hour's step neither hastens its next attempt nor makes it forgotten."""
    with World(program, "TM-01 queue") as world:
        world.clock = Steps(world.lab)
        world.start()
        world.calm()
        world.relay.close()
        began = world.shut()
        world.until("the notice waits", lambda: "result=later" in world.log(), 2 * TMAIL)
        for step in ("+3600", "-3600", "+0"):
            world.clock.set(step)
            world.inject(f"the clock steps: {step}")
            time.sleep(2)
        demand(world.log().count("result=later") == 1, "a step hastened the next attempt")
        world.relay.open()
        mail = world.mail(began, 60 + 2 * TMAIL)
        demand(mail.state == "DOWN", f"{mail}")


def tm_02(program):
    """An hour back during an incident: its UP says how long it really was, and its log is in order."""
    with World(program, "TM-02") as world:
        world.clock = Steps(world.lab)
        world.start()
        world.calm()
        began = world.shut()
        down = world.mail(began, TMAIL)
        world.clock.set("-3600")
        world.inject("the clock steps: -3600")
        time.sleep(5)
        back = world.open()
        up = world.mail(back, TMAIL)
        lasted = int(re.search(r"back after (\d+) s", up.subject).group(1))
        demand(abs(lasted - (back - began)) <= 3, f"{up}: it was {back - began:.0f} s")
        number = down.header("Shorewatch-Incident")
        log = json.loads(world.run("incidents", number, "--json")[1])["log"]
        kinds = [event["kind"] for event in log]
        demand(kinds.index("first-failure") < kinds.index("confirmed") < kinds.index("closed"), f"{kinds}")
        told = re.search(rf"^{number}.*? (\d+) s ", world.run("incidents")[1], re.M)
        demand(told and abs(int(told.group(1)) - lasted) <= 1, f"incidents: {world.run('incidents')[1]}")


def tm_03(program):
    """Both days of the year on which the clocks of Berlin change: nothing is mailed, the day has 25 hours or 23, and
    every second of it was observed. Ten minutes in each second."""
    zone, rate = "Europe/Berlin", 600
    slow = {**HOME, "interval": "9m", "timeout": "8m", "connect_timeout": "4m", "zone": zone}
    worlds = []
    for name, at, hours in (("autumn", (2026, 10, 24, 22), 25), ("spring", (2026, 3, 28, 23), 23)):
        begin = datetime.datetime(*at, 30, tzinfo=datetime.timezone.utc).timestamp() - HOUR
        world = World(program, f"TM-03 {name}", has_watchdog=False, **slow)
        world.clock = Fast(rate, begin, zone)
        world.hours = hours
        worlds.append(world)
    with worlds[0], worlds[1]:
        for world in worlds:
            world.clock = Fast(rate, world.clock.now(), zone)
            world.start()
        time.sleep(27 * HOUR / rate)
        for world in worlds:
            demand(not world.relay.spool, f"{world.relay.mails()}")
            world.kill()  # it would give the disk a 600th of its patience
            days = dict(world.history("SELECT day, observed FROM days WHERE name = 'blog'"))
            whole = sorted(days)[1]
            demand(abs(days[whole] - world.hours * HOUR) <= 600, f"{world.name}: observed {days}")
            world.say(f"the day has {days[whole] / HOUR:.2f} h")


def outage_at(program, name, begin, middle):
    """DT-01 with a death in the middle (DU-01), on both sides of an end of time."""
    with World(program, name, clock=From(begin)) as world:
        world.start()
        world.calm()
        world.beats.stop()
        down = world.mail(world.shut(), TMAIL)
        world.kill()
        world.clock = From(middle)
        world.start()
        time.sleep(8)
        year = middle[:4]
        demand(down.message["Date"].datetime.year == int(year) and down.state == "DOWN", f"{down}")
        world.beats.begin(1)
        up = world.mail(world.open(), TMAIL)
        after = up.message["Date"].datetime - down.message["Date"].datetime
        demand(up.state == "UP" and 5 < after.total_seconds() < 60, f"{up}: {after}")
        demand(up.header("Shorewatch-Incident") == down.header("Shorewatch-Incident"), f"{up}")
        demand(year in world.run("incidents")[1], world.run("incidents")[1])
        demand(world.status()["generated_at"].startswith(year), world.status()["generated_at"])


def tm_04(program):
    """The outage begins before 31 bits of seconds are full, and ends afterwards; the same for 32."""
    outage_at(program, "TM-04 2038", "2038-01-19 03:13:50", "2038-01-19 03:14:03")
    outage_at(program, "TM-04 2106", "2106-02-07 06:27:58", "2106-02-07 06:28:11")


class Suspend:
    """One suspend of a world at the user's own pace, with a probe in flight; nothing may come of it but a line in
    the log and one fresh round."""

    def __init__(self, world):
        self.world = world
        self.slow = Web("127.0.10.4", world.lab.port(), delay=5 / RATE)
        self.slow.start()
        world.configure(targets=world._values["targets"] +  # noqa: SLF001
                        f', {{ name = "slow"; stack = "home"; http = {{ url = "{self.slow.url()}"; }}; }}')

    def over(self, span, by):
        world, before = self.world, self.world.site.accepted
        world.until("a probe is in flight", lambda: (world.metric("shorewatch_runs_in_flight") or 0) > 0, 10, every=0.01)
        with by:
            world.inject(f"suspended for {span} s")
            time.sleep(span / RATE)
            before = world.site.accepted
        back = time.monotonic()
        world.until("a fresh round", lambda: world.site.accepted > before, 120 / RATE * SLACK)
        world.measure("fresh round", (time.monotonic() - back) * RATE, 120)
        world.quiet(120 / RATE)
        demand(set(world.states().values()) == {"up"}, f"{world.states()}")
        gap = re.findall(r"gap span_s=(\d+)", world.log())
        demand(gap and abs(int(gap[-1]) - span) <= 0.1 * span + 10, f"a gap of {gap} s, not of {span} s")


def tm_05(program):
    """Stopped for a minute, then frozen for one."""
    with World(program, "TM-05", clock=Fast(RATE), **HOME) as world:
        suspend = Suspend(world)
        world.start()
        world.calm(every=60 / RATE)
        suspend.over(60, freezer.Stopped(world.pid()))
        suspend.over(60, freezer.Frozen(world.lab, world.pid()))
        demand("to=suspect" not in world.log() and "to=late" not in world.log(), "our absence was held against somebody")


def tm_05_hour(program):
    """The same for an hour, in which the heartbeats stood still, too."""
    with World(program, "TM-05 hour", clock=Fast(RATE), **HOME) as world:
        suspend = Suspend(world)
        world.start()
        world.calm(every=60 / RATE)
        world.beats.stop()
        suspend.over(HOUR, freezer.Stopped(world.pid()))
        world.calm(every=60 / RATE)


def tm_07(program):
    """Booted in 1970, set right later: no certificate is judged till then, and nothing else minds."""
    with World(program, "TM-07") as world:
        world.clock = Steps(world.lab, "@1970-01-01 00:00:10")
        Hosts(world)
        began = world.start()
        demand("behind" in world.mail(began, 2 * TMAIL).subject, f"{world.relay.mails()}")
        world.beats.begin(1)
        world.until("the hosts are up", lambda: list(world.states().values()).count("up") >= 2, 30)
        demand(world.states()["shop"] != "down", f"{world.states()}")
        world.quiet(5)
        world.clock.set("+0")
        world.inject("the clock is set")
        world.calm(limit=30)
        demand("to=down" not in world.log() and pace(world, 4) >= 1, "a certificate was judged, or no probe made")


DRILLS = {"TM-01": tm_01, "TM-01-queue": tm_01_queue, "TM-02": tm_02, "TM-03": tm_03, "TM-04": tm_04, "TM-05": tm_05,
          "TM-05-hour": tm_05_hour, "TM-07": tm_07}
GATE = ("TM-01", "TM-05")
RELEASE = tuple(DRILLS)
