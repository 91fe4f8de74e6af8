#include "tests/integration/report_check.h"

#include <map>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "gtest/gtest.h"
#include "tests/integration/calls.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

constexpr char kTotal[] = "total";
constexpr char kReportReader[] = "max@management";
constexpr char kOutcome[] = "questions/opportunity-outcome";
constexpr char kStage[] = "questions/opportunity-stage";
constexpr char kDecider[] = "departments/sales";  // of both, by config/charter.yaml
constexpr const char* kLenses[] = {"departments/sales", "departments/marketing",
                                   "departments/membership", "departments/management", "settled"};
constexpr char kQuery[] =
    R"({"query": {"lenses": ["departments/sales", "departments/marketing",
        "departments/membership", "departments/management", "settled"], "groupBy": [)";

// An opportunity, as the entries about it leave it. Amounts are whole EUR.
struct Opportunity {
  std::string owner;
  int64_t amount = 0;
  std::map<std::string, fact::v1::Fact> standing;                      // by name
  std::map<std::pair<std::string, std::string>, std::string> answers;  // question, department

  bool is_signed() const {
    for (const auto& [name, fact] : standing) {
      if (fact.kind() == fact::v1::FACT_KIND_SIGNED) return true;
    }
    return false;
  }
  std::string Through(const std::string& lens, const std::string& question) const {
    for (const std::string& department : {lens, std::string(kDecider)}) {
      const auto answer = answers.find({question, department});
      if (answer != answers.end() && !answer->second.empty()) return answer->second;
    }
    return "";
  }
  std::string Outcome(const std::string& lens) const {
    return is_signed() ? "won" : Through(lens, kOutcome);
  }
};

void Take(const journal::v1::Entry& entry, Opportunity* opportunity) {
  fact::v1::Fact fact;
  judgement::v1::Judgement judgement;
  lead::v1::Opportunity record;
  if (entry.payload().UnpackTo(&judgement)) {
    opportunity->answers[{judgement.question(), judgement.department()}] = judgement.answer();
  } else if (entry.payload().UnpackTo(&fact)) {
    opportunity->standing.erase(fact.voids().empty() ? fact.corrects() : fact.voids());
    if (fact.kind() != fact::v1::FACT_KIND_VOIDED) opportunity->standing[fact.name()] = fact;
  }
  if (!entry.payload().UnpackTo(&record) && !entry.record().UnpackTo(&record)) return;
  opportunity->owner = record.owner();
  opportunity->amount = record.amount().units();
}

std::map<std::string, Opportunity> Opportunities(const Journal& lead) {
  std::map<std::string, Opportunity> opportunities;
  for (const auto& positioned : lead) {
    const journal::v1::Entry& entry = positioned.entry();
    if (!absl::StartsWith(entry.subject(), "opportunities/")) continue;
    Take(entry, &opportunities[entry.subject()]);
    // A workflow that was undone had made it: it counts nowhere.
    if (entry.type() == "record-withdrawn") opportunities.erase(entry.subject());
  }
  return opportunities;
}

int64_t Whole(const google::protobuf::RepeatedPtrField<google::type::Money>& sums) {
  EXPECT_LE(sums.size(), 1);
  if (sums.empty()) return 0;
  EXPECT_EQ(sums[0].currency_code(), "EUR");
  EXPECT_EQ(sums[0].nanos(), 0);
  return sums[0].units();
}

// Won, lost, undecided; value won, value lost.
using Numbers = std::tuple<int64_t, int64_t, int64_t, int64_t, int64_t>;
// By group and lens.
using WinRates = std::map<std::pair<std::string, std::string>, Numbers>;

WinRates WinRatesOf(const std::map<std::string, Opportunity>& opportunities) {
  WinRates rates;
  for (const char* lens : kLenses) {
    rates[{kTotal, lens}];
    for (const auto& [name, opportunity] : opportunities) {
      const std::string outcome = opportunity.Outcome(lens);
      for (const std::string& group : {std::string(kTotal), opportunity.owner}) {
        auto& [won, lost, undecided, value_won, value_lost] = rates[{group, lens}];
        won += outcome == "won";
        lost += outcome == "lost";
        undecided += outcome.empty();
        if (outcome == "won") value_won += opportunity.amount;
        if (outcome == "lost") value_lost += opportunity.amount;
      }
    }
  }
  return rates;
}

void AddRow(const reporting::v1::WinRateRow& row, const std::string& group, WinRates* rates) {
  for (const auto& cell : row.cells()) {
    (*rates)[{group, cell.lens()}] = {cell.won_count(), cell.lost_count(), cell.undecided_count(),
                                      Whole(cell.won_amounts()), Whole(cell.lost_amounts())};
  }
}

WinRates WinRatesReported() {
  WinRates rates;
  const auto reply = Ask(kReportReader, "ReportService/GetWinRate",
                         absl::StrCat(kQuery, R"("DIMENSION_OWNER"]}})"));
  EXPECT_TRUE(reply.ok()) << reply.status();
  if (!reply.ok()) return rates;
  const auto& report = static_cast<const reporting::v1::WinRateReport&>(**reply);
  AddRow(report.total(), kTotal, &rates);
  for (const auto& row : report.rows()) AddRow(row, row.keys(0), &rates);
  return rates;
}

// Count and value of what is open, by stage and lens.
using Pipeline = std::map<std::pair<std::string, std::string>, std::pair<int64_t, int64_t>>;

Pipeline PipelineOf(const std::map<std::string, Opportunity>& opportunities) {
  Pipeline pipeline;
  for (const char* lens : kLenses) {
    for (const auto& [name, opportunity] : opportunities) {
      if (!opportunity.Outcome(lens).empty()) continue;
      auto& [count, value] = pipeline[{opportunity.Through(lens, kStage), lens}];
      ++count;
      value += opportunity.amount;
    }
  }
  return pipeline;
}

Pipeline PipelineReported() {
  Pipeline pipeline;
  const auto reply = Ask(kReportReader, "ReportService/GetPipeline",
                         absl::StrCat(kQuery, R"("DIMENSION_STAGE"]}})"));
  EXPECT_TRUE(reply.ok()) << reply.status();
  if (!reply.ok()) return pipeline;
  for (const auto& row : static_cast<const reporting::v1::PipelineReport&>(**reply).rows()) {
    for (const auto& cell : row.cells()) {
      if (cell.count() == 0) continue;
      pipeline[{row.keys(0), cell.lens()}] = {cell.count(), Whole(cell.amounts())};
    }
  }
  return pipeline;
}

// Without what goes on while nothing changes.
template <typename Report>
std::string TextOf(const Message& message) {
  Report report;
  report.CopyFrom(message);
  report.clear_basis();
  return report.DebugString();
}

}  // namespace

bool AwaitReportingCaughtUp() {
  return Eventually([&] {
    std::map<std::string, int64_t> sizes = JournalSizes();  // workflows may go on
    sizes.erase("reporting");
    const auto reply = Ask(kReportReader, "ReportService/GetFreshness", "{}");
    if (!reply.ok()) return false;
    std::map<std::string, int64_t> in;
    for (const auto& source :
         static_cast<const reporting::v1::Freshness&>(**reply).basis().sources()) {
      in[source.service()] = source.position();
    }
    return in == sizes;
  });
}

void ExpectReportsFollowFrom(const Journal& lead) {
  const auto opportunities = Opportunities(lead);
  EXPECT_EQ(WinRatesReported(), WinRatesOf(opportunities));
  EXPECT_EQ(PipelineReported(), PipelineOf(opportunities));
}

std::string NumbersNow() {
  std::string text;
  for (const char* group : {R"("DIMENSION_OWNER"]}})", R"("DIMENSION_MONTH"]}})"}) {
    const auto rates = Ask(kReportReader, "ReportService/GetWinRate", absl::StrCat(kQuery, group));
    const auto pipeline =
        Ask(kReportReader, "ReportService/GetPipeline", absl::StrCat(kQuery, group));
    EXPECT_TRUE(rates.ok() && pipeline.ok()) << rates.status() << pipeline.status();
    if (!rates.ok() || !pipeline.ok()) return text;
    absl::StrAppend(&text, TextOf<reporting::v1::WinRateReport>(**rates),
                    TextOf<reporting::v1::PipelineReport>(**pipeline));
  }
  return text;
}

void ExpectRebuildChangesNothing() {
  const std::string before = NumbersNow();
  const auto rebuilt =
      Ask("ivo@it", "ReportService/RebuildReporting", "{}", {.timeout = absl::Seconds(120)});
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_GT(static_cast<const reporting::v1::RebuildReportingResponse&>(**rebuilt).entries(), 0);
  EXPECT_EQ(NumbersNow(), before);
}

}  // namespace comity::integration
