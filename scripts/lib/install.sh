# shellcheck shell=bash
# Installs the Debian packages that are missing, and only then asks for root.

# missing_packages WHEN…: the packages of packages.txt for these occasions that are not there.
missing_packages() {
  local when package command
  while read -r when package command; do
    [[ " $* " == *" $when "* ]] || continue
    if [[ -n $command ]] && command -v "$command" >/dev/null; then continue; fi
    # (c++ packages have no command; dpkg-query prints "ii " for what is installed)
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] || say "$package"
  done < <(grep -v '^#' "$ROOT/scripts/lib/packages.txt")
}

# install_packages WHEN…
install_packages() {
  local missing as_root=() removed
  mapfile -t missing < <(missing_packages "$@")
  (( ${#missing[@]} )) || return 0
  command -v apt-get >/dev/null || fail "not a Debian machine; install these yourself: ${missing[*]}"
  if (( EUID != 0 )); then
    command -v sudo >/dev/null || fail "no sudo: as root, apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq || fail "apt-get update failed"
  # An install that removes something would break another program, silently with -y.
  removed=$(apt-get install -s --no-install-recommends "${missing[@]}" | sed -n 's/^Remv \([^ ]*\).*/\1/p')
  [[ -z $removed ]] || fail "apt would remove ${removed//$'\n'/, } for ${missing[*]}: install by hand"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get install failed"
}
