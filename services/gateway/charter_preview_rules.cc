#include "services/gateway/charter_preview_rules.h"

#include <utility>

#include "services/runtime/charter/signed_revision.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway {
namespace {

// The first element of that name; null where there is none.
template <typename List>
const typename List::value_type* FindNamed(const List& list, const std::string& name) {
  for (const auto& element : list) {
    if (element.name() == name) return &element;
  }
  return nullptr;
}

// All that the agreement says, with the hours that its clocks count.
std::string TermsOfAgreement(const type::v1::Charter& charter,
                             const type::v1::HandoverAgreement& agreement) {
  const auto* calendar = FindNamed(charter.calendars(), agreement.calendar());
  return agreement.SerializeAsString() +
         (calendar == nullptr ? std::string() : calendar->SerializeAsString());
}

}  // namespace

std::vector<ChangedAgreement> ChangedAgreements(const type::v1::Charter& before,
                                                const type::v1::Charter& after) {
  std::vector<ChangedAgreement> changed;
  for (const auto& agreement : before.handovers()) {
    const auto* next = FindNamed(after.handovers(), agreement.name());
    if (next == nullptr) {
      changed.push_back({agreement.name(), /*removed=*/true});
    } else if (TermsOfAgreement(before, agreement) != TermsOfAgreement(after, *next)) {
      changed.push_back({agreement.name(), /*removed=*/false});
    }
  }
  return changed;
}

void SetPreview(const v1::PreviewContents& contents, const type::v1::Actor& actor, absl::Time now,
                v1::CharterProposal* proposal) {
  v1::ProposalPreview preview;
  *preview.mutable_actor() = actor;
  *preview.mutable_preview_time() = resource::FromTime(now);
  preview.set_as_of(contents.record().basis().as_of());
  preview.set_digest(charter::DigestOf(contents.SerializeAsString()));
  *preview.mutable_contents() = contents;
  *proposal->mutable_preview() = std::move(preview);
}

PreviewRights PreviewRightsOf(const Principal& principal, const charter::Charter& charter) {
  if (principal.HasRole(type::v1::ROLE_AUDITOR)) return {true, true, true};
  if (!principal.HasRole(type::v1::ROLE_MEMBER) && !principal.HasRole(type::v1::ROLE_STEWARD)) {
    return {};
  }
  const auto may_read = [&](absl::string_view collection) {
    return charter.MayRead(principal.department, collection);
  };
  return {may_read("reports"), may_read("opportunities"), may_read("handovers")};
}

void Withhold(const PreviewRights& rights, v1::ProposalPreview* preview) {
  v1::PreviewContents& contents = *preview->mutable_contents();
  if (!rights.opportunities) {
    contents.mutable_record()->clear_answers();  // reports say nothing of most questions
    preview->add_withheld("opportunities");
  }
  if (!rights.reports) {
    contents.clear_record();
    preview->add_withheld("reports");
  }
  if (!rights.handovers) {
    contents.clear_handovers();
    preview->add_withheld("handovers");
  }
}

void WithholdContents(v1::CharterProposal* proposal) {
  if (proposal->has_preview()) proposal->mutable_preview()->clear_contents();
}

}  // namespace comity::gateway
