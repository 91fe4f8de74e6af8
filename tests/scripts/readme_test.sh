#!/usr/bin/env bash
# The README's first session: each of its commands runs, on a suite with the demonstration company.
set -euo pipefail
# No look for leaks: a short program may end while gRPC's threads still hold a TLS session.
export ASAN_OPTIONS=detect_leaks=0
ROOT=${COMITY_SOURCE_DIR:?}
export COMITY_BIN_DIR=${COMITY_BINARY_DIR:?}/bin
WORK=$(mktemp -d)
DATA=$WORK/suite
BASE=$(( 10000 + RANDOM % 90 * 100 ))  # below the ports that the system hands out
trap '"$ROOT/scripts/run" --data "$DATA" --stop >/dev/null 2>&1 || true; rm -rf "$WORK"' EXIT

# Lines that begin with `$ ` inside of ```console blocks.
mapfile -t commands < <(awk '/^```/ {inside = ($0 == "```console"); next} inside && /^\$ / {print substr($0, 3)}' \
  "$ROOT/README.md")
(( ${#commands[@]} >= 8 )) || { echo "the README has only ${#commands[@]} commands" >&2; exit 1; }

for command in "${commands[@]}"; do
  case $command in
    scripts/run*) command="$ROOT/$command --data $DATA --base-port $BASE" ;;
    'export COMITY_PROFILE'*) command="export COMITY_PROFILE=$DATA/profile.json PATH=$COMITY_BIN_DIR:$PATH" ;;
  esac
  printf -- '-- %s\n' "$command"
  eval "$command" >"$WORK/out" 2>&1 || { echo "FAILED: $command" >&2; cat "$WORK/out" >&2; exit 1; }
  last=$(<"$WORK/out")
done
[[ $last == *Contacts* && $last == *Numbers* ]] || { echo "the customer view is incomplete" >&2; exit 1; }
