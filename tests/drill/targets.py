"""targets.py - DT-01 to DT-17 of reliability.md 6: what can be wrong with a site."""

import time

from authority import Authority
from bed import ALLOWED, BLOG, Bed, OTHER, Pages, SITE, SITE6, WIKI, web
from lab import run
from loopback import TDET, THB, TMAIL, demand
from web import Web, days_ago

BACK = 14  # seconds: two intervals and ten
FLAPS = 4


def dt_01(program):
    """The whole site is dead and the heartbeats stop: one mail, and the heartbeats' own silence makes no second one."""
    with Bed(program, "DT-01") as bed:
        bed.start()
        bed.calm()
        began = bed.lose(f"ip daddr {SITE} drop")
        bed.beats.stop()
        mail = bed.mail(began, TMAIL)
        demand(mail.state == "DOWN" and mail.diagnosis == "stack-down", f"{mail}")
        bed.shows(blog="down", wiki="down")
        bed.quiet(2 * THB)


def one_site(program, name, *rules, chain="in", mode=None, words="", diagnosis="site-down", then=None):
    """One mail that names the blog; the wiki is up."""
    with Bed(program, name) as bed:
        bed.start()
        bed.calm()
        began = time.monotonic()
        if mode:
            bed.pages[BLOG].mode = mode
            bed.inject(f"the blog answers: {mode}")
        else:
            began = bed.lose(*rules, chain=chain)
        mail = bed.mail(began, TMAIL)
        demand(mail.state == "DOWN" and mail.diagnosis == diagnosis and "blog" in mail.subject.lower(), f"{mail}")
        demand(words in mail.text(), f"not {words!r} in:\n{mail.text()}")
        bed.shows(blog="down", wiki="up")
        bed.quiet(3)
        if then:
            then(bed)


def dt_02(program):
    """One service answers 500."""
    one_site(program, "DT-02", mode="500", words="500")


def dt_03(program):
    """A port is closed."""
    one_site(program, "DT-03", f"ip daddr {SITE} tcp dport {BLOG} reject with tcp reset", words="refused")


def dt_04(program):
    """ICMP says that the host is out of reach."""
    one_site(program, "DT-04", f"ip daddr {SITE} tcp dport {BLOG} reject with icmpx type host-unreachable",
             words="unreachable")


def dt_05(program):
    """Accepted, and never an answer; or one that drips."""
    one_site(program, "DT-05", mode="hang", words="no answer in")


def dt_05_drip(program):
    """An answer that drips."""
    one_site(program, "DT-05-drip", mode="drip", words="incomplete")


def dt_06(program):
    """The answer to the first packet is lost."""
    one_site(program, "DT-06", f"ip saddr {SITE} tcp sport {BLOG} tcp flags & (syn|ack) == syn|ack drop", chain="out",
             words="connect")


def dt_06_data(program):
    """All is lost once the connection stands."""
    one_site(program, "DT-06-data", f"ip daddr {SITE} tcp dport {BLOG} ct state established tcp flags & psh == psh drop",
             words="answer")


def remembered(bed):
    """Nobody was told, but the history has it: each failure of a probe, though none of an incident."""
    bed.end()  # its history is nobody else's as long as it runs
    demand(bed.history("SELECT count(*) FROM failures")[0][0] > 0, "no failure is in the history")
    demand(not bed.history("SELECT number FROM incidents"), "the history has an incident")


def dt_07(program):
    """A single probe fails: nobody is told, and it is up again."""
    with Bed(program, "DT-07") as bed:
        bed.start()
        bed.calm()
        bed.lose(f"ip daddr {SITE} tcp dport {BLOG} drop")
        bed.until("it is suspect", lambda: "to=suspect" in bed.log(), TDET, every=0.01)
        bed.heal()
        bed.quiet(TMAIL)
        bed.no_down()
        demand(bed.is_calm(), f"{bed.states()}")
        remembered(bed)


def dt_08(program):
    """It fails, and the first re-test as well: the next one is good, so nobody is told."""
    with Bed(program, "DT-08", retest='"500ms", "2s"') as bed:
        bed.start()
        bed.calm()
        bed.lose(f"ip daddr {SITE} tcp dport {BLOG} drop")
        bed.until("it is suspect", lambda: "to=suspect" in bed.log(), TDET, every=0.01)
        time.sleep(1.5)  # the first re-test ends half a second before this
        bed.heal()
        bed.quiet(TMAIL)
        bed.no_down()
        remembered(bed)


def loss(program, name, percent, mails, causes):
    with Bed(program, name) as bed:
        bed.causes = causes
        bed.start()
        bed.calm()
        bed.lose(f"ip daddr {SITE} numgen random mod 100 < {percent} drop")
        time.sleep(30)
        bed.heal()
        bed.until("it is up", bed.is_calm, 30)
        time.sleep(3)
        told = [mail for mail in bed.relay.mails() if mail.state != "FLAPPING"]
        demand(len(told) <= mails, f"{percent} % loss: {[str(mail) for mail in told]}")
        bed.known = len(bed.relay.spool)


def dt_09(program):
    """5 % of the packets are lost: nobody is told."""
    loss(program, "DT-09", 5, 0, 0)


def dt_09_more(program):
    """30 % of the packets are lost: for each of the two no more than DOWN, UP, DOWN before it is called flapping. (In
    drill time one lost packet is one failed probe; at home it is sent again within the probe's ten seconds.)"""
    loss(program, "DT-09-more", 30, 6, 4)


def dt_10(program):
    """Slow, then much too slow: shown first, mailed then."""
    with Bed(program, "DT-10", targets=web("blog", BLOG, more='slow = "300ms";')) as bed:
        bed.start()
        bed.calm()
        bed.pages[BLOG].delay = 0.6
        bed.until("the page says slow", lambda: "slow" in bed.page().lower(), TMAIL)
        bed.quiet(TDET)
        began = time.monotonic()
        bed.pages[BLOG].delay = 5
        bed.inject("the blog takes five seconds")
        demand(bed.mail(began, TMAIL).state == "DOWN", "no DOWN")


def dt_11(program):
    """It comes and goes: a few mails, then one that says so, then none."""
    with Bed(program, "DT-11") as bed:
        bed.start()
        bed.calm()
        for _ in range(FLAPS):
            bed.lose(f"ip daddr {SITE} tcp dport {BLOG} drop")
            bed.until("it is down", lambda: bed.states().get("blog") == "down", 2 * TDET)
            bed.heal()
            bed.until("it is up", lambda: bed.states().get("blog") == "up", 2 * TDET)
        time.sleep(3)
        states = [mail.state for mail in bed.relay.mails()]
        demand(states == ["DOWN", "UP", "DOWN", "FLAPPING"], f"{states}")
        bed.known = len(states)
        bed.quiet(TMAIL)


BOTH = """
  { name = "blog"; title = "Blog"; stack = "home"; family = "both"; %s http = { url = "http://blog.lab.test:80/"; }; }""" % ALLOWED


def dt_12(program):
    """IPv6 goes nowhere, IPv4 is fine: one mail that says IPv6 only."""
    with Bed(program, "DT-12", targets=BOTH) as bed:
        Pages(BLOG, SITE6)
        bed.start()
        bed.calm()
        mail = bed.mail(bed.lose(f"ip6 daddr {SITE6} drop"), TMAIL)
        demand(mail.state == "DOWN" and "IPv6 only" in mail.subject, f"{mail}")
        bed.shows(**{"blog": "up", "blog-ipv6": "down"})
        bed.quiet(3)


def certificate(program, name, identity, words):
    """A good certificate is up; then another one is shown, and a mail says what is wrong with it."""
    with Bed(program, name) as bed:
        authority = bed.authority
        good = Web(OTHER, 443, authority.issue("good", f"IP:{OTHER}"))
        good.start()
        bed.configure(targets=f'{{ name = "blog"; title = "Blog"; stack = "home"; '
                              f'http = {{ url = "https://{OTHER}/"; ca_file = "{authority.ca_file}"; }}; }}')
        bed.start()
        bed.calm()
        good.kill()
        began = time.monotonic()
        bed.inject("another certificate")
        Web(OTHER, 443, identity(bed, authority)).start()
        mail = bed.mail(began, TMAIL + 2)
        demand(mail.state == "DOWN" and words in mail.text(), f"{mail}\n{mail.text()}")
        bed.quiet(3)


def expired(bed, authority):
    with days_ago(40):
        run(["true"])
        return authority.issue("old", f"IP:{OTHER}")


def dt_13(program):
    """A certificate has expired."""
    certificate(program, "DT-13", expired, "expired")


def dt_13_host(program):
    """A certificate of another host."""
    certificate(program, "DT-13-host", lambda bed, authority: authority.issue("else", f"IP:{SITE}"), "certificate")


def dt_13_chain(program):
    """A certificate of an authority that nobody knows."""
    def strange(bed, _):
        bed.lab.folder("ca-strange")
        other = Authority.__new__(Authority)
        other.folder = bed.lab.folder("strange")
        other._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "s.key",
                       "-out", "s.pem", "-days", "30", "-subj", "/CN=strange", "-addext", f"subjectAltName=IP:{OTHER}")
        return f"{other.folder}/s.pem", f"{other.folder}/s.key"
    certificate(program, "DT-13-chain", strange, "certificate")


def dt_14(program):
    """200, but somebody else's words."""
    one_site(program, "DT-14", mode="parking", words="body")


NAMED = web("blog", BLOG, "blog.lab.test", f'family = "ipv4"; {ALLOWED}') + "," + web("wiki", WIKI)


def dt_15(program):
    """The name of one site is gone, its server is fine: one mail that says so."""
    with Bed(program, "DT-15", targets=NAMED) as bed:
        bed.start()
        bed.calm()
        began = time.monotonic()
        del bed.names.addresses["blog.lab.test"]
        bed.inject("the name is gone")
        mail = bed.mail(began, TMAIL)
        demand(mail.state == "DOWN" and mail.diagnosis == "dns-fault", f"{mail}")
        demand("does not resolve" in mail.text() or "do not resolve" in mail.text(), mail.text())
        bed.quiet(3)


def dt_16(program):
    """It comes back: one UP with how long it lasted."""
    with Bed(program, "DT-16") as bed:
        bed.start()
        bed.calm()
        bed.mail(bed.lose(f"ip daddr {SITE} tcp dport {BLOG} drop"), TMAIL)
        mail = bed.mail(bed.heal(), BACK)
        demand(mail.state == "UP" and "after" in mail.subject, f"{mail}")
        bed.until("everything is up", bed.is_calm, BACK)


def dt_17(program):
    """Shorter than it takes to be certain: nobody is told."""
    with Bed(program, "DT-17") as bed:
        bed.start()
        bed.calm()
        bed.lose(f"ip daddr {SITE} drop")
        bed.until("a probe has failed", lambda: "to=suspect" in bed.log(), TDET, every=0.01)
        bed.heal()
        bed.quiet(TMAIL)
        bed.no_down()
        remembered(bed)


DRILLS = {"DT-01": dt_01, "DT-02": dt_02, "DT-03": dt_03, "DT-04": dt_04, "DT-05": dt_05, "DT-05-drip": dt_05_drip,
          "DT-06": dt_06, "DT-06-data": dt_06_data, "DT-07": dt_07, "DT-08": dt_08, "DT-09": dt_09, "DT-09-more": dt_09_more,
          "DT-10": dt_10, "DT-11": dt_11, "DT-12": dt_12, "DT-13": dt_13, "DT-13-host": dt_13_host,
          "DT-13-chain": dt_13_chain, "DT-14": dt_14, "DT-15": dt_15, "DT-16": dt_16, "DT-17": dt_17}
GATE = ("DT-01", "DT-02", "DT-07", "DT-08", "DT-16")
RELEASE = ()
