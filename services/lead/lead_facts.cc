#include "services/lead/lead_facts.h"

#include "comity/lead/v1/lead.pb.h"
#include "services/lead/lead_rules.h"
#include "services/lead/lead_store.h"
#include "services/lead/opportunity_rules.h"
#include "services/lead/opportunity_store.h"
#include "services/lead/promise_rules.h"
#include "services/runtime/status/macros.h"

namespace comity::lead {
namespace {

using google::protobuf::Message;

template <typename R>
std::unique_ptr<Message> MakeEmpty() {
  return std::make_unique<R>();
}

}  // namespace

const fact::SubjectFacts& LeadFacts() {
  static const auto* const facts = new fact::SubjectFacts{
      .resource = &LeadResource(),
      .kinds = {fact::v1::FACT_KIND_CALL, fact::v1::FACT_KIND_MEETING, fact::v1::FACT_KIND_MAIL,
                fact::v1::FACT_KIND_NOTE, fact::v1::FACT_KIND_TASK, fact::v1::FACT_KIND_TOUCH,
                fact::v1::FACT_KIND_OWNER_CHANGED, fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER},
      .make = MakeEmpty<v1::Lead>,
      .derive = [](const std::vector<fact::v1::Fact>& standing, Message* record) {
        DeriveLead(standing, static_cast<v1::Lead*>(record));
        return absl::OkStatus();
      }};
  return *facts;
}

const fact::SubjectFacts& OpportunityFacts() {
  static const auto* const facts = new fact::SubjectFacts{
      .resource = &OpportunityResource(),
      .kinds = {fact::v1::FACT_KIND_CALL, fact::v1::FACT_KIND_MEETING, fact::v1::FACT_KIND_MAIL,
                fact::v1::FACT_KIND_NOTE, fact::v1::FACT_KIND_TASK, fact::v1::FACT_KIND_CREATED,
                fact::v1::FACT_KIND_ENGAGED, fact::v1::FACT_KIND_AMOUNT_CHANGED,
                fact::v1::FACT_KIND_CLOSE_DATE_CHANGED, fact::v1::FACT_KIND_OWNER_CHANGED,
                fact::v1::FACT_KIND_SIGNED, fact::v1::FACT_KIND_DECLINED,
                fact::v1::FACT_KIND_PROMISED, fact::v1::FACT_KIND_PROMISE_KEPT,
                fact::v1::FACT_KIND_PROMISE_BROKEN, fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER},
      .make = MakeEmpty<v1::Opportunity>,
      .complete =
          [](const Message& record, const std::vector<fact::v1::Fact>& before,
             fact::v1::Fact* fact) {
            const auto& opportunity = static_cast<const v1::Opportunity&>(record);
            CompleteOpportunityFact(opportunity, before, fact);
            CompletePromise(opportunity, before, fact);
          },
      .check = [](const Message& record, const std::vector<fact::v1::Fact>& before,
                  const fact::v1::Fact& fact) -> absl::Status {
        const auto& opportunity = static_cast<const v1::Opportunity&>(record);
        COMITY_RETURN_IF_ERROR(CheckOpportunityFact(opportunity, before, fact));
        return CheckPromise(opportunity, before, fact);
      },
      .derive =
          [](const std::vector<fact::v1::Fact>& standing, Message* record) {
            DeriveOpportunity(standing, static_cast<v1::Opportunity*>(record));
            return absl::OkStatus();
          }};
  return *facts;
}

std::vector<fact::SubjectFacts> Subjects() { return {LeadFacts(), OpportunityFacts()}; }

std::vector<workflow::Withdrawable> Withdrawables() {
  return {workflow::WithdrawableOf<v1::Opportunity>(OpportunityResource())};
}

}  // namespace comity::lead
