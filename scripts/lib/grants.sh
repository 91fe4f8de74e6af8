# shellcheck shell=bash
# One database and two users per service: comity_NAME_migrate changes the schema, comity_NAME_run
# works in it and cannot rewrite the journal. MariaDB's rights only add up, so the running user
# gets none on the database and just these on each table: DELETE only where the program deletes.

# table_rights TABLE: what the running user may do.
table_rights() {
  case $1 in
    schema_migrations) say 'SELECT' ;;
    journal_pending) say 'SELECT, INSERT, DELETE' ;;
    journal_head) say 'SELECT, INSERT, UPDATE' ;;
    journal_*) say 'SELECT, INSERT' ;;  # entries, positions and whatever will seal them
    # Nothing leaves the record: a correction only notes on the older fact which one replaces it.
    facts) say 'SELECT, INSERT, UPDATE (superseded_by)' ;;
    judgements | charters | charter_revisions | charter_effects | charter_sightings | charter_delegate_uses | charter_revocations | contact_opportunities)
      say 'SELECT, INSERT' ;;
    # As they were drawn; only what becomes of them changes.
    credit_statements)
      say 'SELECT, INSERT, UPDATE (version, state, standing_opportunity, due_time, progress)' ;;
    request_replies) say 'SELECT, INSERT, DELETE' ;;  # kept for thirty days
    # What follows from other rows, and is made anew from them.
    department_stewards | opportunity_facts | opportunity_judgements | opportunity_versions | \
      named_versions | case_versions | case_events | dispute_versions | directory_records | \
      awaited_judgements | open_disputes)
      say 'SELECT, INSERT, UPDATE, DELETE' ;;
    *) say 'SELECT, INSERT, UPDATE' ;;
  esac
}

# users_sql NAME MIGRATE_PASSWORD RUN_PASSWORD
users_sql() {
  cat <<SQL
CREATE DATABASE IF NOT EXISTS comity_$1 CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE USER IF NOT EXISTS comity_$1_migrate@localhost;
ALTER USER comity_$1_migrate@localhost IDENTIFIED BY '$2';
-- The backslash: _ stands for any character in a database's name here.
GRANT CREATE, ALTER, DROP, INDEX, SELECT, INSERT, UPDATE, DELETE
  ON \`comity\\_$1\`.* TO comity_$1_migrate@localhost;
CREATE USER IF NOT EXISTS comity_$1_run@localhost;
ALTER USER comity_$1_run@localhost IDENTIFIED BY '$3';
SQL
}

# grants_sql NAME TABLE…: to be run after each migration.
grants_sql() {
  local name=$1 table
  shift
  say "REVOKE ALL PRIVILEGES, GRANT OPTION FROM comity_${name}_run@localhost;"
  for table in "$@"; do
    say "GRANT $(table_rights "$table") ON comity_$name.\`$table\` TO comity_${name}_run@localhost;"
  done
}
