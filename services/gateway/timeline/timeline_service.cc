#include "services/gateway/timeline/timeline_service.h"

#include <string>
#include <vector>

#include "services/gateway/timeline/own_histories.h"
#include "services/gateway/timeline/related.h"
#include "services/gateway/timeline/timeline_rules.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

// What is said about the record itself, and not about the state of its service.
bool IsAnswer(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsPermissionDenied(status) ||
         absl::IsUnauthenticated(status) || absl::IsInvalidArgument(status);
}

absl::StatusOr<absl::Time> AsOf(const Call& call, const v1::GetTimelineRequest& request) {
  if (!request.has_as_of()) return absl::InfiniteFuture();
  const absl::Time as_of = resource::ToTime(request.as_of());
  if (as_of <= call.now) return as_of;
  return InvalidField("AS_OF_IN_FUTURE", "as_of", "nobody knows that yet");
}

// The record's own history, then those of what belongs to it, as far as these name it.
absl::Status ReadHistories(const std::string& name, timeline::HistoryReader* reader) {
  reader->Read({name});
  const absl::Status own = reader->OutcomeOf(name);
  if (IsAnswer(own)) return own;
  if (own.ok() && !reader->subjects().contains(name)) return NotFound(name);
  if (resource::CollectionOf(name) == "accounts") reader->Read(reader->ListOfAccount(name));
  reader->Read(timeline::RelatedTo(name, reader->told()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Timeline> TimelineService::GetTimeline(Call& call,
                                                          const v1::GetTimelineRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const absl::Time as_of, AsOf(call, request));
  timeline::Parts parts;
  timeline::HistoryReader reader(stubs_, call, as_of, &parts);
  COMITY_RETURN_IF_ERROR(ReadHistories(request.name(), &reader));
  COMITY_RETURN_IF_ERROR(timeline::ReadOwnHistories(call, request.name(), reader.subjects(), as_of,
                                                    &reader.told(), &parts));
  v1::Timeline timeline =
      timeline::MakeTimeline(reader.told(), call.charter(),
                             {.now = std::min(as_of, call.now),
                              .sees_names = timeline::SeesNames(call.charter(), call.principal),
                              .reader = call.principal.person});
  timeline.set_name(request.name());
  parts.Tell(&timeline);
  return timeline;
}

}  // namespace comity::gateway
