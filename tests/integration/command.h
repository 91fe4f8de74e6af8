// The command line `comity` itself, as a person or script runs it.
#ifndef COMITY_TESTS_INTEGRATION_COMMAND_H_
#define COMITY_TESTS_INTEGRATION_COMMAND_H_

#include <string>

#include "google/protobuf/message.h"

namespace comity::integration {

struct Outcome {
  int code = 0;  // what it exits with
  std::string output;
  std::string errors;
};

// The value of an environment variable, or `otherwise`.
std::string Environment(const char* name, const std::string& otherwise);
// The shell words that run `comity ARGUMENTS` with the suite's profile, or another one.
std::string ComityCommand(const std::string& arguments, const std::string& profile = "");

// Runs a shell command to its end.
Outcome RunShell(const std::string& command);
// Runs `comity ARGUMENTS`, quoted for a shell, with the suite's profile or another one.
Outcome TryComity(const std::string& arguments, const std::string& profile = "");
// The same where it must succeed: what it prints. The test fails when it fails.
std::string Comity(const std::string& arguments);
// Reads the API's JSON. The test fails where it is none.
void ReadJson(const std::string& json, google::protobuf::Message* message);
// What `comity ARGUMENTS -o json` prints, read back.
template <typename Message>
Message ComityJson(const std::string& arguments) {
  Message message;
  ReadJson(Comity(arguments + " -o json"), &message);
  return message;
}

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_COMMAND_H_
