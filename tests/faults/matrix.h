// At which points of a step a process is killed: all of them in the long tests.
#ifndef COMITY_TESTS_FAULTS_MATRIX_H_
#define COMITY_TESTS_FAULTS_MATRIX_H_

namespace comity::integration {

#ifdef COMITY_WHOLE_MATRIX
constexpr const char* kPoints[] = {"before-call", "after-call", "after-record"};
constexpr bool kWhole = true;
#else
constexpr const char* kPoints[] = {"after-call"};  // done, and not recorded
constexpr bool kWhole = false;
#endif

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_MATRIX_H_
