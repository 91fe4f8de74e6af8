// What the services hold of a subject, as far as a row is compared with it.
#ifndef COMITY_CLIENT_IMPORT_HELD_H_
#define COMITY_CLIENT_IMPORT_HELD_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "google/protobuf/message.h"
#include "services/client/api/caller.h"

namespace comity::client {

struct Held {
  std::shared_ptr<google::protobuf::Message> record;  // null: it is new
  std::vector<fact::v1::Fact> facts;                  // all of them, in order of recording
  std::vector<judgement::v1::Judgement> judgements;   // of one department, in that order
};

// Reads a subject's facts, or its judgements by a department, all pages.
absl::StatusOr<std::vector<fact::v1::Fact>> ReadFacts(Caller& caller, const Identity& as,
                                                      const std::string& subject);
absl::StatusOr<std::vector<judgement::v1::Judgement>> ReadJudgements(Caller& caller,
                                                                     const Identity& as,
                                                                     const std::string& subject,
                                                                     const std::string& department);

// Records of a collection by their external ids in `source`, by their chosen ids, or by their names
// (`leads/…`), as exports have them. Those that are not there are left out. Where a service refuses
// to look for several at once, each is asked for by itself.
struct FoundRecords {
  std::vector<std::pair<std::string, std::shared_ptr<google::protobuf::Message>>> records;
  std::map<std::string, absl::Status> refused;  // ids that no service looks for, and why
};
absl::StatusOr<FoundRecords> FindRecords(Caller& caller, const Identity& as,
                                         const Collection& collection, const std::string& source,
                                         const std::vector<std::string>& ids);

// Whoever may not read the collection, or finds its service away, is told so before anything long
// begins.
absl::Status CheckReadable(Caller& caller, const Identity& as, const Collection& collection);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_HELD_H_
