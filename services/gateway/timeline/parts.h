// From which collections a timeline was gathered, and what is missing. Pure.
#ifndef COMITY_GATEWAY_TIMELINE_PARTS_H_
#define COMITY_GATEWAY_TIMELINE_PARTS_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "comity/gateway/v1/timeline.pb.h"

namespace comity::gateway::timeline {

class Parts {
 public:
  // A record of the collection has events.
  void Took(const std::string& collection);
  // It, or a record of it, could not be read. What is refused for good is withheld. Of several, the
  // first is told.
  void Failed(const std::string& collection, const absl::Status& status);
  // It was read, and may be empty.
  void Read(const std::string& collection);
  void HasMore(const std::string& collection);
  // By name.
  void Tell(v1::Timeline* timeline) const;

 private:
  v1::TimelinePart& Of(const std::string& collection);
  std::map<std::string, v1::TimelinePart> parts_;
};

}  // namespace comity::gateway::timeline

#endif  // COMITY_GATEWAY_TIMELINE_PARTS_H_
