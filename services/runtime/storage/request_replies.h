// The stored answers to mutating requests (table request_replies).
#ifndef COMITY_RUNTIME_STORAGE_REQUEST_REPLIES_H_
#define COMITY_RUNTIME_STORAGE_REQUEST_REPLIES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "services/runtime/storage/session.h"

namespace comity::storage {

// What a reply is kept under, and the digest of the request that it answers.
struct ReplyKey {
  std::string actor;   // person, or workload where there is none
  std::string method;  // `package.Service/Method`
  std::string id;      // 16 bytes
  std::string digest;  // SHA-256 of the request and the acting department
};

// Whether a reply is stored, which is then read into `reply`. INVALID_ARGUMENT REQUEST_ID_REUSED
// when it answers another request; FAILED_PRECONDITION REQUEST_VOIDED when it was voided.
absl::StatusOr<bool> FindReply(Session& session, const ReplyKey& key,
                               google::protobuf::Message* reply);
// One reply and where it belongs.
struct KeyedReply {
  const ReplyKey* key;
  const google::protobuf::Message* reply;
};
// ALREADY_EXISTS DUPLICATE_KEY when one is stored.
absl::Status InsertReplies(Session& session, const std::vector<KeyedReply>& replies,
                           absl::Time now);
absl::Status InsertReply(Session& session, const ReplyKey& key,
                         const google::protobuf::Message& reply, absl::Time now);
// Voids a request that was not answered: it never will be, see FindReply. True: it was voided, now
// or before; false: it was answered, and `bytes` is its reply. To be called in a transaction.
absl::StatusOr<bool> VoidReply(Session& session, const ReplyKey& key, absl::Time now,
                               std::string* bytes);
// How long replies are kept.
constexpr absl::Duration kReplyLifetime = absl::Hours(30 * 24);
// Deletes at most `limit` replies older than `before`, the oldest first; returns how many. Call it
// until it returns less than `limit`, a transaction each.
absl::StatusOr<int> PurgeReplies(Session& session, absl::Time before, int limit);

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_REQUEST_REPLIES_H_
