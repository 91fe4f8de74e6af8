// How often a test that draws at random does so.
#ifndef COMITY_RUNTIME_TESTLIB_ROUNDS_H_
#define COMITY_RUNTIME_TESTLIB_ROUNDS_H_

#include <cstdlib>

#include "absl/strings/numbers.h"
#include "gtest/gtest.h"

namespace comity::testlib {

// `quick` in the default run; `COMITY_ROUNDS` times that in the long one.
inline int Rounds(int quick) {
  int times = 1;
  if (const char* given = std::getenv("COMITY_ROUNDS")) {
    if (!absl::SimpleAtoi(given, &times)) ADD_FAILURE() << "COMITY_ROUNDS is no number: " << given;
  }
  return quick * times;
}

}  // namespace comity::testlib

#endif  // COMITY_RUNTIME_TESTLIB_ROUNDS_H_
