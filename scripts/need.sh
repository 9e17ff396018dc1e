#!/usr/bin/env bash
# Makes sure that what a target needs is there: installs it as root on Debian, otherwise says what to install.
#   scripts/need.sh build|test|lint|faults|fuzz
set -euo pipefail

what="${1:?usage: scripts/need.sh build|test|lint|faults|fuzz}"

have() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }
postgres_there() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || have initdb; }
cjk_there() { have fc-list && [ -n "$(fc-list :lang=zh-cn file 2>/dev/null | head -n 1)" ]; }

# Rust and Node come from wherever the machine's owner gets them; they are never installed behind their back.
missing_tools=()
have cargo || missing_tools+=("cargo (Rust 1.90 or newer)")
have node || missing_tools+=("node (20 or newer)")
have npm || missing_tools+=("npm")
have cc || missing_tools+=("a C compiler (Debian: apt-get install build-essential)")
if [ ${#missing_tools[@]} -gt 0 ]; then
  printf 'gongzhi needs, and this machine lacks: %s\n' "${missing_tools[@]}" >&2
  exit 1
fi
node_major="$(node -p 'process.versions.node.split(".")[0]')"
if [ "$node_major" -lt 20 ]; then
  echo "gongzhi needs Node 20 or newer; this is $(node --version)" >&2
  exit 1
fi

packages=()
test_packages() {
  postgres_there || packages+=(postgresql)
  have chromium || packages+=(chromium)
  cjk_there || packages+=(fontconfig fonts-noto-cjk)
  have fiu-run || packages+=(fiu-utils)
  have faketime || packages+=(faketime)
  # Clients of Open311 run in a Python environment of their own.
  { have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; } || packages+=(python3 python3-venv)
}
case "$what" in
  build | lint) ;;
  fuzz) have g++ || have c++ || packages+=(g++) ;;
  test) test_packages ;;
  faults)
    test_packages
    have xfs_io || packages+=(xfsprogs)
    have mkfs.ext4 || packages+=(e2fsprogs)
    have losetup || packages+=(mount)
    ;;
  *)
    echo "scripts/need.sh: no such target: $what" >&2
    exit 2
    ;;
esac

if [ ${#packages[@]} -gt 0 ]; then
  if [ "$(id -u)" -eq 0 ] && have apt-get; then
    echo "installing ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  else
    echo "the tests need, and this machine lacks: ${packages[*]}" >&2
    echo "install them, as root on Debian: apt-get update && apt-get install --no-install-recommends ${packages[*]}" >&2
    exit 1
  fi
fi

if [ "$what" = test ] && ! cargo nextest --version >/dev/null 2>&1; then
  echo "installing cargo-nextest (a few minutes, once)"
  cargo install --locked cargo-nextest
fi
if [ "$what" = lint ]; then
  cargo deny --version >/dev/null 2>&1 || {
    echo "installing cargo-deny (some minutes, once)"
    cargo install --locked cargo-deny
  }
fi
if [ "$what" = fuzz ]; then
  cargo fuzz --version >/dev/null 2>&1 || {
    echo "installing cargo-fuzz (a minute, once)"
    cargo install --locked cargo-fuzz
  }
fi
