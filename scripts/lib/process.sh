# shellcheck shell=bash
# Processes of one suite, known by $DATA/run/NAME.pid: "PID STARTTIME", so that a number which the
# machine has given to another process since then is never mistaken for ours.

# start_process NAME COMMAND…: in a session of its own, so that Ctrl-C reaches the script alone.
start_process() {
  local name=$1 log=$DATA/log/$1.log traps signal=
  shift
  [[ ! -s $log ]] || mv "$log" "$log.1"
  # A signal between the start and its note would leave a process that nobody knows: it is put off.
  # And start_time must not run in a subshell, which Ctrl-C would end.
  traps=$(trap -p INT TERM HUP)
  trap 'signal=INT' INT
  trap 'signal=TERM' TERM
  trap 'signal=HUP' HUP
  # 9 is the lock of scripts/run: a server that inherits it would hold it for its whole life.
  setsid "$@" >"$log" 2>&1 </dev/null 9>&- &
  { printf '%s ' $!; start_time $!; } >"$DATA/run/$name.pid"
  trap - INT TERM HUP
  eval "$traps"
  [[ -z $signal ]] || kill -s "$signal" $$
}

# start_time PID: in clock ticks since boot; empty for what has ended, zombies included.
start_time() {
  local stat fields
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} == Z ]] || say "${fields[19]}"
}

# pid_of NAME: fails when the process is not alive.
pid_of() {
  local pid began
  { read -r pid began <"$DATA/run/$1.pid"; } 2>/dev/null || return 1
  [[ -n $began && $(start_time "$pid") == "$began" ]] && say "$pid"
}

alive() { pid_of "$1" >/dev/null; }
ended() { ! alive "$1"; }

# stop_processes SECONDS NAME…: asks all of them to end, waits for each, then kills. Fails when one
# cannot be killed, after it has seen to the others.
stop_processes() {
  local limit=$1 name pid left=()
  shift
  for name in "$@"; do
    if pid=$(pid_of "$name"); then kill -TERM "$pid" 2>/dev/null || true; fi
  done
  for name in "$@"; do
    if pid=$(pid_of "$name") && ! wait_for "$name to end" "$limit" ended "$name"; then
      say "$name does not end by itself: killing process $pid"
      kill -KILL "$pid" 2>/dev/null || true
      wait_for "$name to be gone" 10 ended "$name" || left+=("$name")
    fi
    alive "$name" || rm -f "$DATA/run/$name.pid"
  done
  ((${#left[@]} == 0)) || { say "cannot be killed: ${left[*]}" >&2; return 1; }
}

# last_words NAME: why it ended, as far as its log knows.
last_words() {
  say "the last lines of $DATA/log/$1.log:"
  tail -n 15 "$DATA/log/$1.log" | sed 's/^/    /'
}
