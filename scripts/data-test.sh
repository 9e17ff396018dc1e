#!/usr/bin/env bash
# Imports whole real data sets, a second time too, and replays the journal over them.
#   scripts/data-test.sh BINARY FOLDER
set -euo pipefail

binary="${1:?usage: scripts/data-test.sh BINARY FOLDER}"
sets="${2:?usage: scripts/data-test.sh BINARY FOLDER}"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

ran=0
one() { # name, file, mapping
  if [ ! -f "$sets/$2" ]; then
    echo "$1: skipped, there is no $sets/$2 (set GONGZHI_TEST_DATA)"
    return
  fi
  echo "== $1"
  "$binary" import requests "$sets/$2" --mapping "$3" --data "$work/$1" --rejected "$work/$1.rejected.tsv"
  echo "-- once more: nothing may be imported twice"
  "$binary" import requests "$sets/$2" --mapping "$3" --data "$work/$1" --rejected "$work/$1.rejected.tsv"
  echo "-- check"
  "$binary" check --data "$work/$1"
  ran=$((ran + 1))
}

one boston requests-311/boston-2015.csv.gz boston-311
one messages messages-zh/replied.tsv.gz messages-zh

# Whole budgets, decided as the reference and the cities themselves decided them.
if [ -d "$sets/pabulib" ]; then
  echo "== ballots"
  GONGZHI_TEST_DATA="$(cd "$sets" && pwd)" cargo test --release --locked --quiet -p gongzhi-ballot --test shared_data -- \
    --ignored --nocapture
  ran=$((ran + 1))
else
  echo "ballots: skipped, there is no $sets/pabulib (set GONGZHI_TEST_DATA)"
fi

# Whole conversations, mapped as the production system mapped them, and at least as well as the reference engine.
if [ -d "$sets/polis" ] && [ -d "$sets/polis-reference" ]; then
  echo "== opinions"
  GONGZHI_TEST_DATA="$(cd "$sets" && pwd)" cargo test --release --locked --quiet -p gongzhi-opinion \
    --test parity --test quality -- --ignored --nocapture
  ran=$((ran + 1))
else
  echo "opinions: skipped, there is no $sets/polis and $sets/polis-reference (set GONGZHI_TEST_DATA)"
fi

echo "data sets: $ran passed, 0 failed"
