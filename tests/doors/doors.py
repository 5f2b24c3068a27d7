#!/usr/bin/env python3
"""doors.py CHECK SOURCE BUILD - the house's walls, proved from its files.

  includes   each library in exactly one file, no door between rooms but the listed ones
  words      no banned function, no second clock
  headers    every header compiles alone
  symbols    core and render need nothing from the world (nm)
  kinds      every probe kind and every notifier has a test
  hardening  the built program is position independent, read-only, guarded (readelf)
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

# Folder -> what it may include: folders of ours. A file's own folder is always open to it.
DOORS = {
    "include/shorewatch": {"shorewatch"},
    "src/base": {"shorewatch", "base"},
    "src/core": {"shorewatch", "base", "core"},
    "src/render": {"shorewatch", "base", "core", "render"},
    "src/conf": {"shorewatch", "base", "conf"},
    "src/io": {"shorewatch", "base", "io"},
    "src/notify": {"shorewatch", "base", "notify"},
    "src/app": {"shorewatch", "base", "core", "render", "conf", "io", "app"},
    "probes": {"shorewatch"},
}

# Rooms that touch nothing but values: of the C library only what cannot reach the world.
PURE = {"src/core", "src/render"}
PURE_HEADERS = {"assert", "ctype", "errno", "inttypes", "limits", "stdalign", "stdarg", "stdbool", "stddef",
                "stdint", "stdio", "stdlib", "stdnoreturn", "string", "strings", "math", "float"}

# Third-party headers by library; anything else in <> must be the system's.
LIBRARIES = {
    "libuv": r"uv(/.*)?\.h|uv\.h", "libcurl": r"curl/.*", "c-ares": r"ares.*\.h", "openssl": r"openssl/.*",
    "sqlite": r"sqlite3.*\.h", "libmicrohttpd": r"microhttpd\.h", "jansson": r"jansson.*\.h",
    "libconfig": r"libconfig\.h", "pcre2": r"pcre2.*\.h", "systemd": r"systemd/.*", "zlib": r"zlib\.h",
}
SYSTEM = re.compile(r"(sys|net|netinet|arpa|linux|asm)/[a-z0-9_/-]+\.h$")
SYSTEM_HEADERS = PURE_HEADERS | {
    "dirent", "fcntl", "getopt", "grp", "locale", "netdb", "poll", "pthread", "pwd", "sched", "setjmp", "signal",
    "spawn", "stdatomic", "syslog", "termios", "threads", "time", "unistd", "wchar", "langinfo", "execinfo",
    "fnmatch", "glob", "regex", "semaphore", "utime", "malloc", "err", "error", "byteswap", "endian", "ifaddrs",
    "paths", "alloca", "sysexits", "libgen", "ftw", "mntent",
}

# Nowhere, not even in tests.
BANNED = ["strcpy", "strcat", "sprintf", "vsprintf", "strtok", "atoi", "atol", "atoll", "atof", "gets", "mktemp"]
# Not in the program: unchecked, shared buffers, or a resolver that blocks the loop.
BANNED_IN_PROGRAM = ["strncat", "stpcpy", "scanf", "sscanf", "fscanf", "tmpnam", "tempnam", "alloca", "system", "popen",
                     "getaddrinfo", "gethostbyname", "getnameinfo", "asctime", "ctime", "gmtime", "localtime", "rand"]
# Only the loop asks what time it is; the log counts its lines a second, which decides nothing.
CLOCKS = ["time", "clock_gettime", "gettimeofday", "clock", "ftime", "timespec_get", "uv_now", "uv_hrtime"]
CLOCK_HOMES = {"src/io/loop.c", "src/base/log.c"}

# What core and render may leave undefined, besides what the rooms below them define.
PURE_SYMBOLS = {
    "memcpy", "memmove", "memset", "memcmp", "memchr", "memmem", "memrchr", "strlen", "strnlen", "strcmp", "strncmp",
    "strchr", "strchrnul", "strrchr", "strstr", "strspn", "strcspn", "strpbrk", "strcasecmp", "strncasecmp",
    "strtol", "strtoll", "strtoul", "strtoull", "__isoc23_strtol", "__isoc23_strtoll", "__isoc23_strtoull",
    "snprintf", "vsnprintf", "qsort", "bsearch", "abort", "__assert_fail", "__ctype_b_loc", "__ctype_tolower_loc",
    "__ctype_toupper_loc", "tolower", "toupper", "abs", "labs", "llabs", "__stack_chk_fail",
    "floor", "log", "log10", "pow", "sqrt",
    "_GLOBAL_OFFSET_TABLE_",
}
# Nothing allocates but base (the engine's arena, buffers) and the copy of a model for another thread.
ALLOCATES = {"room_core": {"model.c.o"}}
ALLOCATION = {"malloc", "calloc", "realloc", "free", "strdup", "strndup", "asprintf", "vasprintf"}
# Base rooms' files that reach the world or log; the pure rooms may not call them.
WORLDLY_BASE = {"file.c.o", "log.c.o"}
INSTRUMENTS = re.compile(r"__(asan|ubsan|sanitizer|gcov|sancov|llvm)_|__(.*)_chk$")

faults = []


def fault(text):
    faults.append(text)
    print(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def files_below(source, folders, ends):
    for folder in folders:
        for root, _, names in os.walk(os.path.join(source, folder)):
            for name in sorted(names):
                if name.endswith(ends):
                    yield os.path.relpath(os.path.join(root, name), source)


def room_of(path):
    return next((room for room in DOORS if path.startswith(room + "/")), None)


def code_only(text):
    """Without comments, strings and character constants; lines stay where they are."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda found: "\n" * found.group().count("\n") or " ", text, flags=re.DOTALL)


# ---- includes ----

def library_of(header):
    return next((name for name, form in LIBRARIES.items() if re.fullmatch(form, header)), None)


def is_system(header):
    return bool(SYSTEM.match(header)) or header.removesuffix(".h") in SYSTEM_HEADERS


def check_own_include(source, path, room, header):
    beside = os.path.join(source, os.path.dirname(path), header)
    if "/" not in header and os.path.exists(beside):
        return
    if header.endswith((".inc", ".def")) and os.path.exists(beside):
        return
    if "../" in header or header.split("/")[0] not in DOORS[room]:
        fault(f"{path}: {room} has no door to \"{header}\"")


def check_includes(source, _build):
    users = {}
    for path in files_below(source, ["include", "src", "probes"], (".c", ".h", ".def", ".inc")):
        room = room_of(path)
        if room is None:
            fault(f"{path}: belongs to no room")
            continue
        for kind, header in re.findall(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', read(os.path.join(source, path)), re.M):
            if kind == '"':
                check_own_include(source, path, room, header)
                continue
            library = library_of(header)
            if library:
                users.setdefault(library, set()).add(path)
            elif not is_system(header):
                fault(f"{path}: <{header}> is neither the system's nor a library this check knows")
            elif room in PURE and header.removesuffix(".h") not in PURE_HEADERS:
                fault(f"{path}: <{header}> has no place in {room}: no I/O, no clock")
    for library, paths in sorted(users.items()):
        print(f"{library}: {', '.join(sorted(paths))}")
        if len(paths) > 1:
            fault(f"{library} is included by {len(paths)} files: {', '.join(sorted(paths))}")
        for path in paths:
            if path.endswith(".h") or room_of(path) not in ("src/io", "src/conf"):
                fault(f"{path}: {library} belongs into one .c of src/io or src/conf")


# ---- words ----

def calls(text, names):
    for found in re.finditer(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(", text):
        yield found.group(1), text.count("\n", 0, found.start()) + 1


def check_words(source, _build):
    for path in files_below(source, ["include", "src", "probes", "tests"], (".c", ".h")):
        text = code_only(read(os.path.join(source, path)))
        is_test = path.startswith("tests/")
        for name, line in calls(text, BANNED if is_test else BANNED + BANNED_IN_PROGRAM):
            fault(f"{path}:{line}: {name} is banned")
        if not is_test and path not in CLOCK_HOMES:
            for name, line in calls(text, CLOCKS):
                fault(f"{path}:{line}: {name}: only src/io/loop.c asks what time it is")


# ---- headers ----

def check_headers(source, build):
    flags = ["-std=c17", "-D_GNU_SOURCE", "-DSHOREWATCH_VERSION=\"0\"", "-Wall", "-Wextra", "-Wstrict-prototypes",
             "-Werror", "-fsyntax-only", "-x", "c"]
    compiler = shutil.which("cc")
    # Twice in one unit: a header also has to bear being included again.
    for path in files_below(source, ["include", "src", "probes"], (".h",)):
        room = room_of(path)
        view = os.path.join(build, "rooms", "room_" + os.path.basename(room))
        with tempfile.NamedTemporaryFile("w", suffix=".c") as unit:
            unit.write(f'#include "{source}/{path}"\n#include "{source}/{path}"\nint doors_unit;\n')
            unit.flush()
            done = subprocess.run([compiler, *flags, f"-I{source}/include", f"-I{view}", unit.name],
                                  capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            fault(f"{path} does not compile alone:\n{done.stderr}")


# ---- symbols ----

def nm(library):
    """object -> (undefined, defined)"""
    output = subprocess.run(["nm", "--format=posix", library], capture_output=True, text=True, timeout=60,
                            check=True).stdout
    objects, current = {}, None
    for line in output.splitlines():
        member = re.match(r".*\[(.*)\]:$", line)
        if member:
            current = objects.setdefault(member.group(1), (set(), set()))
            continue
        words = line.split()
        if len(words) >= 2:
            current[words[1] not in "Uw"].add(words[0])
    return objects


def defined_by(objects, but=()):
    return set().union(*(defined for name, (_, defined) in objects.items() if name not in but), set())


def check_symbols(source, build):
    base = nm(os.path.join(build, "libroom_base.a"))
    core = nm(os.path.join(build, "libroom_core.a"))
    render = nm(os.path.join(build, "libroom_render.a"))
    below = defined_by(base, WORLDLY_BASE)
    for room, objects, known in (("room_core", core, below | defined_by(core)),
                                 ("room_render", render, below | defined_by(core) | defined_by(render))):
        if not objects:
            fault(f"{room} is empty")
        for name, (undefined, _) in sorted(objects.items()):
            for symbol in sorted(undefined - known - PURE_SYMBOLS):
                plain = re.sub(r"^__(.*)_chk$", r"\1", symbol)
                if plain in PURE_SYMBOLS or (INSTRUMENTS.match(symbol) and not symbol.endswith("_chk")):
                    continue
                if symbol in ALLOCATION and name in ALLOCATES.get(room, ()):
                    continue
                fault(f"{room}: {name} needs {symbol}")


# ---- kinds ----

def check_kinds_of(source, what, room):
    text = code_only(read(os.path.join(source, room, "kinds.def")))
    kinds = re.findall(r"\(\s*(\w+)\s*[,)]", text)
    tests = f"tests/unit/{os.path.basename(room)}"
    if not kinds:
        fault(f"{room}/kinds.def names no kind")
    for kind in kinds:
        if not os.path.exists(os.path.join(source, f"{tests}/{kind}_test.c")):
            fault(f"the {what} {kind} has no {tests}/{kind}_test.c")
        if not os.path.exists(os.path.join(source, f"{room}/{kind}.c")):
            fault(f"the {what} {kind} has no {room}/{kind}.c")


def check_kinds(source, _build):
    check_kinds_of(source, "probe kind", "probes")
    if os.path.exists(os.path.join(source, "src/notify/kinds.def")):
        check_kinds_of(source, "notifier", "src/notify")


# ---- hardening ----

def readelf(program, *options):
    return subprocess.run(["readelf", "--wide", *options, program], capture_output=True, text=True, timeout=60,
                          check=True).stdout


def check_hardening(source, _build):
    program = os.path.join(source, "build/release/shorewatch")
    if not os.path.exists(program):
        fault("build/release/shorewatch is missing: cmake --preset release && cmake --build --preset release")
        return
    header, segments = readelf(program, "--file-header"), readelf(program, "--segments")
    dynamic, symbols = readelf(program, "--dynamic"), readelf(program, "--dyn-syms")
    stack = re.search(r"GNU_STACK.*?\s(R[W ][E ])\s", segments)
    for is_good, text in (
            ("DYN (Position-Independent Executable file)" in header, "is not position independent (PIE)"),
            ("GNU_RELRO" in segments, "has no RELRO"),
            (re.search(r"\(FLAGS(_1)?\).*\b(BIND_NOW|NOW)\b", dynamic), "is not bound at start (BIND_NOW)"),
            (stack and "E" not in stack.group(1), "has an executable stack"),
            (not re.search(r"LOAD.*\sRWE\s", segments), "has a segment that is writable and executable"),
            ("__stack_chk_fail" in symbols, "has no stack protector"),
            (re.search(r"__\w+_chk\b", symbols.replace("__stack_chk_fail", "")), "is not fortified"),
            (not re.search(r"\((RPATH|RUNPATH)\)", dynamic), "has a library path of its own")):
        if not is_good:
            fault(f"{program} {text}")


CHECKS = {"includes": check_includes, "words": check_words, "headers": check_headers, "symbols": check_symbols,
          "kinds": check_kinds, "hardening": check_hardening}


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in CHECKS:
        sys.exit(__doc__)
    CHECKS[sys.argv[1]](os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3]))
    sys.exit(1 if faults else 0)


main()
