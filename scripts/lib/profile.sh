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

# Five commands that show what Comity is about.
print_examples() {
  local comity=$BIN/comity profile=''
  [[ $comity != "$ROOT"/* ]] || comity=${comity#"$ROOT"/}
  [[ $DATA == "$ROOT/.comity" ]] || profile="export COMITY_PROFILE=$DATA/profile.json"
  say
  say "Try, in another terminal:"
  [[ -z $profile ]] || say "  $profile"
  say "  $comity lead list --lens sales"
  say "  $comity standing leads/… --question lead-quality"
  say "  $comity customer accounts/…"
  say "  $comity report win-rate --by owner --lens all"
  say "  $comity watch lead"
  say
}
