#include "services/reporting/freshness.h"

#include <algorithm>

#include "google/protobuf/util/time_util.h"

namespace comity::reporting {
namespace {

using google::protobuf::util::TimeUtil;

// Its place in the basis, which is in order of names; added where nothing of it is in.
v1::SourcePosition* Find(const std::string& service, v1::ReportBasis* basis) {
  auto* sources = basis->mutable_sources();
  const auto place = std::lower_bound(
      sources->begin(), sources->end(), service,
      [](const v1::SourcePosition& a, const std::string& b) { return a.service() < b; });
  const auto index = static_cast<int>(place - sources->begin());
  if (place != sources->end() && place->service() == service) return sources->Mutable(index);
  basis->add_sources()->set_service(service);
  std::rotate(sources->pointer_begin() + index, sources->pointer_end() - 1, sources->pointer_end());
  return sources->Mutable(index);
}

int64_t TimeOf(const v1::SourcePosition& source) {
  return source.has_complete_time() ? TimeUtil::TimestampToMicroseconds(source.complete_time())
                                    : kNever;
}

}  // namespace

void FillFreshness(const std::vector<SourceProgress>& progress, v1::ReportBasis* basis) {
  for (const SourceProgress& each : progress) {
    v1::SourcePosition* source = Find(each.source, basis);
    if (source->position() >= each.complete_position && each.complete_time > TimeOf(*source)) {
      *source->mutable_complete_time() = TimeUtil::MicrosecondsToTimestamp(each.complete_time);
    }
  }
  basis->clear_fresh_time();
  const auto oldest =
      std::min_element(basis->sources().begin(), basis->sources().end(),
                       [](const auto& a, const auto& b) { return TimeOf(a) < TimeOf(b); });
  if (oldest == basis->sources().end() || !oldest->has_complete_time()) return;
  *basis->mutable_fresh_time() = oldest->complete_time();
}

}  // namespace comity::reporting
