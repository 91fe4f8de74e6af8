// Records as tests make them, through the API.
#ifndef COMITY_TESTS_INTEGRATION_RECORDS_H_
#define COMITY_TESTS_INTEGRATION_RECORDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "tests/integration/suite.h"

namespace comity::integration {

absl::StatusOr<lead::v1::Lead> CreateLead(const std::string& as,
                                          const std::string& family_name = "Lovelace",
                                          const std::string& request_id = NewRequestId());
// An account's name.
std::string CreateAccount(const std::string& as);
// An opportunity's name. Of 1,000 EUR, for an account that the lead service does not look up.
std::string CreateOpportunity(const std::string& as, const std::string& account);
absl::Status RecordFact(const std::string& as, const std::string& subject, fact::v1::FactKind kind);
// `question` without `questions/`.
absl::StatusOr<judgement::v1::Judgement> Judge(const std::string& as, const std::string& subject,
                                               const std::string& question,
                                               const std::string& answer);
absl::StatusOr<judgement::v1::Standing> StandingOf(const std::string& as,
                                                   const std::string& subject,
                                                   const std::string& question);
// The service that owns the subject.
std::string OwnerOf(const std::string& subject);

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_RECORDS_H_
