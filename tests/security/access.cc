#include "tests/security/access.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/security/fields.h"

namespace comity::security {
namespace {

using type::v1::Access;

template <typename Allows>
bool AnyRow(const World& world, const std::string& department, const std::string& collection,
            Allows allows) {
  const auto& rows = world.charter().access();
  return std::any_of(rows.begin(), rows.end(), [&](const Access& row) {
    return (row.department() == department || row.department() == "*") &&
           (row.collection() == collection || row.collection() == "*") && allows(row);
  });
}

bool HasVoice(const World& world, const std::string& department, const Probe& probe) {
  for (const auto& question : world.charter().questions()) {
    const bool asked = probe.question.empty() ? question.collection() == probe.collection
                                              : question.name() == probe.question;
    const auto& voices = question.voices();
    if (asked && std::find(voices.begin(), voices.end(), department) != voices.end()) return true;
  }
  return false;
}

bool MayReadJournal(const World& world, const std::string& department, const std::string& service) {
  std::vector<std::string> collections = world.CollectionsOf(service);
  // How a workflow goes is everybody's to see, and says nothing of what it carries; so is what
  // departments propose to each other, and that work passes between them: what an offer says is
  // personal, and in no journal. Of credit statements and disputes it holds no money.
  for (const char* open : {"workflows", "charterProposals", "charterDelegations", "handovers",
                           "credit-statements", "disputes"}) {
    collections.erase(std::remove(collections.begin(), collections.end(), open), collections.end());
  }
  if (service == "reporting") collections.emplace_back("reports");
  return std::all_of(collections.begin(), collections.end(), [&](const std::string& collection) {
    return AnyRow(world, department, collection, [](const Access& row) { return row.read(); }) &&
           AnyRow(world, department, collection,
                  [](const Access& row) { return row.read_journal(); });
  });
}

bool MayRecord(const World& world, const std::string& department, const Probe& probe) {
  return AnyRow(world, department, probe.collection, [&](const Access& row) {
    const auto& kinds = row.record();
    return std::find(kinds.begin(), kinds.end(), probe.kind) != kinds.end() ||
           std::find(kinds.begin(), kinds.end(), "*") != kinds.end();
  });
}

// A write that names no right: the directory's belong to its department, and an operator's concern
// no record. Any other would be a write that everybody with the role may do.
std::string WithoutRight(const Endpoint& endpoint, const Caller& caller, const Probe& probe) {
  if (!endpoint.writes()) return "";
  if (endpoint.method->name() == "SignAsDelegate") {
    return caller.as == kDelegate ? "" : "SIGNATURE_OF_ANOTHER";
  }
  const auto& roles = endpoint.policy().roles();
  const bool operators = roles.size() == 1 && roles.Get(0) == type::v1::ROLE_OPERATOR;
  if (probe.department.empty() && operators) return "";
  const bool by_operators =
      std::find(roles.begin(), roles.end(), type::v1::ROLE_OPERATOR) != roles.end();
  if (by_operators && caller.has(type::v1::ROLE_OPERATOR)) return "";
  EXPECT_FALSE(probe.department.empty())
      << endpoint.text() << " writes and nothing says whose records: state a right, or say it here";
  return probe.department == caller.department ? "" : "NOT_OWN_DEPARTMENT";
}

// Marketing objects to what sales judged, and management is the arbiter.
std::string ByPartInDispute(const World& world, const Endpoint& endpoint, const Caller& caller) {
  const std::string& method = endpoint.method->name();
  const bool objects = caller.department == kOffers;
  const bool is_other = caller.department == kHome;
  if (method == "OpenDispute") {
    if (!MayRead(world, caller.department, "leads")) return "RIGHT_REQUIRED";
    return is_other ? "NO_OTHER_SIDE" : "";
  }
  if (method == "WithdrawDispute") return objects ? "" : "NOT_OWN_DEPARTMENT";
  if (method == "AnswerDispute") return is_other ? "" : "NOT_A_PARTY";
  if (method == "DecideDispute") {
    return caller.department == "departments/management" ? "" : "NOT_ARBITER";
  }
  return objects || is_other ? "" : "NOT_A_PARTY";
}

// What takes no more than to see something: of handovers and statements each side does its own
// part, and whoever sees the reports may ask for the preview of a proposal, if he sees the
// opportunities that it names.
std::string ByRightToRead(const World& world, const Endpoint& endpoint, const Caller& caller,
                          const Probe& probe) {
  if (absl::StrContains(endpoint.path(), ".DisputeService/")) {
    return ByPartInDispute(world, endpoint, caller);
  }
  EXPECT_FALSE(probe.department.empty()) << endpoint.text() << " writes by a right to read";
  if (endpoint.method->name() == "PreviewProposal") {
    return MayRead(world, caller.department, "opportunities") ? "" : "RIGHT_REQUIRED";
  }
  if (probe.department == caller.department) return "";
  return absl::StrContains(endpoint.method->name(), "Offer") ? "AGREEMENT_NOT_OWN"
                                                             : "NOT_OWN_DEPARTMENT";
}

std::string WithVoice(const World& world, const Caller& caller, const Probe& probe) {
  if (!HasVoice(world, caller.department, probe)) return "NO_VOICE";
  const bool own = probe.department.empty() || probe.department == caller.department;
  return own ? "" : "OTHER_DEPARTMENT";
}

}  // namespace

bool MayRead(const World& world, const std::string& department, const std::string& collection) {
  return AnyRow(world, department, collection, [](const Access& row) { return row.read(); });
}

bool DependsOnRecord(const std::string& reason) {
  return reason == "NOT_OWN_DEPARTMENT" || reason == "OTHER_DEPARTMENT" ||
         reason == "NOT_A_PARTY" || reason == "NOT_ARBITER";
}

std::string DepartmentOf(const Endpoint& endpoint, const Caller& as) {
  static const auto* const of_sales = new std::set<std::string>{
      "MoveOwner",      "StopWorkflow",         "ResumeWorkflow",    "UndoWorkflow",
      "AmendProposal",  "WithdrawProposal",     "DelegateSignature", "RevokeDelegation",
      "AcceptHandover", "BatchAcceptHandovers", "ReturnHandover"};
  static const auto* const of_marketing =
      new std::set<std::string>{"OfferHandover", "BatchOfferHandovers", "WithdrawHandover"};
  static const auto* const of_callers = new std::set<std::string>{
      "CreateProposal", "PreviewProposal", "SignProposal", "RefuseProposal", "CommentOnProposal"};
  // Sales and marketing are the parties.
  const std::string& method = endpoint.method->name();
  if (method == "AcknowledgeStatement" || method == "AcceptLateTouches" ||
      method == "TakeBackAcceptances") {
    return as.department == kOffers ? kOffers : kHome;
  }
  if (of_sales->contains(endpoint.method->name())) return kHome;
  if (of_marketing->contains(endpoint.method->name())) return kOffers;
  return of_callers->contains(endpoint.method->name()) ? as.department : "";
}

std::string ExpectedReason(const World& world, const Endpoint& endpoint, const Caller& caller,
                           const Probe& probe) {
  if (caller.as.empty()) return "TOKEN_MISSING";
  if (caller.roles.empty()) return "ROLE_UNKNOWN";
  const auto& roles = endpoint.policy().roles();
  if (std::none_of(roles.begin(), roles.end(),
                   [&](int role) { return caller.roles.contains(role); })) {
    return "ROLE_REQUIRED";
  }
  const bool auditor = caller.has(type::v1::ROLE_AUDITOR);
  const std::string collection =
      endpoint.policy().collection().empty() ? probe.collection : endpoint.policy().collection();
  switch (endpoint.policy().right()) {
    case type::v1::RIGHT_UNSPECIFIED:
      return WithoutRight(endpoint, caller, probe);
    case type::v1::RIGHT_READ:
      if (!auditor && !MayRead(world, caller.department, collection)) return "RIGHT_REQUIRED";
      return endpoint.writes() ? ByRightToRead(world, endpoint, caller, probe) : "";
    case type::v1::RIGHT_READ_JOURNAL:
      return auditor || MayReadJournal(world, caller.department, endpoint.service)
                 ? ""
                 : "RIGHT_REQUIRED";
    case type::v1::RIGHT_UPDATE:
      if (!AnyRow(world, caller.department, collection,
                  [](const Access& row) { return row.update(); })) {
        return "RIGHT_REQUIRED";
      }
      // What comes along needs its own right.
      if (!probe.kind.empty() && !MayRecord(world, caller.department, probe)) {
        return "FACT_NOT_ALLOWED";
      }
      return probe.question.empty() ? "" : WithVoice(world, caller, probe);
    case type::v1::RIGHT_RECORD:
      return MayRecord(world, caller.department, probe) ? "" : "FACT_NOT_ALLOWED";
    case type::v1::RIGHT_JUDGE:
      return WithVoice(world, caller, probe);
    default:
      ADD_FAILURE() << endpoint.text() << " needs a right that this test does not know";
      return "?";
  }
}

}  // namespace comity::security
