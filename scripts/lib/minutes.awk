# Passes ctest's output through, and puts the minutes of each part and each label before its summary.
/^[0-9]+% tests passed/ { summary = 1 }
!summary { print; fflush(); next }
{ held = held $0 "\n" }
# e.g. "store     =  12.50 sec*proc (3 tests)"
/^[^ ]+ +=.* sec\*proc/ {
  labels = labels sprintf("%-24s %6.1f min  %s\n", "tests: " $1, $3 / 60, $5 " " $6)
}
END {
  if (!summary) exit
  print "\n== minutes\n" parts
  printf "%s\n%s", labels, held
}
