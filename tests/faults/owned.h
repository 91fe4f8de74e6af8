// What the people of a team work on, and moves of it from one to the other.
#ifndef COMITY_TESTS_FAULTS_OWNED_H_
#define COMITY_TESTS_FAULTS_OWNED_H_

#include <string>

namespace comity::integration {

struct Team {
  const char* department;
  const char* steward;  // `sam@sales`
  const char* one;      // persons of it
  const char* other;
};
// Sales works on leads, opportunities and accounts; support on cases. Its second person is hired at
// first use.
const Team& SalesTeam();
const Team& SupportTeam();

// `count` of each kind of record that the team works on, for its first person.
void MakeOwned(const Team& team, int count);
// Moves what the one works on to the other: the workflow.
std::string MoveOwner(const Team& team, const std::string& from, const std::string& to);
// How many records of those kinds the person works on.
int OwnedBy(const Team& team, const std::string& person);

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_OWNED_H_
