// Check 26: what reads bytes from outside, each as a function that any bytes may be given to. It
// aborts where a promise of the reader does not hold; sanitizers say the rest.
#ifndef COMITY_TESTS_FUZZ_TARGETS_H_
#define COMITY_TESTS_FUZZ_TARGETS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace comity::fuzz {

struct Target {
  const char* name;  // also that of its folder in corpus/
  void (*run)(absl::string_view bytes);
  // What it is worth trying beside the files of the corpus, such as serialised messages.
  std::vector<std::string> (*seeds)();
};

const std::vector<Target>& Targets();
// The target of that name; ends the process where there is none.
const Target& TargetNamed(absl::string_view name);

// Ends the process with `what`, so that a fuzzer keeps the input.
void Check(bool holds, const char* what);

void FuzzToken(absl::string_view bytes);
std::vector<std::string> TokenSeeds();
void FuzzPageToken(absl::string_view bytes);
void FuzzWorkload(absl::string_view bytes);
void FuzzTrace(absl::string_view bytes);

void FuzzFilter(absl::string_view bytes);
void FuzzOrderBy(absl::string_view bytes);
void FuzzName(absl::string_view bytes);

void FuzzCsv(absl::string_view bytes);
void FuzzTable(absl::string_view bytes);
void FuzzDate(absl::string_view bytes);
void FuzzMap(absl::string_view bytes);
std::vector<std::string> MapSeeds();

void FuzzJournalEntry(absl::string_view bytes);
std::vector<std::string> JournalEntrySeeds();
void FuzzRequest(absl::string_view bytes);
std::vector<std::string> RequestSeeds();
void FuzzJsonRequest(absl::string_view bytes);
std::vector<std::string> JsonRequestSeeds();

}  // namespace comity::fuzz

#endif  // COMITY_TESTS_FUZZ_TARGETS_H_
