// comity charter and comity keys against a real suite: the charter is changed by those whom it
// touches. The tests follow on each other, as revisions do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "nlohmann/json.hpp"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::CharterProposal;
using google::protobuf::util::MessageDifferencer;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using type::v1::Charter;

constexpr const char* kStewards[] = {"sam@sales",      "mia@marketing", "sue@support",
                                     "max@management", "ida@it",        "meg@membership"};

std::string File(const std::string& name) { return absl::StrCat(Suite::Get().folder(), "/", name); }

std::string Read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// An exported charter in which `from` became `to`.
std::string Edited(const std::string& from, const std::string& to) {
  std::string path = File("edited.yaml");
  const std::string yaml = Comity("charter export");
  const std::string edited = absl::StrReplaceAll(yaml, {{from, to}});
  EXPECT_NE(edited, yaml) << from;
  std::ofstream(path, std::ios::trunc) << edited;
  return path;
}

// Proposes it as mia@marketing; returns the name.
std::string Propose(const std::string& file, const std::string& title) {
  std::string name = Comity(
      absl::StrCat("charter propose ", file, " --title '", title, "' --as mia@marketing -o name"));
  if (!name.empty()) name.pop_back();
  return name;
}

Outcome Sign(const std::string& proposal, const std::string& as, const std::string& more = "") {
  return TryComity(absl::StrCat("charter sign ", proposal, " --yes --as ", as, " ", more));
}

CharterProposal ReadProposal(const std::string& name) {
  return ComityJson<CharterProposal>("charter proposal " + name);
}

int InForce() { return ComityJson<Charter>("charter show").revision(); }

// All whom it touches sign; waits until it is in force.
void SignByAll(const std::string& name) {
  const CharterProposal proposal = ReadProposal(name);
  for (const char* steward : kStewards) {
    const auto& affected = proposal.affected();
    const std::string department = absl::StrCat(
        "departments/", std::string(steward).substr(std::string(steward).find('@') + 1));
    if (std::find(affected.begin(), affected.end(), department) == affected.end()) continue;
    const Outcome outcome = Sign(name, steward);
    EXPECT_EQ(outcome.code, 0) << steward << outcome.output << outcome.errors;
  }
  const int next = proposal.base_revision() + 1;
  EXPECT_TRUE(Eventually([&] { return InForce() == next; })) << next;
}

TEST(ClientCharter, IsShownAndExported) {
  const std::string file = File("exported.yaml");
  EXPECT_THAT(Comity("charter show"),
              AllOf(HasSubstr("provisional"), HasSubstr("lead-quality (leads)"),
                    ContainsRegex("marketing +mia +[A-Za-z0-9+/]+=")));
  EXPECT_THAT(Comity("charter show 1 --output yaml"), HasSubstr("\nquestions:\n"));
  Comity("charter export --out " + file);
  EXPECT_EQ(Comity("charter diff " + file), "No word differs.\n");
  EXPECT_EQ(Comity("charter diff 1 " + file + " -o json"), "[]\n");
  EXPECT_EQ(Comity("charter log"),
            "Revision 1: in force, from the beginning\n"
            "  provisional: signed by 0 of 6 departments\n");
  EXPECT_THAT(TryComity("charter show 9").errors, HasSubstr("NOT_FOUND"));
}

// Its story is for a suite that was begun with it.
TEST(ClientCharter, OfAnotherCompanyHasNoStory) {
  const Outcome outcome = TryComity("demo play --pace fast");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("FAILED_PRECONDITION NOT_A_DEMONSTRATION"),
                                    HasSubstr("agreements/demonstration-lead")));
  EXPECT_EQ(outcome.output, "");
}

// The first revision that is signed is signed by all, for nobody has signed the words before it.
TEST(ClientCharter, ComesIntoForceWhenAllHaveSigned) {
  const std::string file = Edited("within the next six months", "within the next year");
  EXPECT_THAT(Comity(absl::StrCat("charter diff ", file)),
              AllOf(HasSubstr("answers.nurture.criteria"), HasSubstr("was    "),
                    HasSubstr("within the next year")));
  const std::string propose =
      absl::StrCat("charter propose ", file, " --title 'A year' --as mia@marketing ");
  EXPECT_THAT(Comity(propose + "--dry-run"),
              AllOf(HasSubstr("nothing was proposed"), HasSubstr("It touches sales, marketing, ")));
  EXPECT_EQ(ComityJson<gateway::v1::ListProposalsResponse>("charter proposals").proposals_size(),
            0);
  const std::string name = Propose(file, "A year");
  EXPECT_THAT(Comity("charter proposals --filter state=OPEN"),
              AllOf(HasSubstr(name), HasSubstr("0 of 6")));
  Comity(absl::StrCat("charter refuse ", name, " --reason 'Half a year is enough' --as sam@sales"));
  Comity(absl::StrCat("charter comment ", name, " 'What of schools?' --as ana@sales"));
  // Nobody can be asked here.
  const Outcome unasked =
      TryComity(absl::StrCat("charter sign ", name, " --as mia@marketing </dev/null"));
  EXPECT_NE(unasked.code, 0);
  EXPECT_THAT(unasked.errors, HasSubstr("`--yes` signs without asking"));
  EXPECT_EQ(ReadProposal(name).signatures_size(), 0);
  const Outcome first = Sign(name, "mia@marketing");
  EXPECT_THAT(first.output, AllOf(HasSubstr("answers.nurture.criteria"),
                                  HasSubstr("signed as mia@marketing; 1 of 6 have signed; awaited: "
                                            "sales (does not agree), support, ")));
  EXPECT_THAT(Comity("charter proposal " + name),
              AllOf(ContainsRegex("sales +does not agree +sam .*Half a year is enough"),
                    ContainsRegex("marketing +signed +mia "), HasSubstr("ana@sales: What of"),
                    ContainsRegex("it +awaited"), HasSubstr("within the next year")));
  for (const char* steward : {"sue@support", "max@management", "ida@it", "meg@membership"}) {
    EXPECT_EQ(Sign(name, steward).code, 0) << steward;
  }
  EXPECT_THAT(Sign(name, "mia@marketing").errors, HasSubstr("ALREADY_SIGNED"));
  const Outcome last = Sign(name, "sam@sales");
  EXPECT_EQ(last.code, 0) << last.errors;
  EXPECT_THAT(last.output, AllOf(HasSubstr("That was the last one: workflows/"),
                                 ContainsRegex("Revision 2 is in force from 20[0-9 :-]+ UTC on")));
  ASSERT_TRUE(Eventually([] { return InForce() == 2; }));
  EXPECT_THAT(Comity("charter log"),
              AllOf(ContainsRegex("Revision 2: in force, from 20[0-9 :-]+ on\n"
                                  "  signed by 6 of 6 departments: mia@marketing, "),
                    HasSubstr("  " + name + "\nRevision 1: earlier, from the beginning\n")));
  EXPECT_THAT(Comity("charter diff 1"), HasSubstr("within the next year"));
  EXPECT_EQ(ReadProposal(name).refusals_size(), 0);
}

TEST(ClientCharter, AsksOnlyThoseWhomItTouches) {
  ASSERT_EQ(InForce(), 2);
  const std::string name =
      Propose(Edited("A nuisance; the work goes on.", "A nuisance."), "Shorter");
  EXPECT_THAT(ReadProposal(name).affected(),
              ElementsAre("departments/sales", "departments/support", "departments/it"));
  EXPECT_THAT(Sign(name, "max@management").errors,
              AllOf(HasSubstr("NOT_AFFECTED"), HasSubstr("comity charter proposal")));
  EXPECT_THAT(TryComity(absl::StrCat("charter refuse ", name, " -r no --as meg@membership")).errors,
              HasSubstr("NOT_AFFECTED"));
  EXPECT_THAT(Sign(name, "ana@sales", absl::StrCat("--key ", File("keys/sam.pem"))).errors,
              HasSubstr("SIGNATURE_INVALID"));  // who is no steward has no key that counts
  EXPECT_EQ(Sign(name, "sam@sales", "--dry-run").code, 0);
  EXPECT_EQ(ReadProposal(name).signatures_size(), 0);
  SignByAll(name);
  EXPECT_THAT(Comity("charter log"), HasSubstr("signed by 3 of 3 departments"));
}

// The part of a key that goes to the steward.
std::string PublicKey(const std::string& command) {
  return ComityJson<type::v1::StewardKey>(command).public_key();
}

TEST(ClientCharter, SomebodyElseSignsInAStewardsPlace) {
  const std::string name = Propose(Edited("A nuisance.", "A nuisance, no more."), "No more");
  const std::string file = File("delegate/ana.pem");
  const std::string key = PublicKey("keys new --as ana@sales --out " + file);
  const std::string sign = absl::StrCat("--as-delegate --key ", file);
  EXPECT_THAT(Sign(name, "ana@sales", sign).errors, HasSubstr("DELEGATION_MISSING"));
  const std::string delegate =
      absl::StrCat("charter delegate ana --delegate-key ", key, " --until ",
                   absl::FormatTime("%Y-%m-%d", absl::Now() + absl::Hours(72), absl::UTCTimeZone()),
                   " --as sam@sales ");
  EXPECT_THAT(Comity(delegate + "--dry-run"), HasSubstr("nothing was"));
  const std::string by_ana = absl::StrReplaceAll(delegate, {{"sam@sales", "ana@sales"}});
  EXPECT_THAT(TryComity(by_ana).errors, HasSubstr("KEY_MISSING"));
  EXPECT_THAT(TryComity(absl::StrCat(by_ana, "--key ", File("keys/sam.pem"))).errors,
              HasSubstr("DELEGATION_INVALID"))
      << "nobody delegates to himself";
  std::string delegation = Comity(delegate + "-o name");
  delegation.pop_back();
  EXPECT_THAT(Comity("charter delegations --department sales"),
              AllOf(HasSubstr(delegation), ContainsRegex("sales +sam +ana +standing .*not used")));
  EXPECT_THAT(Comity("inbox --as ana@sales"),
              AllOf(HasSubstr("delegation ends"), HasSubstr("ana signs for sam")));
  EXPECT_EQ(Sign(name, "ana@sales", sign + " --dry-run").code, 0);
  const Outcome outcome = Sign(name, "ana@sales", sign);
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("signed as ana@sales; 1 of 3 have signed"));
  EXPECT_THAT(Comity("charter proposal " + name), ContainsRegex("sales +signed +ana for sam"));
  EXPECT_THAT(TryComity("charter revoke " + delegation + " --as mia@marketing").errors,
              HasSubstr("NOT_OWN_DEPARTMENT"));
  EXPECT_THAT(Comity("charter revoke " + delegation + " --as sam@sales"),
              AllOf(HasSubstr("revoked"), HasSubstr("Revoked by sam@sales")));
  EXPECT_THAT(Comity("charter delegation " + delegation), HasSubstr("Revoked by sam@sales"));
  EXPECT_THAT(Sign(name, "ana@sales", sign).errors, HasSubstr("DELEGATION_MISSING"));
  // What was signed before stays: every service reads the chain, and the revocation after it.
  EXPECT_EQ(Sign(name, "sue@support").code, 0);
  const Outcome last = Sign(name, "ida@it");
  EXPECT_EQ(last.code, 0) << last.errors;
  ASSERT_TRUE(Eventually(
      [before = ReadProposal(name).base_revision()] { return InForce() == before + 1; }));
  EXPECT_THAT(Comity("charter log"), HasSubstr("ana@sales (for sam)"));
  SignByAll(Propose(Edited("A nuisance, no more.", "A nuisance."), "As before"));
}

TEST(ClientCharter, TellsOfKeysThatAreWrongOrMissing) {
  const std::string name = Propose(Edited("A nuisance.", "A small nuisance."), "Small");
  const std::string key = File("other/sam.pem");
  const std::string entry = Comity("keys new --as sam@sales --out " + key);
  EXPECT_THAT(entry, AllOf(HasSubstr("keys:\n"), HasSubstr("person: persons/sam"),
                           ::testing::Not(HasSubstr("PRIVATE"))));
  EXPECT_EQ(Comity("keys show --as sam@sales --key " + key), entry);
  EXPECT_NE(Comity("keys show --as sam@sales"), entry);
  struct stat status {};
  ASSERT_EQ(stat(key.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  const std::string before = Read(key);
  EXPECT_THAT(TryComity("keys new --as sam@sales --out " + key).errors, HasSubstr("KEY_EXISTS"));
  EXPECT_EQ(Read(key), before);
  EXPECT_THAT(Sign(name, "sam@sales", "--key " + key).errors,
              AllOf(HasSubstr("SIGNATURE_INVALID"), HasSubstr("no such key"),
                    HasSubstr("comity keys show")));
  EXPECT_THAT(Sign(name, "ana@sales").errors,
              AllOf(HasSubstr("KEY_MISSING"), HasSubstr("comity keys new --as ana@sales")));
  Comity(absl::StrCat("charter withdraw ", name, " --as mia@marketing"));
  EXPECT_THAT(Sign(name, "sam@sales").errors, HasSubstr("PROPOSAL_CLOSED"));
}

// What is proposed of a charter that changes meanwhile is proposed anew.
TEST(ClientCharter, TellsWhatToDoWithAStaleProposal) {
  const std::string old_file = File("old.yaml");
  std::ofstream(old_file) << Comity("charter export");
  const std::string stale =
      Propose(Edited("Important work is hindered", "Work is hindered"), "Two");
  const std::string name = Propose(Edited("A nuisance.", "Small."), "Three");
  EXPECT_THAT(
      TryComity(absl::StrCat("charter amend ", name, " ", old_file, " --as sam@sales")).errors,
      HasSubstr("NOT_OWN_DEPARTMENT"));
  const std::string amended = Edited("A nuisance.", "Small, and soon forgotten.");
  EXPECT_EQ(Sign(name, "sam@sales").code, 0);
  EXPECT_THAT(Comity(absl::StrCat("charter amend ", name, " ", amended, " --as mia@marketing")),
              HasSubstr("soon forgotten"));
  EXPECT_EQ(ReadProposal(name).signatures_size(), 0);
  SignByAll(name);
  EXPECT_THAT(Sign(stale, "sam@sales").errors,
              AllOf(HasSubstr("PROPOSAL_STALE"), HasSubstr("comity charter export")));
  EXPECT_THAT(Comity("charter proposal " + stale),
              AllOf(HasSubstr("stale"), HasSubstr("To propose it anew")));
  EXPECT_THAT(
      TryComity(absl::StrCat("charter propose ", old_file, " --title old --as mia@marketing"))
          .errors,
      AllOf(HasSubstr("BASE_NOT_IN_FORCE"), HasSubstr("comity charter export")));
}

TEST(ClientCharter, TellsOfMistakesInAFile) {
  const auto problem = [](const std::string& from, const std::string& to) {
    return TryComity(absl::StrCat("charter propose ", Edited(from, to),
                                  " --title mistake --as mia@marketing"))
        .errors;
  };
  EXPECT_THAT(problem("\nquestions:\n", "\nquestions:\n - :\n"),
              AllOf(HasSubstr("CHARTER_INVALID"), ContainsRegex("edited.yaml:[0-9]+")));
  EXPECT_THAT(problem("ordinal:", "ordinary:"), HasSubstr("`ordinary` is no field of Question"));
  EXPECT_THAT(problem("voices: [departments/marketing", "voices: [departments/magic"),
              AllOf(HasSubstr("CHARTER_INVALID"), HasSubstr("departments/magic")));
  const std::string unchanged = File("unchanged.yaml");
  std::ofstream(unchanged) << Comity("charter export");
  EXPECT_THAT(
      TryComity(absl::StrCat("charter propose ", unchanged, " --title nothing --as mia@marketing"))
          .errors,
      HasSubstr("NOTHING_CHANGES"));
  EXPECT_THAT(
      TryComity(absl::StrCat("charter propose ", unchanged, " --title x --as ana@sales")).errors,
      HasSubstr("PERMISSION_DENIED"));
}

TEST(ClientCharter, IsDecidedByTheArbiterAfterTheTerm) {
  const std::string name = Propose(Edited("No need, no means", "No means"), "No means");
  EXPECT_THAT(Sign(name, "sam@sales", "--decide").errors, HasSubstr("NOT_ARBITER"));
  EXPECT_EQ(Sign(name, "mia@marketing").code, 0);
  Comity(absl::StrCat("charter refuse ", name, " --reason 'Need is all' --as sam@sales"));
  EXPECT_THAT(Comity("charter proposal " + name), HasSubstr("The arbiter may decide from "));
  const int before = InForce();
  ASSERT_TRUE(Eventually([&] { return Sign(name, "max@management", "--decide").code == 0; }));
  ASSERT_TRUE(Eventually([&] { return InForce() == before + 1; }));
  EXPECT_THAT(Comity("charter log"),
              HasSubstr("  signed by 1 of 3 departments: mia@marketing, max@management (arbiter)\n"
                        "  over the objection of sales, membership\n"));
}

TEST(ClientCharter, SpeaksJson) {
  const auto list = ComityJson<gateway::v1::ListProposalsResponse>("charter proposals --all");
  EXPECT_GE(list.proposals_size(), 5);
  const auto revisions = ComityJson<gateway::v1::ListRevisionsResponse>("charter log");
  ASSERT_GE(revisions.revisions_size(), 4);
  const int latest = revisions.revisions(0).revision();
  EXPECT_TRUE(
      MessageDifferencer::Equals(ComityJson<Charter>("charter show"),
                                 ComityJson<Charter>(absl::StrCat("charter export ", latest))));
  const auto changes = nlohmann::json::parse(
      Comity(absl::StrCat("charter diff ", revisions.revisions(0).proposal(), " -o json")));
  ASSERT_EQ(changes.size(), 1u) << changes;
  EXPECT_EQ(changes[0]["field"], "answers.disqualified.criteria");
}

}  // namespace
}  // namespace comity::integration
