#include "services/runtime/storage/request_replies.h"

#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/multi_row.h"

namespace comity::storage {
namespace {

constexpr size_t kDigestBytes = 32;

// No request's digest: SHA-256 of nothing that is known.
const std::string& VoidDigest() {
  static const auto* const digest = new std::string(kDigestBytes, '\0');
  return *digest;
}

}  // namespace

absl::StatusOr<bool> FindReply(Session& session, const ReplyKey& key,
                               google::protobuf::Message* reply) {
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          session.Query("SELECT digest, reply FROM request_replies WHERE actor = ? "
                                        "AND method = ? AND request_id = ?",
                                        {key.actor, key.method, key.id}));
  if (!rows->Next()) return false;
  if (rows->Bytes(0) == VoidDigest()) {
    return PreconditionFailed("REQUEST_VOIDED", key.method,
                              "the workflow that sent it has undone this step: it comes too late");
  }
  if (rows->Bytes(0) != key.digest) {
    return InvalidField("REQUEST_ID_REUSED", "request_id",
                        "this id was used for another request: choose a new one");
  }
  if (!reply->ParseFromString(rows->Bytes(1))) return Internal("a stored reply does not parse");
  return true;
}

absl::Status InsertReplies(Session& session, const std::vector<KeyedReply>& replies,
                           absl::Time now) {
  static const MultiRow* const insert = new MultiRow(
      "INSERT INTO request_replies (actor, method, request_id, digest, reply, "
      "create_time) VALUES ",
      "(?, ?, ?, ?, ?, ?)", "");
  std::vector<Value> rows;
  for (const KeyedReply& entry : replies) {
    const ReplyKey& key = *entry.key;
    rows.insert(rows.end(), {key.actor, key.method, key.id, key.digest,
                             entry.reply->SerializeAsString(), absl::ToUnixMicros(now)});
  }
  return insert->Execute(session, rows).status();
}

absl::Status InsertReply(Session& session, const ReplyKey& key,
                         const google::protobuf::Message& reply, absl::Time now) {
  return InsertReplies(session, {{&key, &reply}}, now);
}

absl::StatusOr<bool> VoidReply(Session& session, const ReplyKey& key, absl::Time now,
                               std::string* bytes) {
  COMITY_RETURN_IF_ERROR(
      session
          .Execute("INSERT IGNORE INTO request_replies (actor, method, request_id, digest, reply, "
                   "create_time) VALUES (?, ?, ?, ?, '', ?)",
                   {key.actor, key.method, key.id, VoidDigest(), absl::ToUnixMicros(now)})
          .status());
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          session.Query("SELECT digest, reply FROM request_replies WHERE actor = ? "
                                        "AND method = ? AND request_id = ? FOR UPDATE",
                                        {key.actor, key.method, key.id}));
  if (!rows->Next()) return ConcurrentChange("the reply was purged meanwhile");
  *bytes = rows->Bytes(1);
  return rows->Bytes(0) == VoidDigest();
}

absl::StatusOr<int> PurgeReplies(Session& session, absl::Time before, int limit) {
  COMITY_ASSIGN_OR_RETURN(const int64_t purged,
                          session.Execute("DELETE FROM request_replies WHERE create_time < ? "
                                          "ORDER BY create_time LIMIT ?",
                                          {absl::ToUnixMicros(before), int64_t{limit}}));
  return static_cast<int>(purged);
}

}  // namespace comity::storage
