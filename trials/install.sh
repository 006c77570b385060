#!/bin/sh
# What the trials need: strangers' software that judges what Hefu makes. Run again at will; installs only what is missing.
set -eu
cd "$(dirname "$0")/.."
missing=""
want() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
want openssl openssl
want curl curl
want javac default-jdk-headless
want python3 python3
want chromium chromium
want node nodejs
want npm npm
for package in libbcprov-java libbcpkix-java poppler-utils fonts-noto-cjk; do
  dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
if [ -n "$missing" ]; then
  echo "installing:$missing"
  as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get update -qq
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing
fi
venv=target/judges/venv
if [ ! -x "$venv/bin/lint_pkix_cert" ] || [ ! -x "$venv/bin/aiosmtpd" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r trials/requirements.txt
fi
classes=target/judges/classes
if [ ! "$classes/Judge.class" -nt trials/judge/Judge.java ]; then
  mkdir -p "$classes"
  jars=/usr/share/java
  javac -nowarn -d "$classes" -cp "$jars/bcprov.jar:$jars/bcpkix.jar:$jars/bcutil.jar" trials/judge/Judge.java
fi
browser=target/judges/browser
if [ ! -e "$browser/node_modules" ] || ! cmp -s trials/browser/package.json "$browser/package.json"; then
  rm -rf "$browser"
  mkdir -p "$browser"
  cp trials/browser/package.json "$browser/"
  (cd "$browser" && npm install --no-audit --no-fund --ignore-scripts --loglevel=error)
fi
