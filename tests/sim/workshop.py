#!/usr/bin/env python3
"""workshop.py - builds the simulator from any copy of the tree, quickly.

    workshop.py ROOT OUT      compiles ROOT/tests/sim with ROOT/src into OUT/sim

Objects are kept in OUT by the content of what they are made of, so that a tree
with one changed line costs one compilation and a link.
"""
import concurrent.futures
import hashlib
import os
import subprocess
import sys

ROOMS = ('base', 'core', 'render')
FLAGS = ['-std=c17', '-D_GNU_SOURCE', '-DSHOREWATCH_VERSION="sim"', '-O2', '-g0', '-w']


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError('%s\n%s' % (' '.join(command), done.stderr))
    return done.stdout


def view_of(root, out):
    """Rooms are included as "core/x.h": a folder with a link for each."""
    view = os.path.join(out, 'view')
    os.makedirs(view, exist_ok=True)
    for room in ROOMS:
        link = os.path.join(view, room)
        if os.path.islink(link):
            os.unlink(link)
        os.symlink(os.path.join(root, 'src', room), link)
    return view


def style_of(root, out):
    source = os.path.join(out, 'style_css.c')
    render = os.path.join(root, 'src/render')
    run(['cmake', '-DINPUT=' + os.path.join(render, 'style.css'), '-DOUTPUT=' + source,
         '-DSYMBOL=style_css', '-P', os.path.join(render, 'embed.cmake')])
    return source


def compile_one(source, includes, out):
    text = subprocess.run(['cc'] + FLAGS + includes + ['-E', '-P', source], capture_output=True)
    if text.returncode != 0:
        raise RuntimeError(text.stderr.decode())
    key = hashlib.sha256(text.stdout).hexdigest()[:24]
    target = os.path.join(out, 'objects', key + '.o')
    if not os.path.exists(target):
        run(['cc'] + FLAGS + includes + ['-c', source, '-o', target + '.new'])
        os.replace(target + '.new', target)
    return target


def build(root, out, jobs=2, name='sim'):
    """Returns the program's path; RuntimeError with the compiler's words."""
    root, out = os.path.abspath(root), os.path.abspath(out)
    os.makedirs(os.path.join(out, 'objects'), exist_ok=True)
    includes = ['-I' + os.path.join(root, 'include'), '-I' + view_of(root, out)]
    sources = [style_of(root, out)]
    for folder in ['src/' + room for room in ROOMS] + ['tests/sim']:
        folder = os.path.join(root, folder)
        sources += [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith('.c')]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        objects = list(pool.map(lambda s: compile_one(s, includes, out), sources))
    program = os.path.join(out, name)
    run(['cc', '-o', program + '.new'] + objects + ['-lm'])
    os.replace(program + '.new', program)
    return program


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(build(sys.argv[1], sys.argv[2]))
