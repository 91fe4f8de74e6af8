# shellcheck shell=bash
# A private MariaDB: its own data folder and socket, no network port, no option file of the machine.
# Never touches the machine's own instance, and needs none.
PATH=$PATH:/usr/sbin  # where mariadbd is; not in a normal user's path

# as_self: mariadbd refuses to run as root unless told so by name.
as_self() { (( EUID != 0 )) || say --user=root; }

# database_start OPTIONS…: makes the data folder on first use; returns when the server answers.
database_start() {
  local socket=$DATA/mariadb.sock options
  # A Unix socket's path has room for 107 bytes.
  (( ${#socket} <= 107 )) || fail "the data folder's path is too long for a socket: $DATA"
  mapfile -t options < <(as_self)
  # Its own folder for temporary files: each server that starts removes those of all others there.
  mkdir -p "$DATA/tmp"
  [[ -d $DATA/mariadb ]] || make_data_folder
  start_process mariadb mariadbd --no-defaults "${options[@]}" \
    --datadir="$DATA/mariadb" --tmpdir="$DATA/tmp" --socket="$socket" \
    --pid-file="$DATA/run/mariadbd.pid" --skip-networking --skip-name-resolve \
    --local-infile=0 --performance-schema=off \
    --character-set-server=utf8mb4 --collation-server=utf8mb4_bin \
    --innodb-log-file-size=64M --innodb-buffer-pool-size=256M --max-connections=400 \
    --max-prepared-stmt-count=65536 "$@"  # five services keep up to 100 on each connection
  # After a kill it first replays its log; hence the patience.
  wait_for "MariaDB to answer" 120 database_answers && return 0
  last_words mariadb >&2
  return 1
}

# In a folder beside it first: a start that is interrupted here leaves no half a database.
make_data_folder() {
  local options
  mapfile -t options < <(as_self)
  say "making a database folder in $DATA/mariadb"
  rm -rf "$DATA/mariadb.new"
  # Only this machine's user who runs the suite becomes the administrator, by the socket.
  # --force: also on a machine whose own name does not resolve.
  mariadb-install-db --no-defaults "${options[@]}" --force --skip-test-db \
    --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" \
    --datadir="$DATA/mariadb.new" --tmpdir="$DATA/tmp" --innodb-log-file-size=8M \
    >"$DATA/log/mariadb-install.log" 2>&1 ||
    { last_words mariadb-install >&2; fail "mariadb-install-db failed"; }
  mv "$DATA/mariadb.new" "$DATA/mariadb"
}

# database_sql: runs the statements on standard input as the administrator.
database_sql() {
  mariadb --no-defaults --socket="$DATA/mariadb.sock" --user="$(id -un)" --batch \
    --skip-column-names
}

database_answers() {
  alive mariadb || return 2
  database_sql <<<'DO 1' 2>/dev/null
}
