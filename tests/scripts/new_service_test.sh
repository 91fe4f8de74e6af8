#!/usr/bin/env bash
# scripts/new-service in a copy of the sources: what it makes passes the checks, builds, passes its
# own tests, and answers calls beside the other services.
set -euo pipefail
ROOT=${COMITY_SOURCE_DIR:?}
# shellcheck source=tests/scripts/ports.sh
source "$ROOT/tests/scripts/ports.sh"
WORK=$(mktemp -d)
COPY=$WORK/comity
DATA=$WORK/suite
BASE=$(free_base_port 17000 20000)
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
trap '"$COPY/scripts/run" --data "$DATA" --stop || true; rm -rf "$WORK"' EXIT

mkdir "$COPY"
tar -C "$ROOT" --exclude=./build --exclude=./.git --exclude=./node_modules --exclude=./.comity -cf - . |
  tar -C "$COPY" -xf -
cd "$COPY"

refused() { ! scripts/new-service "$@" 2>/dev/null || fail "new-service $* was not refused"; }
refused lead
refused Visit
refused case
refused 'visit;ls'
refused product  # a message of lead
scripts/new-service visit
refused visit

scripts/check-rooms
scripts/format --check
if command -v npm >/dev/null; then scripts/check-protos; fi

# The release with tests; the objects of the unchanged sources come from ccache.
cmake --preset release -DCOMITY_TESTS=ON >/dev/null
mapfile -t binaries < <(sed 's/^/comity-/' scripts/lib/services.txt)
cmake --build --preset release --target comity visit_rules_test visit_service_test "${binaries[@]}"
ctest --test-dir build/release --output-on-failure --no-tests=error -R '^visit_'

COMITY_BIN_DIR=$COPY/build/release/bin scripts/run --detach --no-demo --data "$DATA" --base-port "$BASE"
export COMITY_PROFILE=$DATA/profile.json
call() { build/release/bin/comity call "comity.visit.v1.VisitService/$1" "$2"; }
created=$(call CreateVisit '{"visit": {"display_name": " First "},
  "request_id": "0190a0a0-0000-7000-8000-000000000001"}')
name=$(grep -o 'visits/[0-9a-f-]*' <<<"$created" | head -1)
call GetVisit "{\"name\": \"$name\"}" | grep -q '"First"' || fail "$name cannot be read"
call ListVisits '{}' | grep -q "$name" || fail "$name is not listed"
! call CreateVisit '{"visit": {"display_name": "  "}}' || fail 'blanks were taken for a name'
echo "called $name"
