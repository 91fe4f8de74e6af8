# shellcheck shell=bash
# The profile that the client `comity` reads, and what to try with it.

write_profile() {
  local name addresses=()
  for name in "${SERVICES[@]}"; do
    addresses+=("\"$name\": \"127.0.0.1:$(port grpc "$name")\"")
  done
  cat >"$DATA/profile.json" <<JSON
{
  "addresses": {$(IFS=,; say "${addresses[*]}")},
  "http": "https://127.0.0.1:$(port http gateway)",
  "tls_ca": "$DATA/pki/ca.crt",
  "tls_cert": "$DATA/pki/client.crt",
  "tls_key": "$DATA/pki/client.key",
  "issuer": {"iss": "$ISSUER", "aud": "$AUDIENCE", "kid": "$ISSUER_KEY_ID",
             "private_key": "$DATA/secrets/issuer.key"},
  "as": "ana@sales"
}
JSON
}

print_addresses() {
  local name
  say
  say "Comity is up."
  for name in "${SERVICES[@]}"; do
    printf '  %-10s 127.0.0.1:%s   probe :%s   metrics http://127.0.0.1:%s/metrics\n' "$name" \
      "$(port grpc "$name")" "$(port probe "$name")" "$(port metrics "$name")"
  done
  printf '  %-10s https://127.0.0.1:%s\n' "HTTP/JSON" "$(port http gateway)"
  say "  profile    $DATA/profile.json"
}

# Commands that show what Comity is about, with names that exist where there are any.
print_examples() {
  local comity=$BIN/comity lead account
  [[ $comity != "$ROOT"/* ]] || comity=${comity#"$ROOT"/}
  lead=$(disputed_lead) || true
  account=$(client account list --page-size 1 -o json | grep -o 'accounts/[0-9a-f-]*' | head -1) || true
  say
  say "Try, in another terminal:"
  if [[ $DATA != "$ROOT/.comity" ]]; then say "  export COMITY_PROFILE=$DATA/profile.json"; fi
  say "  $comity lead list --lens sales"
  say "  $comity standing ${lead:-leads/…}"
  say "  $comity customer ${account:-accounts/…}"
  say "  $comity report win-rate --by owner --lens all"
  say "  $comity watch lead"
  if grep -q '^  - name: agreements/demonstration-lead$' "$DATA/charter.yaml"; then
    say "  $comity demo play"
  fi
  say
}

# A lead that marketing calls qualified and sales disqualified.
disputed_lead() {
  comm -12 <(leads_judged marketing qualified) <(leads_judged sales disqualified) | head -n 1
}

leads_judged() {
  client lead list --lens "$1" --show-all --page-size 500 -o json |
    awk -F'"' -v answer="$2" '$2 == "name" {name = $4} $2 == "answer" && $4 == answer {print name}' |
    sort
}

# An example is never a reason to fail.
client() { COMITY_PROFILE=$DATA/profile.json timeout 5 "$BIN/comity" "$@" 2>/dev/null || true; }
