#!/usr/bin/env bash
# How the programs were built: position independent, with read-only relocations, stack protector and,
# in the release, fortified library calls. Looks at this build and, where there is one, at the release.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=/dev/null
source "$ROOT/scripts/lib/say.sh"
folders=("${COMITY_BINARY_DIR:-$ROOT/build/debug}/bin" "$ROOT/build/release/bin")

# has FILE WHAT PATTERN COMMAND…
has() {
  local file=$1 what=$2 pattern=$3
  shift 3
  # Read whole: grep -q would end readelf early.
  grep -E "$pattern" >/dev/null < <("$@" "$file") || fail "$file: no $what"
}

checked=0
for folder in "${folders[@]}"; do
  for program in "$folder"/comity-* "$folder"/comity; do
    [[ -x $program ]] || continue
    has "$program" 'position independence' 'Type:[[:space:]]+DYN' readelf --file-header --wide
    has "$program" 'RELRO' 'GNU_RELRO' readelf --program-headers --wide
    has "$program" 'immediate binding' 'BIND_NOW|FLAGS_1.*NOW' readelf --dynamic --wide
    has "$program" 'stack protector' '__stack_chk_fail' readelf --dyn-syms --wide
    has "$program" 'stack that is not executable' 'GNU_STACK.*RW ' readelf --program-headers --wide
    # The sanitizers have checks of their own in the place of these.
    if ! readelf --dyn-syms --wide "$program" | grep __asan_init >/dev/null; then
      has "$program" 'fortified calls' '__(memcpy|snprintf|vsnprintf|fprintf|read|memset)_chk' \
        readelf --dyn-syms --wide
    fi
    checked=$(( checked + 1 ))
    say "ok: $program"
  done
done
(( checked >= 6 )) || fail "found $checked programs in ${folders[*]}"
