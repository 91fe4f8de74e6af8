// What the company's records have been through: facts in order, corrections, voidings, withdrawals,
// and departments that do not agree. Replays the drafts as the services will take them.
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "gtest/gtest.h"
#include "services/client/demo/company.h"
#include "services/runtime/charter/charter.h"

namespace comity::client {
namespace {

using fact::v1::Fact;
using judgement::v1::Judgement;

const absl::Time kFirstDay = absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::UTCTimeZone());

// `leads` for `@lead-17` and for `@lead-17/fact-3`.
std::string CollectionOf(absl::string_view ref) {
  const std::string kind(ref.substr(1, ref.find('-') - 1));
  return kind == "opportunity" ? "opportunities" : kind + "s";
}

struct Sent {
  const Draft* draft = nullptr;
  bool superseded = false;
};

// The record after all phases, and how often what was done to it.
class Story {
 public:
  explicit Story(const Company& company) {
    for (const Phase& phase : company.phases) {
      for (const Draft& draft : phase.drafts) Take(draft);
    }
  }

  std::map<std::string, std::map<std::string, int>> counts;  // by collection, by what was done
  // Standing answers: by question, by subject, by department.
  std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> standing;
  std::set<std::string> signed_ones;

  // How many subjects have `answer` through the lens of `department`, else of the one who decides.
  int Count(const std::string& question, const std::string& answer, const std::string& department,
            const std::string& decider) const {
    int count = 0;
    for (const auto& [subject, answers] : standing.at("questions/" + question)) {
      const auto own = answers.find("departments/" + department);
      const auto settled = answers.find("departments/" + decider);
      const auto& held = own != answers.end() ? own : settled;
      if (signed_ones.contains(subject)) continue;
      count += held != answers.end() && held->second == answer ? 1 : 0;
    }
    return count;
  }

 private:
  void Take(const Draft& draft) {
    const std::string& type = draft.request->GetDescriptor()->name();
    if (type == "RecordFactRequest") {
      TakeFact(draft, static_cast<const fact::v1::RecordFactRequest&>(*draft.request));
    } else if (type == "VoidFactRequest") {
      TakeVoiding(static_cast<const fact::v1::VoidFactRequest&>(*draft.request));
    } else if (type == "JudgeRequest") {
      TakeJudgement(draft, static_cast<const judgement::v1::JudgeRequest&>(*draft.request));
    } else if (type == "WithdrawRequest") {
      TakeWithdrawal(draft, static_cast<const judgement::v1::WithdrawRequest&>(*draft.request));
    }
  }

  const Fact& FactOf(const std::string& ref) {
    const auto& request =
        static_cast<const fact::v1::RecordFactRequest&>(*facts_.at(ref).draft->request);
    return request.fact();
  }
  // Whatever replaces or voids a fact finds it standing.
  void Supersede(const std::string& ref) {
    ASSERT_TRUE(facts_.contains(ref)) << ref;
    EXPECT_FALSE(facts_[ref].superseded) << ref;
    facts_[ref].superseded = true;
  }

  void TakeFact(const Draft& draft, const fact::v1::RecordFactRequest& request) {
    const Fact& fact = request.fact();
    facts_["@" + draft.key] = {&draft};
    auto& done = counts[CollectionOf(request.parent())];
    if (!fact.corrects().empty()) {
      Supersede(fact.corrects());
      EXPECT_EQ(FactOf(fact.corrects()).kind(), fact.kind());
      EXPECT_FALSE(fact.reason().empty());
      ++done["corrected"];
      return;
    }
    ++done[fact::v1::FactKind_Name(fact.kind())];
    if (fact.kind() == fact::v1::FACT_KIND_SIGNED) {
      EXPECT_TRUE(signed_ones.insert(request.parent()).second) << "signed twice " << draft.key;
    } else if (fact.kind() == fact::v1::FACT_KIND_DECLINED ||
               fact.kind() == fact::v1::FACT_KIND_AMOUNT_CHANGED) {
      EXPECT_FALSE(signed_ones.contains(request.parent())) << draft.key;
    }
  }

  void TakeVoiding(const fact::v1::VoidFactRequest& request) {
    Supersede(request.name());
    EXPECT_FALSE(request.reason().empty());
    ++counts[CollectionOf(request.name())]["voided"];
    if (FactOf(request.name()).kind() == fact::v1::FACT_KIND_SIGNED) {
      signed_ones.erase(request.name().substr(0, request.name().find('/')));
      ++counts["opportunities"]["unsigned"];
    }
  }

  void TakeJudgement(const Draft& draft, const judgement::v1::JudgeRequest& request) {
    const Judgement& judgement = request.judgement();
    EXPECT_FALSE(judgement.answer() == "lost" && signed_ones.contains(judgement.subject()))
        << draft.key;
    auto& answer = standing[judgement.question()][judgement.subject()][draft.as.department];
    if (!answer.empty()) ++counts[CollectionOf(judgement.subject())]["judged again"];
    answer = judgement.answer();
    judgements_["@" + draft.key] = &judgement;
    last_[{judgement.subject(), judgement.question(), draft.as.department}] = "@" + draft.key;
  }

  void TakeWithdrawal(const Draft& draft, const judgement::v1::WithdrawRequest& request) {
    ASSERT_TRUE(judgements_.contains(request.name())) << request.name();
    const Judgement& judgement = *judgements_[request.name()];
    EXPECT_EQ((last_[{judgement.subject(), judgement.question(), draft.as.department}]),
              request.name());
    standing[judgement.question()][judgement.subject()].erase(draft.as.department);
    ++counts[CollectionOf(request.name())]["withdrawn"];
  }

  std::map<std::string, Sent> facts_;
  std::map<std::string, const Judgement*> judgements_;
  std::map<std::tuple<std::string, std::string, std::string>, std::string> last_;
};

class CompanyStoryTest : public ::testing::Test {
 protected:
  static const Company& Whole() {
    static const auto* company = new Company(MakeCompany({1, 1.0, kFirstDay}));
    return *company;
  }
  static const Story& Told() {
    static const auto* story = new Story(Whole());
    return *story;
  }
  static int Count(const std::string& collection, const std::string& what) {
    const auto& done = Told().counts.at(collection);
    return done.contains(what) ? done.at(what) : 0;
  }
};

TEST_F(CompanyStoryTest, FactsAreCorrectedAndVoidedJudgementsWithdrawnAndMadeAgain) {
  for (const char* collection : {"leads", "opportunities", "accounts", "cases"}) {
    EXPECT_GT(Count(collection, "corrected"), 10) << collection;
    EXPECT_GT(Count(collection, "voided"), 10) << collection;
    EXPECT_GT(Count(collection, "withdrawn"), 10) << collection;
    EXPECT_GT(Count(collection, "judged again"), 50) << collection;
  }
}

TEST_F(CompanyStoryTest, OwnersChangeAndCasesAreHandedOverAndReopened) {
  EXPECT_GT(Count("leads", "FACT_KIND_OWNER_CHANGED"), 50);
  EXPECT_GT(Count("opportunities", "FACT_KIND_OWNER_CHANGED"), 50);
  EXPECT_GT(Count("accounts", "FACT_KIND_OWNER_CHANGED"), 50);
  EXPECT_GT(Count("cases", "FACT_KIND_HANDED_TO_TEAM"), 500);
  EXPECT_GT(Count("cases", "FACT_KIND_REOPENED"), 100);
  EXPECT_GT(Count("cases", "FACT_KIND_CLOSED"), 1000);
}

TEST_F(CompanyStoryTest, SignaturesAreVoidedAndSomeStand) {
  EXPECT_GT(Count("opportunities", "unsigned"), 10);
  EXPECT_GT(Told().signed_ones.size(), 500u);
}

// Whoever looks at the same record sees other numbers.
TEST_F(CompanyStoryTest, LensesDisagree) {
  const int sales = Told().Count("opportunity-outcome", "lost", "sales", "sales");
  EXPECT_GT(sales, 300);
  EXPECT_GT(Told().Count("opportunity-outcome", "lost", "management", "sales"), sales + 20);
  EXPECT_GT(Told().Count("opportunity-outcome", "lost", "membership", "sales"), sales + 20);
  EXPECT_GT(Told().Count("lead-quality", "qualified", "marketing", "sales"),
            Told().Count("lead-quality", "qualified", "sales", "sales") + 200);
  EXPECT_GT(Told().Count("case-cause", "counterpart", "sales", "management"),
            Told().Count("case-cause", "counterpart", "management", "management") + 50);
  EXPECT_NE(Told().Count("account-health", "healthy", "sales", "support"),
            Told().Count("account-health", "healthy", "support", "support"));
}

class CompanyRulesTest : public CompanyStoryTest {
 protected:
  void SetUp() override {
    auto charter = charter::Charter::FromYamlFile(
        absl::StrCat(std::getenv("COMITY_SOURCE_DIR"), "/config/charter.yaml"));
    ASSERT_TRUE(charter.ok()) << charter.status();
    charter_.emplace(*std::move(charter));
  }
  template <typename Request, typename Check>
  static void ForEach(Check check) {
    for (const Phase& phase : Whole().phases) {
      for (const Draft& draft : phase.drafts) {
        if (draft.request->GetDescriptor() != Request::descriptor()) continue;
        check(draft, static_cast<const Request&>(*draft.request));
      }
    }
  }
  std::optional<charter::Charter> charter_;
};

TEST_F(CompanyRulesTest, JudgementsFollowTheStartingCharter) {
  ForEach<judgement::v1::JudgeRequest>([&](const Draft& draft, const auto& request) {
    const Judgement& judgement = request.judgement();
    const auto* question = charter_->FindQuestion(judgement.question());
    ASSERT_NE(question, nullptr) << judgement.question();
    EXPECT_EQ(question->collection(), CollectionOf(judgement.subject()));
    EXPECT_NE(charter::Charter::FindAnswer(*question, judgement.answer()), nullptr)
        << judgement.ShortDebugString();
    EXPECT_TRUE(charter_->HasVoice(*question, draft.as.department))
        << draft.as.ToText() << " " << judgement.question();
    EXPECT_FALSE(judgement.reason().empty());
  });
}

TEST_F(CompanyRulesTest, FactsAreThoseThatADepartmentMayRecord) {
  ForEach<fact::v1::RecordFactRequest>([&](const Draft& draft, const auto& request) {
    const std::string kind = absl::AsciiStrToLower(absl::StrReplaceAll(
        fact::v1::FactKind_Name(request.fact().kind()), {{"FACT_KIND_", ""}, {"_", "-"}}));
    EXPECT_TRUE(charter_->MayRecord(draft.as.department, CollectionOf(request.parent()), kind))
        << draft.as.ToText() << " " << kind;
  });
}

}  // namespace
}  // namespace comity::client
