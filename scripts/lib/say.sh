# shellcheck shell=bash
# How the scripts talk: one line for what happens, one reason when it cannot.

say() { printf '%s\n' "$*"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# wait_for WHAT SECONDS COMMAND…: says what it waits for, and how long that took.
# Returns 1 after SECONDS, and 2 at once when COMMAND answers 2: waiting longer is in vain.
wait_for() {
  local what=$1 limit=$2 began=${EPOCHREALTIME//[!0-9]/} result
  shift 2
  printf 'waiting for %s … ' "$what"
  while true; do
    result=0
    "$@" || result=$?
    case $result in
      0) printf '%s\n' "$(seconds_since "$began")"; return 0 ;;
      2) printf 'it has ended\n'; return 2 ;;
    esac
    if (( ${EPOCHREALTIME//[!0-9]/} - began > limit * 1000000 )); then
      printf 'not within %s s\n' "$limit"
      return 1
    fi
    sleep 0.1
  done
}

# seconds_since MICROSECONDS: e.g. 0.4 s
seconds_since() {
  local tenths=$(( (${EPOCHREALTIME//[!0-9]/} - $1) / 100000 ))
  printf '%d.%d s' $(( tenths / 10 )) $(( tenths % 10 ))
}
