# shellcheck shell=bash
# The starting charter of a data folder, and the keys with which its stewards sign changes of it.
# For one machine: in production each steward makes his own by `comity keys new`, and only the public
# parts ever meet.

# make_charter: once. It is kept with the data: a newer release's starting charter does not change what
# words mean here. Whoever has data from before there were keys goes on without.
make_charter() {
  local charter=$DATA/charter.yaml
  [[ ! -e $charter ]] || return 0
  mkdir -p "$DATA/keys"
  {
    starting_charter
    charter_keys "$ROOT/config/directory.yaml" "$DATA/keys"
  } >"$charter.part"
  mv "$charter.part" "$charter"
}

# starting_charter: what stands in config; where the demonstration company is to be loaded, with the
# agreements of its story behind the others.
starting_charter() {
  local demonstration=$ROOT/config/demonstration.yaml
  [[ ${WITH_DEMO:-no} == yes ]] || demonstration=/dev/null
  awk '
    FILENAME == ARGV[1] { if (inside) more = more $0 "\n"; if (/^handovers:/) inside = 1; next }
    open && /^[^ ]/ { printf "%s", more; open = 0 }
    /^handovers:/ { open = 1 }
    { print }
    END { if (open) printf "%s", more }' "$demonstration" "$ROOT/config/charter.yaml"
}

# charter_keys DIRECTORY FOLDER: the section `keys` of a charter, with a key in FOLDER/PERSON.pem for
# each steward whom the directory names.
charter_keys() {
  local all person department file key
  all=$(stewards "$1")
  # A department without a key could never sign, nor ever be given one.
  [[ -n $all ]] || fail "$1 names no steward in a line {department: …, roles: [… ROLE_STEWARD …]}"
  printf '\n# With which stewards sign.\nkeys:\n'
  while read -r person department; do
    file=$2/${person#persons/}.pem
    [[ -s $file ]] || openssl genpkey -algorithm ED25519 -out "$file"
    key=$(raw_public_key "$file")
    [[ ${#key} == 44 ]] || fail "$file holds no Ed25519 key"
    printf '  - {person: %s, department: %s, public_key: "%s"}\n' "$person" "$department" "$key"
  done <<<"$all"
}

# stewards DIRECTORY: a line `persons/… departments/…` for each.
stewards() {
  awk '
    $1 == "-" && $2 == "name:" { person = $3 }
    {
      rest = $0
      while (match(rest, /[{]department: [^,]+, roles: \[[^]]*\][}]/)) {
        membership = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        if (membership !~ /ROLE_STEWARD/) continue
        sub(/^[{]department: /, "", membership)
        sub(/,.*/, "", membership)
        print person, membership
      }
    }' "$1"
}

# raw_public_key FILE: the 32 bytes of an Ed25519 key's public part, in base64.
raw_public_key() { openssl pkey -in "$1" -pubout -outform DER | tail -c 32 | base64; }
