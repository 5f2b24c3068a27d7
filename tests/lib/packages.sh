# packages.sh - what shorewatch needs from the system, and how to get it there.
#
# Sourced by quickstart, tests/run and .ci/run. Installs only what is missing,
# says what it installs, and starts no service. Where it cannot install by
# itself (no apt-get), it names the packages and ends.
# shellcheck shell=bash

# One need a line: how to see that it is there | Debian, Ubuntu | Fedora | Arch | Alpine
BUILD_NEEDS='
command -v cmake            | cmake                | cmake                 | cmake         | cmake
command -v ninja            | ninja-build          | ninja-build           | ninja         | samurai
command -v cc               | gcc                  | gcc                   | gcc           | gcc
test -e /usr/include/stdio.h | libc6-dev           | glibc-devel           | glibc         | musl-dev
command -v pkg-config       | pkg-config           | pkgconf-pkg-config    | pkgconf       | pkgconf
pkg-config --exists libuv   | libuv1-dev           | libuv-devel           | libuv         | libuv-dev
curl_has_openssl            | libcurl4-openssl-dev | libcurl-devel         | curl          | curl-dev
pkg-config --exists libcares | libc-ares-dev       | c-ares-devel          | c-ares        | c-ares-dev
pkg-config --exists libconfig | libconfig-dev      | libconfig-devel       | libconfig     | libconfig-dev
pkg-config --exists sqlite3 | libsqlite3-dev       | sqlite-devel          | sqlite        | sqlite-dev
pkg-config --exists libmicrohttpd | libmicrohttpd-dev | libmicrohttpd-devel | libmicrohttpd | libmicrohttpd-dev
pkg-config --exists jansson | libjansson-dev       | jansson-devel         | jansson       | jansson-dev
pkg-config --exists libpcre2-8 | libpcre2-dev      | pcre2-devel           | pcre2         | pcre2-dev
pkg-config --exists zlib    | zlib1g-dev           | zlib-devel            | zlib          | zlib-dev
pkg-config --exists openssl | libssl-dev           | openssl-devel         | openssl       | openssl-dev
test -e /usr/share/zoneinfo/Asia/Tokyo | tzdata    | tzdata                | tzdata        | tzdata
test -e /etc/ssl/certs      | ca-certificates      | ca-certificates       | ca-certificates | ca-certificates'

UNIT_TEST_NEEDS='
pkg-config --exists cmocka  | libcmocka-dev        | libcmocka-devel       | cmocka        | cmocka-dev
command -v python3          | python3              | python3               | python        | python3
command -v openssl          | openssl              | openssl               | openssl       | openssl
python_has jsonschema       | python3-jsonschema | python3-jsonschema | python-jsonschema | py3-jsonschema
python_has feedparser       | python3-feedparser | python3-feedparser | python-feedparser | py3-feedparser
command -v readelf          | binutils             | binutils              | binutils      | binutils
command -v systemd-analyze  | systemd              | systemd               | systemd       |'

SERVER_TEST_NEEDS='
command -v strace           | strace               | strace                | strace        | strace
command -v valgrind         | valgrind             | valgrind              | valgrind      | valgrind
command -v curl             | curl                 | curl                  | curl          | curl
command -v nginx            | nginx-light          | nginx                 | nginx         | nginx
command -v caddy            | caddy                | caddy                 | caddy         | caddy
command -v rsync            | rsync                | rsync                 | rsync         | rsync
command -v chromium         | chromium             | chromium              | chromium      | chromium
fc_has_japanese             | fonts-noto-cjk       | google-noto-sans-cjk-fonts | noto-fonts-cjk | font-noto-cjk
command -v unbound          | unbound              | unbound               | unbound       | unbound
command -v postfix          | postfix              | postfix               | postfix       | postfix
command -v dovecot && dovecot_has_imap | dovecot-imapd | dovecot           | dovecot       | dovecot
command -v saslpasswd2      | sasl2-bin            | cyrus-sasl            | cyrus-sasl    | cyrus-sasl
test_has_sasl_plain         | libsasl2-modules     | cyrus-sasl-plain      | cyrus-sasl    | cyrus-sasl-login
alertmanager_find           | prometheus-alertmanager | golang-github-prometheus-alertmanager | alertmanager | alertmanager
command -v prometheus       | prometheus           | golang-github-prometheus | prometheus | prometheus
command -v ip               | iproute2             | iproute               | iproute2      | iproute2
command -v nft              | nftables             | nftables              | nftables      | nftables
command -v prlimit          | util-linux           | util-linux            | util-linux    | util-linux-misc
command -v mkfs.ext4        | e2fsprogs            | e2fsprogs             | e2fsprogs     | e2fsprogs
command -v xfs_io           | xfsprogs             | xfsprogs              | xfsprogs      | xfsprogs-extra
command -v sysctl           | procps               | procps-ng             | procps-ng     | procps
faketime_find               | libfaketime          | libfaketime           | libfaketime   | libfaketime'

BENCH_NEEDS='
command -v wrk              | wrk                  | wrk                   | wrk           | wrk
blackbox_find               | prometheus-blackbox-exporter | golang-github-prometheus-blackbox-exporter | prometheus-blackbox-exporter | prometheus-blackbox-exporter
command -v taskset          | util-linux           | util-linux            | util-linux    | util-linux'

# Servers live in sbin, which an ordinary user's PATH may lack.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# TLS is steered through OpenSSL, so a libcurl with another backend will not do.
curl_has_openssl()
{
	pkg-config --exists libcurl && curl-config --ssl-backends | grep -qi openssl
}

# The system's own Python: another one does not see its packages.
python_has()
{
	/usr/bin/python3 -c "import $1"
}

# Without a font for it, Japanese is drawn as boxes, and pages differ from those that were looked at.
fc_has_japanese()
{
	[ -n "$(fc-list :lang=ja)" ]
}

test_has_sasl_plain()
{
	local file
	for file in /usr/lib/*/sasl2/libplain.so /usr/lib/sasl2/libplain.so /usr/lib64/sasl2/libplain.so; do
		if [ -e "$file" ]; then
			return 0
		fi
	done
	return 1
}

# Debian has it in a package of its own.
dovecot_has_imap()
{
	test -e /usr/lib/dovecot/imap || test -e /usr/libexec/dovecot/imap
}

faketime_find()
{
	local file
	for file in /usr/lib/*/faketime/libfaketime.so.1 /usr/lib/faketime/libfaketime.so.1 /usr/lib64/faketime/libfaketime.so.1; do
		if [ -e "$file" ]; then
			return 0
		fi
	done
	return 1
}

# Debian renames the binary, the others do not.
alertmanager_find()
{
	command -v prometheus-alertmanager || command -v alertmanager
}

blackbox_find()
{
	command -v prometheus-blackbox-exporter || command -v blackbox_exporter
}

# needs_missing COLUMN NEEDS...: the packages of that column whose need is not met.
needs_missing()
{
	local column=$1 line check package
	shift
	printf '%s\n' "$@" | while IFS= read -r line; do
		[ -n "$line" ] || continue
		check=${line%%|*}
		package=$(printf '%s' "$line" | cut -d'|' -f"$column" | tr -d ' ')
		if [ -n "$package" ] && ! eval "$check" >/dev/null 2>&1; then
			printf '%s\n' "$package"
		fi
	done
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# root_demand PACKAGES...: there is a way to root, or the words to say to somebody who has one.
root_demand()
{
	if [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo true; }; then
		return
	fi
	die "needs root for that; as root, once: apt-get update && apt-get install --no-install-recommends $*"
}

POLICY=/usr/sbin/policy-rc.d
POLICY_KEPT=$POLICY.kept-by-shorewatch

# While packages are installed, none of their services may start; what was
# there before is put back, also after an interruption.
services_hold()
{
	if [ -e "$POLICY" ] && [ ! -e "$POLICY_KEPT" ] && ! grep -qs shorewatch "$POLICY"; then
		as_root mv "$POLICY" "$POLICY_KEPT"
	fi
	printf '#!/bin/sh\n# shorewatch: nothing starts while its packages are installed\nexit 101\n' |
		as_root tee "$POLICY" >/dev/null
	as_root chmod 755 "$POLICY"
}

services_release()
{
	if grep -qs shorewatch "$POLICY"; then
		as_root rm -f "$POLICY"
	fi
	if [ -e "$POLICY_KEPT" ]; then
		as_root mv "$POLICY_KEPT" "$POLICY"
	fi
}

# root_apt WORDS...: apt-get or dpkg that asks nothing and waits for others to be done.
root_apt()
{
	local tool=$1
	shift
	case $tool in
	apt-get) set -- -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -q -q -y --no-install-recommends "$@" ;;
	esac
	as_root env DEBIAN_FRONTEND=noninteractive "$tool" "$@"
}

apt_cleanup()
{
	services_release
	rm -f "$APT_LOG"
}

apt_install()
{
	say "Reading the package lists ..."
	root_apt apt-get update || say "  (the package lists could not be refreshed; trying with those at hand)"
	case " $* " in
	*" postfix "*)
		if command -v debconf-set-selections >/dev/null; then
			echo "postfix postfix/main_mailer_type select Local only" | as_root debconf-set-selections
		fi
		;;
	esac
	APT_LOG=$(mktemp)
	trap apt_cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	services_hold
	say "Installing $# packages ..."
	# What an interrupted installation has left is finished first (-f mends the rest).
	root_apt dpkg --configure -a >"$APT_LOG" 2>&1 || :
	if ! root_apt apt-get -f install "$@" >>"$APT_LOG" 2>&1; then
		tail -n 20 "$APT_LOG" >&2
		die "apt-get could not install: $*"
	fi
	apt_cleanup
	trap - EXIT INT TERM
}

# packages_ensure WHAT NEEDS...: everything NEEDS asks for is there afterwards.
packages_ensure()
{
	local what=$1 missing
	shift
	if ! command -v apt-get >/dev/null; then
		packages_name "$what" "$@"
		return
	fi
	missing=$(needs_missing 2 "$@")
	if [ -z "$missing" ]; then
		return
	fi
	# shellcheck disable=SC2086
	set -- $missing
	say "To $what, these packages are missing and will be installed: $*"
	root_demand "$@"
	apt_install "$@"
}

# Elsewhere we only know the names.
packages_name()
{
	local what=$1 column tool missing
	shift
	if command -v dnf >/dev/null; then
		column=3 tool='please run as root: dnf install'
	elif command -v pacman >/dev/null; then
		column=4 tool='please run as root: pacman -S --needed'
	elif command -v apk >/dev/null; then
		column=5 tool='please run as root: apk add'
	else
		column=2 tool='please install (these are the names that Debian gives them):'
	fi
	missing=$(needs_missing "$column" "$@" | tr '\n' ' ')
	if [ -n "$missing" ]; then
		die "to $what, $tool ${missing% }; then run this again"
	fi
}

# build PRESET [cmake options]: configure and build below the project's root, with progress.
build()
{
	local preset=$1
	shift
	build_targets "$preset" all "$@"
}

# build_targets PRESET "TARGETS" [cmake options]: the same, and nothing that is not asked for.
build_targets()
{
	local preset=$1 targets=$2 log
	shift 2
	log=$(mktemp)
	say "Configuring build/$preset ..."
	# A folder that is configured already keeps its generator: another one would be refused.
	if [ ! -e "build/$preset/CMakeCache.txt" ]; then
		set -- -G Ninja "$@"
	fi
	if ! cmake --preset "$preset" "$@" >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		die "the build could not be configured"
	fi
	rm -f "$log"
	say "Building build/$preset ..."
	# shellcheck disable=SC2086
	NINJA_STATUS='  [%f/%t] ' cmake --build --preset "$preset" --target $targets
}
