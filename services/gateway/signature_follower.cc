#include "services/gateway/signature_follower.h"

#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/gateway/v1/onboard_customer.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/gateway/credit/draw_credit.h"
#include "services/gateway/onboard_customer.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/gateway/workflow/workflow_store.h"
#include "services/runtime/journal/followed.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/macros.h"

ABSL_FLAG(
    absl::Duration, onboard_within, absl::Hours(30 * 24),
    "what was signed longer ago than this when the gateway sees it is history: no customer is "
    "onboarded for it, and no credit statement drawn");

namespace comity::gateway {
namespace {

constexpr char kSource[] = "lead";
constexpr absl::Duration kTimeout = absl::Seconds(5);

class SignatureFollower final : public server::Background {
 public:
  SignatureFollower(const server::Parts& parts, Runner* runner)
      : taker_(parts.runtime, {runner->Find(kOnboardCustomer), runner->Find(kDrawCredit)},
               absl::GetFlag(FLAGS_onboard_within), [runner] { runner->LookNow(); }),
        follower_(parts.channels->To(kSource), Options()) {}
  absl::Status Start() override { return follower_.Start(); }
  void Stop() override { follower_.Stop(); }

 private:
  journal::FollowOptions Options() {
    journal::FollowOptions options;
    options.source = kSource;
    options.service = "gateway";
    options.position = [this] { return taker_.Position(); };
    options.last_entry = [this](int64_t position) { return taker_.LastEntry(position); };
    options.apply = [this](const SignatureTaker::Entries& batch, int64_t next) {
      return taker_.Take(batch, next);
    };
    return options;
  }

  SignatureTaker taker_;
  journal::Follower follower_;
};

}  // namespace

Call SignatureTaker::OwnCall() const {
  Call call;
  call.runtime = runtime_;
  call.method = "gateway/FollowSignatures";
  call.principal.workload = "service/gateway";
  call.now = absl::Now();
  call.deadline = call.now + kTimeout;
  return call;
}

// The row is there before anything is taken: of two replicas one waits for the other at it.
absl::StatusOr<int64_t> SignatureTaker::Position() {
  Call call = OwnCall();
  google::protobuf::Empty reply;
  int64_t position = 0;
  COMITY_RETURN_IF_ERROR(storage::TransactInto(
      call, {},
      [&](storage::Transaction& tx) -> absl::Status {
        COMITY_RETURN_IF_ERROR(journal::BeginFollowing(tx, kSource));
        COMITY_ASSIGN_OR_RETURN(const auto next, journal::ReadFollowed(tx, kSource));
        position = next.value_or(0);
        return absl::OkStatus();
      },
      &reply));
  stored_ = position;
  return position;
}

absl::StatusOr<std::string> SignatureTaker::LastEntry(int64_t position) const {
  Call call = OwnCall();
  std::string entry;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(entry, journal::ReadLastFollowed(reader, kSource, position));
    return absl::OkStatus();
  }));
  return entry;
}

struct SignatureTaker::Signed {
  const journal::v1::PositionedEntry& positioned;
  std::string fact;
  bool is_correction = false;
  bool is_history = false;
  absl::Time now;  // when it is seen

  const std::string& opportunity() const { return positioned.entry().subject(); }
  Beginning BeginningOf(const google::protobuf::Message& input, const std::string& key) const {
    return {opportunity(), positioned.entry().actor(), input, {key, positioned.position()}};
  }
};

// What a corrected signature has started goes on.
absl::Status SignatureTaker::Onboard(storage::Transaction& tx, const Signed& signature) const {
  if (signature.is_history) return absl::OkStatus();
  if (signature.is_correction) {
    COMITY_ASSIGN_OR_RETURN(const bool is_under_way,
                            HasStanding(tx, kinds_.onboarding->kind, signature.opportunity()));
    if (is_under_way) return absl::OkStatus();
  }
  v1::OnboardCustomerInput input;
  input.set_opportunity(signature.opportunity());
  input.set_fact(signature.fact);
  return StartWorkflow(tx, signature.now, *kinds_.onboarding,
                       signature.BeginningOf(input, signature.fact))
      .status();
}

// A correction draws anew what was drawn, however long ago it was signed.
absl::Status SignatureTaker::DrawCredit(storage::Transaction& tx, const Signed& signature) const {
  if (signature.is_history) {
    COMITY_ASSIGN_OR_RETURN(const bool was_drawn,
                            HasStanding(tx, kinds_.drawing->kind, signature.opportunity()));
    if (!signature.is_correction || !was_drawn) return absl::OkStatus();
  }
  v1::DrawCreditInput input;
  input.set_opportunity(signature.opportunity());
  input.set_signature(signature.fact);
  input.set_position(signature.positioned.position());
  const std::string key = absl::StrCat(kDrawCredit, " ", signature.fact);
  return StartWorkflow(tx, signature.now, *kinds_.drawing, signature.BeginningOf(input, key))
      .status();
}

SignatureTaker::Effect SignatureTaker::EffectOf(
    absl::Time now, const journal::v1::PositionedEntry& positioned) const {
  const journal::v1::Entry& entry = positioned.entry();
  if (!absl::StartsWith(entry.subject(), "opportunities/")) return nullptr;
  if (entry.type() == "fact-recorded" || entry.type() == "fact-corrected") {
    fact::v1::Fact fact;
    const bool is_signed = entry.payload().Is<fact::v1::Fact>() &&
                           entry.payload().UnpackTo(&fact) &&
                           fact.kind() == fact::v1::FACT_KIND_SIGNED;
    const bool is_history = now - resource::ToTime(entry.occur_time()) > within_;
    if (!is_signed || (is_history && fact.corrects().empty())) return nullptr;
    const Signed signature = {positioned, fact.name(), !fact.corrects().empty(), is_history, now};
    return [this, signature](storage::Transaction& tx) -> absl::Status {
      COMITY_RETURN_IF_ERROR(DrawCredit(tx, signature));
      return Onboard(tx, signature);
    };
  }
  if (entry.type() == "fact-voided") {
    // An opportunity has one signature at most: none stands, so what any before it has started is
    // taken back. (Not what a later one has: entries may be read again.)
    lead::v1::Opportunity opportunity;
    const bool stands = !entry.record().UnpackTo(&opportunity) || opportunity.has_sign_time();
    if (stands) return nullptr;
    return [this, &positioned](storage::Transaction& tx) -> absl::Status {
      const std::string& voided = positioned.entry().subject();
      for (const Definition* kind : {kinds_.drawing, kinds_.onboarding}) {
        COMITY_RETURN_IF_ERROR(
            AskToWithdraw(tx, kind->kind, voided, positioned.position(), "SIGNATURE_VOIDED"));
      }
      return absl::OkStatus();
    };
  }
  return nullptr;
}

absl::Status SignatureTaker::Take(const Entries& batch, int64_t next) {
  Call call = OwnCall();
  std::vector<std::pair<int64_t, Effect>> effects;  // with the entry's position
  for (const journal::v1::PositionedEntry& entry : batch) {
    Effect effect = EffectOf(call.now, entry);
    if (effect) effects.emplace_back(entry.position(), std::move(effect));
  }
  const bool can_wait = stored_ >= 0 && next - stored_ < journal::kMostUnstored;
  if (can_wait && effects.empty()) return absl::OkStatus();
  google::protobuf::Empty reply;
  const auto take = [&](storage::Transaction& tx) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(const auto taken, journal::LockFollowed(tx, kSource));
    for (const auto& [position, effect] : effects) {
      if (position < taken.value_or(0)) continue;  // by another replica
      COMITY_RETURN_IF_ERROR(effect(tx));
    }
    if (taken.value_or(0) >= next) return absl::OkStatus();
    return journal::PutFollowed(tx, kSource, next, batch.empty() ? nullptr : &*batch.rbegin());
  };
  COMITY_RETURN_IF_ERROR(storage::TransactInto(call, {}, take, &reply));
  stored_ = next;
  if (!effects.empty() && started_) started_();
  return absl::OkStatus();
}

std::unique_ptr<server::Background> MakeSignatureFollower(const server::Parts& parts,
                                                          Runner* runner) {
  return std::make_unique<SignatureFollower>(parts, runner);
}

}  // namespace comity::gateway
