#!/usr/bin/env bash
# scripts/run with the binaries of this build: up, again, mended, beside another, refused, stopped.
set -euo pipefail
# No look for leaks: a short program may end while gRPC's threads still hold a TLS session.
export ASAN_OPTIONS=detect_leaks=0
ROOT=${COMITY_SOURCE_DIR:?}
BIN=${COMITY_BINARY_DIR:?}/bin
# shellcheck source=tests/scripts/ports.sh
source "$ROOT/tests/scripts/ports.sh"
WORK=$(mktemp -d)
DATA=$WORK/suite
export COMITY_BIN_DIR=$BIN
BASE=$(free_base_port 13000 17000 2)

fail() { printf 'FAILED: %s\n' "$*" >&2; sed 's/^/    /' "$WORK/out" >&2; exit 1; }
run() { timeout 200 "$ROOT/scripts/run" --data "$DATA" "$@" >"$WORK/out" 2>&1; }
expect() { printf -- '-- %s\n' "$1"; shift; "$@" || fail "$*"; }
refused() { local words=$1; shift; ! "$@" || return 1; grep -q -- "$words" "$WORK/out"; }
not() { ! "$@"; }
pid_of() { cut -d' ' -f1 "$DATA/run/$1.pid"; }
nothing_runs() {
  local command
  for command in /proc/[0-9]*/cmdline; do
    # In the shell itself: a grep would find its own command line.
    { [[ $(tr '\0' ' ' <"$command") != *"$DATA/"* ]] || return 1; } 2>/dev/null
  done
}
comity() { COMITY_PROFILE=$DATA/profile.json "$BIN/comity" "$@"; }
stop_all() {
  local folder
  for folder in "$WORK"/*/; do
    "$ROOT/scripts/run" --data "${folder%/}" --stop >/dev/null 2>&1 || true
  done
  rm -rf "$WORK"
}
trap stop_all EXIT

keys_are_private() {
  ! find "$DATA" -maxdepth 0 -perm /077 | grep . &&
    ! find "$DATA"/{pki,secrets,keys,profile.json} -perm /077 | grep .
}
each_steward_has_a_key() {
  local stewards key
  stewards=$(grep -c ROLE_STEWARD "$ROOT/config/directory.yaml")
  key=$(comity keys show --as sam@sales -o json | sed -n 's/.*"publicKey": "\(.*\)".*/\1/p')
  (( $(grep -c 'public_key: ' "$DATA/charter.yaml") == stewards )) &&
    grep -qF "{person: persons/sam, department: departments/sales, public_key: \"$key\"}" "$DATA/charter.yaml"
}
lead_identity() { openssl x509 -in "$DATA/pki/lead.crt" -noout -ext subjectAltName | tail -1 | tr -d ' '; }
create_lead() {
  comity call comity.lead.v1.LeadService/CreateLead \
    '{"lead": {"given_name": "Ada", "family_name": "Test"}, "request_id": "0190a0a0-0000-7000-8000-000000000001"}' \
    >"$WORK/lead.json" 2>"$WORK/out"
}
read_lead() {
  local name
  name=$(grep -o 'leads/[0-9a-f-]*' "$WORK/lead.json" | head -1)
  comity call comity.lead.v1.LeadService/GetLead "{\"name\": \"$name\"}" 2>"$WORK/out" | grep -q Ada
}
one_lead() { (( $(comity lead list --all -o name 2>"$WORK/out" | wc -l) == 1 )); }

# in_foreground WORDS OPTIONS…: starts it as a terminal does, in a process group of its own that
# Ctrl-C reaches as a whole, and waits until it says WORDS. Sets $foreground.
in_foreground() {
  local words=$1
  shift
  : >"$WORK/foreground"
  set -m
  "$ROOT/scripts/run" --data "$DATA" --no-demo "$@" >"$WORK/foreground" 2>&1 &
  foreground=$!
  set +m
  for _ in {1..1800}; do
    ! grep -q -- "$words" "$WORK/foreground" || break
    kill -0 "$foreground" 2>/dev/null || break
    sleep 0.1
  done
  cp "$WORK/foreground" "$WORK/out"
  grep -q -- "$words" "$WORK/foreground"
}
ends_with() { local code=0; wait "$foreground" || code=$?; cp "$WORK/foreground" "$WORK/out"; (( code == $1 )); }

expect 'up from nothing' run --detach --no-demo --base-port "$BASE"
expect 'says where' grep -q "127.0.0.1:$(( BASE + 1 ))" "$WORK/out"
expect 'nobody else may read keys and data' keys_are_private
expect 'each steward has a key, which the charter knows' each_steward_has_a_key
expect 'no agreement of a story without the demonstration' not grep -q demonstration-lead "$DATA/charter.yaml"
expect 'one identity a certificate' \
  test "$(lead_identity)" = URI:spiffe://comity.local/service/lead,DNS:localhost,IPAddress:127.0.0.1
expect 'a lead can be created' create_lead
expect 'a detached start again is content' run --detach --no-demo
expect 'a foreground start is refused' refused 'running already' run --no-demo
expect 'other ports are refused' refused 'stop it first' run --detach --base-port $(( BASE + 100 ))

DATA=$WORK/other expect 'a port in use is named' \
  refused "port $(( BASE + 1 )) (grpc of lead) is in use" run --detach --base-port "$BASE"

DATA=$WORK/beside expect 'a second suite stands beside it' \
  run --detach --no-demo --base-port $(( BASE + 100 ))
DATA=$WORK/beside expect 'and knows nothing of its data' not read_lead
expect 'which the first still has' read_lead
DATA=$WORK/beside expect 'the second stops alone' run --stop
DATA=$WORK/beside expect 'and leaves nothing' nothing_runs
expect 'the first goes on' one_lead

kill -KILL "$(pid_of mariadb)" "$(pid_of support)"
expect 'what was killed starts again' run --detach --no-demo
expect 'the lead is still there' read_lead
expect 'stops' run --stop
expect 'nothing is left' nothing_runs
expect 'stopping again is content' run --stop

mkdir "$WORK/broken"
ln -s "$BIN"/comity* "$WORK/broken"
rm "$WORK/broken/comity-support"
cat >"$WORK/broken/comity-support" <<'SH'
#!/bin/sh
case " $* " in *' --migrate '*) exit 0 ;; esac
echo 'no reason to live' >&2
exit 3
SH
chmod +x "$WORK/broken/comity-support"
COMITY_BIN_DIR=$WORK/broken expect 'a service that dies is named, with its words' \
  refused 'no reason to live' run --detach --no-demo --base-port "$BASE"
expect 'a failed start leaves nothing' nothing_runs

expect 'it can be interrupted while it starts' in_foreground 'waiting for' --base-port "$BASE"
kill -INT -- "-$foreground"
expect 'and says so' ends_with 130
expect 'and leaves nothing' nothing_runs

for signal in INT TERM; do
  expect 'the foreground is up' in_foreground 'following the logs' --base-port "$BASE"
  expect 'a second start finds the data' one_lead
  expect 'as it was' read_lead
  # Ctrl-C reaches all of a terminal's processes, `kill` one of them.
  if [[ $signal == INT ]]; then kill -INT -- "-$foreground"; else kill -TERM "$foreground"; fi
  expect "$signal ends it well" ends_with 0
  expect 'and takes everything along' nothing_runs
done

DATA=$ROOT expect 'a folder of something else is left alone' refused 'other things' run --detach
expect 'an unknown option is refused' refused 'unknown option' run --bogus
