// The company as a whole: its size, its people, its days and its money.
#include "services/client/demo/company.h"

#include <functional>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "comity/account/v1/account_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "gtest/gtest.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const absl::Time kDay = absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::UTCTimeZone());

const Phase& Find(const Company& company, const std::string& label) {
  for (const Phase& phase : company.phases) {
    if (phase.label == label) return phase;
  }
  ADD_FAILURE() << "no phase " << label;
  return company.phases.front();
}

// Made once: it has some fifty thousand requests.
const Company& Whole() {
  static const auto* company = new Company(MakeCompany({1, 1.0, kDay}));
  return *company;
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

TEST(CompanyTest, HasTwoThousandOfEach) {
  EXPECT_EQ(Find(Whole(), "leads").drafts.size(), 2000u);
  EXPECT_EQ(Find(Whole(), "opportunities").drafts.size(), 2000u);
  EXPECT_EQ(Find(Whole(), "cases").drafts.size(), 2000u);
  EXPECT_EQ(Find(Whole(), "accounts").drafts.size() + Find(Whole(), "subsidiaries").drafts.size(),
            2000u);
}

TEST(CompanyTest, FortyPeopleInSixDepartmentsWithTeamsOfficesAndManagers) {
  EXPECT_EQ(Whole().people.size(), 40u);
  std::set<std::string> departments;
  std::set<std::string> people;
  std::set<std::string> offices;
  std::map<std::string, std::string> homes;  // of teams
  for (const auto& team : Whole().teams) homes[team.name()] = team.department();
  for (const Colleague& colleague : Whole().people) {
    const auto& person = colleague.person;
    departments.insert(colleague.department);
    offices.insert(person.office());
    EXPECT_EQ(homes[person.team()], colleague.department) << person.name();
    EXPECT_FALSE(StewardOf(colleague.department).person.empty());
    // A manager is there before those who are managed; max has none.
    EXPECT_TRUE(person.manager() == "persons/max" || people.contains(person.manager()) ||
                person.name() == "persons/max")
        << person.ShortDebugString();
    EXPECT_TRUE(people.insert(person.name()).second) << person.name();
  }
  EXPECT_EQ(departments.size(), 6u);
  EXPECT_EQ(offices.size(), 3u);
  EXPECT_EQ(homes.size(), 12u);
}

// Every `@key` stands for a record of an earlier phase, and keys are unique.
TEST(CompanyTest, NamesOnlyWhatIsThere) {
  std::set<std::string> known;
  for (const Phase& phase : Whole().phases) {
    for (const Draft& draft : phase.drafts) {
      const std::string text = draft.request->ShortDebugString();
      for (size_t at = text.find("\"@"); at != std::string::npos; at = text.find("\"@", at + 1)) {
        const std::string key = text.substr(at + 2, text.find('"', at + 2) - at - 2);
        EXPECT_TRUE(known.contains(key)) << phase.label << " " << key;
      }
    }
    for (const Draft& draft : phase.drafts) {
      EXPECT_TRUE(known.insert(draft.key).second) << draft.key;
    }
  }
}

// Calls `take` for every message within `message`.
void ForEachPart(const Message& message, const std::function<void(const Message&)>& take) {
  take(message);
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    if (!field->is_repeated()) {
      ForEachPart(message.GetReflection()->GetMessage(message, field), take);
      continue;
    }
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      ForEachPart(message.GetReflection()->GetRepeatedMessage(message, field, i), take);
    }
  }
}

bool IsWorkingDay(absl::CivilDay day) {
  return absl::GetWeekday(day) != absl::Weekday::saturday &&
         absl::GetWeekday(day) != absl::Weekday::sunday;
}

// All of it happened in the past year or so, in office hours from Monday to Friday.
void CheckTime(const google::protobuf::Timestamp& timestamp) {
  const absl::Time time = absl::FromUnixSeconds(timestamp.seconds());
  EXPECT_LT(time, kDay);
  EXPECT_GT(time, kDay - absl::Hours(24 * 400));
  const absl::CivilHour hour = absl::ToCivilHour(time, absl::UTCTimeZone());
  EXPECT_TRUE(IsWorkingDay(absl::CivilDay(hour))) << time;
  EXPECT_GE(hour.hour(), 8) << time;
  EXPECT_LT(hour.hour(), 19) << time;
}

TEST(CompanyTest, WorksOnWorkingDays) {
  int64_t seen = 0;
  for (const Phase& phase : Whole().phases) {
    for (const Draft& draft : phase.drafts) {
      ForEachPart(*draft.request, [&](const Message& part) {
        if (part.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
          CheckTime(static_cast<const google::protobuf::Timestamp&>(part));
          ++seen;
        } else if (part.GetDescriptor() == google::type::Date::descriptor()) {
          const auto& date = static_cast<const google::type::Date&>(part);
          EXPECT_TRUE(IsWorkingDay(absl::CivilDay(date.year(), date.month(), date.day())))
              << phase.label << " " << date.ShortDebugString();
          ++seen;
        }
      });
    }
  }
  EXPECT_GT(seen, 20000);
}

// Each month of the year has its share, and none has most of it.
TEST(CompanyTest, SpreadsOverTheYear) {
  std::map<absl::CivilMonth, int> months;
  for (const Draft& draft : Find(Whole(), "opportunities").drafts) {
    const auto& request = static_cast<const lead::v1::CreateOpportunityRequest&>(*draft.request);
    const absl::Time open = absl::FromUnixSeconds(request.opportunity().open_time().seconds());
    ++months[absl::ToCivilMonth(open, absl::UTCTimeZone())];
  }
  EXPECT_GE(months.size(), 12u);
  for (const auto& [month, count] : months) EXPECT_LT(count, 350) << month;
}

TEST(CompanyTest, OffersInTheCurrencyOfThePlaceAndOfPlausibleSize) {
  std::map<std::string, int> currencies;
  for (const Draft& draft : Find(Whole(), "opportunities").drafts) {
    const auto& opportunity =
        static_cast<const lead::v1::CreateOpportunityRequest&>(*draft.request).opportunity();
    ++currencies[opportunity.amount().currency_code()];
    EXPECT_GE(opportunity.amount().units(), 60);
    EXPECT_LE(opportunity.amount().units(), 350000);
    int64_t sum = 0;
    for (const auto& line : opportunity.lines()) {
      EXPECT_EQ(line.unit_price().currency_code(), opportunity.amount().currency_code());
      sum += line.unit_price().units() * line.quantity();
    }
    EXPECT_EQ(sum, opportunity.amount().units());
  }
  EXPECT_EQ(currencies.size(), 3u);
  EXPECT_GT(currencies["EUR"], 1000);
  EXPECT_GT(currencies["CAD"], 50);
  EXPECT_GT(currencies["USD"], 50);
}

TEST(CompanyTest, NamesAreDiverseAndFirmsUnique) {
  std::set<std::string> firms;
  std::set<std::string> others;
  for (const char* label : {"accounts", "subsidiaries"}) {
    for (const Draft& draft : Find(Whole(), label).drafts) {
      const auto& account =
          static_cast<const account::v1::CreateAccountRequest&>(*draft.request).account();
      if (account.kind() == account::v1::ACCOUNT_KIND_ORGANIZATION) {
        EXPECT_TRUE(firms.insert(account.display_name()).second) << account.display_name();
      } else {
        others.insert(account.display_name());
      }
    }
  }
  EXPECT_EQ(firms.size(), 1400u);
  EXPECT_GT(others.size(), 250u);
}

}  // namespace
}  // namespace comity::client
