#!/usr/bin/env python3
"""push_curl.py SOURCE SAMPLE webdav|s3 - the example that puts the page elsewhere by curl.

  webdav  into a real nginx: all of it, what changes, what is gone, a server that was down, a push that was killed
  s3      into a server that checks each signature by the specification of AWS Signature Version 4, without curl's code
"""

import hashlib
import hmac
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e")]

from lab import Lab, demand, is_listening, main, run, wait_for  # noqa: E402

NGINX = """
{user}
daemon off;
worker_processes 1;
error_log stderr;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
http {{
  log_format puts '$status $request_method $uri [$http_content_type] [$http_cache_control] [$remote_user]';
  access_log {folder}/access puts;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/to;
    location / {{
      dav_methods PUT DELETE MKCOL;
      client_max_body_size 8m;
      auth_basic status;
      auth_basic_user_file {folder}/users;
    }}
  }}
}}
"""
SECRET = "a-secret-4711 with \\\"quotes"
PLAIN_SECRET = 'a-secret-4711 with "quotes'
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json",
         ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8", ".atom": "application/atom+xml; charset=utf-8",
         ".gz": "application/gzip"}


class Pusher:
    """A page, the example, and what systemd gives it."""

    def __init__(self, lab, source, sample, key, **variables):
        self.lab, self.page = lab, lab.path("page")
        self.script = os.path.join(source, "systemd", "push.curl")
        run([sample, self.page, "20", "4"])
        self.folder = lab.folder("bin")
        lab.folder("cache")
        lab.folder("credentials")
        lab.write("credentials/push-key", key)
        # Each curl leaves its words behind: what everybody on the machine could read.
        lab.write("bin/curl", f'#!/bin/sh\necho "$@" >>{lab.path("argv")}\nexec {shutil.which("curl")} "$@"\n', 0o755)
        self.environment = dict(os.environ, CACHE_DIRECTORY=lab.path("cache"), PATH=f'{self.folder}:{os.environ["PATH"]}',
                                CREDENTIALS_DIRECTORY=lab.path("credentials"), **variables)

    def push(self):
        return subprocess.run([self.script, self.page], env=self.environment, capture_output=True, text=True,
                              timeout=60, check=False)

    def demand_pushed(self, what):
        done = self.push()
        demand(done.returncode == 0, f"{what}: {done.returncode} {done.stderr}")
        demand(not os.listdir(self.lab.path("cache")) or os.listdir(self.lab.path("cache")) == ["pushed"], what)

    def write(self, name, text):
        with open(os.path.join(self.page, name), "w", encoding="utf-8") as file:
            file.write(text)

    def names(self):
        return sorted(os.path.relpath(os.path.join(root, name), self.page)
                      for root, _, names in os.walk(self.page) for name in names if not name.startswith("."))


def demand_argv_clean(lab):
    with open(lab.path("argv"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    demand(lines and set(lines) == {"-q --config -"}, f"curl was started with {set(lines)}")
    return len(lines)


def is_alive(name):
    return name.startswith("alive/")


# ---- WebDAV ----

class Dav:
    """A real nginx and the lines of its log that are new."""

    def __init__(self, lab):
        self.lab, self.port, self.read = lab, lab.port(), 0
        self.folder = lab.folder("nginx", mode=0o777)
        lab.folder("nginx", "to", mode=0o777)
        lab.write("nginx/users", f"www:{{PLAIN}}{PLAIN_SECRET}\n")
        user = "user root;" if os.geteuid() == 0 else ""
        self.config = lab.write("nginx/nginx.conf", NGINX.format(folder=self.folder, port=self.port, user=user))
        self.child = None

    def start(self):
        self.child = self.lab.start("nginx", ["nginx", "-c", self.config])
        wait_for("nginx listens", lambda: is_listening(self.port), 20, [self.child])

    def news(self):
        """(status, method, name, type, caching) of each request since the last call."""
        lines = self._lines()
        fresh, self.read = lines[self.read:], len(lines)
        found = [re.fullmatch(r"(\d+) (\w+) /status/(\S*) \[(.*)\] \[(.*)\] \[(.*)\]", line).groups() for line in fresh]
        demand(all(user == "www" for *_, user in found), str(found))
        return [(int(code), method, name, kind, caching) for code, method, name, kind, caching, _ in found]

    def _lines(self):
        """A request is logged after its answer has left: ours comes after all of them, and so does its line."""
        mark = f"/mark/{time.monotonic_ns()}"
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as client:
            client.sendall(f"GET {mark} HTTP/1.0\r\n\r\n".encode())
            while client.recv(4096):
                pass

        def read():
            with open(self.lab.path("nginx", "access"), encoding="utf-8") as file:
                return file.read().splitlines()

        wait_for("the log is whole", lambda: any(mark in line for line in read()), 20, [self.child])
        return [line for line in read() if " /mark/" not in line]

    def put(self):
        return [name for code, method, name, *_ in self.news() if method == "PUT" and code in (201, 204)]


def demand_same(p):
    done = subprocess.run(["diff", "-r", "--exclude=.*", p.page, p.lab.path("nginx", "to", "status")], capture_output=True,
                          text=True, check=False)
    demand(done.returncode == 0, done.stdout)


def check_first(p, dav):
    p.write(".index.html.new", "part")
    p.demand_pushed("the first push")
    news = dav.news()
    puts = [name for _, method, name, *_ in news if method == "PUT"]
    demand(sorted(puts) == p.names(), f"not once each: {puts}")
    first = min(i for i, name in enumerate(puts) if is_alive(name))
    demand(all(is_alive(name) for name in puts[first:]) and first > 0, f"alive/ is not last: {puts}")
    for code, method, name, kind, caching in news:
        demand(method != "PUT" or kind == TYPES[os.path.splitext(name)[1]] and caching == "no-cache",
               f"{name}: {kind} {caching}")
        demand(code in (201, 204), f"{code} {method} {name}")
    demand_same(p)
    demand(not os.path.exists(p.lab.path("nginx", "to", "status", ".index.html.new")), "a file being written was put")
    os.unlink(os.path.join(p.page, ".index.html.new"))
    p.demand_pushed("a push of nothing")
    demand(dav.news() == [], "something was pushed twice")


def check_change(p, dav):
    p.write("badge/target-7.svg", "new")
    p.write("alive/900.svg", "alive")
    os.makedirs(os.path.join(p.page, "deep/er"))
    p.write("deep/er/new.html", "a folder in a folder")
    p.demand_pushed("a change")
    puts = dav.put()
    demand(puts == ["badge/target-7.svg", "deep/er/new.html", "alive/900.svg"], f"a change puts {puts}")
    demand_same(p)


def check_gone(p, dav):
    os.unlink(os.path.join(p.page, "badge/target-7.svg"))
    os.unlink(os.path.join(p.lab.path("nginx", "to", "status"), "badge/target-8.svg"))
    os.unlink(os.path.join(p.page, "badge/target-8.svg"))  # somebody was faster than us
    p.demand_pushed("a deletion")
    news = [(code, method, name) for code, method, name, *_ in dav.news()]
    demand(news == [(204, "DELETE", "badge/target-7.svg"), (404, "DELETE", "badge/target-8.svg")], str(news))
    demand_same(p)


def check_down(p, dav):
    """What was changed and changed back while the server was away is put all the same."""
    with open(os.path.join(p.page, "index.html"), encoding="utf-8") as file:
        was = file.read()
    dav.child.end()
    p.write("index.html", "red")
    p.write("alive/901.svg", "alive")
    done = p.push()
    demand(done.returncode != 0 and SECRET not in done.stderr and PLAIN_SECRET not in done.stderr, str(done))
    p.write("index.html", was)
    dav.start()
    p.demand_pushed("after the server was down")
    puts = dav.put()
    demand(puts == ["index.html", "alive/901.svg"], f"after the server was down: {puts}")
    demand_same(p)


def check_refused(p, dav):
    """A server that refuses one file in the middle: nothing says that the report is whole; later all of it comes."""
    blocked = p.lab.path("nginx", "to", "status", "index.html")
    os.unlink(blocked)
    os.mkdir(blocked)
    for name in ("badge.svg", "index.html", "status.json", "alive/902.svg"):
        p.write(name, "902")
    demand(p.push().returncode != 0, "a refused file is called good")
    puts = dav.put()
    demand(puts == ["badge.svg"], f"after a refusal: {puts}")
    os.rmdir(blocked)
    p.demand_pushed("after a refusal")
    demand(dav.put() == ["badge.svg", "index.html", "status.json", "alive/902.svg"], "not wholly again")
    demand_same(p)


def check_killed(p, dav):
    """Everything of it is killed after the second file; a file that only that push knew is deleted by the next."""
    for name in ("a-1.html", "a-2.html", "index.html", "alive/903.svg"):
        p.write(name, "903")
    real = p.lab.path("bin", "curl")
    kept = real + ".kept"
    os.rename(real, kept)
    # Only the folder and the first two files reach the server; then the whole group is killed, as systemd does it.
    p.lab.write("bin/curl", f'''#!/bin/sh
awk '/^next$/ && ++n > 3 {{ exit }} {{ print }}' >"$0.in"
{shutil.which("curl")} "$@" <"$0.in"
kill -KILL 0
''', 0o755)
    done = subprocess.run([p.script, p.page], env=p.environment, capture_output=True, text=True, timeout=60,
                          start_new_session=True, check=False)
    demand(done.returncode == -9, str(done))
    puts = dav.put()
    demand(puts == ["a-1.html", "a-2.html"], f"before the kill: {puts}")
    os.rename(kept, real)
    os.unlink(os.path.join(p.page, "a-1.html"))
    p.demand_pushed("after a kill")
    news = [(method, name) for _, method, name, *_ in dav.news() if method != "MKCOL"]
    demand(news == [("PUT", "a-2.html"), ("PUT", "index.html"), ("PUT", "alive/903.svg"), ("DELETE", "a-1.html")], str(news))
    demand_same(p)


def check_forgotten(p, dav):
    """Without its memory all of it is put again; folders that are there are no fault."""
    os.unlink(p.lab.path("cache", "pushed"))
    p.demand_pushed("without a memory")
    demand(sorted(dav.put()) == p.names(), "not all of it")
    os.rename(p.page, p.page + ".away")
    os.mkdir(p.page)
    demand(p.push().returncode != 0, "an empty folder is pushed")
    demand(dav.news() == [], "an empty folder deletes")
    os.rmdir(p.page)
    os.rename(p.page + ".away", p.page)


def check_stranger(p, dav):
    p.lab.write("credentials/push-key", 'user = "www:another"\n')
    p.write("index.html", "of a stranger")
    done = p.push()
    demand(done.returncode == 22 and "401" in done.stderr, str(done))


def webdav(lab, source, sample):
    dav = Dav(lab)
    p = Pusher(lab, source, sample, f'user = "www:{SECRET}"\n', TO=f"http://127.0.0.1:{dav.port}/status/")
    lab.folder("nginx", "to", "status", mode=0o777)
    dav.start()
    for check in (check_first, check_change, check_gone, check_down, check_refused, check_killed, check_forgotten,
                  check_stranger):
        check(p, dav)
    print(f"{demand_argv_clean(lab)} pushes")


# ---- S3 ----

ACCESS, S3_SECRET, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1"


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature_of(method, path, headers, signed, payload, day, stamp):
    """Amazon S3 API reference, "Signature Calculations for the Authorization Header"."""
    plain = urllib.parse.urlsplit(path)
    query = "&".join(sorted(f"{urllib.parse.quote(k, '-_.~')}={urllib.parse.quote(v, '-_.~')}" for k, v in
                            urllib.parse.parse_qsl(plain.query, keep_blank_values=True)))
    fields = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed)
    request = "\n".join([method, urllib.parse.quote(urllib.parse.unquote(plain.path), "/-_.~"), query, fields,
                         ";".join(signed), payload])
    scope = f"{day}/{REGION}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = digest(digest(digest(digest(("AWS4" + S3_SECRET).encode(), day), REGION), "s3"), "aws4_request")
    return scope, hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class Bucket(http.server.BaseHTTPRequestHandler):
    """Objects by their names; whoever signs wrongly gets a 403."""

    protocol_version = "HTTP/1.1"
    objects, log = {}, []

    def log_message(self, *_):
        pass

    def answer(self, code):
        self.log.append((code, self.command, self.path))
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def is_signed(self, body):
        headers = {name.lower(): value for name, value in self.headers.items()}
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})",
                             headers.get("authorization", ""))
        if not found:
            return False
        credential, signed, is_signature = found.groups()
        stamp, payload = headers["x-amz-date"], headers.get("x-amz-content-sha256", "")
        scope, signature = signature_of(self.command, self.path, headers, signed.split(";"), payload, stamp[:8], stamp)
        return (credential == f"{ACCESS}/{scope}" and is_signature == signature and {"host", "x-amz-date",
                "x-amz-content-sha256"} <= set(signed.split(";")) and
                payload == hashlib.sha256(body).hexdigest())

    def handle_one(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            self.answer(411)  # S3 wants to know the length
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.is_signed(body):
            self.answer(403)
        elif self.command == "PUT":
            self.objects[self.path] = (body, self.headers["Content-Type"], self.headers["Cache-Control"])
            self.answer(200)
        else:
            self.objects.pop(self.path, None)
            self.answer(204)

    do_PUT = do_DELETE = do_MKCOL = handle_one


def s3(lab, source, sample):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lab.on_end(server.shutdown)
    key = f'user = "{ACCESS}:{S3_SECRET}"\naws-sigv4 = "aws:amz:{REGION}:s3"\n'
    p = Pusher(lab, source, sample, key, KIND="s3", TO=f"http://127.0.0.1:{server.server_port}/bucket")
    p.demand_pushed("the first push")
    demand(sorted(name[len("/bucket/"):] for name in Bucket.objects) == p.names(), f"{Bucket.log[:3]}")
    demand({method for _, method, _ in Bucket.log} == {"PUT"}, "something else than PUT")
    for name, (body, kind, caching) in Bucket.objects.items():
        with open(os.path.join(p.page, name[len("/bucket/"):]), "rb") as file:
            demand(body == file.read(), f"{name} arrived as another")
        demand(kind == TYPES[os.path.splitext(name)[1]] and caching == "no-cache", f"{name}: {kind} {caching}")
    Bucket.log.clear()
    p.write("index.html", "new")
    p.write("alive/900.svg", "alive")
    os.unlink(os.path.join(p.page, "badge.svg"))
    p.demand_pushed("a change")
    demand(Bucket.log == [(200, "PUT", "/bucket/index.html"), (200, "PUT", "/bucket/alive/900.svg"),
                          (204, "DELETE", "/bucket/badge.svg")], str(Bucket.log))
    os.unlink(os.path.join(p.page, "badge.json"))
    lab.write("credentials/push-key", key.replace("wJalr", "other"))
    demand(p.push().returncode != 0, "a deletion that is refused is called good")
    demand("/bucket/badge.json" in Bucket.objects, "a wrong signature is let through")
    lab.write("credentials/push-key", key)
    p.demand_pushed("with the right key again")
    demand("/bucket/badge.json" not in Bucket.objects, "a deletion that was refused is forgotten")
    demand_argv_clean(lab)


def test():
    source, sample, story = sys.argv[1:]
    for tool in ("curl", "nginx"):
        if not shutil.which(tool):
            print(f"SKIPPED: {tool} is not installed")
            sys.exit(77)
    with Lab(f"outputs-push-{story}") as lab:
        {"webdav": webdav, "s3": s3}[story](lab, source, sample)


if __name__ == "__main__":
    main(test)
