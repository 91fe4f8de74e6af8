// The SQL of any resource: one function a statement, made from its columns.
#ifndef COMITY_RUNTIME_RESOURCE_RECORD_STORE_H_
#define COMITY_RUNTIME_RESOURCE_RECORD_STORE_H_

#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/runtime/resource/resource.h"
#include "services/runtime/storage/transact.h"

namespace comity::resource {

// Where a stored record stands.
struct RecordState {
  int64_t version = 0;   // journal entries about it
  int64_t revision = 0;  // edits of the record
};

inline constexpr RecordState kNew{1, 1};

// Fills `record` (name, etag, times and all) from the row of `name`; NOT_FOUND without one.
absl::StatusOr<RecordState> GetRecord(storage::Reader& reader, const Resource& resource,
                                      const std::string& name, google::protobuf::Message* record);
// The same with FOR UPDATE: further changes of the subject wait until this transaction ends.
absl::StatusOr<RecordState> LockRecord(storage::Transaction& tx, const Resource& resource,
                                       const std::string& name, google::protobuf::Message* record);
// Inserts row and working-list rows (listed for every department). ALREADY_EXISTS reason
// EXTERNAL_ID_TAKEN (metadata `name` of the holder) or RESOURCE_EXISTS.
absl::Status InsertRecord(storage::Transaction& tx, const Call& call, const Resource& resource,
                          const google::protobuf::Message& record);
// Makes a new record what GetRecord will say of it once it is inserted.
absl::Status AsStored(const Resource& resource, google::protobuf::Message* record);
// FAILED_PRECONDITION reason RECORD_WITHDRAWN where the workflow that made the record has withdrawn
// it.
absl::Status CheckStands(const google::protobuf::Message& record);
// Sets what an edit changes of itself: update time and etag. `after`: the state that it leads to.
void MarkEdited(const Call& call, const Resource& resource, const RecordState& after,
                google::protobuf::Message* record);
// A record as it is stored, or will be.
struct RecordAt {
  RecordState state;
  const google::protobuf::Message& record;
};
// Writes the record, edited and marked so, where the version of `stored` still holds (else rerun);
// keeps the working list's sort keys in step. Where the revision stays, the record is as it is
// stored, and only the version grows.
absl::Status UpdateRecord(storage::Transaction& tx, const Call& call, const Resource& resource,
                          const RecordAt& stored, const RecordAt& after);
// Puts the subject on or takes it off a department's working list.
absl::Status SetListed(storage::Transaction& tx, const Resource& resource, const std::string& name,
                       const std::string& department, bool listed);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_RECORD_STORE_H_
