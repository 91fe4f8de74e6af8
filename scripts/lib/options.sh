# shellcheck shell=bash
# The command line of scripts/run, and the data folder that it names.
# shellcheck disable=SC2034  # scripts/run reads what is set here
readonly DEFAULT_BASE_PORT=7100

usage() {
  cat <<'TEXT'
usage: scripts/run [--data DIR] [--base-port N] [--no-demo] [--detach]
       scripts/run --stop [--data DIR]

Builds the release, starts a private MariaDB and the five services, and follows their logs until
Ctrl-C, which stops everything. A second start finds the data again.

  --data DIR      where data, keys, logs and the profile are kept (default: .comity)
  --base-port N   ports N+1 to N+80 (default: those it had, else 7100); with --data, two suites
                  stand side by side
  --no-demo       without the demonstration company
  --detach        returns when all are ready; starts only what does not run yet
  --stop          stops the suite of this data folder, whoever started it

COMITY_BIN_DIR=DIR takes the programs from there and builds nothing; COMITY_WORKERS=N gives each
service N threads for calls instead of 16.
TEXT
}

parse_options() {
  DATA=$ROOT/.comity BASE_PORT='' WITH_DEMO=yes MODE=foreground
  while (( $# )); do
    case $1 in
      --data | --base-port) (( $# > 1 )) || fail "$1 wants a value" ;;&
      --data) DATA=$(realpath -m -- "$2"); shift ;;
      --data=*) DATA=$(realpath -m -- "${1#*=}") ;;
      --base-port) BASE_PORT=$2; shift ;;
      --base-port=*) BASE_PORT=${1#*=} ;;
      --no-demo) WITH_DEMO=no ;;
      --detach) set_mode detach ;;
      --stop) set_mode stop ;;
      -h | --help) usage; exit 0 ;;
      *) usage >&2; fail "unknown option $1" ;;
    esac
    shift
  done
  # mariadb-install-db does not quote it, and the profile is JSON.
  [[ $DATA != *[[:space:]\"\\]* ]] ||
    fail "the data folder's name cannot hold spaces, quotes or backslashes: $DATA"
  if [[ -n $BASE_PORT ]]; then
    if [[ ! $BASE_PORT =~ ^[1-9][0-9]{3,4}$ ]] || (( BASE_PORT < 1024 || BASE_PORT > 65455 )); then
      fail "--base-port is a number from 1024 to 65455, not '$BASE_PORT'"
    fi
  fi
}

set_mode() {
  [[ $MODE == foreground || $MODE == "$1" ]] || fail "--$MODE and --$1 do not go together"
  MODE=$1
}

# open_data_folder: ours alone (0700), and never a folder that holds something else.
open_data_folder() {
  local marker=$DATA/comity-suite
  mkdir -p "$DATA" || fail "cannot make the data folder $DATA"
  [[ -e $marker || -z $(ls -A "$DATA") ]] ||
    fail "$DATA holds other things than a Comity suite; name another folder with --data"
  [[ -w $DATA ]] || fail "cannot write in $DATA"
  chmod 700 "$DATA"
  touch "$marker"
  mkdir -p "$DATA"/{log,pki,run,secrets}
}

# choose_base_port: a suite keeps its ports, unless it is started on others.
choose_base_port() {
  local file=$DATA/run/base_port used
  if [[ -s $file ]] && used=$(<"$file"); then
    if any_alive && [[ -n $BASE_PORT && $BASE_PORT != "$used" ]]; then
      fail "the suite of $DATA runs on --base-port $used; stop it first"
    fi
    BASE_PORT=${BASE_PORT:-$used}
  fi
  BASE_PORT=${BASE_PORT:-$DEFAULT_BASE_PORT}
  say "$BASE_PORT" >"$file"
}
