#include "services/client/output/credit_view.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/client/output/bar.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"

namespace comity::client {
namespace {

using gateway::v1::CreditComparison;
using gateway::v1::CreditOutlook;
using gateway::v1::CreditStatement;
using gateway::v1::CreditTouch;
using gateway::v1::LateTouchAcceptance;
using type::v1::CreditModel;

constexpr int kShareWidth = 10;
constexpr double kWhole = 10'000;  // basis points

// `62.50 %`: basis points as they are, none rounded away.
std::string ShowPoints(int32_t points) {
  return absl::StrFormat("%s%d.%02d %%", points < 0 ? "-" : "", std::abs(points) / 100,
                         std::abs(points) % 100);
}

std::string CreditBar(int32_t points) { return Bar(points / kWhole, kShareWidth); }

std::string ModelName(CreditModel model) {
  const auto* value = type::v1::CreditModel_descriptor()->FindValueByNumber(model);
  return value == nullptr ? "" : ShortEnum(*value);
}

std::string ShowKind(const CreditTouch& touch) {
  if (touch.opportunity_creation()) return "opportunity created";
  const auto* kind = fact::v1::FactKind_descriptor()->FindValueByNumber(touch.kind());
  if (touch.kind() == fact::v1::FACT_KIND_UNSPECIFIED || kind == nullptr) return "lead created";
  return ShortEnum(*kind);
}

// `sales, marketing`.
template <typename Names>
std::string ShortNames(const Names& names) {
  return absl::StrJoin(names, ", ", [](std::string* out, const std::string& name) {
    absl::StrAppend(out, ShortName(name));
  });
}

const LateTouchAcceptance* AcceptanceOf(const CreditStatement& statement, const std::string& fact) {
  for (const LateTouchAcceptance& each : statement.late_acceptances()) {
    if (each.fact() == fact) return &each;
  }
  return nullptr;
}

// `accepted by sales, not by marketing`.
std::string AcceptanceText(const LateTouchAcceptance& acceptance) {
  std::vector<std::string> by;
  for (const auto& said : acceptance.acceptances()) by.push_back(said.department());
  const std::string awaits = ShortNames(acceptance.awaits());
  return absl::StrCat("accepted by ", ShortNames(by),
                      awaits.empty() ? "" : absl::StrCat(", not by ", awaits));
}

std::string ShowStanding(const CreditStatement& statement, const CreditTouch& touch) {
  switch (touch.standing()) {
    case gateway::v1::CREDIT_STANDING_COUNTS:
      return touch.contradicted_by().empty()
                 ? "yes"
                 : absl::StrCat("yes, though ", ShortName(touch.contradicted_by()),
                                " says otherwise");
    case gateway::v1::CREDIT_STANDING_ACCEPTED:
      return "yes: late, and all have accepted it";
    case gateway::v1::CREDIT_STANDING_LATE: {
      const LateTouchAcceptance* const acceptance = AcceptanceOf(statement, touch.fact());
      return absl::StrCat("no: recorded after the signature", acceptance == nullptr ? "" : "; ",
                          acceptance == nullptr ? "" : AcceptanceText(*acceptance));
    }
    case gateway::v1::CREDIT_STANDING_AFTER_SIGNATURE:
      return "no: after the signature";
    case gateway::v1::CREDIT_STANDING_OUTSIDE_WINDOW:
      return "no: before the window";
    case gateway::v1::CREDIT_STANDING_NOT_A_PARTY:
      return absl::StrCat("no: ", ShortName(touch.department()), " is not in the rule");
    case gateway::v1::CREDIT_STANDING_VOIDED:
      return absl::StrCat("no: voided by ", ShortName(touch.voided_by()));
    default:
      return "";
  }
}

void AddTouchRow(const CreditStatement& statement, const CreditTouch& touch, Table* table) {
  type::v1::Actor actor;
  actor.set_person(touch.person());
  actor.set_department(touch.department());
  table->AddRow({FormatTime(touch.occur_time()), ShowKind(touch), ShowActor(actor),
                 touch.position() < 0 ? "" : FormatCount(touch.position()),
                 ShowStanding(statement, touch),
                 touch.has_weight() ? FormatPercent(touch.weight()) : "", touch.fact()});
}

std::string StateText(const CreditStatement& statement) {
  const auto* value = gateway::v1::CreditState_descriptor()->FindValueByNumber(statement.state());
  const std::string state = value == nullptr ? "" : ShortEnum(*value);
  return statement.reverses().empty() ? state : absl::StrCat(state, ", negates another");
}

// `marketing 66.67 %, sales 33.33 %`.
std::string PartsText(const CreditStatement& statement) {
  return absl::StrJoin(statement.lines(), ", ", [](std::string* out, const auto& line) {
    absl::StrAppend(out, ShortName(line.party()), " ", ShowPoints(line.basis_points()));
  });
}

// Whose word is missing.
std::string AwaitedText(const CreditStatement& statement) {
  if (statement.state() != gateway::v1::CREDIT_STATE_DRAWN) return "";
  std::set<std::string> awaited(statement.departments().begin(), statement.departments().end());
  for (const auto& said : statement.acknowledgements()) awaited.erase(said.department());
  return ShortNames(awaited);
}

std::string StatementHead(const CreditStatement& statement) {
  std::string text = absl::StrCat(
      statement.name(), ": ", StateText(statement), "\n", statement.opportunity(), ", ",
      statement.has_amount() ? FormatMoney(statement.amount()) : "amount not shown", ", signed ",
      FormatTime(statement.sign_time()), ", by ", statement.rule(), " (charter ",
      statement.charter_revision(), ")\n");
  if (!statement.reverses().empty()) {
    absl::StrAppend(&text, "negates ", statement.reverses(), ": ", statement.reason(), "\n");
  }
  for (const auto& said : statement.acknowledgements()) {
    absl::StrAppend(&text, "acknowledged by ", ShowActor(said.actor()), " ",
                    FormatTime(said.time()), "\n");
  }
  for (const LateTouchAcceptance& each : statement.late_acceptances()) {
    absl::StrAppend(&text, "late touch ", each.fact(), ": ", AcceptanceText(each), "\n");
  }
  const std::string awaited = AwaitedText(statement);
  if (!awaited.empty()) {
    absl::StrAppend(&text, "awaits ", awaited, " until ", FormatTime(statement.term_end_time()),
                    ", then it is final\n");
  }
  return text;
}

std::string HeadOf(const CreditOutlook& outlook) {
  const CreditStatement& statement = outlook.statement();
  const std::string amount =
      statement.has_amount() ? FormatMoney(statement.amount()) : "no amount yet";
  const std::string when =
      statement.signature().empty()
          ? "open: as if it were signed now"
          : absl::StrCat("signed ", FormatTime(statement.sign_time()), " (position ",
                         FormatCount(statement.cuts(0).position()), ")");
  return absl::StrCat(outlook.opportunity(), ": ", amount, ", ", when, "\n", statement.rule(),
                      " (charter ", statement.charter_revision(),
                      outlook.provisional() ? ", provisional" : "", "), ",
                      ModelName(statement.model()), ": ", outlook.rule_text(), "\n");
}

}  // namespace

std::string CreditLinesText(const CreditStatement& statement, int width) {
  if (statement.result() == gateway::v1::CREDIT_RESULT_TOO_MANY_TOUCHES) {
    return "Nobody has credit: there are too many touches to split among.\n";
  }
  if (statement.lines().empty()) {
    const bool has_late = std::any_of(
        statement.late_touches().begin(), statement.late_touches().end(),
        [](const auto& touch) { return touch.standing() == gateway::v1::CREDIT_STANDING_LATE; });
    return has_late ? "Nobody has credit: no touch counts, and late ones wait for acceptance.\n"
                    : "Nobody has credit: no touch counts.\n";
  }
  Table table({{"PARTY"}, {"SHARE", true}, {""}, {"AMOUNT", true}});
  for (const auto& line : statement.lines()) {
    table.AddRow({ShortName(line.party()), ShowPoints(line.basis_points()),
                  CreditBar(line.basis_points()),
                  line.has_amount() ? FormatMoney(line.amount()) : ""});
  }
  return table.Render(width);
}

std::string CreditComparisonText(const CreditComparison& comparison, CreditModel own, int width) {
  if (comparison.spreads().empty()) return "";
  std::vector<Column> columns = {{"MODEL"}};
  for (const auto& spread : comparison.spreads()) {
    columns.push_back({ShortName(spread.party()), true});
    columns.push_back({""});
  }
  Table table(std::move(columns));
  for (const auto& split : comparison.models()) {
    std::map<std::string, int32_t> points;
    for (const auto& portion : split.portions()) points[portion.party()] = portion.basis_points();
    std::vector<std::string> cells = {
        absl::StrCat(ModelName(split.model()), split.model() == own ? " *" : "")};
    for (const auto& spread : comparison.spreads()) {
      const auto known = points.find(spread.party());
      const bool has_numbers = known != points.end();
      cells.push_back(has_numbers ? ShowPoints(known->second) : "");
      cells.push_back(has_numbers ? CreditBar(known->second) : "");
    }
    table.AddRow(std::move(cells));
  }
  std::vector<std::string> spreads = {"spread"};
  for (const auto& spread : comparison.spreads()) {
    spreads.push_back(ShowPoints(spread.spread_basis_points()));
    spreads.emplace_back();
  }
  table.AddRow(std::move(spreads));
  return absl::StrCat(table.Render(width), "* the rule's: it alone gives credit\n");
}

std::string CreditTouchesText(const CreditStatement& statement, int width) {
  if (statement.touches().empty() && statement.late_touches().empty() &&
      statement.later_touches().empty()) {
    return "No touches.\n";
  }
  Table table(
      {{"HAPPENED"}, {"WHAT"}, {"BY"}, {"POSITION", true}, {"COUNTS"}, {"WEIGHT", true}, {"FACT"}});
  for (const auto* touches :
       {&statement.touches(), &statement.late_touches(), &statement.later_touches()}) {
    for (const CreditTouch& touch : *touches) AddTouchRow(statement, touch, &table);
  }
  return table.Render(width);
}

std::string CreditStatementText(const CreditStatement& statement, int width) {
  std::string text =
      absl::StrCat(StatementHead(statement), "\n", CreditLinesText(statement, width));
  if (statement.has_department_comparison()) {
    absl::StrAppend(
        &text, "\nAll models, by department\n",
        CreditComparisonText(statement.department_comparison(), statement.model(), width),
        "\nTouches\n", CreditTouchesText(statement, width));
  }
  return text;
}

std::string CreditStatementsText(
    const google::protobuf::RepeatedPtrField<CreditStatement>& statements, int width) {
  Table table({{"NAME", false, true},
               {"OPPORTUNITY", false, true},
               {"STATE"},
               {"AMOUNT", true},
               {"PARTS"},
               {"AWAITS"},
               {"DRAWN"}});
  for (const CreditStatement& statement : statements) {
    table.AddRow({statement.name(), statement.opportunity(), StateText(statement),
                  statement.has_amount() ? FormatMoney(statement.amount()) : "",
                  PartsText(statement), AwaitedText(statement), FormatTime(statement.draw_time())});
  }
  return table.Render(width);
}

std::string CreditOutlookText(const CreditOutlook& outlook, int width) {
  const CreditStatement& statement = outlook.statement();
  return absl::StrCat(
      HeadOf(outlook), "\n", CreditLinesText(statement, width), "\nAll models, by department\n",
      CreditComparisonText(statement.department_comparison(), statement.model(), width),
      "\nTouches\n", CreditTouchesText(statement, width));
}

}  // namespace comity::client
