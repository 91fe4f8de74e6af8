// Resource names (AIP-122) and ids.
#ifndef COMITY_RUNTIME_RESOURCE_NAMES_H_
#define COMITY_RUNTIME_RESOURCE_NAMES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace comity::resource {

// A new UUIDv7 as 16 bytes: milliseconds of `now`, a counter that keeps the order of one process's
// ids, and randomness.
std::string NewId(absl::Time now);
// 16 bytes ↔ lower-case canonical text.
std::string IdToText(absl::string_view id);
absl::StatusOr<std::string> IdFromText(absl::string_view text);

// `leads` of `leads/0190…/facts/0190…`; empty if `name` is no name.
std::string CollectionOf(absl::string_view name);
// The subject `leads/0190…` of `leads/0190…/facts/0190…` (or of itself).
std::string SubjectOf(absl::string_view name);
// The 16 bytes of `{collection}/{uuid}`. INVALID_ARGUMENT reason INVALID_NAME.
absl::StatusOr<std::string> IdOf(absl::string_view name, absl::string_view collection);
// `{collection}/{uuid}`.
std::string MakeName(absl::string_view collection, absl::string_view id);
// Whether `name` is well-formed for one of the collections: uuid, or [a-z0-9-]{1,63} for persons,
// departments, teams, questions.
bool IsNameIn(absl::string_view name, absl::string_view collection);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_NAMES_H_
