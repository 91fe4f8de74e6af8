# shellcheck shell=bash
# The suite's local certificate authority and its certificates (EC P-256), in $DATA/pki. For one
# machine: in production cert-manager or SPIRE issues the same names.

readonly TRUST_DOMAIN=comity.local

# make_authority: NAME.crt and NAME.key, made once; everything private is 0600 by umask.
make_authority() {
  local ca=$DATA/pki/ca
  [[ ! -s $ca.crt || ! -s $ca.key ]] || return 0
  new_key "$ca.key"
  openssl req -x509 -new -key "$ca.key" -out "$ca.crt" -days 3650 -subj '/CN=Comity local CA' \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign'
}

# make_certificate FILE PATH USAGE [SAN…]: for the identity spiffe://TRUST_DOMAIN/PATH, its only URI.
# Made again when it ends within a month or another authority signed it.
make_certificate() {
  local file=$DATA/pki/$1 uri=URI:spiffe://$TRUST_DOMAIN/$2 usage=$3 names
  shift 3
  ! certificate_is_good "$file" || return 0
  names=$(IFS=,; say "$uri${*:+,$*}")
  new_key "$file.key"
  openssl req -new -key "$file.key" -subj "/CN=${file##*/}" |
    openssl x509 -req -CA "$DATA/pki/ca.crt" -CAkey "$DATA/pki/ca.key" -days 397 \
      -set_serial "0x$(openssl rand -hex 16)" -out "$file.crt" -extfile <(
        say "basicConstraints=critical,CA:FALSE"
        say "keyUsage=critical,digitalSignature"
        say "extendedKeyUsage=$usage"
        say "subjectAltName=$names") 2>/dev/null
}

certificate_is_good() {
  [[ -s $1.key ]] && openssl x509 -in "$1.crt" -noout -checkend 2592000 >/dev/null 2>&1 &&
    openssl verify -CAfile "$DATA/pki/ca.crt" "$1.crt" >/dev/null 2>&1
}

# new_key FILE: an EC P-256 private key as PKCS#8.
new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

# make_issuer: the development token issuer. The client signs short tokens with the private key; in
# production the key set of an OIDC provider takes its place. Beside it stands the gateway, which
# asserts on whose behalf its workflows act.
make_issuer() {
  local issuer=$DATA/secrets/issuer.key gateway=$DATA/secrets/gateway_assertion.key
  [[ -s $issuer ]] || new_key "$issuer"
  [[ -s $gateway ]] || new_key "$gateway"
  cat >"$DATA/token_issuers.json" <<JSON
{"issuers": [{"iss": "$ISSUER", "aud": "$AUDIENCE", "keys": [
  {"kid": "$ISSUER_KEY_ID", "alg": "ES256", "public_key_pem": "$(public_key "$issuer")"}]},
 {"iss": "https://gateway.comity.local", "aud": "$AUDIENCE", "workload": "service/gateway", "keys": [
  {"kid": "gateway-1", "alg": "ES256", "public_key_pem": "$(public_key "$gateway")"}]}]}
JSON
}

# public_key FILE: of that private key, PEM on one line for JSON.
public_key() { openssl pkey -in "$1" -pubout | awk '{printf "%s\\n", $0}'; }
readonly ISSUER=https://dev.comity.local AUDIENCE=comity ISSUER_KEY_ID=dev-1

# make_secret FILE BYTES: random, in hex, made once.
make_secret() { [[ -s $DATA/secrets/$1 ]] || openssl rand -hex "$2" >"$DATA/secrets/$1"; }
