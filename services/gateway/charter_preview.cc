#include "services/gateway/charter_preview.h"

#include <utility>

#include "comity/reporting/v1/report_service.pb.h"
#include "services/gateway/charter_preview_rules.h"
#include "services/gateway/handover/handover_store.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr int kMostNamed = 20;  // handovers of an agreement

absl::StatusOr<type::v1::Charter> DocumentOf(const v1::CharterProposal& proposal) {
  charter::v1::RevisionBody body;
  if (!body.ParseFromString(proposal.body())) return Internal("a proposal's body does not parse");
  return std::move(*body.mutable_document());
}

}  // namespace

absl::StatusOr<reporting::v1::CharterPreview> AskForPreview(StepCaller* caller, const Call& call,
                                                            const v1::CharterProposal& proposal) {
  reporting::v1::GetCharterPreviewRequest request;
  COMITY_ASSIGN_OR_RETURN(*request.mutable_document(), DocumentOf(proposal));
  COMITY_ASSIGN_OR_RETURN(
      const auto reply,
      caller->Call(MakeCall("reporting", "comity.reporting.v1.ReportService/GetCharterPreview",
                            std::move(request), call.deadline),
                   call.actor()));
  return static_cast<const reporting::v1::CharterPreview&>(*reply);
}

absl::StatusOr<std::vector<v1::TouchedHandovers>> FindTouchedHandovers(
    storage::Reader& reader, const charter::Charter& in_force,
    const v1::CharterProposal& proposal) {
  COMITY_ASSIGN_OR_RETURN(const type::v1::Charter proposed, DocumentOf(proposal));
  std::vector<v1::TouchedHandovers> touched;
  for (const ChangedAgreement& changed : ChangedAgreements(in_force.document(), proposed)) {
    COMITY_ASSIGN_OR_RETURN(const OpenHandovers open,
                            FindOpenHandovers(reader, changed.name, kMostNamed));
    v1::TouchedHandovers& one = touched.emplace_back();
    one.set_agreement(changed.name);
    one.set_removed(changed.removed);
    one.set_open_count(open.count);
    one.mutable_examples()->Assign(open.first.begin(), open.first.end());
  }
  return touched;
}

}  // namespace comity::gateway
