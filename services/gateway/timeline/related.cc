#include "services/gateway/timeline/related.h"

#include <set>

#include "comity/lead/v1/lead.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/support/v1/case.pb.h"
#include "services/runtime/resource/names.h"

namespace comity::gateway::timeline {
namespace {

std::string NamedBy(const std::string& collection, const google::protobuf::Message& record) {
  if (const auto* opportunity = dynamic_cast<const lead::v1::Opportunity*>(&record)) {
    return collection == "accounts" || collection == "opportunities" ? opportunity->lead() : "";
  }
  if (const auto* lead = dynamic_cast<const lead::v1::Lead*>(&record)) {
    return collection == "leads" ? lead->conversion().opportunity() : "";
  }
  if (const auto* opened = dynamic_cast<const support::v1::Case*>(&record)) {
    return collection == "cases" ? opened->onboarding().opportunity() : "";
  }
  return "";
}

}  // namespace

std::vector<std::string> RelatedTo(const std::string& name, const std::vector<Told>& told) {
  const std::string collection = resource::CollectionOf(name);
  std::set<std::string> names;
  for (const Told& entry : told) {
    const auto record = RecordOf(entry.entry());
    if (record != nullptr) names.insert(NamedBy(collection, *record));
  }
  names.erase("");
  return {names.begin(), names.end()};
}

}  // namespace comity::gateway::timeline
