#!/bin/sh
# Installs the programs that the tests talk to and pip cannot bring. Each line below is a command
# or file that must be there, and the Debian package that has it: redis-check-rdb is the Redis
# server under another name, in a package that starts none. With root or passwordless sudo they are
# installed; otherwise a message says what to install.
set -eu
PATH=$(pwd -P)/.venv/bin:$PATH:/usr/sbin:/sbin

wanted="
dot                             graphviz
chromium                        chromium
bearerbox                       kannel
/usr/lib/kannel/test/fakesmsc   kannel-extras
node                            nodejs
npm                             npm
redis-check-rdb                 redis-tools
"

missing=$(printf '%s\n' "$wanted" | while read -r program package; do
    [ -z "$program" ] || command -v "$program" >/dev/null 2>&1 || printf '%s ' "$package"
done | xargs)
[ -n "$missing" ] || exit 0

fail() {
    printf '\n' >&2
    printf '%s\n' "$@" >&2
    exit 1
}

command -v apt-get >/dev/null 2>&1 || fail \
    "The tests need programs that this system has no apt-get to install." \
    "On Debian they are in the packages: $missing" \
    "Install them by your system's own means and call make test again."

if [ "$(id -u)" = 0 ]; then
    as_root="env"
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
else
    fail "The tests need Debian packages, and installing them takes root. Please run" \
        "    sudo apt-get install --no-install-recommends $missing" \
        "and call make test again. (make run needs none of them.)"
fi

apt() {
    $as_root DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 \
        -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" >>"$log" 2>&1
}

# $missing and $as_root are lists of words: they are split on purpose.
install_missing() {
    apt update && apt install -y --no-install-recommends $missing
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
began=$(date +%s)
printf 'Installing Debian packages: %s... ' "$missing"
attempt=1
until install_missing; do
    if [ "$attempt" = 3 ]; then
        cat "$log" >&2
        fail "apt-get could not install $missing after $attempt attempts; what it says is above."
    fi
    attempt=$((attempt + 1))
    sleep 5
done
printf 'done in %s s.\n' "$(($(date +%s) - began))"
