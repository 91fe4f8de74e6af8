#include "services/gateway/charter_service.h"

#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/charter_completion.h"
#include "services/gateway/charter_preview.h"
#include "services/gateway/charter_preview_rules.h"
#include "services/gateway/charter_proposal_change.h"
#include "services/gateway/charter_proposal_rules.h"
#include "services/gateway/charter_proposal_store.h"
#include "services/gateway/enact_charter.h"
#include "services/runtime/charter/revision_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/filter.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

constexpr int kMostComments = 200;
constexpr size_t kReadAtOnce = 20;       // proposals, each of up to 1 MiB
constexpr size_t kMostSaid = 256 << 10;  // bytes of them: a proposal is one message

// What every service takes the revision over by, if it has not by the workflow.
journal::v1::Entry EnactedEntry(const StoredProposal& stored) {
  const v1::CharterProposal& proposal = stored.proposal;
  journal::v1::Entry entry = EntryOf(stored, "enacted", /*with_body=*/false);
  *entry.mutable_record() = entry.payload();
  charter::v1::EffectiveRevision effect;
  effect.set_revision(proposal.base_revision() + 1);
  *effect.mutable_signed_revision() = SignedSoFar(proposal);
  *effect.mutable_effective_time() = proposal.effective_time();
  for (const std::string& department : charter::Overruled(
           {proposal.affected().begin(), proposal.affected().end()}, proposal.signatures())) {
    effect.add_over_objection_of(department);
  }
  entry.mutable_payload()->PackFrom(effect);
  return entry;
}

absl::Status CheckAuthors(const Call& call, const v1::CharterProposal& proposal) {
  if (proposal.author().department() == call.principal.department) return absl::OkStatus();
  return PermissionDenied("NOT_OWN_DEPARTMENT",
                          absl::StrCat("it is a proposal of ", proposal.author().department()));
}

void SetArbiterTime(const Call& call, v1::CharterProposal* proposal) {
  const type::v1::Charter& document = call.charter().document();
  proposal->clear_arbiter_time();
  if (document.arbiter().empty()) return;
  *proposal->mutable_arbiter_time() =
      resource::FromTime(call.now + absl::Hours(24) * document.arbiter_term_days());
}

v1::CharterRevision RevisionOf(const charter::Revision& known, int in_force) {
  v1::CharterRevision revision;
  revision.set_revision(known.charter.revision());
  revision.set_provisional(known.charter.provisional());
  revision.set_in_force(known.charter.revision() == in_force);
  if (known.effective != absl::InfinitePast() && known.effective != absl::InfiniteFuture()) {
    *revision.mutable_effective_time() = resource::FromTime(known.effective);
  }
  *revision.mutable_over_objection_of() = {known.over_objection_of.begin(),
                                           known.over_objection_of.end()};
  return revision;
}

// With who has signed it.
absl::StatusOr<v1::CharterRevision> ReadRevision(storage::Reader& reader,
                                                 const charter::Revision& known, int in_force) {
  v1::CharterRevision revision = RevisionOf(known, in_force);
  COMITY_ASSIGN_OR_RETURN(const auto signed_revision,
                          charter::ReadSigned(reader, revision.revision()));
  charter::v1::RevisionBody body;
  if (!signed_revision.has_value() || !body.ParseFromString(signed_revision->body())) {
    return revision;
  }
  *revision.mutable_signatures() = signed_revision->signatures();
  revision.set_proposal(body.proposal());
  return revision;
}

absl::StatusOr<int> StateFilter(const std::string& filter) {
  static const auto* const fields = new std::vector<std::string>{"state"};
  COMITY_ASSIGN_OR_RETURN(const auto alternatives, resource::ParseFilter(filter, *fields));
  if (alternatives.size() != 1 || alternatives.front().size() > 1) {
    return InvalidField("FILTER_TOO_COMPLEX", "filter", "one state");
  }
  if (alternatives.front().empty()) return 0;
  v1::CharterProposalState state;
  const std::string& text = alternatives.front().front().value;
  if (v1::CharterProposalState_Parse(absl::StrCat("CHARTER_PROPOSAL_STATE_", text), &state) &&
      state != v1::CHARTER_PROPOSAL_STATE_STALE) {
    return static_cast<int>(state);
  }
  return InvalidField("FILTER_INVALID", "filter",
                      "a state is OPEN (stale ones are among them), SIGNED, ENACTED or WITHDRAWN");
}

}  // namespace

absl::StatusOr<type::v1::Charter> CharterService::GetCharter(Call& call,
                                                             const v1::GetCharterRequest& request) {
  if (request.revision() == 0) return call.charter().document();
  const charter::Revision* known = call.runtime->charters->Find(request.revision());
  if (known == nullptr) return NotFound(absl::StrCat("charterRevisions/", request.revision()));
  return known->charter.document();
}

absl::StatusOr<v1::ListRevisionsResponse> CharterService::ListRevisions(
    Call& call, const v1::ListRevisionsRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const int size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(const std::string before, resource::ReadPageToken(call, request));
  int next = std::numeric_limits<int>::max();
  if (!before.empty() && !absl::SimpleAtoi(before, &next)) return Internal("a page token is odd");
  v1::ListRevisionsResponse response;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    response.Clear();
    resource::PageRoom room(size);
    const auto known = call.runtime->charters->revisions();
    for (auto revision = known.rbegin(); revision != known.rend(); ++revision) {
      if ((*revision)->charter.revision() >= next) continue;
      COMITY_ASSIGN_OR_RETURN(v1::CharterRevision shown,
                              ReadRevision(reader, **revision, call.charter().revision()));
      if (!room.Take(shown)) {
        const auto& last = response.revisions(response.revisions_size() - 1);
        response.set_next_page_token(
            resource::MakePageToken(call, request, absl::StrCat(last.revision())));
        break;
      }
      *response.add_revisions() = std::move(shown);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::CharterProposal> CharterService::CreateProposal(
    Call& call, const v1::CreateProposalRequest& request) {
  return storage::Transact<v1::CharterProposal>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::CharterProposal> {
        COMITY_ASSIGN_OR_RETURN(const charter::Base base, BaseOf(call));
        StoredProposal stored{{}, 1};
        v1::CharterProposal& proposal = stored.proposal;
        proposal.set_name(resource::MakeName(kCharterProposals, resource::NewId(call.now)));
        proposal.set_state(v1::CHARTER_PROPOSAL_STATE_OPEN);
        proposal.set_title(request.title());
        proposal.set_reason(request.reason());
        *proposal.mutable_author() = call.actor();
        *proposal.mutable_create_time() = resource::FromTime(call.now);
        *proposal.mutable_update_time() = proposal.create_time();
        SetArbiterTime(call, &proposal);
        COMITY_RETURN_IF_ERROR(SetText(base, request.document(), &proposal));
        COMITY_RETURN_IF_ERROR(InsertProposal(tx, proposal));
        tx.Append(EntryOf(stored, "proposed", /*with_body=*/true));
        return Shown(call, stored);
      });
}

absl::StatusOr<v1::CharterProposal> CharterService::AmendProposal(
    Call& call, const v1::AmendProposalRequest& request) {
  return ChangeOpen(call, request, "amended", [&](auto&, StoredProposal* stored) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(const charter::Base base, BaseOf(call));
    v1::CharterProposal& proposal = stored->proposal;
    COMITY_RETURN_IF_ERROR(CheckAuthors(call, proposal));
    const std::string etag = absl::StrCat(stored->version);
    if (!request.etag().empty() && request.etag() != etag) {
      return EtagMismatch(request.name(), etag);
    }
    *proposal.mutable_author() = call.actor();
    if (!request.title().empty()) proposal.set_title(request.title());
    if (!request.reason().empty()) proposal.set_reason(request.reason());
    SetArbiterTime(call, &proposal);
    return SetText(base, request.document(), &proposal);
  });
}

absl::StatusOr<v1::CharterProposal> CharterService::GetProposal(
    Call& call, const v1::GetProposalRequest& request) {
  v1::CharterProposal proposal;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(const StoredProposal stored,
                            gateway::GetProposal(reader, request.name()));
    proposal = Shown(call, stored);
    return absl::OkStatus();
  }));
  return proposal;
}

absl::StatusOr<v1::ListProposalsResponse> CharterService::ListProposals(
    Call& call, const v1::ListProposalsRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const int state, StateFilter(request.filter()));
  COMITY_ASSIGN_OR_RETURN(const int size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(const std::string before, resource::ReadPageToken(call, request));
  v1::ListProposalsResponse response;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    response.Clear();
    resource::PageRoom room(size);
    std::string last = before;
    for (size_t read = kReadAtOnce; read == kReadAtOnce;) {
      COMITY_ASSIGN_OR_RETURN(auto some, gateway::ListProposals(reader, state, last, kReadAtOnce));
      read = some.size();
      for (v1::CharterProposal& proposal : some) {
        proposal.set_state(StateOf(proposal, call.charter().revision()));
        WithholdContents(&proposal);
        if (!room.Take(proposal)) {
          response.set_next_page_token(resource::MakePageToken(call, request, last));
          return absl::OkStatus();
        }
        last = proposal.name();
        *response.add_proposals() = std::move(proposal);
      }
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::CharterProposal> CharterService::PreviewProposal(
    Call& call, const v1::PreviewProposalRequest& request) {
  v1::CharterProposal known;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(StoredProposal stored, gateway::GetProposal(reader, request.name()));
    known = std::move(stored.proposal);
    return absl::OkStatus();
  }));
  v1::PreviewContents contents;
  // What went wrong is told below, where a request that was answered before gets its answer.
  absl::Status asked = CheckOpen(known, call.charter().revision());
  if (asked.ok()) {
    auto record = AskForPreview(asker_, call, known);
    asked = record.status();
    if (record.ok()) *contents.mutable_record() = *std::move(record);
  }
  return ChangeOpen(call, request, "previewed",
                    [&](storage::Transaction& tx, StoredProposal* stored) -> absl::Status {
                      COMITY_RETURN_IF_ERROR(asked);
                      v1::CharterProposal& proposal = stored->proposal;
                      if (proposal.digest() != known.digest()) {
                        return EtagMismatch(request.name(), absl::StrCat(stored->version));
                      }
                      COMITY_ASSIGN_OR_RETURN(const auto handovers,
                                              FindTouchedHandovers(tx, call.charter(), proposal));
                      contents.mutable_handovers()->Assign(handovers.begin(), handovers.end());
                      SetPreview(contents, call.actor(), call.now, &proposal);
                      return absl::OkStatus();
                    });
}

absl::StatusOr<v1::CharterProposal> CharterService::SignProposal(
    Call& call, const v1::SignProposalRequest& request) {
  const Definition* enact = runner_->Find(kEnactCharter);
  if (enact == nullptr) return Internal("no workflow enact-charter");
  auto proposal =
      ChangeOpen(call, request, "signed",
                 [&](storage::Transaction& tx, StoredProposal* stored) -> absl::Status {
                   COMITY_ASSIGN_OR_RETURN(const charter::Base base, BaseOf(call));
                   if (request.signature().has_delegation()) {
                     return InvalidField("DELEGATION_NOT_EXPECTED", "signature.delegation",
                                         "a delegate signs by SignAsDelegate");
                   }
                   COMITY_RETURN_IF_ERROR(AddSignature(base, call.actor(), call.now,
                                                       request.signature(), &stored->proposal));
                   return CompleteIfSigned(tx, call, *enact, &stored->proposal);
                 });
  if (proposal.ok()) runner_->LookNow();
  return proposal;
}

absl::StatusOr<v1::CharterProposal> CharterService::RefuseProposal(
    Call& call, const v1::RefuseProposalRequest& request) {
  return ChangeOpen(call, request, "refused", [&](auto&, StoredProposal* stored) -> absl::Status {
    COMITY_RETURN_IF_ERROR(CheckMaySpeak(stored->proposal, call.principal.department));
    v1::Refusal refusal;
    *refusal.mutable_actor() = call.actor();
    refusal.set_reason(request.reason());
    *refusal.mutable_refuse_time() = resource::FromTime(call.now);
    AddRefusal(std::move(refusal), &stored->proposal);
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::CharterProposal> CharterService::CommentOnProposal(
    Call& call, const v1::CommentOnProposalRequest& request) {
  return ChangeOpen(call, request, "commented", [&](auto&, StoredProposal* stored) -> absl::Status {
    v1::Comment& comment = *stored->proposal.add_comments();
    *comment.mutable_actor() = call.actor();
    comment.set_text(request.text());
    *comment.mutable_comment_time() = resource::FromTime(call.now);
    size_t said = 0;
    for (const v1::Comment& one : stored->proposal.comments()) said += one.ByteSizeLong();
    if (stored->proposal.comments_size() <= kMostComments && said <= kMostSaid) {
      return absl::OkStatus();
    }
    return PreconditionFailed("TOO_MANY_COMMENTS", request.name(),
                              absl::StrCat("at most ", kMostComments, ", and 256 KiB together"));
  });
}

absl::StatusOr<v1::CharterProposal> CharterService::WithdrawProposal(
    Call& call, const v1::WithdrawProposalRequest& request) {
  return ChangeOpen(call, request, "withdrawn", [&](auto&, StoredProposal* stored) -> absl::Status {
    COMITY_RETURN_IF_ERROR(CheckAuthors(call, stored->proposal));
    stored->proposal.set_state(v1::CHARTER_PROPOSAL_STATE_WITHDRAWN);
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::CharterProposal> CharterService::EnactProposal(
    Call& call, const v1::EnactProposalRequest& request) {
  return storage::Transact<v1::CharterProposal>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::CharterProposal> {
        COMITY_ASSIGN_OR_RETURN(StoredProposal stored, LockProposal(tx, request.name()));
        v1::CharterProposal& proposal = stored.proposal;
        if (proposal.state() == v1::CHARTER_PROPOSAL_STATE_ENACTED) return Shown(call, stored);
        if (proposal.state() != v1::CHARTER_PROPOSAL_STATE_SIGNED) {
          return PreconditionFailed("PROPOSAL_NOT_SIGNED", request.name(), "it is not signed");
        }
        proposal.set_state(v1::CHARTER_PROPOSAL_STATE_ENACTED);
        *proposal.mutable_effective_time() =
            resource::FromTime(call.now + call.runtime->charter_notice);
        *proposal.mutable_update_time() = resource::FromTime(call.now);
        COMITY_RETURN_IF_ERROR(UpdateProposal(tx, stored));
        ++stored.version;
        tx.Append(EnactedEntry(stored));
        return Shown(call, stored);
      });
}

}  // namespace comity::gateway
