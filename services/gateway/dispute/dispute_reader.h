// Asks the services what a dispute is about, with the caller's own token: what he may not read he
// does not dispute.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_READER_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_READER_H_

#include <string>

#include "absl/status/statusor.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "google/type/money.pb.h"
#include "services/gateway/dispute/call_forwarder.h"
#include "services/gateway/dispute/dispute_object.h"
#include "services/gateway/workflow/step_caller.h"
#include "services/runtime/server/call.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

class DisputeReader {
 public:
  // `caller`: asks by the gateway's own right how long journals are.
  DisputeReader(CallForwarder* forwarder, StepCaller* caller)
      : forwarder_(forwarder), caller_(caller) {}

  // What the request is about, as it is now, with its money. Errors as OpenDispute's.
  absl::StatusOr<DisputeObject> Read(Call& call, const std::string& about,
                                     const std::string& question) const;
  // INVALID_ARGUMENT reason EVIDENCE_UNKNOWN: there is no such service, or no such entry.
  absl::Status CheckEvidence(
      const Call& call,
      const google::protobuf::RepeatedPtrField<v1::DisputeEvidence>& evidence) const;
  // The money in dispute now; NOT_FOUND where it is about none, and the services' errors.
  absl::StatusOr<google::type::Money> ReadMoney(Call& call, const v1::Dispute& dispute) const;
  // By what the department has acted on the outcome; empty: it has not. Errors: the services'.
  absl::StatusOr<std::string> ReadDeed(Call& call, const v1::Dispute& dispute,
                                       const std::string& department) const;

 private:
  absl::StatusOr<judgement::v1::GetStandingResponse> ReadStanding(
      const Call& call, const std::string& subject, const std::string& question) const;
  absl::StatusOr<fact::v1::Fact> ReadFact(const Call& call, const std::string& name) const;
  absl::StatusOr<google::type::Money> ReadAmount(const Call& call,
                                                 const std::string& opportunity) const;
  absl::StatusOr<int64_t> SizeOfJournal(const Call& call, const std::string& service) const;
  absl::Status ReadRemote(const Call& call, DisputeObject* object) const;

  CallForwarder* const forwarder_;
  StepCaller* const caller_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_READER_H_
