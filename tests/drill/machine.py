"""machine.py - what a machine may refuse to a drill: then it is said aloud that
it was not tried, which is no pass. A tool that is not installed is a failure.
"""

import subprocess

from lab import find

# All that a bed does, in a namespace that is gone at once.
TRIAL = """set -e
ip link add up0 type veth peer name eth0
ip addr add 2001:db8::1/128 dev lo nodad
nft 'add table inet f; add chain inet f in { type filter hook input priority 0; };
     add rule inet f in ip saddr 10.99.1.2 tcp dport 443 ct state established drop'
sysctl -qw net.ipv4.ip_local_port_range='32768 60999'
"""


class Skip(Exception):
    """This machine cannot."""


def demand_networks():
    """Network namespaces, links between them, and rules of what gets lost."""
    tools = [find(name) for name in ("unshare", "nsenter", "ip", "nft", "sysctl")]
    done = subprocess.run([tools[0], "--net", "sh", "-c", TRIAL], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise Skip(f"this machine allows no network namespaces of one's own: {done.stdout.strip()}")
