#!/usr/bin/env python3
"""alerts.py CHANNEL_SEND - what the channel of the kind alertmanager posts, in a real Alertmanager that has a team's
own routes, an inhibition and a silence: an incident fires as long as it is told again, ends by itself when it is not,
is routed by its severity, and leaves nothing behind when that changes or when it is over.
"""

import json
import subprocess
import sys
import time
import urllib.request

from lab import Lab, demand, find, hold, main, wait_for
from peers import Server
from sink import Sink

RESOLVE_TIMEOUT = 12  # seconds; 5 minutes by default
REFRESH = 3

CONFIG = """
global: {{ resolve_timeout: {timeout}s }}
route:
  receiver: desk
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - receiver: pager
      matchers: [ 'severity = "critical"' ]
inhibit_rules:
  - source_matchers: [ 'severity = "critical"' ]
    target_matchers: [ 'severity = "warning"' ]
    equal: [ 'instance', 'stack' ]
receivers:
  - name: pager
    webhook_configs: [ {{ url: "http://127.0.0.1:{port}/pager" }} ]
  - name: desk
    webhook_configs: [ {{ url: "http://127.0.0.1:{port}/desk" }} ]
"""


class Team:
    """An Alertmanager of somebody else's, and those whom it calls."""

    def __init__(self, lab, sender):
        self.lab, self.sender = lab, sender
        self.sink = Sink(lab.port())
        config = lab.write("alertmanager.yml", CONFIG.format(timeout=RESOLVE_TIMEOUT, port=self.sink.port))
        self.port = lab.port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = Server(lab, "alertmanager", self.port, [
            find("prometheus-alertmanager", "alertmanager"), f"--config.file={config}",
            f"--storage.path={lab.folder('alertmanager')}", f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address="])
        self.server.start()

    def send(self, case, number=1):
        done = subprocess.run([self.sender, "alertmanager", self.url, case, str(number)], capture_output=True,
                              text=True, timeout=60, check=False)
        demand(done.returncode == 0, f"{case} was not taken: {done.stdout}{done.stderr}")

    def ask(self, path, method="GET", body=None):
        request = urllib.request.Request(f"{self.url}/api/v2/{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            text = answer.read()
        return json.loads(text) if text else {}

    def alerts(self, number=1):
        """Those of an incident that fire: severity -> alert."""
        found = [alert for alert in self.ask("alerts")
                 if alert["labels"].get("incident") == f"20261121-{number}"]
        return {alert["labels"]["severity"]: alert for alert in found}

    def calls(self, who, number=1):
        """What the receiver was told of an incident, in order: "firing" and "resolved"."""
        told = []
        for path, _, body in self.sink.posts:
            for alert in json.loads(body)["alerts"]:
                if path == f"/{who}" and alert["labels"].get("incident") == f"20261121-{number}":
                    told.append(alert["status"])
        return told

    def wait_calls(self, who, expected, limit, number=1):
        wait_for(f"{who} is told {expected} of {number}, not {self.calls(who, number)}",
                 lambda: self.calls(who, number) == expected, limit, [self.server.child])


def fires_while_it_is_told_again(team):
    team.send("down")
    team.wait_calls("pager", ["firing"], 10)
    alert = team.alerts()["critical"]
    demand(alert["labels"] == {"alertname": "ShorewatchIncident", "severity": "critical", "instance": "watch1",
                               "stack": "home", "incident": "20261121-1"}, f"other labels: {alert['labels']}")
    demand(alert["annotations"]["summary"].startswith("DOWN: ") and
           alert["annotations"]["diagnosis"] == "stack-down", f"other words: {alert['annotations']}")
    demand(alert["generatorURL"].startswith("https://status."), f"no way back: {alert['generatorURL']}")
    end = time.monotonic() + 2 * RESOLVE_TIMEOUT
    while time.monotonic() < end:
        team.send("still")
        hold("it fires", lambda: team.alerts()["critical"]["status"]["state"] == "active", REFRESH,
             [team.server.child])
    demand(team.calls("pager") == ["firing"], f"the pager was called again: {team.calls('pager')}")
    team.lab.say(f"fires for {2 * RESOLVE_TIMEOUT} s with a resolve_timeout of {RESOLVE_TIMEOUT} s; one call")


def ends_by_itself_when_we_are_gone(team):
    since = time.monotonic()
    team.wait_calls("pager", ["firing", "resolved"], 3 * RESOLVE_TIMEOUT)
    demand(not team.alerts(), f"still there: {team.alerts()}")
    team.lab.say(f"ended by itself {time.monotonic() - since:.0f} s after we fell silent")


def a_silence_works(team):
    silence = {"matchers": [{"name": "incident", "value": "20261121-2", "isRegex": False, "isEqual": True}],
               "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z", "createdBy": "the lab",
               "comment": "we know"}
    made = team.ask("silences", "POST", silence)["silenceID"]
    team.send("down", 2)
    wait_for("it is silenced", lambda: team.alerts(2)["critical"]["status"]["silencedBy"] == [made], 10)
    hold("nobody is called", lambda: not team.calls("pager", 2), 3)
    team.ask(f"silence/{made}", "DELETE")
    team.send("still", 2)
    team.wait_calls("pager", ["firing"], 10, 2)
    team.send("recovered", 2)
    team.wait_calls("pager", ["firing", "resolved"], 10, 2)
    team.lab.say("silenced and unsilenced by the incident's number")


def a_milder_finding_moves_to_the_other_receiver(team):
    team.send("down", 3)
    team.wait_calls("pager", ["firing"], 10, 3)
    team.send("milder", 3)
    team.wait_calls("desk", ["firing"], 10, 3)
    team.wait_calls("pager", ["firing", "resolved"], 10, 3)
    demand(set(team.alerts(3)) == {"warning"}, f"left over: {team.alerts(3)}")
    team.lab.say("critical became warning: one receiver was told the end, the other the beginning")


def what_is_worse_inhibits_what_is_milder(team):
    """Incident 3 is a warning still; now all of the same stack is down in another."""
    team.send("down", 4)
    team.wait_calls("pager", ["firing"], 10, 4)
    wait_for("the warning is inhibited", lambda: team.alerts(3)["warning"]["status"]["inhibitedBy"], 10)
    team.send("recovered", 4)
    team.wait_calls("pager", ["firing", "resolved"], 10, 4)
    team.send("recovered", 3)
    team.wait_calls("desk", ["firing", "resolved"], 10, 3)
    demand(not team.alerts(3) and not team.alerts(4), "something is left over")
    demand(not team.calls("desk", 4), f"the desk was called for what it never was: {team.calls('desk', 4)}")
    team.lab.say("inhibited by its stack's outage; both ended")


def a_certificate_lasts_until_it_is_renewed(team):
    def shown():
        return [alert for alert in team.ask("alerts") if alert["labels"]["alertname"] == "ShorewatchCertificate"]

    team.send("certificate")
    wait_for("it is shown", shown, 10)
    demand(shown()[0]["labels"]["severity"] == "warning", f"not a warning: {shown()}")
    hold("it lasts", shown, RESOLVE_TIMEOUT + 5, [team.server.child], every=1)
    team.send("renewed")
    wait_for("it has ended", lambda: not shown(), 10)
    team.lab.say("a certificate's alert outlasts the resolve_timeout and ends with the renewal")


def run(sender):
    with Lab("alerts") as lab:
        team = Team(lab, sender)
        fires_while_it_is_told_again(team)
        ends_by_itself_when_we_are_gone(team)
        a_silence_works(team)
        a_milder_finding_moves_to_the_other_receiver(team)
        what_is_worse_inhibits_what_is_milder(team)
        a_certificate_lasts_until_it_is_renewed(team)
        team.sink.stop()


if __name__ == "__main__":
    main(lambda: run(sys.argv[1]))
