# shellcheck shell=bash
# Ports for the suites of these tests: below those that the system hands out, a range for each test,
# and none that another program listens on. Suites of the C++ tests take 20000 to 32000.

# free_base_port FIRST LAST [HUNDREDS]: a base port of which that many hundreds (1) are free.
free_base_port() {
  local base
  while true; do
    base=$(( $1 + RANDOM % (($2 - $1) / 100) * 100 ))
    if ports_are_free "$base" $(( base + 100 * ${3:-1} )); then printf '%s\n' "$base"; return; fi
  done
}

# ports_are_free FIRST END: nothing listens on FIRST to END - 1.
ports_are_free() {
  local port
  for (( port = $1; port < $2; ++port )); do
    ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 1
  done
}
