#include "services/gateway/credit/credit_service.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/gateway/credit/credit_acceptance.h"
#include "services/gateway/credit/credit_outlook.h"
#include "services/gateway/credit/credit_rules.h"
#include "services/gateway/credit/credit_store.h"
#include "services/gateway/credit/credit_teams.h"
#include "services/gateway/dispute/dispute_effects.h"
#include "services/gateway/fan_out.h"
#include "services/runtime/resource/filter.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {
namespace {

using credit::StoredStatement;

constexpr char kLateTouchesAccepted[] = "LATE_TOUCHES_ACCEPTED";

// With the teams of the people behind `touches`.
absl::StatusOr<credit::Surroundings> Around(Call& call, const lead::v1::TouchSet& touches) {
  std::map<std::string, credit::TeamHistory> teams;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(teams, credit::ReadTeams(reader, touches));
    return absl::OkStatus();
  }));
  return credit::Surroundings{
      [charters = call.runtime->charters](int32_t revision) -> const type::v1::Charter* {
        const charter::Revision* known = charters->Find(revision);
        return known == nullptr ? nullptr : &known->charter.document();
      },
      [teams = std::move(teams)](const std::string& person, absl::Time time) {
        const auto known = teams.find(person);
        return known == teams.end() ? std::string() : credit::TeamAt(known->second, time);
      },
      /*accepted=*/{}};
}

// What the parties have accepted of the signature that stands, or of the one that it corrects.
absl::StatusOr<v1::CreditStatement> ReadAcceptances(Call& call, const lead::v1::TouchSet& touches) {
  v1::CreditStatement accepted;
  if (!touches.has_signature()) return accepted;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(std::optional<StoredStatement> standing,
                            credit::FindStanding(reader, touches.opportunity()));
    if (!standing.has_value()) return absl::OkStatus();
    const bool is_same = standing->statement.signature() == touches.signature().fact() ||
                         credit::IsCorrected(standing->statement, touches.signature());
    if (is_same) accepted = std::move(standing->statement);
    return absl::OkStatus();
  }));
  return accepted;
}

// The rule by which it was drawn.
absl::StatusOr<const type::v1::CreditRule*> RuleBehind(const Call& call,
                                                       const v1::CreditStatement& statement) {
  const charter::Revision* known = call.runtime->charters->Find(statement.charter_revision());
  const type::v1::CreditRule* rule =
      known == nullptr ? nullptr : credit::FindRule(known->charter.document(), statement.rule());
  if (rule == nullptr) return Internal("the rule of a credit statement is not known");
  return rule;
}

std::string NewStatementName(const Call& call) {
  return resource::MakeName(credit::kStatements, resource::NewId(call.now));
}

credit::CreditSight SightOf(const Call& call) {
  const bool is_auditor = call.principal.HasRole(type::v1::ROLE_AUDITOR);
  const auto may_read = [&](const char* collection) {
    return is_auditor || call.charter().MayRead(call.principal.department, collection);
  };
  return {.leads = may_read("leads"), .opportunities = may_read("opportunities")};
}

// What was accepted of the statement that it corrects; `drawn` may be drawn with it once more.
absl::Status TakeAcceptances(const Call& call, const v1::CreditStatement& corrected,
                             credit::DrawnAnew* drawn) {
  COMITY_ASSIGN_OR_RETURN(const auto* rule, RuleBehind(call, drawn->statement));
  credit::CarryAcceptances(*rule, corrected, &drawn->statement);
  if (!credit::MustBeDrawnAnew(drawn->statement)) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(
      *drawn, credit::DrawAccepted(*rule, drawn->statement, drawn->statement.name(), call.now));
  return absl::OkStatus();
}

// Its name; empty where one of a later entry was drawn, or the same one was and is reversed.
absl::StatusOr<std::string> DrawIn(storage::Transaction& tx, const Call& call,
                                   const lead::v1::Signature& signature,
                                   const v1::CreditStatement& statement) {
  COMITY_ASSIGN_OR_RETURN(const std::optional<StoredStatement> standing,
                          credit::FindStanding(tx, statement.opportunity()));
  COMITY_ASSIGN_OR_RETURN(const int64_t last, credit::LastSource(tx, statement.opportunity()));
  if (last >= statement.source_position()) {
    const bool same =
        standing.has_value() && standing->statement.signature() == statement.signature();
    return same ? standing->statement.name() : std::string();
  }
  if (standing.has_value()) {
    const std::string reason = credit::WhyReversed(standing->statement, signature);
    COMITY_RETURN_IF_ERROR(ReverseStatementIn(tx, call.now, *standing, reason).status());
  }
  credit::DrawnAnew drawn{statement, {}};
  drawn.events = credit::Begin(call.now, &drawn.statement);
  if (standing.has_value() && credit::IsCorrected(standing->statement, signature)) {
    COMITY_RETURN_IF_ERROR(TakeAcceptances(call, standing->statement, &drawn));
  }
  COMITY_RETURN_IF_ERROR(credit::InsertStatement(tx, drawn.statement, drawn.events));
  return drawn.statement.name();
}

// Saves what departments have said of late touches. Once all have accepted one, the statement is
// negated and drawn anew in the same transaction. Returns the one that stands then.
absl::StatusOr<v1::CreditStatement> SaveAcceptances(storage::Transaction& tx, const Call& call,
                                                    const type::v1::CreditRule& rule,
                                                    StoredStatement stored,
                                                    const credit::CreditEvents& events) {
  if (events.empty()) return std::move(stored.statement);
  COMITY_RETURN_IF_ERROR(credit::SaveStatement(tx, stored, events));
  if (!credit::MustBeDrawnAnew(stored.statement)) return std::move(stored.statement);
  const v1::CreditStatement old = stored.statement;
  stored.version += static_cast<int64_t>(events.size());
  COMITY_RETURN_IF_ERROR(
      ReverseStatementIn(tx, call.now, std::move(stored), kLateTouchesAccepted).status());
  COMITY_ASSIGN_OR_RETURN(credit::DrawnAnew anew,
                          credit::DrawAccepted(rule, old, NewStatementName(call), call.now));
  COMITY_RETURN_IF_ERROR(credit::InsertStatement(tx, anew.statement, anew.events));
  return std::move(anew.statement);
}

// It, or, where it is reversed, what was drawn in its place for the same signature; none: nothing.
absl::StatusOr<std::optional<StoredStatement>> StandingOfSame(storage::Transaction& tx,
                                                              StoredStatement stored) {
  if (stored.statement.state() != v1::CREDIT_STATE_REVERSED) {
    return std::make_optional(std::move(stored));
  }
  COMITY_ASSIGN_OR_RETURN(std::optional<StoredStatement> standing,
                          credit::FindStanding(tx, stored.statement.opportunity()));
  const bool is_same =
      standing.has_value() && standing->statement.signature() == stored.statement.signature();
  return is_same ? standing : std::nullopt;
}

std::vector<std::string> FactsOf(const google::protobuf::RepeatedPtrField<std::string>& touches) {
  return {touches.begin(), touches.end()};
}

// `DRAWN` of CREDIT_STATE_DRAWN, or the whole name.
absl::StatusOr<int> CreditStateOf(const std::string& text) {
  v1::CreditState state;
  if (v1::CreditState_Parse(text, &state) ||
      v1::CreditState_Parse(absl::StrCat("CREDIT_STATE_", text), &state)) {
    return static_cast<int>(state);
  }
  return InvalidField("FILTER_INVALID", "filter", "a state is DRAWN, DISPUTED, FINAL or REVERSED");
}

absl::StatusOr<credit::StatementQuery> StatementQueryOf(const std::string& filter) {
  static const auto* const fields = new std::vector<std::string>{"state", "opportunity"};
  COMITY_ASSIGN_OR_RETURN(const auto alternatives, resource::ParseFilter(filter, *fields));
  if (alternatives.size() != 1) {
    return InvalidField("FILTER_TOO_COMPLEX", "filter", "fields are combined by AND here");
  }
  credit::StatementQuery query;
  for (const resource::Restriction& restriction : alternatives.front()) {
    if (restriction.field == "opportunity") query.opportunity = restriction.value;
    if (restriction.field == "state") {
      COMITY_ASSIGN_OR_RETURN(query.state, CreditStateOf(restriction.value));
    }
  }
  return query;
}

}  // namespace

CreditService::CreditService(server::Edge* edge, const std::shared_ptr<grpc::Channel>& lead)
    : edge_(edge),
      opportunities_(lead == nullptr ? nullptr : lead::v1::OpportunityService::NewStub(lead)) {}

absl::StatusOr<lead::v1::TouchSet> CreditService::ReadTouches(
    const Call& call, const std::string& opportunity) const {
  Branch<lead::v1::GetTouchesRequest, lead::v1::TouchSet> touches;
  touches.request.set_name(opportunity);
  FanOut fan_out(call);
  fan_out.Start(opportunities_.get(), "lead", call.deadline,
                &lead::v1::OpportunityService::Stub::async::GetTouches, &touches);
  fan_out.Wait();
  COMITY_RETURN_IF_ERROR(touches.status);
  return std::move(touches.response);
}

absl::StatusOr<v1::CreditOutlook> CreditService::GetCreditOutlook(
    Call& call, const v1::GetCreditOutlookRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const lead::v1::TouchSet touches, ReadTouches(call, request.name()));
  COMITY_ASSIGN_OR_RETURN(credit::Surroundings around, Around(call, touches));
  COMITY_ASSIGN_OR_RETURN(const v1::CreditStatement accepted, ReadAcceptances(call, touches));
  around.accepted = credit::AcceptedByAll(accepted);
  COMITY_ASSIGN_OR_RETURN(v1::CreditOutlook outlook, credit::OutlookOf(touches, around, call.now));
  *outlook.mutable_statement()->mutable_late_acceptances() = accepted.late_acceptances();
  credit::LeaveOut(SightOf(call), outlook.mutable_statement());
  return outlook;
}

absl::StatusOr<v1::CreditStatement> CreditService::GetStatement(
    Call& call, const v1::GetStatementRequest& request) {
  v1::CreditStatement statement;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(StoredStatement stored, credit::GetStatement(reader, request.name()));
    statement = std::move(stored.statement);
    return absl::OkStatus();
  }));
  credit::LeaveOut(SightOf(call), &statement);
  return statement;
}

absl::StatusOr<v1::ListStatementsResponse> CreditService::ListStatements(
    Call& call, const v1::ListStatementsRequest& request) {
  COMITY_ASSIGN_OR_RETURN(credit::StatementQuery query, StatementQueryOf(request.filter()));
  COMITY_ASSIGN_OR_RETURN(const int size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(query.before, resource::ReadPageToken(call, request));
  query.limit = size + 1;
  v1::ListStatementsResponse response;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    response.Clear();
    COMITY_ASSIGN_OR_RETURN(auto statements, credit::ListStatements(reader, query));
    resource::PageRoom room(size);
    for (v1::CreditStatement& statement : statements) {
      credit::LeaveOut(SightOf(call), &statement);
      if (!room.Take(statement)) {
        const std::string& last = response.statements(response.statements_size() - 1).name();
        response.set_next_page_token(resource::MakePageToken(call, request, last));
        break;
      }
      *response.add_statements() = std::move(statement);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::CreditStatement> CreditService::AcknowledgeStatement(
    Call& call, const v1::AcknowledgeStatementRequest& request) {
  return storage::Transact<v1::CreditStatement>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::CreditStatement> {
        COMITY_ASSIGN_OR_RETURN(StoredStatement stored, credit::ReadStatement(tx, request.name()));
        COMITY_ASSIGN_OR_RETURN(const credit::CreditEvents events,
                                credit::Acknowledge(call.actor(), call.now, &stored.statement));
        if (!events.empty()) COMITY_RETURN_IF_ERROR(credit::SaveStatement(tx, stored, events));
        credit::LeaveOut(SightOf(call), &stored.statement);
        return stored.statement;
      });
}

absl::StatusOr<std::vector<v1::CreditTouch>> CreditService::ReadLater(
    Call& call, const v1::AcceptLateTouchesRequest& request) const {
  v1::CreditStatement statement;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(StoredStatement stored, credit::GetStatement(reader, request.name()));
    statement = std::move(stored.statement);
    return absl::OkStatus();
  }));
  std::vector<v1::CreditTouch> later;
  if (credit::NotShown(statement, FactsOf(request.touches())).empty()) return later;
  COMITY_ASSIGN_OR_RETURN(const auto* rule, RuleBehind(call, statement));
  // A stranger is told that he is one, whatever he may read.
  if (!credit::AcceptorsOf(*rule, statement).contains(call.principal.department)) return later;
  COMITY_ASSIGN_OR_RETURN(const auto touches, ReadTouches(call, statement.opportunity()));
  // Of another signature there is, or will be, another statement.
  if (touches.signature().fact() != statement.signature()) return later;
  COMITY_ASSIGN_OR_RETURN(const credit::Surroundings around, Around(call, touches));
  return credit::CreditTouchesOf(touches, around.team_of);
}

absl::StatusOr<v1::CreditStatement> CreditService::AcceptLateTouches(
    Call& call, const v1::AcceptLateTouchesRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const auto later, ReadLater(call, request));
  return storage::Transact<v1::CreditStatement>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::CreditStatement> {
        COMITY_ASSIGN_OR_RETURN(StoredStatement stored, credit::GetStatement(tx, request.name()));
        COMITY_ASSIGN_OR_RETURN(const auto* rule, RuleBehind(call, stored.statement));
        COMITY_ASSIGN_OR_RETURN(
            const credit::CreditEvents events,
            credit::AcceptLate({*rule, call.actor(), call.now}, FactsOf(request.touches()), later,
                               &stored.statement));
        COMITY_ASSIGN_OR_RETURN(v1::CreditStatement standing,
                                SaveAcceptances(tx, call, *rule, std::move(stored), events));
        credit::LeaveOut(SightOf(call), &standing);
        return standing;
      });
}

absl::StatusOr<v1::CreditStatement> CreditService::TakeBackAcceptances(
    Call& call, const v1::TakeBackAcceptancesRequest& request) {
  return storage::Transact<v1::CreditStatement>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::CreditStatement> {
        COMITY_ASSIGN_OR_RETURN(StoredStatement stored, credit::GetStatement(tx, request.name()));
        COMITY_ASSIGN_OR_RETURN(const auto* rule, RuleBehind(call, stored.statement));
        COMITY_ASSIGN_OR_RETURN(const credit::CreditEvents events,
                                credit::TakeBack({*rule, call.actor(), call.now},
                                                 FactsOf(request.touches()), &stored.statement));
        COMITY_ASSIGN_OR_RETURN(v1::CreditStatement standing,
                                SaveAcceptances(tx, call, *rule, std::move(stored), events));
        credit::LeaveOut(SightOf(call), &standing);
        return standing;
      });
}

absl::StatusOr<v1::DrawStatementResponse> CreditService::DrawStatement(
    Call& call, const v1::DrawStatementRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const credit::Surroundings around, Around(call, request.touches()));
  auto statement = credit::StatementOf(request.touches(), around, NewStatementName(call), call.now);
  const bool has_rule = Reason(statement.status()) != "NO_CREDIT_RULE";
  if (has_rule && !statement.ok()) return statement.status();
  if (has_rule) statement->set_source_position(request.position());
  return storage::Transact<v1::DrawStatementResponse>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::DrawStatementResponse> {
        v1::DrawStatementResponse response;
        if (!has_rule) return response;
        COMITY_ASSIGN_OR_RETURN(*response.mutable_statement(),
                                DrawIn(tx, call, request.touches().signature(), *statement));
        return response;
      });
}

absl::StatusOr<v1::ReverseStatementResponse> CreditService::ReverseStatement(
    Call& call, const v1::ReverseStatementRequest& request) {
  return storage::Transact<v1::ReverseStatementResponse>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::ReverseStatementResponse> {
        v1::ReverseStatementResponse response;
        COMITY_ASSIGN_OR_RETURN(StoredStatement stored, credit::ReadStatement(tx, request.name()));
        COMITY_ASSIGN_OR_RETURN(auto standing, StandingOfSame(tx, std::move(stored)));
        if (!standing.has_value()) return response;
        COMITY_ASSIGN_OR_RETURN(
            *response.mutable_reversal(),
            ReverseStatementIn(tx, call.now, *std::move(standing), request.reason()));
        return response;
      });
}

}  // namespace comity::gateway
