#!/usr/bin/env python3
"""web.py PROGRAM nginx|caddy - the real web server with the configuration that `shorewatch snippets` prints.

It serves the page from its folder with the daemon's own headers, hands on what only the daemon can answer, and goes on
serving when the daemon is dead.
"""

import gzip
import http.client
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "e2e")]

import live  # noqa: E402
import shore  # noqa: E402
from lab import Lab, demand, is_listening, main, run, wait_for  # noqa: E402

NGINX = """
{user}
daemon off;
worker_processes 1;
error_log stderr;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    include {folder}/snippet.conf;
  }}
}}
"""


def ask(port, path, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def with_url(s, port):
    s.write_config(change=lambda text: 'watchdogs = ( { name = "home"; token = "env:HOOK_TOKEN"; } );\n' + text.replace(
        'page = { title = "Test"; }',
        f'page = {{ title = "Test"; noindex = true; frame_ancestors = [ "self", "https://intra.lab.test" ]; url = "http://127.0.0.1:{port}/"; }}'))
    shore.ENVIRONMENT["HOOK_TOKEN"] = "a-token-of-the-lab-4711"


def start_nginx(s, port):
    folder = s.lab.folder("nginx")
    snippet = s.expect(0, "snippets", "nginx", out=[f'root "{live.public(s)}";', f"proxy_pass http://127.0.0.1:{s.port};"])
    s.lab.write("nginx/snippet.conf", snippet)
    config = s.lab.write("nginx/nginx.conf", NGINX.format(folder=folder, port=port,
                                                            user="user root;" if os.geteuid() == 0 else ""))
    done = subprocess.run(["nginx", "-t", "-c", config], capture_output=True, text=True, check=False)
    demand(done.returncode == 0 and "warn" not in done.stderr, done.stderr)
    return s.lab.start("nginx", ["nginx", "-c", config])


def start_caddy(s, port):
    snippet = s.expect(0, "snippets", "caddy", out=[f"http://127.0.0.1:{port} {{", f"reverse_proxy 127.0.0.1:{s.port}"])
    config = s.lab.write("Caddyfile", "{\n\tadmin off\n}\n" + snippet)
    environment = dict(os.environ, HOME=s.lab.folder("home"), XDG_DATA_HOME=s.lab.folder("data"))
    said = run(["caddy", "validate", "--adapter", "caddyfile", "--config", config], env=environment)
    demand("Valid configuration" in said, said)
    return s.lab.start("caddy", ["caddy", "run", "--adapter", "caddyfile", "--config", config], env=environment)


SERVERS = {"nginx": start_nginx, "caddy": start_caddy}


def check_file(s, port, name):
    path = "/" if name == "index.html" else "/" + name
    code, head, body = ask(port, path)
    kind = live.TYPES[os.path.splitext(name)[1]]
    # A charset where none is needed is borne, and so is the name that scripts had before.
    found = head["content-type"].split(";")[0].replace("application/javascript", "text/javascript")
    demand(code == 200 and found == kind.split(";")[0], f"{name}: {code} {head}")
    demand(not name.endswith(".html") or "utf-8" in head["content-type"].lower(), f"{name}: {head['content-type']}")
    wanted = "public, max-age=31536000, immutable" if name.startswith("style.") else "no-cache"
    demand(head["cache-control"] == wanted, f"{name}: {head}")
    demand(head["x-content-type-options"] == "nosniff" and head["referrer-policy"] == "no-referrer", f"{name}: {head}")
    demand(head["content-security-policy"] == "frame-ancestors 'self' https://intra.lab.test" and head["x-robots-tag"] == "noindex", f"{name}: {head}")
    demand(("access-control-allow-origin" in head) == name.endswith((".json", ".atom")), f"{name}: {head}")
    with open(live.public(s, name), "rb") as file:
        demand(body == file.read(), f"{name} is served as another")
    demand(ask(port, path, If_None_Match=head["etag"])[0] == 304, f"{name}: no 304")
    if os.path.exists(live.public(s, name + ".gz")):
        code, head, packed = ask(port, path, Accept_Encoding="gzip")
        demand(head.get("content-encoding") == "gzip" and gzip.decompress(packed) == body, f"{name}: {head}")


def check_daemon(s, port):
    """Only while it runs."""
    demand(ask(port, "/healthz")[0] == 200, "/healthz")
    demand(ask(port, "/metrics")[0] == 403, "/metrics is open behind the proxy")
    demand(ask(port, "/hook/home", "POST", b"{}")[0] == 401, "/hook without a token")
    code = ask(port, "/hook/home", "POST", b"{}", Authorization="Bearer a-token-of-the-lab-4711")[0]
    demand(code == 400, f"/hook with its token and a body that is none: {code}")


def web(s, name):
    port = s.lab.port()
    with_url(s, port)
    s.site.open()
    s.start()
    live.wait_report(s, "all is up", live.all_are("up"))
    child = SERVERS[name](s, port)
    wait_for(f"{name} listens", lambda: is_listening(port), 20, [child])
    check_daemon(s, port)
    s.end()  # nothing is rewritten while it is compared
    s.expect(0, "tombstone", out="nobody watches")
    names = sorted(live.names_published(s))
    for published in names:
        check_file(s, port, published)
    with open(live.public(s, ".index.html.new"), "w", encoding="utf-8") as file:
        file.write("half a page")
    demand(ask(port, "/.index.html.new")[0] == 404, "a file that is being written is shown")
    code, head, _ = ask(port, "/alive/99999999.svg")
    demand(code == 404 and head.get("cache-control", "no-cache") == "no-cache", f"alive: {code} {head}")
    demand(ask(port, "/healthz")[0] == 502, "/healthz of a dead daemon")
    demand(b"The watcher was stopped" in ask(port, "/")[2], "the tombstone is not shown")
    print(f"{len(names)} files")


def test():
    program, name = sys.argv[1:]
    if not shutil.which(name):
        print(f"SKIPPED: {name} is not installed")
        sys.exit(77)
    with Lab(f"outputs-{name}") as lab:
        web(shore.Shore(lab, program), name)


if __name__ == "__main__":
    main(test)
