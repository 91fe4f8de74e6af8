#include "services/gateway/credit/credit_teams.h"

#include "comity/gateway/v1/directory.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway::credit {
namespace {

// Nobody's record is changed as often; what comes later is not looked at.
constexpr int kMostChanges = 1'000;

absl::StatusOr<TeamHistory> ReadTeamsOf(storage::Reader& reader, const std::string& person) {
  COMITY_ASSIGN_OR_RETURN(const auto stored, journal::ReadHistory(reader, person, 0, kMostChanges));
  google::protobuf::RepeatedPtrField<journal::v1::PositionedEntry> entries;
  COMITY_RETURN_IF_ERROR(journal::AddEntries(stored, &entries));
  TeamHistory history;
  for (const auto& positioned : entries) {
    const journal::v1::Entry& entry = positioned.entry();
    v1::Person state;
    if (!entry.payload().UnpackTo(&state)) continue;
    history.push_back({resource::ToTime(entry.record_time()), state.team()});
  }
  return history;
}

}  // namespace

std::string TeamAt(const TeamHistory& history, absl::Time time) {
  if (history.empty()) return "";
  std::string team = history.front().team;
  for (const TeamSince& entry : history) {
    if (entry.since <= time) team = entry.team;
  }
  return team;
}

absl::StatusOr<std::map<std::string, TeamHistory>> ReadTeams(storage::Reader& reader,
                                                             const lead::v1::TouchSet& set) {
  std::map<std::string, TeamHistory> histories;
  for (const lead::v1::Touch& touch : set.touches()) {
    const std::string& person = touch.actor().person();
    if (person.empty() || histories.contains(person)) continue;
    COMITY_ASSIGN_OR_RETURN(histories[person], ReadTeamsOf(reader, person));
  }
  return histories;
}

}  // namespace comity::gateway::credit
