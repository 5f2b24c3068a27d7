#!/usr/bin/env python3
"""fate.py PROGRAM STORY - what `check` says of shared fate, by the real program,
asking name servers on loopback.

  shared    every part and every tie, by whole lines with their places
  unbound   the same through a real resolver
  apart     nothing is shared: not a word more than without
  loopback  private set-ups: nothing, but for one port of one address
  offline   --offline asks nobody; a resolver that refuses, or is silent, ends in time and in one line
  hostile   a thousand addresses, chains and circles of aliases, garbage, names that never answer
  many      two thousand targets at one address, and as many names
  machine   the watcher itself on a target's address and in its network
"""

import os
import re
import shutil
import subprocess
import sys
import time

import names
import shore
from lab import Lab, demand, main

LIMIT = 9.0  # seconds: the deadline of 5 s, and a slow machine under a sanitizer

ZONES = {
    # Everything here lives with the cluster, each thing in its own way.
    "home.test": """
        @ NS ns1.dns.test.
        @ NS ns2.dns.test.
        @ MX 10 mx
        @ MX 20 mx2.far.test.
        blog A 203.0.113.7
        mk CNAME blog
        mx A 203.0.113.7
        relay A 203.0.113.7
        status CNAME edge.cdn.test.
        shop AAAA 2001:db8:1::7
        alone A 203.0.113.7
        apex CNAME apex.test.
    """,
    "cdn.test": """
        @ NS ns1.dns.test.
        @ NS ns9.cdn.test.
        edge A 192.0.2.80
    """,
    "far.test": """
        @ NS ns.far.test.
        ns A 192.0.2.53
        relay A 192.0.2.25
        mx2 A 192.0.2.26
        hc A 192.0.2.27
        status A 192.0.2.28
        @ A 192.0.2.26
        beats AAAA 2001:db8:1:ffff::1
    """,
    # Other letters, and an alias that leads to the top of another zone.
    "twin.test": """
        @ NS NS2.Dns.Test.
        relay A 192.0.2.30
    """,
    "apex.test": """
        @ NS ns.apex.test.
        @ A 192.0.2.31
    """,
}

CONFIG = """instance = "test"; timezone = "UTC"; state_dir = "{state}";
resolvers = [ {resolvers} ];
references = [ {references} ];
listen = {{ address = "127.0.0.1:{port}"; {public} }};
page = {{ title = "Test"; {page} }};
mail = {{ from = "watch@far.test"; to = [ {to} ];
  relays = ( {relays} ); }};
{heartbeat}
targets = (
{targets}
);
"""


def quoted(texts):
    return ", ".join(f'"{text}"' for text in texts)


def http(name, host):
    return f'{{ name = "{name}"; http = {{ url = "https://{host}/"; }}; }}'


def write(s, port, targets, relays=("smtps://relay.far.test",), to=("ops@far.test",), references=("192.0.2.1:443",),
          resolvers=(), public="", page="", heartbeat="", state=None):
    text = CONFIG.format(
        state=state or s.state, port=s.port, resolvers=quoted([f"127.0.0.1:{port}", *resolvers]),
        references=quoted(references), to=quoted(to), targets=",\n".join(targets),
        relays=", ".join(f'{{ url = "{url}"; }}' for url in relays), public=f'public_url = "{public}";' if public else "",
        page=f'url = "{page}";' if page else "", heartbeat=f'heartbeat_url = "{heartbeat}";' if heartbeat else "")
    return s.lab.write("shorewatch.cfg", text)


def serve(s, zones=None, moods=None):
    port = s.lab.port(names.socket.SOCK_DGRAM, names.socket.SOCK_STREAM)
    server = names.Zones(port, ZONES if zones is None else zones, moods)
    s.lab.on_end(server.stop)
    return server


BESIDE_THE_POINT = ("no watchdog: ", "page.url is not set")


def check(s, *words, by=()):
    """The lines of standard error that are about shared fate, and how long it took. Always status 0."""
    began = time.monotonic()
    done = subprocess.run([*by, s.program, "check", "-c", s.config, *words], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False, env=shore.ENVIRONMENT)
    took = time.monotonic() - began
    demand(done.returncode == 0 and "is good: " in done.stdout, f"status {done.returncode}\n{done.stdout}{done.stderr}")
    lines = [line for line in done.stderr.splitlines() if not any(word in line for word in BESIDE_THE_POINT)]
    return [line.replace(s.config, "cfg") for line in lines], took


def expect(got, wanted):
    demand(got == wanted, "\n".join(["these lines were expected", *wanted, "and these came", *got]))


def expect_all(got, words):
    for word in words:
        demand(any(word in line for line in got), "\n".join([f"\"{word}\" is missing in", *got]))


TARGETS = [http("blog", "blog.home.test"), http("misskey", "mk.home.test"), http("shop", "shop.home.test"),
           '{ name = "ssh"; tcp = { address = "203.0.113.7:22"; }; }',
           '{ name = "pinned"; http = { url = "https://nowhere.home.test/"; address = "203.0.113.7:443"; }; }']
AT_HOME = "the targets blog, misskey and 2 more"
SHARED = [
    f"cfg:7: warning: the relay relay.home.test (203.0.113.7) has the same address as {AT_HOME}: when the host dies, "
    "so does your alarm; use a relay elsewhere",
    "cfg:7: warning: the relay relay.home.test has the same name servers (ns1.dns.test, ns2.dns.test) as the target "
    "\"shop\": when they fail, your alarm leaves only while the relay's last address is remembered; use a relay whose "
    "name is served elsewhere",
    f"cfg:6: warning: the mail host mx.home.test (203.0.113.7) of ops@home.test and 1 more has the same address as "
    f"{AT_HOME}: when the host dies, nobody can read the alarm; add an address whose mail arrives elsewhere to mail.to",
    "cfg:6: warning: the mailbox ops@home.test and 1 more has the same name servers (ns1.dns.test, ns2.dns.test) as the "
    "target \"shop\": when they fail, the alarm waits at the relay until they are back; add an address of a domain that "
    "is served elsewhere to mail.to",
    f"cfg:2: warning: the resolver 203.0.113.53:53 is in the same network (203.0.113.0/24) as {AT_HOME}: when that "
    "network is cut off, this resolver is gone at the same moment; use resolvers elsewhere",
    f"cfg:3: warning: the reference 203.0.113.7:443 has the same address as {AT_HOME}: when the host dies, one voice "
    "less says that our own link is fine; use references that have nothing to do with the targets",
    "cfg:4: warning: listen.public_url's host beats.far.test (2001:db8:1:ffff::1) is in the same network "
    "(2001:db8:1::/48) as the target \"shop\": when that network is cut off, no signal of the cluster comes in any "
    "more, however well it is; let listen.public_url lead to another place",
    "cfg:5: warning: the page's host status.home.test has the same name servers (ns1.dns.test, ns2.dns.test) as the "
    "targets blog, misskey and shop: when they fail, nobody finds the page; give the page a name that is served "
    "elsewhere",
    f"cfg:8: warning: heartbeat_url's host alone.home.test (203.0.113.7) has the same address as {AT_HOME}: when the "
    "host dies, nobody would notice if shorewatch died as well; let somebody elsewhere watch the watcher",
    "cfg:8: warning: heartbeat_url's host alone.home.test has the same name servers (ns1.dns.test, ns2.dns.test) as "
    "the target \"shop\": when they fail, nobody would notice if shorewatch died as well; let somebody watch the watcher "
    "whose name is served elsewhere",
]


def write_shared(s, port):
    write(s, port, TARGETS, relays=["smtps://relay.home.test"], to=["ops@home.test", "Me@Home.test"],
          references=["203.0.113.7:443", "192.0.2.1:443"], resolvers=["203.0.113.53:53"],
          public="https://beats.far.test/", page="https://status.home.test/", heartbeat="https://alone.home.test/ping/x")


def shared_by(s, port):
    write_shared(s, port)
    got, took = check(s)
    expect(got, SHARED)
    demand(took < LIMIT, f"it took {took:.1f} s")
    # A second relay elsewhere is a comfort, and a mailbox elsewhere, too.
    write(s, port, TARGETS, relays=["smtps://relay.home.test", "smtp://relay.far.test"], to=["ops@home.test", "me@far.test"])
    got, _ = check(s)
    expect_all(got, ["this relay is gone, too, and only the others are left", "only the other recipients can read the alarm"])
    demand(len(got) == 4, "\n".join(got))
    write(s, port, TARGETS, relays=["smtps://Relay.Twin.test", "smtps://apex.home.test"])
    got, _ = check(s)
    demand(len(got) == 2, "\n".join(got))
    expect_all(got, ["the relay relay.twin.test has the same name server (ns2.dns.test) as the targets blog, misskey and shop: ",
                     "the relay apex.home.test has the same name servers (ns1.dns.test, ns2.dns.test) as the targets blog, "])


def shared(s):
    shared_by(s, serve(s).port)


def unbound(s):
    shared_by(s, names.start_unbound(s.lab, ZONES))


def apart(s):
    server = serve(s)
    write(s, server.port, TARGETS, public="https://status.far.test", page="https://status.far.test/",
          heartbeat="https://hc.far.test/x")
    got, _ = check(s)
    expect(got, [])
    demand(("far.test", "MX") in server.asked and ("hc.far.test", "A") in server.asked, f"nobody asked: {server.asked}")
    # Names of one label, and jobs, are nobody's neighbours; the page itself is no target of ours to live with.
    write(s, server.port, [http("page", "status.far.test"), http("lan", "lan")],
          page="https://status.far.test/", to=["root@lan"])
    got, _ = check(s)
    demand(len(got) == 1 and got[0].startswith("not looked at: lan ("), "\n".join(got))
    # Of a zone only its name servers are watched; of one server its address.
    write(s, server.port, ['{ name = "zone"; dns = { name = "alone.home.test"; }; }'], relays=["smtps://relay.home.test"])
    got, _ = check(s)
    demand(len(got) == 1 and "the same name servers" in got[0] and '"zone"' in got[0], "\n".join(got))
    write(s, server.port, ['{ name = "ns"; dns = { name = "alone.home.test"; server = "203.0.113.7"; }; }'],
          relays=["smtps://relay.home.test"])
    got, _ = check(s)
    demand(len(got) == 1 and "the same address" in got[0] and '"ns"' in got[0], "\n".join(got))
    below_one_top_level(s)
    without_relay(s, server)


def below_one_top_level(s):
    """All names below it share its name servers; that is nobody's fault."""
    server = serve(s, {"test": "@ NS ns.nic.test.", "bare.test": "blog A 203.0.113.7", "naked.test": "relay A 192.0.2.25"})
    write(s, server.port, [http("blog", "blog.bare.test")], relays=["smtps://relay.naked.test"], to=["root@localhost"])
    got, _ = check(s)
    expect(got, [])
    demand(("bare.test", "NS") in server.asked, f"nobody asked: {server.asked}")


def without_relay(s, server):
    """Then nobody's mailbox is needed: mails are files."""
    write(s, server.port, TARGETS, relays=[], to=["ops@home.test"])
    got, _ = check(s)
    demand(len(got) == 1 and "no relay: " in got[0], "\n".join(got))


def loopback(s):
    server = serve(s, {"lab.test": "blog A 127.0.0.1\nrelay A 127.0.0.1\n@ MX 10 relay\nstatus AAAA ::1"})
    here = [http("blog", f"blog.lab.test:{s.site.port}"), f'{{ name = "shop"; http = {{ url = "http://127.0.0.1:{s.site.port}/"; }}; }}',
            '{ name = "lan"; tcp = { address = "192.168.1.10:22"; }; }']
    write(s, server.port, here, relays=["smtp://relay.lab.test:2525", "smtp://localhost:2526", "smtp://192.168.1.11:25"],
          to=["ops@lab.test", "root@localhost"], references=["127.0.0.1:9", "192.168.1.12:443"], page="http://127.0.0.1:8080/",
          public="http://status.lab.test/")
    got, _ = check(s)
    expect(got, [])
    write(s, server.port, here, relays=[f"smtp://localhost:{s.site.port}", "smtp://192.168.1.10:25"], to=["ops@lab.test"])
    got, _ = check(s)
    demand(len(got) == 2, "\n".join(got))
    expect_all(got, ["the relay localhost (127.0.0.1) has the same address as the targets blog and shop",
                     "the relay 192.168.1.10 has the same address as the target \"lan\""])


def offline(s):
    server = serve(s)
    write_shared(s, server.port)
    got, _ = check(s, "--offline")
    expect(got, [])
    demand(not server.asked, f"it was asked all the same: {server.asked}")
    server.moods[".test"] = "silent"
    write(s, server.port, TARGETS)
    got, took = check(s)
    demand(len(got) == 1 and got[0].startswith("not looked at: everything that lives by name"), "\n".join(got))
    demand(2.0 < took < LIMIT, f"it took {took:.1f} s")
    write(s, 9, TARGETS, relays=["smtps://203.0.113.7:465"], references=["192.0.2.1:443"])
    got, took = check(s)
    demand(len(got) == 2 and "the same address as the targets ssh and pinned" in got[0], "\n".join(got))
    demand(got[1].startswith("not looked at: everything"), "\n".join(got))


def hostile_zones():
    crowd = "\n".join(f"crowd A 198.51.{i // 250}.{1 + i % 250}" for i in range(1000))
    servers = "\n".join(f"@ NS ns{i}.swarm.test." for i in range(200))
    exchanges = "\n".join(f"@ MX {i} crowd.foe.test.\n@ MX {i} x{i}" for i in range(100))
    chain = "\n".join(f"c{i} CNAME c{i + 1}" for i in range(30))
    return {"foe.test": f"""{crowd}
                {chain}
                @ NS ns.foe.test.
                c30 A 203.0.113.7
                short CNAME c27
                round CNAME about
                about CNAME round
                self CNAME self
                hidden MX 10 localhost.
                nomail MX 0 .
            """,
            "swarm.test": f"{servers}\n{exchanges}\nx1 A 203.0.113.7\nhost A 203.0.113.7", **ZONES}


def hostile(s):
    server = serve(s, hostile_zones(), {".silent.test": "silent", ".garbage.test": "garbage", ".loop.test": "loop",
                                        "broken.test": names.SERVFAIL, ".broken.test": names.SERVFAIL,
                                        ".refused.test": names.REFUSED})
    silent = [http(f"silent-{i}", f"s{i}.silent.test") for i in range(400)]
    odd = [http(f"odd-{i}", host) for i, host in enumerate(
        ["crowd.foe.test", "c0.foe.test", "round.foe.test", "self.foe.test", "a.garbage.test", "a.loop.test", "a.broken.test",
         "a.refused.test"])]
    write(s, server.port, [*TARGETS, *odd, *silent],
          relays=["smtps://short.foe.test", "smtps://crowd.foe.test", "smtps://a.silent.test", "smtps://round.foe.test"],
          to=["a@swarm.test", "b@nomail.foe.test", "c@hidden.foe.test", "d@a.garbage.test", "e@a.silent.test"],
          page="https://a.loop.test/", heartbeat="https://a.broken.test/")
    got, took = check(s)
    demand(took < LIMIT, f"it took {took:.1f} s")
    expect_all(got, [
        f"the relay short.foe.test (203.0.113.7) has the same address as {AT_HOME}: ",
        "the relay crowd.foe.test (198.51.0.1) has the same address as the target \"odd-0\": ",
        "the mail host x1.swarm.test (203.0.113.7 and others) of a@swarm.test has the same address as the targets blog, misskey and 3 more: ",
        "not looked at: "])
    demand(sum("not looked at" in line for line in got) == 1, "\n".join(got))
    demand(re.search(r" and \d+ more; whether they share", got[-1]), got[-1])
    for line in got:
        demand(len(line) < 1000 and line.isprintable(), f"{len(line)} characters: {line!r}")
    alone_with_one(s, server)


def alone_with_one(s, server):
    """What each of them is called when nothing else is wrong."""
    write(s, server.port, TARGETS, to=["a@swarm.test"])
    expect_all(check(s)[0], [f"the mail host x1.swarm.test (203.0.113.7) of a@swarm.test has the same address as {AT_HOME}: "])
    for host, reason in (("a.silent.test", "a.silent.test (no answer)"), ("a.garbage.test", "a.garbage.test (no answer)"),
                         ("a.broken.test", "a.broken.test (SERVFAIL: its name servers fail)"),
                         ("crowd.foe.test", "crowd.foe.test (only its first 16 addresses were)"),
                         ("nowhere.foe.test", "nowhere.foe.test (no such name)"),
                         ("round.foe.test", "round.foe.test ("), ("c0.foe.test", "the aliases of "),
                         ("host.swarm.test", "the name servers of swarm.test (only the first 16 were)")):
        write(s, server.port, [http("shop", "shop.home.test")], relays=[f"smtps://{host}"])
        got, took = check(s)
        demand(len(got) == 1 and got[0].startswith("not looked at: ") and reason in got[0], f"{host}:\n" + "\n".join(got))
        demand(took < LIMIT, f"{host}: it took {took:.1f} s")
    for mailbox, reason in (("b@nomail.foe.test", "the mail hosts of nomail.foe.test (it takes no mail)"),
                            ("b@gone.test", "the mail hosts of gone.test (no such name)"),
                            ("b@swarm.test", "the mail hosts of swarm.test (only the first 16 were)")):
        write(s, server.port, [http("shop", "shop.home.test")], to=[mailbox])
        got, _ = check(s)
        demand(len(got) == 1 and reason in got[0], f"{mailbox}:\n" + "\n".join(got))


def many(s):
    hosts = "\n".join(f"h{i} A 203.0.113.7" for i in range(2000))
    server = serve(s, {"crowd.test": f"@ NS ns.crowd.test.\n{hosts}", **ZONES})
    write(s, server.port, [http(f"t{i}", f"h{i}.crowd.test") for i in range(2000)], relays=["smtps://relay.home.test"])
    got, took = check(s)
    s.lab.say(f"2000 names took {took:.1f} s and {len(server.asked)} questions")
    demand(took < LIMIT + 3, f"it took {took:.1f} s")
    told = [line for line in got if "warning" in line]
    demand(len(told) == 1 and re.search(r"has the same address as the targets t0, t1 and \d+ more: ", told[0]), "\n".join(got))
    at_once = server.asked.count(("crowd.test", "NS"))
    demand(at_once == 1, f"the zone was asked for {at_once} times")


MACHINE = "ip link set lo up && ip address add 203.0.113.7/32 dev lo && ip address add 2001:db8:9::1/128 dev lo && exec \"$@\""


def machine(s):
    """In a network of its own, where the machine has the addresses that the story wants."""
    by = ["unshare", "--net", "sh", "-c", MACHINE, "sh"]
    if not shutil.which("ip") or subprocess.run([*by, "true"], capture_output=True, check=False).returncode != 0:
        s.lab.say("SKIPPED: this user may make no network namespace (or there is no ip): nothing was shown")
        return
    write(s, 9, ['{ name = "blog"; tcp = { address = "203.0.113.7:443"; }; }',
                 '{ name = "near"; tcp = { address = "[2001:db8:9:8::2]:443"; }; }',
                 '{ name = "here"; tcp = { address = "127.0.0.1:443"; }; }'], relays=["smtp://192.0.2.25:25"], to=["a@localhost"])
    expect(check(s, by=by)[0], [
        "cfg: warning: this machine (203.0.113.7) has the same address as the target \"blog\": when the host dies, so does "
        "the watcher, and nobody is told; shorewatch has to run outside, on a machine that shares nothing with it",
        "cfg: warning: this machine (2001:db8:9::1) is in the same network (2001:db8:9::/48) as the target \"near\": when "
        "that network is cut off, the watcher is cut off, too, and nobody is told; run shorewatch at another place"])


STORIES = {"shared": shared, "unbound": unbound, "apart": apart, "loopback": loopback, "offline": offline, "hostile": hostile,
           "many": many, "machine": machine}


def test():
    program, story = sys.argv[1:]
    with Lab(f"fate-{story}") as lab:
        STORIES[story](shore.Shore(lab, os.path.abspath(program)))


if len(sys.argv) != 3 or sys.argv[2] not in STORIES:
    sys.exit(__doc__)
main(test)
