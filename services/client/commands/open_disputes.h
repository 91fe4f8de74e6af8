// What is disputed now, told below records and reports.
#ifndef COMITY_CLIENT_COMMANDS_OPEN_DISPUTES_H_
#define COMITY_CLIENT_COMMANDS_OPEN_DISPUTES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/client/commands/context.h"

namespace comity::client {

// After Connect. For people alone; nothing where nothing is disputed, or one may not read disputes.
// That the gateway is away is said, and is no error: what was asked for has been shown.

// Which of the records of an answer, or whether the record itself, are in dispute.
absl::Status PrintDisputed(Context& context, const google::protobuf::Message& shown);
// How many disputes are open about records of a collection, and about how much money.
absl::Status PrintDisputesAbout(Context& context, absl::string_view collection);

}  // namespace comity::client

#endif  // COMITY_CLIENT_COMMANDS_OPEN_DISPUTES_H_
