// Child processes of tests.
#ifndef COMITY_RUNTIME_TESTLIB_PROCESS_H_
#define COMITY_RUNTIME_TESTLIB_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace comity::testlib {

// Says why on stderr and ends the process: a test without its surroundings proves nothing.
[[noreturn]] void Fail(absl::string_view why);
// Starts a program (found in the path, /usr/sbin included) in a session of its own; its output goes
// to the file `output`, its input comes from the descriptor `input`, or is empty.
pid_t Spawn(const std::vector<std::string>& command, const std::string& output, int input = -1);
// Waits for its end; the exit code, or -1 when a signal ended it.
int Wait(pid_t pid);
std::string ReadAll(const std::string& path);

}  // namespace comity::testlib

#endif  // COMITY_RUNTIME_TESTLIB_PROCESS_H_
