# shellcheck shell=bash
# What the foreground shows: the services' logs, merged, and who has ended.

FOLLOWERS=()

# follow_logs: each line under its service's name, from now on.
follow_logs() {
  local name
  for name in "${SERVICES[@]}"; do
    tail -n 0 -F --pid=$$ "$DATA/log/$name.log" 2>/dev/null \
      > >(stdbuf -oL sed -E -f "$ROOT/scripts/lib/log.sed" -e "s/^/$(printf '%-10s' "$name")| /") &
    FOLLOWERS+=($!)
  done
}

unfollow_logs() {
  (( ${#FOLLOWERS[@]} )) || return 0
  sleep 0.3  # for the last lines
  kill "${FOLLOWERS[@]}" 2>/dev/null || true
}

# watch_suite: says once when a process ends, and when it is back; returns when none is left.
watch_suite() {
  local name
  local -A down=()
  while any_alive; do
    for name in mariadb "${SERVICES[@]}"; do
      if alive "$name"; then
        [[ -z ${down[$name]:-} ]] || say "run       | $name is back"
        down[$name]=''
      elif [[ -z ${down[$name]:-} ]]; then
        down[$name]=yes
        say "run       | $name has ended; 'scripts/run --detach --data $DATA' starts it again"
      fi
    done
    sleep 1 &
    wait $! || true
  done
}

any_alive() {
  local name
  for name in mariadb "${SERVICES[@]}"; do
    ! alive "$name" || return 0
  done
  return 1
}
