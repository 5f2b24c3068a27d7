#!/usr/bin/env python3
"""rules.py PROGRAM - what `shorewatch snippets prometheus` prints, by the real promtool: the scrape job and the rules
are accepted, and the rules say what they should of a watcher that is well, away, stuck, without mail, without a disk.
"""

import json
import os
import re
import sys

from lab import Lab, demand, find, main, run

CONFIG = """
state_dir = "{state}"; references = [ "127.0.0.1:1" ];
listen = {{ address = "127.0.0.1:8080"; public_url = "{url}"; {token} }};
page = {{ url = "https://status.lab.test/"; }};
targets = ( {{ name = "blog"; http = {{ url = "http://127.0.0.1:1/"; }}; }} );
"""
WELL = {"up": "1+0x60", "shorewatch_report_timestamp_seconds": "-40+60x60", "shorewatch_mail_broken": "0+0x60",
        "shorewatch_storage_failing": "0+0x60"}
INSTANCE = "shore.lab.test:443"

# What is otherwise from minute 10 on (None: the series ends), whose alert fires, and when at the latest.
TROUBLES = {
    "away": ({"up": "1+0x10 0+0x50", "shorewatch_report_timestamp_seconds": None, "shorewatch_mail_broken": None,
              "shorewatch_storage_failing": None}, "ShorewatchGone", 17),
    "no longer scraped at all": (dict.fromkeys(WELL), "ShorewatchGone", 22),
    "stuck": ({"shorewatch_report_timestamp_seconds": "-40+60x10 560+0x50"}, "ShorewatchStuck", 20),
    "without mail": ({"shorewatch_mail_broken": "0+0x10 1+0x50"}, "ShorewatchMailBroken", 17),
    "without a disk": ({"shorewatch_storage_failing": "0+0x10 1+0x50"}, "ShorewatchStorageFailing", 22),
}
HICCUP = {"up": "1+0x10 0+0x2 1+0x47"}  # a restart, or an upgrade: two scrapes are missed


def series(changes):
    table = dict(WELL, **changes)
    return [{"series": f'{name}{{job="shorewatch", instance="{INSTANCE}"}}', "values": values or WELL[name].replace("x60", "x10")}
            for name, values in table.items()]


def expects(rules, alert, minute, labels):
    """This alert and no other one of ours, at that minute."""
    tests = []
    for name, summary in rules.items():
        fires = [{"exp_labels": dict(labels, severity="warning"), "exp_annotations": {"summary": summary}}]
        tests.append({"eval_time": f"{minute}m", "alertname": name, "exp_alerts": fires if name == alert else []})
    return tests


def unit_tests(rules):
    """For promtool; JSON is YAML."""
    instance = {"job": "shorewatch", "instance": INSTANCE}
    tests = [{"name": "well", "interval": "1m", "input_series": series({}), "alert_rule_test": expects(rules, None, 50, {})},
             {"name": "a hiccup", "interval": "1m", "input_series": series(HICCUP),
              "alert_rule_test": [one for at in (11, 13, 30) for one in expects(rules, None, at, {})]}]
    for name, (changes, alert, minute) in TROUBLES.items():
        labels = instance if changes.get("up", True) else {"job": "shorewatch"}
        tests.append({"name": name, "interval": "1m", "input_series": series(changes), "alert_rule_test":
                      expects(rules, None, 9, {}) + expects(rules, alert, minute, labels)})
    return tests


def parts(lab, program, url="https://shore.lab.test/watch/", token='metrics_token = "env:NO_SUCH_TOKEN";'):
    """The two files that the snippet has."""
    config = lab.write("shorewatch.cfg", CONFIG.format(state=lab.folder("state"), url=url, token=token))
    scrape, rules = run([program, "snippets", "prometheus", "-c", config]).split("\n---\n")
    secret = lab.write("token", "x")
    scrape = re.sub(r"credentials_file: \S+", f"credentials_file: {secret}", scrape)
    return lab.write("prometheus.yml", scrape + "\n"), lab.write("rules.yml", rules)


def rules_of(path):
    """Alert -> its summary."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return dict(re.findall(r"- alert: (\w+)\n.*?summary: (.*?)\n", text + "\n", re.S))


def test():
    program = os.path.abspath(sys.argv[1])
    promtool = find("promtool")
    with Lab("rules") as lab:
        for url, token in (("http://10.0.0.7:8080", ""), ("https://[2001:db8::7]/", ""), (None, None)):
            scrape, path = parts(lab, program, url, token) if url else parts(lab, program)
            run([promtool, "check", "config", scrape])
        rules = rules_of(path)
        said = run([promtool, "check", "rules", path])
        demand(f"{len(rules)} rules found" in said and len(rules) == 4, f"{rules}\n{said}")
        lab.say(f"accepted: {', '.join(rules)}")
        file = {"rule_files": [path], "evaluation_interval": "1m", "tests": unit_tests(rules)}
        said = run([promtool, "test", "rules", lab.write("tests.yml", json.dumps(file))])
        demand("SUCCESS" in said, said)
        lab.say(f"{len(file['tests'])} worlds: well, a hiccup, {', '.join(TROUBLES)}")


main(test)
