"""saturate.py - CPU a probe when there is no end of work: the whole daemon
(schedule, probe, judge, store, page) beside the floor and the peers.

The daemon has more targets, each once a second, than one core can serve;
raw.c and the peers are driven in a closed loop, as fast as one core lets them.
Everybody has a turn in each round, and ratios are formed inside the round: on
a shared machine nothing else means much. Probes are counted by nginx, CPU is
that of the client's process.

The floor and the peers share one core's worth of rules with the daemon: pinned
to it, before the machine's other work. blackbox_exporter is measured in two
ways. Held to one core (GOMAXPROCS=1, pinned) it is at its best, because nothing
moves between cores and its garbage is collected where it was made; that ratio
is printed, and says how the two programs compare. But nobody runs it so: a
user installs either one, and it gets as many cores as the machine has and an
ordinary priority. So the bound is on that: both as they are installed, neither
pinned nor put first, in the same round.
"""

import shutil

from bed import (ADDRESSES, HOST, Daemon, cpu_us, demand, find, http_target, https_target, is_listening, priority, run, show,
                 tcp_target, time, wait_for)

WARM = 8     # seconds before anything of the daemon is counted
WINDOW = 8   # seconds that are counted
PEER = 4     # seconds of a peer

BLACKBOX = """
modules:
  http: {{ prober: http, timeout: 5s, http: {{ preferred_ip_protocol: ip4 }} }}
  https: {{ prober: http, timeout: 5s, http: {{ preferred_ip_protocol: ip4, headers: {{ Host: {host} }}, tls_config: {{ server_name: {host} }} }} }}
  tcp: {{ prober: tcp, timeout: 5s, tcp: {{ preferred_ip_protocol: ip4 }} }}
"""

# kind: a target, how many, what is counted (0 connections, 1 requests),
#       most of raw's CPU, least times cheaper than blackbox_exporter, both as installed
KINDS = {
    "http": (http_target, 16000, 1, 2.0, 6.0),
    "https": (https_target, 1500, 1, 1.35, None),
    "tcp": (tcp_target, 30000, 0, 1.3, None),
}


def raw_round(raw, far, kind):
    words = [*priority(0), raw, kind, str(far.tls_port if kind == "https" else far.port), str(KINDS[kind][1] * 2), "0"]
    if kind == "https":
        words += [HOST, far.chain.ca]
    passed, failed, used = map(int, run(words).split())
    demand(failed == 0, f"{failed} raw probes failed")
    return used / passed


def daemon_round(lab, far, kind, name, before):
    """(CPU a probe, probes a second, part of one core)"""
    target, n, counted, _, _ = KINDS[kind]
    daemon = Daemon(lab, f"{kind}-{name}", n, lambda i: target(far, i), before=before)
    time.sleep(WARM)
    served, spent, began = far.counts()[counted], daemon.cpu_us(), time.monotonic()
    time.sleep(WINDOW)
    probes, used = far.counts()[counted] - served, daemon.cpu_us() - spent
    span = time.monotonic() - began
    daemon.end()
    demand(probes > 100, f"only {probes} probes in {span:.0f} s")
    return used / probes, probes / span, used / span / 1e6


class Blackbox:
    """prometheus-blackbox-exporter, asked by wrk: held to one core, or as it is installed."""

    def __init__(self, lab, far, is_held):
        self.lab, self.far, self.port, self.is_held = lab, far, lab.port(), is_held
        name = "blackbox-held" if is_held else "blackbox"
        config = lab.write(f"{name}.yml", BLACKBOX.format(host=HOST))
        self.child = lab.start(name, [
            *(priority(0) if is_held else []), "env", *(["GOMAXPROCS=1"] if is_held else []), f"SSL_CERT_FILE={far.chain.ca}",
            find("prometheus-blackbox-exporter", "blackbox_exporter"),
            f"--config.file={config}", f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=error"])
        wait_for("blackbox_exporter listens", lambda: is_listening(self.port), 20, [self.child])

    def round(self, kind):
        where = {"http": f"http://{ADDRESSES[0]}:{self.far.port}/", "https": f"https://{ADDRESSES[0]}:{self.far.tls_port}/",
                 "tcp": f"{ADDRESSES[0]}:{self.far.port}"}[kind]
        counted = KINDS[kind][2]
        served, spent = self.far.counts()[counted], cpu_us(self.child.pid)
        run([*(priority(1) if self.is_held else []), find("wrk"), "-t1", "-c8", f"-d{PEER}s",
             f"http://127.0.0.1:{self.port}/probe?module={kind}&target={where}"])
        probes = self.far.counts()[counted] - served
        demand(probes > 100, f"blackbox_exporter made only {probes} {kind} probes")
        return (cpu_us(self.child.pid) - spent) / probes


def wrk_round(lab, far, number):
    """wrk with a connection for each request: no floor, but somebody everybody knows."""
    child = lab.start(f"wrk-{number}", [*priority(0), find("wrk"), "-t1", "-c32", f"-d{PEER}s", "-H", "Connection: close",
                                        f"http://{ADDRESSES[0]}:{far.port}/"])
    served = far.counts()[1]
    time.sleep(PEER - 0.5)
    used, probes = cpu_us(child.pid), far.counts()[1] - served
    child.process.wait(20)
    return used / probes


def peers_of(lab, far):
    found = {}
    if shutil.which("wrk"):
        found["wrk"] = True
        if shutil.which("prometheus-blackbox-exporter") or shutil.which("blackbox_exporter"):
            found["blackbox"] = (Blackbox(lab, far, True), Blackbox(lab, far, False))
    for name in ("wrk", "blackbox"):
        if name not in found:
            print(f"  !! SKIPPED: {name} is not installed (tests/bench/run installs wrk and prometheus-blackbox-exporter)")
    return found


def measure(lab, far, raw, kind, rounds):
    """True when every bound holds."""
    peers = peers_of(lab, far)
    seen = {name: [] for name in ("raw", "shorewatch", "rate", "core", "wrk", "blackbox", "shorewatch free", "blackbox free")}
    for number in range(rounds):
        for name, value in zip(("shorewatch", "rate", "core"), daemon_round(lab, far, kind, f"{number}", priority(0))):
            seen[name].append(value)
        seen["raw"].append(raw_round(raw, far, kind))
        if "wrk" in peers and kind == "http":
            seen["wrk"].append(wrk_round(lab, far, number))
        if "blackbox" in peers:
            held, free = peers["blackbox"]
            seen["blackbox"].append(held.round(kind))
            if KINDS[kind][4] is not None:
                seen["shorewatch free"].append(daemon_round(lab, far, kind, f"{number}-free", [])[0])
                seen["blackbox free"].append(free.round(kind))
        lab.say(f"{kind} round {number + 1}: raw {seen['raw'][-1]:.0f} us, shorewatch {seen['shorewatch'][-1]:.0f} us a probe")
    return report(kind, seen)


def ratios(above, below):
    return [a / b for a, b in zip(above, below)]


def report(kind, seen):
    _, n, _, most, least = KINDS[kind]
    print(f"\n{kind}: CPU a probe, {len(seen['raw'])} interleaved rounds, {n} targets once a second: median (range)")
    show("raw", seen["raw"], "us")
    show("shorewatch", seen["shorewatch"], "us")
    show("  at", seen["rate"], "/s")
    show("  with", seen["core"], "cores")
    good = show("shorewatch / raw", ratios(seen["shorewatch"], seen["raw"]), "x", most)
    if seen["wrk"]:
        show("wrk, Connection: close", seen["wrk"], "us")
        show("shorewatch / wrk", ratios(seen["shorewatch"], seen["wrk"]), "x")
    if seen["blackbox"]:
        show("blackbox_exporter, one core", seen["blackbox"], "us")
        show("  / shorewatch", ratios(seen["blackbox"], seen["shorewatch"]), "x")
    if seen["blackbox free"]:
        show("blackbox_exporter (as installed)", seen["blackbox free"], "us")
        show("shorewatch (as installed)", seen["shorewatch free"], "us")
        good = show("  the one / the other", ratios(seen["blackbox free"], seen["shorewatch free"]), "x", least, True) and good
    return good
