#!/usr/bin/env python3
"""matrix.py - every diagnosis x every change of a verdict x our own end in between.

    matrix.py RUNNER [DIAGNOSIS ...] [--jobs N] [--keep DIR]

For each diagnosis a few stories are lived through once, undisturbed, to learn when
which verdict changes and when which mail is written. Each is then lived through
again with an end of ours just before or after each of these moments: in peace,
killed, killed with the state of before the notice or with none, rebooted, asleep,
a reload. What must hold is written down here from the documents; nothing of the engine is used but
what it tells of its life (`tell`, scenario.c).
"""
import argparse
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

BEGIN, HEAL, AGAIN = 300, 780, 1200  # seconds: the trouble, its end, the end of a relapse
CALM = 420                           # so long after the last cure all is over
MAIL, DEADMAN = 187, 300             # reliability.md 5: told at the latest, silent at the latest
FIRST_BEAT = 600                     # a Watchdog that never came has so long
BACK = 190  # a run at least once a minute, 30 s of passes, two beats; group_wait once more
RECORDED = 15 * 60                   # a running day is stored so often: what a kill may cost
SPAN = 40                            # seconds that nobody watches
NEAR = 0.2

SITES = 'targets blog() wiki() edge(tcp, layer edge) ; references 3'
BEATS = SITES + ' ; watchdog home every 60s grace 240s'
PULL = BEATS + ' pull both ; listener'

# `others`: what it may be called in a mail as long as the Watchdog has not spoken.
Diagnosis = collections.namedtuple('Diagnosis', 'config subjects fails heals within others changes')

# What a verdict goes through; "down" to "unknown" is the end of planned work.
OF_SITES = ['unknown-up', 'up-suspect', 'suspect-up', 'suspect-down', 'down-recovering',
            'recovering-up', 'recovering-down', 'unknown-down']
OF_BEATS = ['new-up', 'up-late', 'late-up', 'late-silent', 'silent-returning', 'returning-up',
            'returning-silent', 'new-silent']
OF_RESOLVED = ['new-up', 'up-resolved', 'up-late', 'late-resolved', 'resolved-returning', 'returning-up', 'returning-resolved']


def sites(config, subjects, fails, others=(), heals='pass *'):
    return Diagnosis(config, subjects, fails, heals, MAIL, others, OF_SITES)


def beats(config, fails, within, heals='beat every 60s', changes=OF_BEATS):
    return Diagnosis(config, ['home'], fails, heals, within, (), changes)


ALL = ['edge', 'blog', 'wiki']
SILENCE = 'cd454c87-fb7e-4867-b711-5741f1435574'
DIAGNOSES = {
    'none': Diagnosis(BEATS, ['blog'], 'fail blog connect-refused', 'pass *', None, (), OF_SITES[:3]),
    'isolated': Diagnosis(BEATS, ALL, 'fail * references connect-timeout ; stop beats ; relay down',
                          'pass * references ; beat every 60s ; relay up', None, (), OF_SITES[:3]),
    'stack-down': sites(BEATS, ALL, 'fail * connect-timeout ; stop beats', ['unreachable'],
                        'pass * ; beat every 60s'),
    'edge-down': sites(BEATS, ALL, 'fail * connect-timeout', ['unreachable']),
    'backends-down': sites(BEATS, ['blog', 'wiki'], 'fail blog wiki body-status 504'),
    'unreachable': sites(SITES, ALL, 'fail * connect-timeout'),
    'dns-fault': sites(BEATS, ALL, 'fail * dns-nxdomain good-address'),
    'site-down': sites(BEATS, ['blog'], 'fail blog connect-refused'),
    'prometheus-dead': beats(BEATS, 'stop beats ; resolved', 100, changes=OF_RESOLVED),
    'watchdog-silenced': beats(PULL, 'stop beats ; pull home alertmanager silenced ' + SILENCE, DEADMAN,
                               'pull home alertmanager active ; beat every 60s',
                               [c for c in OF_BEATS if c not in ('late-up', 'new-silent')]),
    'beats-lost': beats(PULL, 'stop beats', DEADMAN + 70),
    'listener-broken': beats(PULL, 'stop beats ; listener fails', DEADMAN + 70,
                             'listener answers ; beat every 60s'),
    'alerting-dead': beats(BEATS, 'stop beats', DEADMAN + 10),
}

# What we can do to ourselves: the command, and how long nobody watches.
ENDS_BEFORE = [('restart', 0)]
ENDS_AFTER = [('kill', 0), ('restart after %ds' % SPAN, SPAN)]
# And of the plain story only:
MORE_BEFORE = [('kill after %ds' % SPAN, SPAN)]
MORE_AFTER = [('reload same', 0), ('reboot kill after %ds' % SPAN, SPAN), ('reboot after %ds' % SPAN, SPAN),
              ('gap %ds' % SPAN, SPAN)]


class Story:
    """One order of events. `is_told`: it is an outage that people must hear of."""

    def __init__(self, name, config, lines, is_told=True, fails_at=BEGIN, heals_at=HEAL, window=(0, 0),
                 is_booked=False):
        self.name, self.config, self.lines, self.is_told = name, config, lines, is_told
        self.fails_at, self.heals_at, self.window, self.is_booked = fails_at, heals_at, window, is_booked


class Life:
    """A story, with an end of ours or without; and what came of it."""

    def __init__(self, diagnosis, story, end=None, what=''):
        self.diagnosis, self.story, self.end = diagnosis, story, end  # end: (at, command, absence)
        self.name = '-'.join([diagnosis, story.name] + ([what, end[1].replace(' ', '-')] if end else []))
        self.absence = end[2] if end else 0
        self.changes, self.notices, self.delivered, self.incidents = [], [], [], set()
        self.failure = 'it did not run'

    def text(self):
        lines = list(self.story.lines) + ([self.end[:2]] if self.end else [])
        last = max(at for at, _ in lines) + CALM
        if self.story.is_told:
            lines.append((self.story.heals_at - 1, 'expect diagnosis ' + self.diagnosis))
        lines.append((last, 'expect open 0 ; expect diagnosis none ; ' + self.demands()))
        return 'tell\nconfig %s\n' % self.story.config + ''.join(
            '%dms %s\n' % (round(at * 1000), what) for at, what in lines)

    def demands(self):
        """What only the runner sees: threads, the model, the booked time."""
        if not self.story.is_told:
            return 'expect incidents 0'
        return 'expect incidents 1 ; expect mail count 1..9 thread 1' + self.booked()

    def booked(self):
        """Down only while it was, and all of that but for what nobody saw, or a kill forgot."""
        subject = DIAGNOSES[self.diagnosis].subjects[0]
        if not self.story.is_booked:
            return ''
        span = self.story.heals_at - self.story.fails_at
        lost = self.absence
        if self.end and self.end[1].startswith(('kill', 'reboot kill', 'reboot torn', 'lose')):
            lost += min(RECORDED, max(0, self.end[0] - self.story.fails_at))
        if self.end and subject == 'home': # what was not certain yet nobody can book any more
            lost += DEADMAN
        return ' ; expect down %s %ds..%ds' % (subject, max(0, span - lost - 2 * 60), span + 60)

    def hear(self, line):
        at, rest = float(line[:10]), line[12:]
        change = re.fullmatch(r'(\S+) (\S+) -> (\S+) \S+', rest)
        notice = re.fullmatch(r'notice (\S+) (\S+) #(\d+) to \S+: (.*)', rest)
        incident = re.match(r'incident (\d+) ', rest)
        if change:
            self.changes.append((at, change[1], change[2], change[3]))
        elif notice:
            self.notices.append(Notice(at, notice[1], notice[2], int(notice[3]), notice[4]))
        elif incident:
            self.incidents.add(int(incident[1]))
        elif rest.startswith('delivered to '):
            self.delivered.append(rest.split(': ', 1)[1])


Notice = collections.namedtuple('Notice', 'at kind diagnosis number subject')

# ---- what must hold ----

def kinds_fault(life):
    """DOWN first and once, UP last and once; between them only what the Watchdog added."""
    kinds = [n.kind for n in life.notices]
    most = len(DIAGNOSES[life.diagnosis].others)
    if kinds not in [['down'] + ['change'] * n + ['recovered'] for n in range(most + 1)]:
        return 'the mails are %s' % kinds
    if [n.number for n in life.notices] != list(range(len(kinds))):
        return 'the mails are numbered %s' % [n.number for n in life.notices]
    return None


def names_fault(life):
    """People read its own name, or first what it may be before the Watchdog speaks."""
    allowed = {life.diagnosis} | set(DIAGNOSES[life.diagnosis].others)
    told = [n.diagnosis for n in life.notices if n.kind != 'recovered']
    wrong = [d for d in told if d not in allowed]
    return 'people were told of %s' % wrong if wrong else None


def times_fault(life):
    """Not before it can be known, not after the bound; our absence adds its own span."""
    story, down, up = life.story, life.notices[0].at, life.notices[-1].at
    latest = max(story.fails_at + DIAGNOSES[life.diagnosis].within, story.window[1] + MAIL)
    if story.fails_at == 0:
        latest = max(latest, FIRST_BEAT + 70)
    if not max(story.fails_at + 1, story.window[1]) <= down <= latest + life.absence:
        return 'DOWN is written at %.1f s, which was due until %.1f s' % (down, latest + life.absence)
    if not story.heals_at <= up <= story.heals_at + BACK + life.absence:
        return 'UP is written at %.1f s' % up
    return None


def delivery_fault(life):
    """Each once; what was under way when we were killed, at most twice."""
    wanted = collections.Counter(n.subject for n in life.notices)
    counts = collections.Counter(life.delivered)
    more = 1 if life.end and 'kill' in life.end[1] else 0
    wrong = [s for s in wanted | counts if not wanted[s] <= counts[s] <= wanted[s] + more]
    return 'written %s, delivered %s' % (dict(wanted), dict(counts)) if wrong else None


def blind_fault(life):
    """Isolated: one mail says when nothing was seen, once it is over."""
    kinds = [n.kind for n in life.notices]
    if kinds != ['blind']:
        return 'the mails are %s' % kinds
    if not life.story.heals_at <= life.notices[0].at <= life.story.heals_at + BACK + life.absence:
        return 'told at %.1f s' % life.notices[0].at
    return delivery_fault(life)


def nothing_fault(life):
    return 'told: %s' % (life.notices + life.delivered) if life.notices or life.delivered else None


def accused_fault(life):
    wrong = [c for c in life.changes if c[3] in ('down', 'silent', 'resolved')]
    return 'accused: %s' % wrong if wrong else None


def life_fault(life):
    if life.failure:
        return life.failure
    if life.diagnosis == 'isolated':
        return accused_fault(life) or blind_fault(life)
    if not life.story.is_told:
        # A "resolved" is one at once; what is made of it waits.
        return nothing_fault(life) or (accused_fault(life) if life.diagnosis == 'none' else None)
    return kinds_fault(life) or names_fault(life) or times_fault(life) or delivery_fault(life)


# ---- stories ----

def first_change(life, *to):
    subjects = DIAGNOSES[life.diagnosis].subjects
    times = [at for at, who, _, new in life.changes if new in to and who in subjects and at > 1]
    if not times:
        sys.exit('%s: nothing ever becomes %s' % (life.name, to))
    return min(times)


def peace(d):
    """Everything is well, and whoever sends beats does."""
    return [(0, 'pass * witnesses' if 'pull' in d.config else 'pass *')] + (
        [(0, 'beat every 60s')] if 'watchdog' in d.config else [])


def lasting(d, is_told=True):
    return Story('lasting', d.config, peace(d) + [(BEGIN, d.fails), (HEAL, d.heals)], is_told,
                 is_booked=is_told)


def blip(d, plain):
    """Over before it is certain."""
    heals = BEGIN + 30 # a "resolved" must have held for 90 s
    if 'resolved' not in d.fails:
        heals = first_change(plain, 'suspect', 'late') + 5
    return Story('blip', d.config, peace(d) + [(BEGIN, d.fails), (heals, d.heals)], False, heals_at=heals)


def relapse(d, plain):
    """It seems to come back, and fails again."""
    lines = peace(d) + [(BEGIN, d.fails)]
    if d.subjects == ['home']:
        again = 'resolved' if 'resolved' in d.fails else 'stop beats'
        lines += [(HEAL, 'beat'), (HEAL + 30, again)]
    else:
        lines += [(HEAL, d.heals), (first_change(plain, 'recovering') + 5, d.fails)]
    return Story('relapse', d.config, lines + [(AGAIN, d.heals)], heals_at=AGAIN)


def unknown(d):
    """It is there when we begin."""
    lines = peace(d)
    if d.subjects == ['home']:
        lines.pop() # no beat ever
    return Story('unknown', d.config, lines + [(0, d.fails), (HEAL, d.heals)], fails_at=0)


def resolved_late(d):
    """It is silent for a while before anybody says that it is over."""
    said = BEGIN + 130
    return Story('late', d.config, peace(d) + [(BEGIN, 'stop beats'), (said, 'resolved'), (HEAL, d.heals)],
                 fails_at=said)


def outlasted(name, d, until):
    """Planned work is over, and what fails then is judged anew and told."""
    window = (BEGIN - 120, until)
    config = d.config + ' ; window work %s %ds..%dms' % (','.join(d.subjects), window[0],
                                                         round(until * 1000))
    return Story(name, config, peace(d) + [(BEGIN, d.fails), (HEAL, d.heals)], window=window)


def isolated_late(d, plain):
    """Targets are seen to fail before the references are."""
    sites_fail, all_fail = 'fail * connect-timeout', d.fails
    return Story('late', d.config, peace(d) + [(BEGIN, sites_fail), (BEGIN + 25, all_fail), (HEAL, d.heals)],
                 is_told=False)


def isolated_first(d):
    """It is so when we begin."""
    return Story('unknown', d.config, [(0, d.fails), (HEAL, d.heals)], is_told=False, fails_at=0)


def stories_of(name, d, plain):
    if name == 'isolated':
        return [isolated_late(d, plain), isolated_first(d)]
    if name == 'none':
        return []
    stories = [relapse(d, plain)]
    if name != 'watchdog-silenced': # told when it is late
        stories.append(blip(d, plain))
    if name == 'prometheus-dead':
        stories.append(resolved_late(d))
    elif name != 'watchdog-silenced':
        stories.append(unknown(d))
    if d.subjects == ['home']:
        return stories + [outlasted('outlasted', d, BEGIN + 360)]
    suspect = first_change(plain, 'suspect')
    return stories + [outlasted('outlasted', d, BEGIN + 200),
                      outlasted('outlasted-suspect', d, suspect + 5)]


# ---- ends of ours ----

def moments(life):
    """When what changes, for the subjects; one of each kind."""
    subjects, seen = DIAGNOSES[life.diagnosis].subjects, set()
    for at, who, old, new in life.changes:
        if who in subjects and (old, new) not in seen:
            seen.add((old, new))
            yield at, '%s-%s' % (old, new)


def is_other_life(life, at):
    """
    We look at everything when we begin: while all is well for a moment that is seen, and
    what fails then is another outage.
    """
    returned = [t for t, _, _, new in life.changes if new in ('recovering', 'returning')]
    return life.story.name == 'relapse' and HEAL - SPAN <= at < min(returned)


def disturbed(life):
    """The same story with an end of ours near each moment that matters."""
    is_plain, ends = life.story.name == 'lasting', []
    for at, what in moments(life):
        before = ENDS_BEFORE + (MORE_BEFORE if is_plain else []) if at > 1 else []
        after = ENDS_AFTER + (MORE_AFTER if is_plain else [])
        ends += [(at - NEAR, 'before-' + what) + end for end in before]
        ends += [(at + NEAR, 'after-' + what) + end for end in after]
    for notice in life.notices:
        what = '%s%d' % (notice.kind, notice.number)
        ends += [(notice.at - NEAR, 'before-' + what, 'kill', 0),
                 (notice.at, 'at-' + what, 'kill', 0),
                 (notice.at, 'at-' + what, 'kill torn', 0),
                 (notice.at, 'at-' + what, 'reboot torn', 0),
                 (notice.at + 30, 'after-' + what, 'kill torn after 5s', 5)]
        # Without a state a Watchdog is new, and has ten minutes to come: then it is another story.
        if notice.kind == 'down' and 'beats' not in DIAGNOSES[life.diagnosis].fails:
            ends.append((notice.at + 30, 'after-' + what, 'lose state', 0))
    return [Life(life.diagnosis, life.story, (at, command, absence), what)
            for at, what, command, absence in ends if not is_other_life(life, at)]


def missing(name, lives):
    """Changes of a verdict that no story of the diagnosis goes through."""
    seen = {what for life in lives for _, what in moments(life)}
    return [what for what in DIAGNOSES[name].changes if what not in seen]


# ---- living ----

def live(workshop, lives):
    runner, folder, every = workshop
    paths = {}
    for life in lives:
        path = os.path.join(folder, life.name + '.scn')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(life.text())
        paths[path] = life
    names = list(paths)
    with concurrent.futures.ThreadPoolExecutor(every) as pool:
        list(pool.map(lambda n: live_some(runner, names[n::every], paths), range(every)))


def live_some(runner, names, paths):
    """Each file is told after its own first line."""
    if not names:
        return
    done = subprocess.run([runner] + names, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit('%s: exit status %d\n%s' % (runner, done.returncode, done.stderr))
    life = None
    for line in done.stdout.splitlines():
        if line.startswith('= '):
            life = paths[line[2:]]
            life.failure = None
        else:
            life.hear(line)
    for line in done.stderr.splitlines():
        said = re.match(r'(.*\.scn):\d+: (.*)', line)
        if said and said[1] in paths:
            paths[said[1]].failure = said[2]


def live_diagnosis(workshop, name):
    """Returns its undisturbed lives, and all others."""
    d = DIAGNOSES[name]
    plain = Life(name, lasting(d, is_told=name not in ('none', 'isolated')))
    if name == 'none': # so short that nobody is to know
        plain.story = Story('blip', d.config, peace(d) + [(BEGIN, d.fails), (BEGIN + 35, d.heals)], False)
    live(workshop, [plain])
    stories = [Life(name, story) for story in stories_of(name, d, plain)]
    live(workshop, stories)
    stories.insert(0, plain)
    others = [other for life in stories for other in disturbed(life)]
    live(workshop, others)
    return stories, others


def diagnoses_known():
    """So that none is forgotten here."""
    header = os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../include/shorewatch/diagnosis.h')
    with open(header, encoding='utf-8') as lines:
        names = re.findall(r'^\tDIAGNOSIS_(\w+),', lines.read(), re.M)
    return {name.lower().replace('_', '-') for name in names if name != 'COUNT'}


def story_tell(life):
    print('    %-18s %s | %s' % (life.story.name, ' '.join(what for _, what in moments(life)), ' '.join(
        '%s %s %.0f s' % (n.kind, n.diagnosis, n.at) for n in life.notices)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('runner')
    parser.add_argument('diagnoses', nargs='*', default=[])
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    parser.add_argument('--keep', help='leave the scenario files in this folder')
    options = parser.parse_args()
    faults = total = 0
    if set(DIAGNOSES) != diagnoses_known():
        sys.exit('not the diagnoses of core: %s' % sorted(diagnoses_known() ^ set(DIAGNOSES)))
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(folder, exist_ok=True)
        for name in options.diagnoses or DIAGNOSES:
            stories, others = live_diagnosis((options.runner, folder, options.jobs), name)
            print('%-18s %d stories, %d ends of ours in them' % (name, len(stories), len(others)))
            for life in stories:
                story_tell(life)
            wrong = [(life.name, life_fault(life)) for life in stories + others if life_fault(life)]
            wrong += [(name, 'no story goes ' + what) for what in missing(name, stories)]
            for who, fault in wrong:
                print('FAULT %s: %s' % (who, fault))
            faults, total = faults + len(wrong), total + len(stories) + len(others)
    print('%d lives, %d faults' % (total, faults))
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
