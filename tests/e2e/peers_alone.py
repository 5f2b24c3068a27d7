#!/usr/bin/env python3
"""peers_alone.py - the peers work without shorewatch, so that a failing
end-to-end test means shorewatch: Postfix takes an authenticated mail by smtps
into its Maildir and refuses one without AUTH; Prometheus's Watchdog comes out
of a pair of Alertmanagers as authorised webhooks, once an interval.
"""

import json
import subprocess

from authority import Authority
from lab import Lab, demand, find, main, run, wait_for
from mails import Mail
from peers import Alertmanagers, Nginx, Prometheus, route
from postfix import Postfix
from sink import Sink
from stand_ins import NameServer


def curl_mail(postfix, authority, message, *more):
    """curl's exit status."""
    command = [find("curl"), "--silent", "--show-error", "--max-time", "20", "--cacert", authority.ca_file,
               "--resolve", f"mx.lab.test:{postfix.port}:127.0.0.1",
               f"smtps://mx.lab.test:{postfix.port}", "--mail-from", "watch@lab.test",
               "--mail-rcpt", "ops@lab.test", "--upload-file", message, *more]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30,
                          check=False).returncode


def mail_arrives(lab):
    authority = Authority(lab)
    postfix = Postfix(lab, lab.port(), authority, "mx.lab.test", "lab.test", "watch", "geheim")
    postfix.start()
    message = lab.write("message.eml", "From: watch@lab.test\r\nTo: ops@lab.test\r\n"
                        "Message-ID: <1@lab.test>\r\nSubject: hello\r\n\r\n.\r\nbody\r\n")
    demand(curl_mail(postfix, authority, message) != 0, "Postfix took a mail without AUTH")
    demand(curl_mail(postfix, authority, message, "--user", "watch@lab.test:wrong") == 67,
           "Postfix took a wrong password")
    demand(curl_mail(postfix, authority, message, "--user", "watch@lab.test:geheim") == 0,
           "Postfix refused an authenticated mail")
    raw = wait_for("the mail is in the Maildir", postfix.maildir.raw, 10)
    demand(len(raw) == 1 and Mail(raw[0]).id == "<1@lab.test>", "the Maildir holds something else")
    lab.say("Postfix: smtps with AUTH, into the Maildir")


def watchdog_beats(lab):
    """A pair routed with repeat < interval sends one beat an interval (watchdog.md 2)."""
    sink = Sink(lab.port())
    token = lab.write("token", "t0ken")
    hook = f"http://127.0.0.1:{sink.port}/hook/home"
    alertmanagers = Alertmanagers(lab, route(hook, token, interval="6s", repeat="3s"))
    prometheus = Prometheus(lab, lab.port(), alertmanagers.ports)
    alertmanagers.start()
    prometheus.start()
    wait_for("four beats", lambda: len(sink.posts) >= 4, 60, [prometheus.child])
    path, headers, body = sink.posts[-1]
    alert = json.loads(body)["alerts"][0]
    demand(path == "/hook/home" and headers["Authorization"] == "Bearer t0ken", "not as configured")
    demand(alert["status"] == "firing" and alert["labels"]["alertname"] == "Watchdog"
           and alert["labels"]["cluster"] == "home", f"not the Watchdog: {alert}")
    gaps = [after - before for before, after in zip(sink.times, sink.times[1:])]
    demand(all(5 < gap < 7.5 for gap in gaps), f"not one beat every 6 s: {gaps}")
    sink.stop()
    lab.say("Prometheus and two Alertmanagers: a Watchdog beat every 6 s")


def sites_answer(lab):
    nginx = Nginx(lab, lab.port(), {"blog.lab.test": "return 200 'blog</html>';"})
    nginx.start()
    said = run([find("curl"), "--silent", "--max-time", "5", "-H", "Host: blog.lab.test",
                f"http://127.0.0.1:{nginx.port}/"])
    demand(said == "blog</html>", f"nginx said {said!r}")
    lab.say("nginx: virtual hosts")


def names_resolve(lab):
    from socket import AF_INET, SOCK_DGRAM, socket
    server = NameServer(lab.port(SOCK_DGRAM), {"a.lab.test": "127.0.0.1"})
    question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x03lab\x04test\x00\x00\x01\x00\x01"
    with socket(AF_INET, SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(question, ("127.0.0.1", server.port))
        demand(client.recv(512)[-4:] == b"\x7f\x00\x00\x01", "the name server's answer is wrong")
    server.stop()
    lab.say("name server: answers")


def test():
    with Lab("peers") as lab:
        names_resolve(lab)
        sites_answer(lab)
        mail_arrives(lab)
        watchdog_beats(lab)


main(test)
