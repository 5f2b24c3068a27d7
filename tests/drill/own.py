"""own.py - SI-01 to SI-11 of reliability.md 6: what can be wrong with ourselves.
Nobody may be told of a target then; what was not seen is said to be unknown.
"""

import time

from bed import ALLOWED, BLOG, Bed, Pages, SELF, SITE, SITE6, WIKI, web
from faketime import Fast
from loopback import HOME, TDET, THB, TMAIL, demand

CUT = 12            # seconds without a line of our own: longer than any verdict takes
RATE = 30           # of the fast clock
UNCONFIRMED = 1320  # seconds: 15 min, and what a verdict takes
BLIND = "0 of 6 references answer, so what follows is what was last seen"
REPORT = 30         # seconds: where nothing is news to anybody, the page is written anew so often
# Of a probe until it is connected: a second of it is waited for a resolver that is known to be silent.
PATIENT = {"interval": "5s", "timeout": "4s", "connect_timeout": "3s"}
BACK = 20           # after a return: one round, and the beats


def isolation(program, name, is_silent):
    with Bed(program, name) as bed:
        bed.start()
        bed.calm()
        bed.cut(is_silent)
        bed.until("it knows that it is cut off", bed.is_isolated, 2 * CUT)
        bed.until("the page says it", lambda: BLIND in bed.page(), 2 * REPORT)
        bed.quiet(CUT)
        bed.no_down()
        demand(set(bed.states().values()) == {"unknown"}, f"{bed.states()}")
        demand("to=silent" not in bed.log(), "our own deafness was taken for silence")
        began = bed.mend()
        bed.until("it is online again", lambda: not bed.is_isolated(), BACK)
        bed.until("everything is up", bed.is_calm, BACK)
        bed.measure("back", time.monotonic() - began, BACK)
        bed.quiet(TMAIL)
        bed.no_down()


def si_01(program):
    """Our own line has no carrier: nothing about targets, unknown on the page."""
    isolation(program, "SI-01", False)


def si_02(program):
    """Our own line swallows everything."""
    isolation(program, "SI-02", True)


def si_02_told(program):
    """It was gone for longer than five minutes: one mail says so, after the return."""
    with Bed(program, "SI-02-told") as bed:
        bed.start()
        bed.calm()
        bed.cut()
        time.sleep(315)
        mail = bed.mail(bed.mend(), BACK)
        demand(mail.state == "BLIND", f"{mail}")
        bed.until("everything is up", bed.is_calm, BACK)
        bed.quiet(TMAIL)
        bed.no_down()


NAMED = web("blog", BLOG, "blog.lab.test", f'family = "ipv4"; {ALLOWED}') + "," + web("wiki", WIKI)


def si_03(program):
    """Our resolver is dead: nothing about targets, which are asked at the addresses that were good last."""
    with Bed(program, "SI-03", targets=NAMED, **PATIENT) as bed:
        bed.start()
        bed.calm()
        bed.names.is_silent = True
        bed.inject("the resolver is silent")
        bed.quiet(TMAIL)
        before = bed.pages[BLOG].asked
        bed.quiet(TMAIL)
        bed.no_down()
        demand(bed.names.swallowed > 0, "nobody asked the resolver")
        demand(bed.pages[BLOG].asked >= before + 2, "the blog is not asked at its last good address")
        demand(bed.metric("shorewatch_loop_worst_turn_seconds") < 0.2, "the loop stood still")


def si_04(program):
    """The site is dead and the resolver as well: one mail, to a relay that is known by its last address."""
    with Bed(program, "SI-04", targets=NAMED, period="2s", grace="18s", **PATIENT) as bed:
        bed.start()
        bed.calm()
        bed.names.is_silent = True
        time.sleep(10)  # by then it is known to be
        began = bed.lose(f"ip daddr {SITE} drop")
        bed.beats.stop()
        mail = bed.mail(began, TMAIL + 10)
        demand(mail.state == "DOWN" and mail.diagnosis == "stack-down", f"{mail}")
        bed.shows(blog="down", wiki="down")
        bed.quiet(2 * THB)


def si_05(program):
    """The references are dead, everything else is fine: nobody is told, and the page says it."""
    with Bed(program, "SI-05") as bed:
        bed.start()
        bed.calm()
        began = bed.lose("tcp dport 443 drop")
        bed.until("the page says it", lambda: "0 of 6 references answer" in bed.page(), 2 * REPORT)
        bed.measure("on the page", time.monotonic() - began, REPORT + TDET)
        bed.quiet(2 * TMAIL)
        bed.no_down()
        demand(not bed.is_isolated() and set(bed.states().values()) == {"up"}, "the beats did not vouch for our line")


def si_06(program):
    """References and site are dead, no heartbeat is asked for, the relay answers: one mail, marked, never silence."""
    with Bed(program, "SI-06", clock=Fast(RATE), has_watchdog=False, **HOME) as bed:
        bed.start()
        bed.calm(limit=40)
        began = bed.lose("tcp dport 443 drop", f"ip daddr {SITE} drop")
        mail = bed.mail(began, UNCONFIRMED)  # by then the relay is believed: so long nothing was judged
        demand(mail.state == "BLIND", f"{mail}")
        mail = bed.mail(began, UNCONFIRMED)
        demand(mail.state == "DOWN" and mail.diagnosis == "unreachable", f"{mail}")
        demand("This is unconfirmed" in mail.text(), mail.text())
        bed.quiet(2)


def si_07(program):
    """The site dies while we are cut off, and stays dead: one mail after the return, none before."""
    with Bed(program, "SI-07", group_wait="3s") as bed:
        bed.start()
        bed.calm()
        bed.cut()
        bed.until("it knows that it is cut off", bed.is_isolated, 2 * CUT)
        bed.inject("the site dies, which nobody sees now: its packets are lost anyway")
        bed.stop_beats()
        bed.quiet(CUT)
        bed.no_down()
        # Beats that were on their way when the cluster died: who is dead repeats no packet.
        mail = bed.mail(bed.mend(f"ip daddr {SITE} drop", f"tcp sport {bed.port} drop"), TMAIL + 2)
        demand(mail.state == "DOWN" and mail.diagnosis == "stack-down", f"{mail}")
        bed.quiet(TMAIL)


def si_08(program):
    """Only IPv6 of ours is dead: what is reached by it is unknown, the rest goes on."""
    both = f"""{{ name = "blog"; title = "Blog"; stack = "home"; family = "both"; {ALLOWED}
                http = {{ url = "http://blog.lab.test:{BLOG}/"; }}; }}"""
    with Bed(program, "SI-08", targets=both + "," + web("wiki", WIKI)) as bed:
        Pages(BLOG, SITE6)
        bed.start()
        bed.calm()
        bed.lose(f"ip6 saddr {SELF[1]} drop")
        bed.quiet(2 * TMAIL)
        bed.no_down()
        mail = bed.mail(bed.lose(f"ip daddr {SITE} tcp dport {WIKI} drop"), TMAIL)
        demand("Wiki" in mail.subject, f"{mail}")


def si_09(program):
    """Our own firewall drops port 443: the references fail as well, so nobody else is to blame."""
    with Bed(program, "SI-09", targets=web("blog", 443), has_watchdog=False) as bed:
        bed.site.kill()  # the other server of this address gives way
        Pages(443)
        bed.start()
        bed.calm()
        bed.net.inside("nft", "add table inet f; add chain inet f out { type filter hook output priority 0; }; "
                              "add rule inet f out tcp dport 443 drop")
        bed.inject("our firewall drops port 443")
        bed.quiet(2 * TMAIL)
        bed.no_down()


def si_10(program):
    """Not one port of ours is left: nothing about targets."""
    with Bed(program, "SI-10") as bed:
        bed.start()
        bed.calm()
        bed.net.inside("sysctl", "-qw", "net.ipv4.ip_local_port_range=40000 40001")
        bed.inject("two ports are left")
        bed.quiet(2 * TDET)
        bed.no_down()
        bed.net.inside("sysctl", "-qw", "net.ipv4.ip_local_port_range=32768 60999")
        bed.until("everything is up", bed.is_calm, BACK)


def si_11(program):
    """Our own line comes and goes: nothing about targets."""
    with Bed(program, "SI-11") as bed:
        bed.start()
        bed.calm()
        for _ in range(6):
            bed.cut()
            time.sleep(3)
            bed.mend()
            time.sleep(3)
        bed.until("everything is up", bed.is_calm, BACK)
        bed.quiet(TMAIL)
        bed.no_down()


DRILLS = {"SI-01": si_01, "SI-02": si_02, "SI-02-told": si_02_told, "SI-03": si_03, "SI-04": si_04, "SI-05": si_05,
          "SI-06": si_06, "SI-07": si_07, "SI-08": si_08, "SI-09": si_09, "SI-10": si_10, "SI-11": si_11}
GATE = ("SI-01", "SI-02", "SI-03", "SI-10")
RELEASE = ("SI-06",)
