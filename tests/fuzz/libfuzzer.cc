// The same targets under libFuzzer: COMITY_FUZZ_TARGET says which. Seeds are written to the folder
// COMITY_FUZZ_SEEDS where that is set; the process then ends.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/fuzz/targets.h"

namespace {

const comity::fuzz::Target& Chosen() {
  const char* name = std::getenv("COMITY_FUZZ_TARGET");
  static const auto* const target = &comity::fuzz::TargetNamed(name == nullptr ? "" : name);
  return *target;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
  const char* folder = std::getenv("COMITY_FUZZ_SEEDS");
  if (folder == nullptr) return 0;
  int number = 0;
  for (const std::string& seed : Chosen().seeds()) {
    std::ofstream(absl::StrCat(folder, "/seed-", number++), std::ios::binary) << seed;
  }
  std::exit(0);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  Chosen().run(absl::string_view(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
