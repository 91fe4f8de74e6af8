# shellcheck shell=bash
# The services of a suite: their ports, their users, how they start and when they are ready.
# services.txt names them; the line is the offset of the ports, so new ones go to its end.
mapfile -t SERVICES <"$ROOT/scripts/lib/services.txt"

# port KIND NAME: mTLS on base+1.., probe on base+21.., metrics on base+41.., the gateway's HTTP/JSON
# door on base+80.
port() {
  local index
  [[ $1 != http ]] || { say $(( BASE_PORT + 80 )); return; }
  for index in "${!SERVICES[@]}"; do
    [[ ${SERVICES[index]} == "$2" ]] || continue
    case $1 in
      grpc) say $(( BASE_PORT + index + 1 )) ;;
      probe) say $(( BASE_PORT + index + 21 )) ;;
      metrics) say $(( BASE_PORT + index + 41 )) ;;
    esac
  done
}

# check_ports NAME…: gRPC shares a port that is taken already (SO_REUSEPORT) instead of failing, and
# calls would reach either suite.
check_ports() {
  local name kind number
  for name in "$@"; do
    for kind in grpc probe metrics http; do
      [[ $kind != http || $name == gateway ]] || continue
      number=$(port $kind "$name")
      if (exec 3<>"/dev/tcp/127.0.0.1/$number") 2>/dev/null; then
        fail "port $number ($kind of $name) is in use by another program, or by a suite whose data folder was removed; try --base-port $(( BASE_PORT + 100 ))"
      fi
    done
  done
}

# prepare_service NAME: database, users, migrations, rights.
prepare_service() {
  local name=$1 tables
  make_secret "${name}_migrate.password" 24
  make_secret "${name}_run.password" 24
  users_sql "$name" "$(<"$DATA/secrets/${name}_migrate.password")" \
    "$(<"$DATA/secrets/${name}_run.password")" | database_sql
  "$BIN/comity-$name" --migrate --db_socket="$DATA/mariadb.sock" --db_name="comity_$name" \
    --db_user="comity_${name}_migrate" \
    --db_password_file="$DATA/secrets/${name}_migrate.password" >"$DATA/log/$name-migrate.log" 2>&1 ||
    { last_words "$name-migrate" >&2; fail "comity_$name could not be migrated"; }
  mapfile -t tables < <(database_sql <<<"SHOW TABLES IN comity_$name")
  grants_sql "$name" "${tables[@]}" | database_sql
}

# start_service NAME
start_service() {
  local name=$1 peers options=()
  # For tests alone: shorter than a service may be behind, somebody is served by old words.
  [[ -z ${COMITY_CHARTER_NOTICE:-} ]] || options+=(--charter_notice="$COMITY_CHARTER_NOTICE")
  peers=$(for peer in "${SERVICES[@]}"; do say "$peer=127.0.0.1:$(port grpc "$peer")"; done)
  if [[ $name == gateway ]]; then
    options+=(--http_listen="127.0.0.1:$(port http gateway)"
              --bootstrap_directory="$ROOT/config/directory.yaml"
              --assertion_key="$DATA/secrets/gateway_assertion.key")
  fi
  start_process "$name" env MALLOC_ARENA_MAX=4 "$BIN/comity-$name" \
    --listen="127.0.0.1:$(port grpc "$name")" --probe_listen="127.0.0.1:$(port probe "$name")" \
    --metrics_listen="127.0.0.1:$(port metrics "$name")" --peers="${peers//$'\n'/,}" \
    --db_socket="$DATA/mariadb.sock" --db_name="comity_$name" --db_user="comity_${name}_run" \
    --db_password_file="$DATA/secrets/${name}_run.password" \
    --tls_cert="$DATA/pki/$name.crt" --tls_key="$DATA/pki/$name.key" --tls_ca="$DATA/pki/ca.crt" \
    --token_issuers="$DATA/token_issuers.json" --page_token_key="$DATA/secrets/page_token.key" \
    --charter="$DATA/charter.yaml" --workers="${COMITY_WORKERS:-16}" --reflection "${options[@]}"
}

# service_ready NAME: gRPC health on the probe port says SERVING. An empty HealthCheckRequest is a
# frame of five zero bytes; the answer's frame is 08 01 when SERVING. 2: it is dead.
service_ready() {
  alive "$1" || return 2
  [[ $(printf '\0\0\0\0\0' | curl --silent --noproxy "*" --max-time 2 --http2-prior-knowledge \
    -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @- \
    "http://127.0.0.1:$(port probe "$1")/grpc.health.v1.Health/Check" | od -An -tx1 | tr -d ' \n') \
    == 00000000020801 ]]
}
