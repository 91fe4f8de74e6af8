// What reporting says, against a computation from the journals that shares none of its code.
#ifndef COMITY_TESTS_INTEGRATION_REPORT_CHECK_H_
#define COMITY_TESTS_INTEGRATION_REPORT_CHECK_H_

#include <string>

#include "tests/integration/journals.h"

namespace comity::integration {

// Waits until reporting has taken in all that the journals of the others hold now.
bool AwaitReportingCaughtUp();

// Win rate, by owner and in total, and pipeline by stage, through several lenses, are what the lead
// service's journal gives.
void ExpectReportsFollowFrom(const Journal& lead);

// All that the reports say, as text, but for how fresh they are and their as-of position.
std::string NumbersNow();

// Rebuilds reporting as its operator does: no number changes by it.
void ExpectRebuildChangesNothing();

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_REPORT_CHECK_H_
