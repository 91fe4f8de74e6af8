#include "services/lead/campaign_rules.h"

#include <tuple>

#include "services/runtime/status/errors.h"

namespace comity::lead {
namespace {

std::tuple<int, int, int> DayOf(const google::type::Date& date) {
  return {date.year(), date.month(), date.day()};
}

}  // namespace

absl::Status CheckCampaign(const v1::Campaign* /*before*/, v1::Campaign* campaign) {
  if (campaign->has_start_date() && campaign->has_end_date() &&
      DayOf(campaign->end_date()) < DayOf(campaign->start_date())) {
    return InvalidField("ENDS_BEFORE_START", "campaign.end_date", "is not before the first day");
  }
  if (campaign->budget().units() < 0 || campaign->budget().nanos() < 0) {
    return InvalidField("BUDGET_NEGATIVE", "campaign.budget", "is zero or more");
  }
  return absl::OkStatus();
}

}  // namespace comity::lead
