#include "services/client/demo/company.h"

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/charter.h"

namespace comity::client {
namespace {

const absl::Time kDay = absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::UTCTimeZone());

const Phase& Find(const Company& company, const std::string& label) {
  for (const Phase& phase : company.phases) {
    if (phase.label == label) return phase;
  }
  ADD_FAILURE() << "no phase " << label;
  return company.phases.front();
}

std::string Fingerprint(const Company& company) {
  std::string text;
  for (const Phase& phase : company.phases) {
    for (const Draft& draft : phase.drafts) {
      absl::StrAppend(&text, draft.key, draft.as.ToText(), draft.request->ShortDebugString());
    }
  }
  return text;
}

TEST(CompanyTest, SameSeedSameCompany) {
  const DemoOptions options{3, 0.05, kDay};
  EXPECT_EQ(Fingerprint(MakeCompany(options)), Fingerprint(MakeCompany(options)));
  EXPECT_NE(Fingerprint(MakeCompany(options)), Fingerprint(MakeCompany({4, 0.05, kDay})));
}

TEST(CompanyTest, HasThePromisedSize) {
  const Company company = MakeCompany({1, 1.0, kDay});
  EXPECT_EQ(company.people.size(), 39u);
  EXPECT_EQ(Find(company, "leads").drafts.size(), 2000u);
  EXPECT_EQ(Find(company, "opportunities").drafts.size(), 1200u);
  EXPECT_EQ(Find(company, "cases").drafts.size(), 800u);
  EXPECT_EQ(Find(company, "accounts").drafts.size() + Find(company, "subsidiaries").drafts.size(),
            600u);
  std::set<std::string> departments;
  std::set<std::string> people;
  for (const Colleague& colleague : company.people) {
    departments.insert(colleague.department);
    EXPECT_TRUE(people.insert(colleague.person.name()).second) << colleague.person.name();
    EXPECT_FALSE(StewardOf(colleague.department).person.empty());
  }
  EXPECT_EQ(departments.size(), 6u);
}

// Every `@key` stands for a record of an earlier phase, and keys are unique.
TEST(CompanyTest, NamesOnlyWhatIsThere) {
  const Company company = MakeCompany({2, 0.2, kDay});
  std::set<std::string> known;
  for (const Phase& phase : company.phases) {
    for (const Draft& draft : phase.drafts) {
      const std::string text = draft.request->ShortDebugString();
      for (size_t at = text.find("\"@"); at != std::string::npos; at = text.find("\"@", at + 1)) {
        const std::string key = text.substr(at + 2, text.find('"', at + 2) - at - 2);
        EXPECT_TRUE(known.contains(key)) << phase.label << " " << key;
      }
    }
    for (const Draft& draft : phase.drafts)
      EXPECT_TRUE(known.insert(draft.key).second) << draft.key;
  }
}

class CompanyRulesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto charter = charter::Charter::FromYamlFile(
        absl::StrCat(std::getenv("COMITY_SOURCE_DIR"), "/config/charter.yaml"));
    ASSERT_TRUE(charter.ok()) << charter.status();
    charter_.emplace(*std::move(charter));
  }
  const Company company_ = MakeCompany({1, 0.3, kDay});
  std::optional<charter::Charter> charter_;
};

TEST_F(CompanyRulesTest, JudgementsFollowTheStartingCharter) {
  std::map<std::string, std::map<std::string, std::string>> answers;  // of a subject's question
  int disputed = 0;
  for (const char* label : {"account", "lead", "opportunity", "case"}) {
    for (const Draft& draft : Find(company_, absl::StrCat(label, " judgements")).drafts) {
      const auto& judgement =
          static_cast<const judgement::v1::JudgeRequest&>(*draft.request).judgement();
      const auto* question = charter_->FindQuestion(judgement.question());
      ASSERT_NE(question, nullptr) << judgement.question();
      EXPECT_NE(charter::Charter::FindAnswer(*question, judgement.answer()), nullptr)
          << judgement.ShortDebugString();
      EXPECT_TRUE(charter_->HasVoice(*question, draft.as.department))
          << draft.as.ToText() << " " << judgement.question();
      EXPECT_LE(judgement.occur_time().seconds(), absl::ToUnixSeconds(kDay));
      auto& others = answers[judgement.subject() + judgement.question()];
      others[draft.as.department] = judgement.answer();
      for (const auto& [department, answer] : others) {
        if (answer != judgement.answer()) {
          ++disputed;
          break;
        }
      }
    }
  }
  EXPECT_GT(disputed, 100);
}

TEST_F(CompanyRulesTest, FactsAreInOrderAllowedAndPast) {
  static const std::map<std::string, std::string> kCollections = {{"account", "accounts"},
                                                                  {"lead", "leads"},
                                                                  {"opportunity", "opportunities"},
                                                                  {"case", "cases"}};
  for (const auto& [label, collection] : kCollections) {
    for (const Draft& draft : Find(company_, label + " facts").drafts) {
      const auto& fact = static_cast<const fact::v1::RecordFactRequest&>(*draft.request).fact();
      const std::string kind = fact::v1::FactKind_Name(fact.kind());
      EXPECT_TRUE(charter_->MayRecord(draft.as.department, collection, kind)) << kind;
      EXPECT_LE(fact.occur_time().seconds(), absl::ToUnixSeconds(kDay));
      EXPECT_GT(fact.occur_time().seconds(), absl::ToUnixSeconds(kDay - absl::Hours(24 * 400)));
    }
  }
}

TEST_F(CompanyRulesTest, NothingSignedIsJudgedLost) {
  std::set<std::string> signed_ones;
  for (const Draft& draft : Find(company_, "opportunity facts").drafts) {
    const auto& request = static_cast<const fact::v1::RecordFactRequest&>(*draft.request);
    if (request.fact().kind() == fact::v1::FACT_KIND_SIGNED) {
      EXPECT_TRUE(signed_ones.insert(request.parent()).second);
    }
  }
  EXPECT_GT(signed_ones.size(), 50u);
  for (const Draft& draft : Find(company_, "opportunity judgements").drafts) {
    const auto& judgement =
        static_cast<const judgement::v1::JudgeRequest&>(*draft.request).judgement();
    EXPECT_FALSE(judgement.answer() == "lost" && signed_ones.contains(judgement.subject()));
  }
}

}  // namespace
}  // namespace comity::client
