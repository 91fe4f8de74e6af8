#!/usr/bin/env bash
# The README's first session and its story: each of their commands runs, on a suite with the demonstration company,
# and prints what stands below it there; but times, ids and numbers, which differ each day.
set -euo pipefail
# No look for leaks: a short program may end while gRPC's threads still hold a TLS session.
export ASAN_OPTIONS=detect_leaks=0
ROOT=${COMITY_SOURCE_DIR:?}
export COMITY_BIN_DIR=${COMITY_BINARY_DIR:?}/bin
# shellcheck source=tests/scripts/ports.sh
source "$ROOT/tests/scripts/ports.sh"
WORK=$(mktemp -d)
DATA=$WORK/suite
BASE=$(free_base_port 10000 13000)
trap '"$ROOT/scripts/run" --data "$DATA" --stop >/dev/null 2>&1 || true; rm -rf "$WORK"' EXIT

fail() { printf 'FAILED: %s\n' "$*" >&2; cat "$WORK/out" >&2; exit 1; }

# Within ```console blocks, lines that begin with `$ ` are commands; what follows is their output.
# The story's output shows commands itself, to the end of its block.
commands=() outputs=()
while IFS= read -r line; do
  if [[ $line == '$ '* ]]; then
    commands+=("${line:2}")
    outputs+=('')
  else
    outputs[-1]+=$line$'\n'
  fi
done < <(awk '
  /^```/ {inside = ($0 == "```console"); story = 0; next}
  inside {print (story ? " " : "") $0}
  $0 == "$ comity demo play" {story = inside}' "$ROOT/README.md")

# essence: what is the same on each day and machine.
essence() {
  sed -E -e 's/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/ID/g' \
    -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2})?/TIME/g' -e 's/[█▉▊▋▌▍▎▏]//g' \
    -e 's/[0-9][0-9,.]*/N/g' -e 's/ +/ /g' -e 's/^ //; s/ $//'
}

# essential COMMAND: of its output, the lines that do not depend on what the generator invented.
essential() {
  case $1 in
    'comity lead list'*) grep -E '^NAME|Lovelace' || true ;;
    'comity report'*) sed -E 's/ N .*$//' ;;
    'comity customer'*) grep -oE '^(FIELD|Contacts|Relationships|Opportunities|Cases|Judgements|Numbers)' ;;
    *) cat ;;
  esac
}

# compare COMMAND OUTPUT: every essential line of OUTPUT is printed, and Lovelace stands in both or in
# neither.
compare() {
  local line
  essence <"$WORK/out" | essential "$1" >"$WORK/printed"
  while IFS= read -r line; do
    [[ -n $line && $line != *…* ]] || continue
    grep -qxF -- "$line" "$WORK/printed" || fail "$1 does not print: $line"
    (( ++compared ))
  done < <(essence <<<"$2" | essential "$1")
  [[ -z $2 ]] || [[ $(grep -c Lovelace <<<"$2") == $(grep -c Lovelace "$WORK/out") ]] ||
    fail "$1: the README and the program differ about Lovelace"
}

compared=0
for index in "${!commands[@]}"; do
  command=${commands[index]}
  run=$command
  case $command in
    scripts/run*) run="$ROOT/$command --data $DATA --base-port $BASE" ;;
    'export COMITY_PROFILE'*) run="export COMITY_PROFILE=$DATA/profile.json PATH=$COMITY_BIN_DIR:$PATH" ;;
  esac
  printf -- '-- %s\n' "$command"
  eval "$run" >"$WORK/out" 2>&1 || fail "$command"
  compare "$command" "${outputs[index]}"
done
(( ${#commands[@]} >= 12 )) || fail "the README has only ${#commands[@]} commands"
(( compared >= 25 )) || fail "only $compared lines were compared"
printf '%s commands, %s lines as the README says\n' "${#commands[@]}" "$compared"
