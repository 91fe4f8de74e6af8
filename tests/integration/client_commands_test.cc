// The command line against a real suite: what it prints for machines is the API's own JSON, a
// watched journal arrives, any method can be called, stewards change the directory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/gateway/v1/directory_service.grpc.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/integration/command.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;

std::string MakeLead() {
  const auto lead = CreateLead("mia@marketing");
  EXPECT_TRUE(lead.ok()) << lead.status();
  return lead.ok() ? lead->name() : "";
}

lead::v1::Lead GetLead(const std::string& name) {
  lead::v1::GetLeadRequest request;
  request.set_name(name);
  const auto lead =
      Suite::Get().Call(&lead::v1::LeadService::Stub::GetLead, "lead", "ana@sales", request);
  EXPECT_TRUE(lead.ok()) << lead.status();
  return lead.ok() ? *lead : lead::v1::Lead();
}

TEST(ClientJson, IsTheApisOwn) {
  const std::string name = MakeLead();
  const auto printed = ComityJson<lead::v1::Lead>("lead get " + name);
  EXPECT_TRUE(MessageDifferencer::Equals(printed, GetLead(name))) << printed.DebugString();
  const auto called = ComityJson<lead::v1::Lead>(
      absl::StrCat("call LeadService/GetLead '{\"name\": \"", name, "\"}'"));
  EXPECT_TRUE(MessageDifferencer::Equals(called, printed)) << called.DebugString();
  const auto list = ComityJson<lead::v1::ListLeadsResponse>("lead list --page-size 1");
  ASSERT_EQ(list.leads_size(), 1);
  EXPECT_FALSE(list.leads(0).name().empty());
}

TEST(ClientJson, IsReadBackFromJudgementAndStanding) {
  const std::string name = MakeLead();
  const auto judged = ComityJson<judgement::v1::Judgement>(absl::StrCat(
      "judge ", name, " -q lead-quality -a nurture --reason later --as mia@marketing"));
  EXPECT_EQ(judged.answer(), "nurture");
  const auto reply = ComityJson<judgement::v1::GetStandingResponse>("standing " + name);
  ASSERT_EQ(reply.standings_size(), 1);
  ASSERT_EQ(reply.standings(0).judgements_size(), 1);
  EXPECT_TRUE(MessageDifferencer::Equals(reply.standings(0).judgements(0), judged))
      << reply.DebugString();
}

TEST(ClientCall, AsksAnyMethodAndFillsInTheRequestId) {
  const auto made = ComityJson<lead::v1::Lead>(
      "call comity.lead.v1.LeadService/CreateLead '{\"lead\": {\"familyName\": \"Called\"}}'");
  EXPECT_EQ(GetLead(made.name()).family_name(), "Called");
  // From standard input, at a service that the request does not name.
  const Outcome read = RunShell("echo '{\"pageSize\": 1}' | " +
                                ComityCommand("call JournalService/ReadJournal - --at lead"));
  EXPECT_EQ(read.code, 0) << read.errors;
  journal::v1::ReadJournalResponse page;
  ReadJson(read.output, &page);
  EXPECT_EQ(page.entries_size(), 1);
}

TEST(ClientCall, SaysWhatIsWrongWithIt) {
  const Outcome unknown = TryComity("call LeadService/Sell");
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("UNKNOWN_METHOD"));
  EXPECT_EQ(TryComity("call LeadService/GetLead '{\"nam\": 1}'").code, 2);
  EXPECT_EQ(TryComity("call JournalService/WatchJournal").code, 2);
  const Outcome missing = TryComity(
      "call LeadService/GetLead '{\"name\": \"leads/0190a0a0-0000-7000-8000-000000000000\"}'");
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.errors, HasSubstr("RESOURCE_NOT_FOUND"));
}

// The entry of `subject` among lines of JSON, or none.
std::string EntryOf(const std::string& path, const std::string& subject) {
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    journal::v1::PositionedEntry entry;
    ReadJson(line, &entry);
    if (entry.entry().subject() == subject) return entry.entry().type();
  }
  return "";
}

TEST(ClientWatch, ShowsTheJournalAsItGrowsUntilInterrupted) {
  const std::string path = Suite::Get().folder() + "/watched";
  // The shell says who it is and becomes the client.
  FILE* const watch = popen(
      absl::StrCat("echo $$; exec env ", ComityCommand("watch lead --from 0 -o json"), " >", path)
          .c_str(),
      "r");
  char pid[32] = "";
  ASSERT_NE(std::fgets(pid, sizeof(pid), watch), nullptr);
  const std::string name = MakeLead();
  EXPECT_TRUE(Eventually([&] { return EntryOf(path, name) == "created"; }));
  EXPECT_EQ(RunShell(absl::StrCat("kill -INT ", pid)).code, 0);
  EXPECT_EQ(pclose(watch), 0);
}

std::set<std::string> Persons() {
  std::set<std::string> names;
  const auto reply = ComityJson<gateway::v1::ListPersonsResponse>("directory persons");
  for (const auto& person : reply.persons()) names.insert(person.name());
  return names;
}

TEST(ClientDirectory, StewardsBringInAPersonWhoCanThenAct) {
  EXPECT_EQ(Persons().count("persons/ana"), 1u);
  EXPECT_EQ(Persons().count("persons/nia"), 0u);
  Comity("directory add-team north --set display_name=North --as sam@sales");
  Comity("directory add-person nia --set display_name='Nia Novak' --set team=north --as sam@sales");
  Comity("directory set-membership nia --role member --as sam@sales");
  Comity("directory update-person nia --set office=Lyon --set manager=sam --as sam@sales");
  EXPECT_EQ(Persons().count("persons/nia"), 1u);
  EXPECT_THAT(
      Comity("directory persons --filter office=Lyon"),
      ::testing::ContainsRegex("persons/nia +Nia Novak +.*north +Lyon +.*sam +sales:member"));
  EXPECT_THAT(Comity("directory teams"), HasSubstr("teams/north"));
  EXPECT_EQ(
      ComityJson<gateway::v1::ListDepartmentsResponse>("directory departments").departments_size(),
      6);
  EXPECT_TRUE(Eventually([&] { return CreateLead("nia@sales").ok(); }));
  Comity("directory set-membership nia --end --as sam@sales");
  EXPECT_TRUE(Eventually([&] { return !CreateLead("nia@sales").ok(); }));
}

TEST(ClientDirectory, OthersChangeNothing) {
  const Outcome outcome =
      TryComity("directory add-person eve --set display_name=Eve --as ana@sales");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("PERMISSION_DENIED"));
  EXPECT_EQ(Persons().count("persons/eve"), 0u);
  EXPECT_EQ(TryComity("directory set-membership ana --as sam@sales").code, 2);
}

TEST(ClientNames, OfAnEmptyListAreNone) {
  const Outcome none = TryComity("lead list --filter owner=nobodyx -o name");
  EXPECT_EQ(none.code, 0) << none.errors;
  EXPECT_EQ(none.output, "");
  EXPECT_EQ(TryComity(absl::StrCat("standing ", MakeLead(), " -o name")).code, 2);
}

// The names that are listed in `text` behind `title`.
std::set<std::string> NamesBehind(const std::string& text, const std::string& title) {
  const size_t begin = text.find(title);
  EXPECT_NE(begin, std::string::npos) << title << " in " << text;
  if (begin == std::string::npos) return {};
  std::string names = text.substr(begin + title.size());
  names = names.substr(0, names.find_first_of(";\n"));
  names = names.substr(0, names.find(", with"));
  return absl::StrSplit(names, ", ");
}

// What the help of a list says there is, and what the service says.
TEST(ClientHelp, NamesTheFiltersAndOrdersOfEachList) {
  for (const char* kind : {"lead", "opportunity", "campaign", "product", "account", "contact",
                           "relationship", "case"}) {
    const std::string list = absl::StrCat(kind, " list");
    const std::string help = Comity(list + " --help");
    EXPECT_EQ(NamesBehind(help, "Filters: "),
              NamesBehind(TryComity(list + " --filter no.such=1").errors, "is none of "))
        << list;
    EXPECT_EQ(NamesBehind(help, "Orders: "),
              NamesBehind(TryComity(list + " --order-by no.such").errors, "is one of "))
        << list;
  }
}

TEST(ClientHistory, SaysWhoChangedWhat) {
  const std::string name = MakeLead();
  Comity(absl::StrCat("lead update ", name, " --set source=fair --as mia@marketing"));
  Comity(absl::StrCat("lead update ", name, " --set source=web --as mia@marketing"));
  Comity(absl::StrCat("lead update ", name, " --set family_name=Byron --as mia@marketing"));
  Comity(absl::StrCat("fact record ", name, " --kind note --summary 'Wants two of them'"));
  Comity(absl::StrCat("fact record ", name, " --kind owner-changed --owner persons/ana"));
  const std::string history = Comity("history " + name);
  EXPECT_THAT(history, ::testing::ContainsRegex("mia@marketing +updated +source: fair"));
  EXPECT_THAT(history, ::testing::ContainsRegex("mia@marketing +updated +source: fair → web"));
  EXPECT_THAT(history, ::testing::ContainsRegex("mia@marketing +updated +only what is personal"));
  EXPECT_THAT(history, ::testing::ContainsRegex("ana@sales +fact-recorded +note Wants two"));
  EXPECT_THAT(history,
              ::testing::ContainsRegex("ana@sales +fact-recorded +owner-changed; owner: "));
}

TEST(ClientToken, IsTakenByTheServices) {
  std::string token = Comity("token --as mia@marketing");
  ASSERT_FALSE(token.empty());
  EXPECT_EQ(token.back(), '\n');
  token.pop_back();
  const auto& profile = Suite::Get().profile();
  const channel::Channels channels({profile.tls_cert, profile.tls_key, profile.tls_ca},
                                   profile.addresses);
  lead::v1::CreateLeadRequest request;
  request.mutable_lead()->set_family_name("Token");
  request.set_request_id(NewRequestId());
  const auto made = Suite::CallWith(channels.To("lead"), &lead::v1::LeadService::Stub::CreateLead,
                                    token, request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->responsible_department(), "departments/marketing");
}

}  // namespace
}  // namespace comity::integration
