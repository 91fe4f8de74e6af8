// One timeline over all services: the histories of a record and of what belongs to it.
#ifndef COMITY_GATEWAY_TIMELINE_TIMELINE_SERVICE_H_
#define COMITY_GATEWAY_TIMELINE_TIMELINE_SERVICE_H_

#include "comity/gateway/v1/timeline_service.grpc.pb.h"
#include "services/gateway/timeline/history_reader.h"
#include "services/runtime/server/unary.h"

namespace comity::gateway {

class TimelineService final : public v1::TimelineService::CallbackService {
 public:
  using Api = v1::TimelineService;
  TimelineService(server::Edge* edge, const timeline::HistoryStubs::ChannelTo& channel_to)
      : edge_(edge), stubs_(channel_to) {}
  COMITY_UNARY(GetTimeline, v1::GetTimelineRequest, v1::Timeline)

 private:
  server::Edge* const edge_;
  const timeline::HistoryStubs stubs_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_TIMELINE_TIMELINE_SERVICE_H_
