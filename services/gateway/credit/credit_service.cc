#include "services/gateway/credit/credit_service.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
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
      }};
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
  v1::CreditStatement drawn = statement;
  const credit::CreditEvents events = credit::Begin(call.now, &drawn);
  COMITY_RETURN_IF_ERROR(credit::InsertStatement(tx, drawn, events));
  return drawn.name();
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

absl::StatusOr<v1::CreditOutlook> CreditService::GetCreditOutlook(
    Call& call, const v1::GetCreditOutlookRequest& request) {
  Branch<lead::v1::GetTouchesRequest, lead::v1::TouchSet> touches;
  touches.request.set_name(request.name());
  // With the caller's own token: what he may not read the lead service does not tell.
  FanOut fan_out(call);
  fan_out.Start(opportunities_.get(), "lead", call.deadline,
                &lead::v1::OpportunityService::Stub::async::GetTouches, &touches);
  fan_out.Wait();
  COMITY_RETURN_IF_ERROR(touches.status);
  COMITY_ASSIGN_OR_RETURN(const credit::Surroundings around, Around(call, touches.response));
  COMITY_ASSIGN_OR_RETURN(v1::CreditOutlook outlook,
                          credit::OutlookOf(touches.response, around, call.now));
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
        if (stored.statement.state() == v1::CREDIT_STATE_REVERSED) return response;
        COMITY_ASSIGN_OR_RETURN(
            *response.mutable_reversal(),
            ReverseStatementIn(tx, call.now, std::move(stored), request.reason()));
        return response;
      });
}

}  // namespace comity::gateway
