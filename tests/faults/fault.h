// What goes wrong in the kill matrix: who is the victim, at which point.
#ifndef COMITY_TESTS_FAULTS_FAULT_H_
#define COMITY_TESTS_FAULTS_FAULT_H_

#include <string>
#include <vector>

namespace comity::integration {

// A call that the gateway makes for a step, and what surrounds it.
struct Place {
  std::string service;  // the target
  std::string method;
  std::string before;  // failpoints of the gateway: `create-contact/before-call`
  std::string after;   // the call was answered, and that is not recorded
  std::string record;  // what followed from the answer is recorded
};

struct Fault {
  const char* name;
  void (*arm)(const Place& place);      // before the workflow comes there
  void (*happens)(const Place& place);  // waits until it has happened, and mends it
  bool needs_other_target = false;      // where the gateway is the target it is another fault
  bool only_doing = false;              // not for what undoes
  bool is_slow = false;                 // longer than a lease: in the whole matrix
};
const std::vector<Fault>& Faults();

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_FAULT_H_
