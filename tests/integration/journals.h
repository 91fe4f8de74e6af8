// The journals of the suite's services, whole.
#ifndef COMITY_TESTS_INTEGRATION_JOURNALS_H_
#define COMITY_TESTS_INTEGRATION_JOURNALS_H_

#include <map>
#include <string>
#include <vector>

#include "comity/journal/v1/journal.pb.h"

namespace comity::integration {

using Journal = std::vector<journal::v1::PositionedEntry>;

// Reads what has come to a service's journal since `journal` was read, from its first entry on; as
// management, which may read all of them. The test fails where it cannot be read.
void ReadOn(const std::string& service, Journal* journal);
// Those of all five, by service.
using Journals = std::map<std::string, Journal>;
void ReadOn(Journals* journals);
// How many entries each holds, by service.
std::map<std::string, int64_t> JournalSizes();

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_JOURNALS_H_
