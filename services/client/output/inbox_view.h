// What waits for a department, as people read it.
#ifndef COMITY_CLIENT_OUTPUT_INBOX_VIEW_H_
#define COMITY_CLIENT_OUTPUT_INBOX_VIEW_H_

#include <string>

#include "absl/time/time.h"
#include "comity/gateway/v1/inbox.pb.h"

namespace comity::client {

// Whether `department` has to say something to the proposal at `now`: it is touched by it and has
// neither signed nor refused, or it is the arbiter of the charter in force and his term has come.
bool AwaitsWord(const gateway::v1::CharterProposal& proposal, const std::string& department,
                const std::string& arbiter, absl::Time now);
// Whether `department` has to say whether it has anything against the statement.
bool AwaitsWord(const gateway::v1::CreditStatement& statement, const std::string& department);
// Whether others have accepted a late touch that waits for `department` as well.
bool AwaitsAcceptance(const gateway::v1::CreditStatement& statement, const std::string& department);

// What is due first, first; what has no clock, last. Below it, what to do with each kind.
std::string ShowInbox(const gateway::v1::Inbox& inbox, absl::Time now, int width);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_INBOX_VIEW_H_
