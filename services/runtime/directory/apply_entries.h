// The directory after entries of the gateway's journal. Pure.
#ifndef COMITY_RUNTIME_DIRECTORY_APPLY_ENTRIES_H_
#define COMITY_RUNTIME_DIRECTORY_APPLY_ENTRIES_H_

#include <memory>

#include "comity/journal/v1/journal.pb.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/runtime/directory/directory.h"

namespace comity::directory {

using Entries = google::protobuf::RepeatedPtrField<journal::v1::PositionedEntry>;

// Puts one record into `snapshot`: a Department, a Team, or a Person with all memberships. False if
// `payload` is none of them.
bool ApplyRecord(const google::protobuf::Any& payload, Snapshot* snapshot);

// The next snapshot after `batch`; `before` itself when nothing in it concerns the directory. Its
// version is the position after the last entry that does.
std::shared_ptr<const Snapshot> Apply(std::shared_ptr<const Snapshot> before, const Entries& batch);

}  // namespace comity::directory

#endif  // COMITY_RUNTIME_DIRECTORY_APPLY_ENTRIES_H_
