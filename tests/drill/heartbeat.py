"""heartbeat.py - HB-01 to HB-08 of reliability.md 6: the heartbeats stop, come
late, come wrong, or come while we were not there.
"""

import time

import alertmanager
from faketime import Fast
from loopback import HOME, HOME_THB, THB, TMAIL, World, demand

AWAY = 20       # seconds: 20 min of drill time, four windows
RATE = 30       # of the fast clock
PULL = 'pull = {{ alertmanager = "http://127.0.0.1:{port}"; interval = "1s"; }};'


def hb_01(program):
    """Heartbeats stop, the site is fine, and Alertmanager does not answer either: one mail."""
    with World(program, "HB-01") as world:
        world.configure(pull=PULL.format(port=world.lab.port()))
        world.start()
        world.calm()
        mail = world.mail(world.stop_beats(), THB)
        demand(mail.state == "SILENT" and mail.diagnosis == "alerting-dead", f"{mail}")
        demand("Alertmanager does not answer" in mail.text(), mail.text())
        world.quiet(3)


def hb_02(program):
    """Pushed too late, but Alertmanager answers: it is the way of the heartbeats, not the cluster."""
    with World(program, "HB-02") as world:
        api = alertmanager.Api(world.lab.port())
        world.configure(pull=PULL.format(port=api.port))
        world.start()
        world.calm()
        mail = world.mail(world.stop_beats(), THB)
        demand(mail.diagnosis == "beats-lost" and api.asked > 0, f"{mail}")
        demand("stack" not in mail.subject, f"{mail}")
        api.close()


def hb_03(program):
    """Heartbeats come, only the API does not answer: no mail, but the page says so."""
    with World(program, "HB-03") as world:
        world.configure(pull=PULL.format(port=world.lab.port()))
        world.start()
        world.calm()
        world.until("the page says it", lambda: "Alertmanager: no answer" in world.page(), 2 * THB)
        world.quiet(2 * THB)
        demand(world.is_calm(), f"{world.states()}")


WRONG = ({"name": "webhook-other-alert-only.json"}, {"name": "webhook-grouped-truncated-watchdog-missing.json"},
         {"name": "webhook-grouped-watchdog-resolved-others-firing.json"}, {"token": "a-token-of-somebody-else-0000000"},
         {"method": "GET"})


def hb_04(program):
    """Whatever is no firing Watchdog of ours refreshes nothing; what is refused is counted on the page."""
    with World(program, "HB-04") as world:
        world.start()
        world.calm()
        taken, last = world.metric("shorewatch_deadman_beats_total"), world.stop_beats()
        while not world.relay.spool:
            for what in WRONG:
                world.beats.post(**what)
            demand(time.monotonic() - last < 2 * THB, "nobody was told")
        mail = world.mail(last, THB)
        demand(mail.diagnosis in ("alerting-dead", "prometheus-dead"), f"{mail}")
        demand(world.metric("shorewatch_deadman_beats_total") - taken <= 1, "a wrong one was counted as a beat")
        demand({200, 401, 405} <= {status for status, _ in world.beats.answers}, f"{world.beats.answers[-5:]}")
        demand(world.metric("shorewatch_receiver_rejected") > 1, "what was refused is not counted")


def hb_05(program):
    """Alertmanager starts again: no beat for 105 s (of drill time), then five posts at once."""
    with World(program, "HB-05") as world:
        world.start()
        world.calm()
        for _ in range(3):
            world.stop_beats()
            time.sleep(105 / 60 - 0.2)
            world.beats.begin(0.02)
            time.sleep(0.09)
            world.calm()
        demand("to=silent" not in world.log(), "it was held to be silent")
        world.quiet(THB)


def hb_06(program):
    """shorewatch was away for longer than its window, the beats were not: nothing is judged before a full one."""
    with World(program, "HB-06", period="2s", grace="8s") as world:  # 10 s, so that a slow start is no silence
        world.start()
        world.calm()
        world.end()
        world.inject("shorewatch is away")
        world.beats.stop()
        time.sleep(AWAY - 5)
        began = world.start()
        # A beat before the window's end, of which up to a second had passed before we were away.
        time.sleep(max(0, began + 6.5 - time.monotonic()))
        world.calm()
        demand("to=silent" not in world.log(), "it was held to be silent")
        world.quiet(2)


def hb_07(program):
    """shorewatch was away for 20 min, and the cluster died meanwhile: one mail."""
    with World(program, "HB-07") as world:
        world.start()
        world.calm()
        world.end()
        world.beats.stop()
        world.shut()
        time.sleep(AWAY)
        mail = world.mail(world.start(), max(THB, TMAIL))
        demand(mail.state == "DOWN" and mail.diagnosis == "stack-down", f"{mail}")
        world.quiet(THB)


def hb_08(program):
    """Suspended for 10 min: what was posted meanwhile is read before anything is judged. At the user's own
    pace, half a minute in each second; afterwards it is as attentive as before."""
    with World(program, "HB-08", clock=Fast(RATE), **HOME) as world:
        world.start()
        world.calm(every=60 / RATE)
        for span in (60, 600):
            world.pause()
            time.sleep(span / RATE)
            world.go_on()
            world.until("beats go on", lambda: world.watchdog() == "up", 20)
            world.quiet(4)
        demand("to=late" not in world.log() and world.log().count("gap span_s=") == 2, "it was late, or never away")
        mail = world.mail(world.stop_beats(), HOME_THB)
        demand(mail.diagnosis == "alerting-dead", f"{mail}")


DRILLS = {"HB-01": hb_01, "HB-02": hb_02, "HB-03": hb_03, "HB-04": hb_04, "HB-05": hb_05, "HB-06": hb_06, "HB-07": hb_07,
          "HB-08": hb_08}
GATE = ("HB-01", "HB-05", "HB-06")
RELEASE = ("HB-08",)
