#!/usr/bin/env bash
# The two users of a service on a real MariaDB: what each may do, and what neither may.
set -euo pipefail
umask 077
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
DATA=$(mktemp -d)
for piece in say process database grants; do
  # shellcheck source=/dev/null
  source "$ROOT/scripts/lib/$piece.sh"
done
mkdir "$DATA"/{log,run}
trap 'stop_processes 30 mariadb; rm -rf "$DATA"' EXIT
database_start --innodb-log-file-size=8M --innodb-buffer-pool-size=32M

# as USER SQL: on the database comity_lead.
as() {
  MYSQL_PWD=$1-password mariadb --no-defaults --socket="$DATA/mariadb.sock" \
    --user="comity_lead_$1" comity_lead -e "$2" >/dev/null 2>"$DATA/error"
}
may() { as "$@" || fail "$1 may not: $2: $(<"$DATA/error")"; say "ok: $1 may: $2"; }
may_not() {
  ! as "$@" || fail "$1 may: $2"
  grep -q 'denied' "$DATA/error" || fail "$1: $2: $(<"$DATA/error")"
  say "ok: $1 may not: $2"
}

say 'CREATE DATABASE comityxlead' | database_sql
users_sql lead migrate-password run-password | database_sql
for table in journal_entries journal_positions journal_pending journal_head journal_checkpoints \
  schema_migrations judgements leads request_replies department_stewards opportunity_facts \
  opportunity_judgements opportunity_versions named_versions case_versions case_events charters charter_revisions \
  dispute_versions open_disputes charter_effects charter_sightings charter_delegate_uses charter_revocations \
  contact_opportunities; do
  may migrate "CREATE TABLE $table (id INT PRIMARY KEY, note INT)"
done
may migrate 'CREATE TABLE facts (id INT PRIMARY KEY, superseded_by INT, body INT)'
may migrate 'CREATE TABLE credit_statements (id INT PRIMARY KEY, version INT, state INT,
  opportunity INT, standing_opportunity INT, source_position INT, due_time INT, body INT, detail INT,
  progress INT)'
mapfile -t tables < <(database_sql <<<'SHOW TABLES IN comity_lead')
grants_sql lead "${tables[@]}" | database_sql
grants_sql lead "${tables[@]}" | database_sql  # every start does it again

for table in journal_entries journal_positions journal_checkpoints judgements charters charter_revisions charter_effects \
  charter_sightings charter_delegate_uses charter_revocations contact_opportunities; do
  may run "INSERT INTO $table VALUES (1, 1); SELECT * FROM $table"
  may_not run "UPDATE $table SET note = 2"
  may_not run "DELETE FROM $table"
  may_not run "REPLACE INTO $table VALUES (1, 2)"
done
may run 'INSERT INTO journal_pending VALUES (1, 1); DELETE FROM journal_pending'
may_not run 'UPDATE journal_pending SET note = 2'
may run 'INSERT INTO journal_head VALUES (1, 1); UPDATE journal_head SET note = 2'
may_not run 'DELETE FROM journal_head'
may run 'INSERT INTO facts VALUES (1, NULL, 1); UPDATE facts SET superseded_by = 2 WHERE id = 1'
may_not run 'UPDATE facts SET body = 2'
may_not run 'DELETE FROM facts'
may run 'INSERT INTO credit_statements (id) VALUES (1)'
for column in version state standing_opportunity due_time progress; do
  may run "UPDATE credit_statements SET $column = 2 WHERE id = 1"
done
for column in id opportunity source_position body detail; do
  may_not run "UPDATE credit_statements SET $column = 2"
done
may_not run 'DELETE FROM credit_statements'
may_not run 'REPLACE INTO credit_statements (id) VALUES (1)'
may run 'SELECT * FROM schema_migrations'
may_not run 'INSERT INTO schema_migrations VALUES (1, 1)'
may run 'INSERT INTO leads VALUES (1, 1); UPDATE leads SET note = 2'
may_not run 'DELETE FROM leads'
may_not run 'REPLACE INTO leads VALUES (1, 3)'
may run 'INSERT INTO request_replies VALUES (1, 1); DELETE FROM request_replies'
may_not run 'UPDATE request_replies SET note = 2'
for table in department_stewards opportunity_facts opportunity_judgements opportunity_versions \
  named_versions case_versions case_events dispute_versions open_disputes; do
  may run "INSERT INTO $table VALUES (1, 1) ON DUPLICATE KEY UPDATE note = 1; DELETE FROM $table"
done
for statement in 'CREATE TABLE more (id INT)' 'DROP TABLE leads' 'TRUNCATE journal_entries' \
  'ALTER TABLE leads ADD more INT' 'CREATE TABLE comity_account.leads (id INT)'; do
  may_not run "$statement"
done
# In a GRANT on a database, _ would stand for any character.
may_not migrate 'CREATE TABLE comityxlead.leads (id INT)'
may_not migrate 'GRANT SELECT ON comity_lead.* TO comity_lead_run@localhost'
