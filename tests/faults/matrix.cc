#include "tests/faults/matrix.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace comity::integration {
namespace {

constexpr char kVoid[] = "comity.workflow.v1.ParticipantService/VoidRequest";
constexpr char kWithdraw[] = "comity.workflow.v1.ParticipantService/WithdrawRecord";
constexpr char kMove[] = "comity.workflow.v1.ParticipantService/MoveOwned";
constexpr char kPrepare[] = "comity.charter.v1.RevisionService/PrepareRevision";

bool Applies(const Cell& cell) {
  if (cell.fault->needs_other_target && absl::string_view(cell.step->service) == "gateway") {
    return false;
  }
  return cell.act == Act::kDo || !cell.fault->only_doing;
}

bool Applies(const TestedWorkflow& workflow, const TestedStep& step, Act act) {
  if (act == Act::kDo) return true;
  if (workflow.undoing == Undoing::kNever) return false;
  return act == Act::kVoid || step.undo != nullptr;
}

}  // namespace

const std::vector<TestedWorkflow>& TestedWorkflows() {
  static const auto* const workflows = new std::vector<TestedWorkflow>{
      {"convert-lead",
       Undoing::kWhenRefused,
       {{"claim-lead", "lead", "comity.lead.v1.LeadService/BeginConversion",
         "comity.lead.v1.LeadService/ReleaseConversion"},
        {"find-account", "account", "comity.account.v1.AccountService/EnsureAccount",
         "comity.account.v1.AccountService/ReleaseAccount"},
        {"create-contact", "account", "comity.account.v1.ContactService/CreateContact", kWithdraw},
        {"create-opportunity", "lead", "comity.lead.v1.OpportunityService/CreateOpportunity",
         kWithdraw},
        {"complete-lead", "lead", "comity.lead.v1.LeadService/CompleteConversion"}},
       [](const TestedStep& /*step*/) { return TryConversion(); }},
      {"onboard-customer",
       Undoing::kWhenTakenBack,
       {{"read-opportunity", "lead", "comity.lead.v1.OpportunityService/GetSignedBrief", nullptr,
         true},
        {"ensure-relationship", "account",
         "comity.account.v1.RelationshipService/EnsureRelationship",
         "comity.account.v1.RelationshipService/ReleaseRelationship"},
        {"open-case", "support", "comity.support.v1.CaseService/OpenOnboardingCase", kWithdraw},
        {"offer-customer", "gateway", "comity.gateway.v1.HandoverService/OfferCustomer",
         "comity.gateway.v1.HandoverService/TakeBackOffer"}},
       [](const TestedStep& /*step*/) { return TrySignature("onboard-customer"); }},
      {"move-owner",
       Undoing::kNever,
       {{"move-leads-and-opportunities", "lead", kMove},
        {"move-accounts", "account", kMove},
        {"move-cases", "support", kMove}},
       [](const TestedStep& step) {
         return TryMove(absl::string_view(step.service) == "support");
       }},
      {"enact-charter",
       Undoing::kNever,
       {{"prepare-lead", "lead", kPrepare},
        {"prepare-account", "account", kPrepare},
        {"prepare-support", "support", kPrepare},
        {"prepare-reporting", "reporting", kPrepare},
        {"enact", "gateway", "comity.gateway.v1.CharterService/EnactProposal"}},
       [](const TestedStep& /*step*/) { return TryEnactment(); }},
      {"accept-handover",
       Undoing::kWhenRefused,
       {{"claim-handover", "gateway", "comity.gateway.v1.HandoverService/BeginAcceptance",
         "comity.gateway.v1.HandoverService/ReleaseAcceptance"},
        {"transfer-responsibility", "lead",
         "comity.workflow.v1.ParticipantService/TransferResponsibility",
         "comity.workflow.v1.ParticipantService/RestoreResponsibility"},
        {"complete-handover", "gateway", "comity.gateway.v1.HandoverService/CompleteAcceptance"}},
       [](const TestedStep& /*step*/) { return TryAcceptance(); }},
      {"draw-credit",
       Undoing::kWhenTakenBack,
       {{"read-touches", "lead", "comity.lead.v1.OpportunityService/GetTouches", nullptr, true},
        {"draw-statement", "gateway", "comity.gateway.v1.CreditService/DrawStatement",
         "comity.gateway.v1.CreditService/ReverseStatement"}},
       [](const TestedStep& /*step*/) { return TrySignature("draw-credit"); }}};
  return *workflows;
}

Place Cell::place() const {
  const auto at = [&](const char* point) { return absl::StrCat(step->name, "/", point); };
  const std::string record = at("after-record");
  switch (act) {
    case Act::kVoid:
      return {step->service, kVoid, at("before-void"), at("after-void"), record};
    case Act::kUndo:
      return {step->service, step->undo, at("before-undo"), at("after-undo"), record};
    default:
      return {step->service, step->method, at("before-call"), at("after-call"), record};
  }
}

std::string Cell::name() const {
  const char* const acts[] = {"do", "void", "undo"};
  return absl::StrCat(workflow->kind, "/", step->name, "/", acts[static_cast<int>(act)], "/",
                      fault->name);
}

std::vector<Cell> WholeMatrix() {
  std::vector<Cell> cells;
  for (const TestedWorkflow& workflow : TestedWorkflows()) {
    for (const TestedStep& step : workflow.steps) {
      for (const Act act : {Act::kDo, Act::kVoid, Act::kUndo}) {
        if (!Applies(workflow, step, act)) continue;
        for (const Fault& fault : Faults()) {
          const Cell cell{&workflow, &step, act, &fault};
          if (Applies(cell)) cells.push_back(cell);
        }
      }
    }
  }
  return cells;
}

std::vector<Cell> ThinnedMatrix() {
  std::vector<const Fault*> quick;
  for (const Fault& fault : Faults()) {
    if (!fault.is_slow) quick.push_back(&fault);
  }
  std::vector<Cell> cells;
  size_t turn = 0;
  for (const TestedWorkflow& workflow : TestedWorkflows()) {
    for (const TestedStep& step : workflow.steps) {
      for (const Act act : {Act::kDo, Act::kVoid, Act::kUndo}) {
        if (!Applies(workflow, step, act)) continue;
        Cell cell{&workflow, &step, act, nullptr};
        do {
          cell.fault = quick[turn++ % quick.size()];
        } while (!Applies(cell));
        cells.push_back(cell);
      }
    }
  }
  return cells;
}

}  // namespace comity::integration
