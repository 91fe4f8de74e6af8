#include "tests/fuzz/targets.h"

#include <cstdio>
#include <cstdlib>

namespace comity::fuzz {
namespace {

std::vector<std::string> NoSeeds() { return {}; }

}  // namespace

const std::vector<Target>& Targets() {
  static const auto* const targets = new std::vector<Target>{
      {"token", FuzzToken, TokenSeeds},
      {"page_token", FuzzPageToken, NoSeeds},
      {"workload", FuzzWorkload, NoSeeds},
      {"trace", FuzzTrace, NoSeeds},
      {"filter", FuzzFilter, NoSeeds},
      {"order_by", FuzzOrderBy, NoSeeds},
      {"name", FuzzName, NoSeeds},
      {"csv", FuzzCsv, NoSeeds},
      {"table", FuzzTable, NoSeeds},
      {"date", FuzzDate, NoSeeds},
      {"map", FuzzMap, MapSeeds},
      {"journal_entry", FuzzJournalEntry, JournalEntrySeeds},
      {"request", FuzzRequest, RequestSeeds},
      {"json_request", FuzzJsonRequest, JsonRequestSeeds},
  };
  return *targets;
}

const Target& TargetNamed(absl::string_view name) {
  for (const Target& target : Targets()) {
    if (name == target.name) return target;
  }
  std::fprintf(stderr, "no fuzz target `%.*s`\n", static_cast<int>(name.size()), name.data());
  std::abort();
}

void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace comity::fuzz
