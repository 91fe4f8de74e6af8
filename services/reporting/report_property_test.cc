// Reports over random records under random revisions of the charter, against a naive oracle:
// strings, maps and the charter's own rule.
#include <map>
#include <random>

#include "gtest/gtest.h"
#include "services/reporting/report_rules.h"
#include "services/reporting/row_walk.h"
#include "services/reporting/split.h"
#include "services/reporting/testing.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/testlib/rounds.h"

namespace comity::reporting {
namespace {

using testing::Id;

constexpr v1::Dimension kDimensions[] = {
    v1::DIMENSION_STAGE,  v1::DIMENSION_OWNER,   v1::DIMENSION_TEAM,
    v1::DIMENSION_OFFICE, v1::DIMENSION_PRODUCT, v1::DIMENSION_SECTOR,
    v1::DIMENSION_MONTH,  v1::DIMENSION_ACCOUNT, v1::DIMENSION_MANAGER};

// Everything that was applied, as it came; the last of each kind counts.
struct Oracle {
  explicit Oracle(const charter::Book* agreed) : book(agreed) {}
  const charter::Book* book;
  int revision = 1;
  std::map<std::string, OpportunityVersion> opportunities;
  std::map<std::string, NamedVersion> named;
  std::map<std::tuple<std::string, std::string, std::string>, JudgementRow> judgements;

  const charter::Charter& charter() const { return book->Find(revision)->charter; }

  void Apply(const Effects& effects) {
    revision = effects.intake.charter_revision();
    for (const auto& row : effects.opportunities) opportunities[row.opportunity] = row;
    for (const auto& row : effects.named) named[row.name] = row;
    for (const auto& row : effects.judgements) {
      JudgementRow& held = judgements[{row.opportunity, row.question, row.department}];
      const bool again = !row.answer.empty() && held.answer == row.answer;
      const int64_t since = again ? std::min(held.occur_time, row.occur_time) : row.occur_time;
      held = row;
      held.occur_time = since;
    }
  }

  std::pair<std::string, int64_t> Answer(const OpportunityVersion& row, absl::string_view question,
                                         const std::string& lens) const {
    std::vector<charter::StandingAnswer> standing;
    std::map<std::string, int64_t> since;
    for (const auto& [key, judgement] : judgements) {
      if (judgement.opportunity != row.opportunity || judgement.question != question) continue;
      standing.push_back({judgement.department, judgement.answer});
      since[judgement.department] = judgement.occur_time;
    }
    charter::StandingFacts facts;
    if (row.sign_time != kNever) facts.push_back("signed");
    const auto answer =
        charter::AnswerThrough(*charter().FindQuestion(question), lens, standing, facts);
    if (answer.answer().empty()) return {"", kNever};
    if (answer.basis() == type::v1::ANSWER_BASIS_FACT) return {answer.answer(), row.sign_time};
    if (!answer.department().empty()) return {answer.answer(), since[answer.department()]};
    int64_t latest = kNever;
    for (const charter::StandingAnswer& held : standing) {
      if (held.answer == answer.answer()) latest = std::max(latest, since[held.department]);
    }
    return {answer.answer(), latest};
  }

  // Values of a dimension with the amount that each takes.
  std::vector<std::pair<std::string, int64_t>> Values(const OpportunityVersion& row,
                                                      v1::Dimension dimension, Metric metric,
                                                      const std::string& lens) const {
    const auto owner = named.find(row.owner);
    const NamedVersion person = owner == named.end() ? NamedVersion() : owner->second;
    const auto one = [&](const std::string& value) {
      return std::vector<std::pair<std::string, int64_t>>{{value, row.amount.minor}};
    };
    switch (dimension) {
      case v1::DIMENSION_STAGE:
        return one(Answer(row, kStageQuestion, lens).first);
      case v1::DIMENSION_OUTCOME:
        return one(Answer(row, kOutcomeQuestion, lens).first);
      case v1::DIMENSION_OWNER:
        return one(row.owner);
      case v1::DIMENSION_TEAM:
        return one(person.team);
      case v1::DIMENSION_OFFICE:
        return one(person.office);
      case v1::DIMENSION_MANAGER:
        return one(person.manager);
      case v1::DIMENSION_ACCOUNT:
        return one(row.account.empty() ? "" : resource::MakeName("accounts", row.account));
      case v1::DIMENSION_SECTOR: {
        const auto account = named.find(resource::MakeName("accounts", row.account));
        return one(account == named.end() ? "" : account->second.sector);
      }
      case v1::DIMENSION_MONTH:
        return one(Month(row, metric, lens));
      default:
        return Products(row);
    }
  }

  static std::vector<std::pair<std::string, int64_t>> Products(const OpportunityVersion& row) {
    std::map<std::string, int64_t> values;
    for (const Line& line : row.lines) values[line.product] += line.value;
    if (values.empty()) values[""] = 1;
    std::vector<int64_t> weights;
    for (const auto& [product, value] : values) weights.push_back(value);
    const auto parts = Split(row.amount.minor, weights);
    std::vector<std::pair<std::string, int64_t>> products;
    for (const auto& [product, value] : values) {
      products.emplace_back(product, parts[products.size()]);
    }
    return products;
  }

  std::string Month(const OpportunityVersion& row, Metric metric, const std::string& lens) const {
    if (metric == Metric::kPipeline) {
      if (row.close_date == 0) return "";
      const std::string digits = std::to_string(row.close_date);
      return digits.substr(0, 4) + "-" + digits.substr(4, 2);
    }
    const auto [outcome, time] = Answer(row, kOutcomeQuestion, lens);
    if (time == kNever || (outcome != "won" && outcome != "lost")) return "";
    return absl::FormatTime("%Y-%m", absl::FromUnixMicros(time), absl::UTCTimeZone());
  }
};

// One of `list`, or nothing.
template <typename List>
typename List::value_type OneOf(const List& list, std::mt19937* random) {
  const int place = static_cast<int>((*random)() % static_cast<size_t>(list.size() + 1));
  return place == list.size() ? typename List::value_type() : list[place];
}

// What departments with a voice may say under `charter`.
JudgementRow RandomJudgement(const charter::Charter& charter, char opportunity,
                             std::mt19937* random) {
  const auto& question =
      *charter.FindQuestion((*random)() % 2 == 0 ? kOutcomeQuestion : kStageQuestion);
  JudgementRow row;
  row.opportunity = Id(opportunity);
  row.question = question.name();
  row.department =
      question.voices(static_cast<int>((*random)() % static_cast<size_t>(question.voices_size())));
  row.answer = OneOf(question.answers(), random).id();
  row.occur_time = testing::Day(2017, 1 + static_cast<int>((*random)() % 12),
                                1 + static_cast<int>((*random)() % 28));
  return row;
}

Effects RandomEffects(int64_t number, const charter::Charter& charter, std::mt19937* random) {
  const auto below = [&](int most) { return static_cast<int>((*random)() % most); };
  Effects effects = testing::Intake(number);
  for (int i = 0; i < 4; ++i) {
    effects.named.push_back({0, absl::StrCat("persons/", below(6)), "",
                             absl::StrCat("teams/", below(3)), absl::StrCat("office", below(3)),
                             absl::StrCat("persons/", below(6))});
    NamedVersion account{0, resource::MakeName("accounts", Id(1000 + below(5)))};
    account.sector = absl::StrCat("sector", below(3));
    effects.named.push_back(account);
  }
  for (int i = 0; i < 40; ++i) {
    OpportunityVersion version =
        testing::Opportunity(1 + below(60), below(100'000), absl::StrCat("persons/", below(8)));
    if (below(5) == 0) version.amount.currency = "JPY";
    if (below(3) != 0) version.account = Id(1000 + below(7));
    if (below(3) == 0) version.sign_time = testing::Day(2017, 1 + below(12), 1 + below(28));
    if (below(4) != 0) version.close_date = 20170001 + 100 * (1 + below(12)) + below(28);
    for (int lines = below(4); lines > 0; --lines) {
      version.lines.push_back({absl::StrCat("products/", below(4)), below(1000)});
    }
    effects.opportunities.push_back(version);
  }
  for (int i = 0; i < 60; ++i) {
    const char judged = effects.opportunities[static_cast<size_t>(below(40))].opportunity[15];
    effects.judgements.push_back(RandomJudgement(charter, judged, random));
  }
  return effects;
}

v1::ReportQuery RandomQuery(const Oracle& oracle, Metric metric, std::mt19937* random) {
  v1::ReportQuery query;
  for (size_t i = (*random)() % 4; i > 0; --i) {
    const v1::Dimension group = kDimensions[(*random)() % std::size(kDimensions)];
    if (std::count(query.group_by().begin(), query.group_by().end(), group) == 0) {
      query.add_group_by(group);
    }
  }
  for (size_t i = (*random)() % 3; i > 0; --i) {
    auto* filter = query.add_filters();
    filter->set_dimension(kDimensions[(*random)() % std::size(kDimensions)]);
    for (int value = 0; value < 3; ++value) {
      const auto row = std::next(oracle.opportunities.begin(),
                                 static_cast<long>((*random)() % oracle.opportunities.size()));
      for (const auto& [text, amount] :
           oracle.Values(row->second, filter->dimension(), metric, "settled")) {
        filter->add_values(text);
      }
    }
  }
  return Canonical(query).value();
}

// Counts and, per currency, sums; won, lost and undecided.
struct Numbers {
  std::array<int64_t, kBuckets> counts{};
  std::array<std::map<std::string, int64_t>, kBuckets> sums;
};
// By lens and keys; the total under no keys.
using Table = std::map<std::pair<std::string, std::vector<std::string>>, Numbers>;

Table Expected(const Oracle& oracle, Metric metric, const v1::ReportQuery& query) {
  Table table;
  const std::vector<std::string> lenses = LensesOf(oracle.charter(), query).value();
  for (const std::string& lens : lenses) {
    for (const auto& [id, row] : oracle.opportunities) {
      const std::string outcome = oracle.Answer(row, kOutcomeQuestion, lens).first;
      const Bucket bucket = outcome == "won" ? kWon : outcome == "lost" ? kLost : kUndecided;
      if (metric == Metric::kPipeline && bucket != kUndecided) continue;
      auto products = Oracle::Products(row);
      bool kept = true;
      bool shares = false;
      for (const auto& filter : query.filters()) {
        const auto named = [&](const auto& value) {
          return std::count(filter.values().begin(), filter.values().end(), value.first) > 0;
        };
        if (filter.dimension() == v1::DIMENSION_PRODUCT) {
          std::erase_if(products, [&](const auto& value) { return !named(value); });
          shares = true;
          kept = kept && !products.empty();
        } else {
          kept = kept && named(oracle.Values(row, filter.dimension(), metric, lens)[0]);
        }
      }
      if (!kept) continue;
      const auto add = [&, &currency = row.amount.currency](const std::vector<std::string>& keys,
                                                            int64_t amount) {
        Numbers& numbers = table[{lens, keys}];
        ++numbers.counts[bucket];
        numbers.sums[bucket][currency] += amount;
      };
      int64_t total = row.amount.minor;
      if (shares) {
        total = 0;
        for (const auto& [product, amount] : products) total += amount;
      }
      add({}, total);
      const auto groups = query.group_by();
      const bool by_product = std::count(groups.begin(), groups.end(), v1::DIMENSION_PRODUCT) > 0;
      if (!by_product) products = {{"", total}};
      if (groups.empty()) continue;
      for (const auto& [product, amount] : products) {
        std::vector<std::string> keys;
        for (const int group : groups) {
          const auto dimension = static_cast<v1::Dimension>(group);
          keys.push_back(dimension == v1::DIMENSION_PRODUCT
                             ? product
                             : oracle.Values(row, dimension, metric, lens)[0].first);
        }
        add(keys, amount);
      }
    }
  }
  return table;
}

using Moneys = google::protobuf::RepeatedPtrField<google::type::Money>;

std::map<std::string, int64_t> ToMap(const Moneys& moneys) {
  std::map<std::string, int64_t> sums;
  for (const auto& money : moneys) {
    sums[money.currency_code()] = resource::ToMinorUnits(money).value();
  }
  return sums;
}

void Take(const v1::WinRateCell& cell, Numbers* numbers) {
  numbers->counts = {cell.won_count(), cell.lost_count(), cell.undecided_count()};
  numbers->sums[kWon] = ToMap(cell.won_amounts());
  numbers->sums[kLost] = ToMap(cell.lost_amounts());
}
void Take(const v1::PipelineCell& cell, Numbers* numbers) {
  numbers->counts[kUndecided] = cell.count();
  numbers->sums[kUndecided] = ToMap(cell.amounts());
}

template <typename Report>
Table Actual(const Report& report) {
  Table table;
  const auto take = [&](const auto& row) {
    const std::vector<std::string> keys(row.keys().begin(), row.keys().end());
    for (const auto& cell : row.cells()) {
      Numbers numbers;
      Take(cell, &numbers);
      if (numbers.counts != std::array<int64_t, kBuckets>()) table[{cell.lens(), keys}] = numbers;
    }
  };
  for (const auto& row : report.rows()) take(row);
  take(report.total());
  return table;
}

void ExpectSame(Table expected, const Table& actual, Metric metric) {
  ASSERT_EQ(expected.size(), actual.size());
  for (auto& [key, numbers] : expected) {
    // A win rate does not say what the undecided are worth.
    if (metric == Metric::kWinRate) numbers.sums[kUndecided].clear();
    ASSERT_TRUE(actual.contains(key));
    ASSERT_EQ(actual.at(key).counts, numbers.counts);
    ASSERT_EQ(actual.at(key).sums, numbers.sums);
  }
}

// The rows behind every cell, page by page, add up to it.
void ExpectRowsAddUp(const State& state, Metric metric, const v1::ReportQuery& query,
                     const Table& table) {
  for (const auto& [key, numbers] : table) {
    RowsQuery rows{metric, query, key.second};
    rows.query.clear_lenses();
    rows.query.add_lenses(key.first);
    rows.limit = 7;
    Numbers sum;
    RowsPage page;
    do {
      page = ComputeRows(state, rows).value();
      rows.after = page.last;
      for (const auto& row : page.rows) {
        const Bucket bucket = row.outcome() == "won"    ? kWon
                              : row.outcome() == "lost" ? kLost
                                                        : kUndecided;
        ++sum.counts[bucket];
        if (metric == Metric::kWinRate && bucket == kUndecided) continue;
        sum.sums[bucket][row.amount().currency_code()] +=
            resource::ToMinorUnits(row.amount()).value();
      }
    } while (page.more);
    ASSERT_EQ(sum.counts, numbers.counts);
    ASSERT_EQ(sum.sums, numbers.sums);
  }
}

// Some intakes, with revisions of the charter in between; some bring nothing but a revision.
std::vector<Effects> RandomIntakes(charter::Book* book, std::mt19937* random) {
  std::vector<Effects> intakes;
  for (int64_t number = 1; number <= 6; ++number) {
    const bool is_revised = (*random)() % 2 == 0;
    if (is_revised) {
      book->Put(testing::NextRevision(*book, absl::UnixEpoch(), [&](type::v1::Charter* document) {
        testing::Revise(random, document);
      }));
    }
    const bool is_empty = number > 1 && is_revised && (*random)() % 3 == 0;
    intakes.push_back(is_empty ? testing::Intake(number)
                               : RandomEffects(number, book->last().charter, random));
    intakes.back().intake.set_charter_revision(book->last().charter.revision());
  }
  return intakes;
}

// A report that was made as of an intake.
struct Made {
  int64_t as_of = 0;
  v1::ReportQuery query;
  std::string bytes;
};

class Reports : public ::testing::TestWithParam<Metric> {
 protected:
  std::string Bytes(const State& state, const v1::ReportQuery& query) const {
    return GetParam() == Metric::kWinRate
               ? ComputeWinRate(state, query).value().SerializeAsString()
               : ComputePipeline(state, query).value().SerializeAsString();
  }

  // A report of the oracle's last intake, which is what it should be.
  void Make(const Oracle& oracle, const State& state, Made* made) {
    made->as_of = state.number();
    made->query = RandomQuery(oracle, GetParam(), &random_);
    made->bytes = Bytes(state, made->query);
    const Table actual = GetParam() == Metric::kWinRate
                             ? Actual(ComputeWinRate(state, made->query).value())
                             : Actual(ComputePipeline(state, made->query).value());
    ExpectSame(Expected(oracle, GetParam(), made->query), actual, GetParam());
    ExpectRowsAddUp(state, GetParam(), made->query, actual);
    if (HasFatalFailure()) {
      FAIL() << made->query.ShortDebugString() << " by "
             << state.charter().document().ShortDebugString();
    }
  }

  std::mt19937 random_{7};
};

TEST_P(Reports, EqualTheOracleAndTheirRowsAndStayWhatTheyWere) {
  int revisions = 0;
  for (int round = 0; round < testlib::Rounds(4); ++round) {
    const auto book = charter::MakeBook(testing::StartingCharter());
    const std::vector<Effects> intakes = RandomIntakes(book.get(), &random_);
    revisions += book->last().charter.revision() - 1;
    Oracle oracle(book.get());
    State state(book.get());
    std::vector<Made> reports;
    for (const Effects& effects : intakes) {
      oracle.Apply(effects);
      state.Apply(effects);
      for (int i = 0; i < 4; ++i)
        ASSERT_NO_FATAL_FAILURE(Make(oracle, state, &reports.emplace_back()));
    }
    // A replay, up to the end as well as part of the way, gives the same bytes.
    State replayed(book.get());
    for (const Effects& effects : intakes) {
      replayed.Apply(effects);
      for (const Made& made : reports) {
        if (made.as_of != replayed.number()) continue;
        EXPECT_EQ(Bytes(replayed, made.query), made.bytes) << "as of " << made.as_of;
      }
    }
  }
  EXPECT_GT(revisions, 6);
}

INSTANTIATE_TEST_SUITE_P(All, Reports, ::testing::Values(Metric::kWinRate, Metric::kPipeline));

}  // namespace
}  // namespace comity::reporting
