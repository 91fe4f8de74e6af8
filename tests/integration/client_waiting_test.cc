// comity while a workflow goes on, is stopped or stuck: what the command that waits for it says,
// and what others say of it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/account/v1/account.pb.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "comity/gateway/v1/workflow.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "comity/support/v1/case.pb.h"
#include "google/longrunning/operations.pb.h"
#include "tests/integration/command.h"
#include "tests/integration/database.h"
#include "tests/integration/failpoints.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::Workflow;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kMoveOwned[] = "comity.workflow.v1.ParticipantService/MoveOwned";

std::string LeadOf(const std::string& owner) {
  return ComityJson<lead::v1::Lead>(
             absl::StrCat("lead create --set family_name=Waiting --set owner=", owner))
      .name();
}

std::string LeadToConvert() {
  return ComityJson<lead::v1::Lead>(
             "lead create --set family_name=Waiting --set organization=Waiting")
      .name();
}

Workflow Shown(const std::string& name) { return ComityJson<Workflow>("workflow show " + name); }

bool Comes(const std::string& workflow, gateway::v1::WorkflowState state) {
  return Eventually([&] { return Shown(workflow).state() == state; });
}

// `workflows/…` in a text.
std::string NameIn(const std::string& text) {
  const size_t begin = text.find("workflows/");
  EXPECT_NE(begin, std::string::npos) << text;
  return begin == std::string::npos ? ""
                                    : text.substr(begin, std::string("workflows/").size() + 36);
}

// A terminal that keeps what is written to it.
class Terminal {
 public:
  Terminal() : kept_(posix_openpt(O_RDWR | O_NOCTTY)) {
    EXPECT_EQ(grantpt(kept_), 0);
    EXPECT_EQ(unlockpt(kept_), 0);
    name_ = ptsname(kept_);
    end_ = open(name_.c_str(), O_RDWR | O_NOCTTY);  // it outlives the command that writes to it
    EXPECT_GE(end_, 0);
    fcntl(kept_, F_SETFL, O_NONBLOCK);
  }
  ~Terminal() {
    close(end_);
    close(kept_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  const std::string& name() const { return name_; }
  std::string Text() {
    char buffer[4096];
    for (ssize_t n; (n = read(kept_, buffer, sizeof(buffer))) > 0;) {
      text_.append(buffer, static_cast<size_t>(n));
    }
    return text_;
  }

 private:
  const int kept_;
  int end_ = -1;
  std::string name_;
  std::string text_;
};

// Processes read the variable when they start: before any test of this program begins its suite.
[[maybe_unused]] const bool kHasFailpoints = [] {
  UseFailpoints();
  return true;
}();

TEST(ClientWaits, ForAWorkflowThatIsStopped) {
  const std::string lead = LeadOf("persons/ana");
  Outcome waiting;
  std::string name;
  {
    RowLock lock("lead", lead);  // so long the move waits in its first batch
    std::thread waits([&] { waiting = TryComity("move-owner ana --to sam --as sam@sales"); });
    EXPECT_TRUE(Eventually([&] { return lock.SomebodyWaits(); }));
    name = NameIn(Comity("workflow list --filter 'kind = move-owner AND state = RUNNING'"));
    EXPECT_EQ(TryComity(absl::StrCat("workflow stop ", name, " --as mia@marketing")).code, 1);
    Comity(absl::StrCat("workflow stop ", name, " --as sam@sales"));
    lock.Release();
    waits.join();
  }
  EXPECT_EQ(waiting.code, 1);
  EXPECT_THAT(waiting.errors, HasSubstr("WORKFLOW_STOPPED"));
  EXPECT_THAT(waiting.errors, HasSubstr("comity workflow show " + name));
  EXPECT_EQ(Shown(name).state(), gateway::v1::WORKFLOW_STATE_STOPPED);
  EXPECT_THAT(Comity("workflow show " + name), HasSubstr(": stopped, move-"));
  EXPECT_THAT(Comity("workflow list --filter 'state = STOPPED'"), HasSubstr(name));
  const Outcome again = TryComity(absl::StrCat("workflow stop ", name, " --as sam@sales"));
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.errors, HasSubstr("it stands already (stopped); nothing was done"));
  Comity(absl::StrCat("workflow resume ", name, " --as sam@sales"));
  EXPECT_TRUE(Comes(name, gateway::v1::WORKFLOW_STATE_SUCCEEDED));
  EXPECT_EQ(ComityJson<lead::v1::Lead>("lead get " + lead).owner(), "persons/sam");
  EXPECT_THAT(Comity("workflow list --filter 'state = STOPPED'"), Not(HasSubstr(name)));
}

TEST(ClientWaits, ForAWorkflowThatIsStuckAndGoesOn) {
  const std::string lead = LeadOf("persons/ana");
  RefuseStep("account", kMoveOwned);
  const Outcome waiting = TryComity("move-owner ana --to sam --as sam@sales");
  EXPECT_EQ(waiting.code, 1);
  EXPECT_THAT(waiting.errors, HasSubstr("WORKFLOW_STUCK"));
  const std::string name = NameIn(waiting.errors);
  EXPECT_THAT(waiting.errors, HasSubstr("how it goes on: comity workflow show " + name));
  EXPECT_THAT(Comity("workflow list --filter 'state = STUCK'"), HasSubstr(name));
  const std::string shown = Comity("workflow show " + name);
  EXPECT_THAT(shown, HasSubstr(": stuck, move-accounts"));
  EXPECT_THAT(shown, ContainsRegex("last try: .*ROLE_REQUIRED"));
  EXPECT_THAT(shown, ContainsRegex("move-leads-and-opportunities +done"));
  EXPECT_EQ(ComityJson<lead::v1::Lead>("lead get " + lead).owner(), "persons/sam");
  EXPECT_THAT(TryComity(absl::StrCat("workflow stop ", name, " --as sam@sales")).errors,
              HasSubstr("it stands already (stuck); nothing was done"));
  // What was moved stays moved.
  const Outcome undo = TryComity(absl::StrCat("workflow undo ", name, " --as sam@sales"));
  EXPECT_EQ(undo.code, 1);
  EXPECT_THAT(undo.errors, HasSubstr("NOT_UNDOABLE"));
  EXPECT_THAT(TryComity(absl::StrCat("workflow resume ", name, " --as mia@marketing")).errors,
              HasSubstr("NOT_OWN_DEPARTMENT"));
  Comity(absl::StrCat("workflow resume ", name, " --as sam@sales"));
  EXPECT_TRUE(Comes(name, gateway::v1::WORKFLOW_STATE_SUCCEEDED));
}

// Nobody waits for an onboarding: it is not given up, but undone by taking back what started it.
TEST(ClientWaits, OrNobodyDoes) {
  const auto converted = ComityJson<gateway::v1::ConvertLeadResponse>(
      absl::StrCat("convert ", LeadToConvert(), " --amount '1200 EUR'"));
  RefuseStep("support", "comity.support.v1.CaseService/OpenOnboardingCase");
  const auto fact = ComityJson<fact::v1::Fact>(
      absl::StrCat("fact record ", converted.opportunity(), " --kind signed"));
  std::string stuck;
  ASSERT_TRUE(Eventually([&] {
    stuck = Comity(absl::StrCat("workflow list --filter 'subject = \"", converted.opportunity(),
                                "\" AND state = STUCK'"));
    return absl::StrContains(stuck, "workflows/");
  }));
  const std::string name = NameIn(stuck);
  EXPECT_THAT(Comity("workflow show " + name), HasSubstr(": stuck, open-case"));
  EXPECT_THAT(TryComity(absl::StrCat("workflow undo ", name, " --as ivo@it")).errors,
              HasSubstr("NOT_UNDOABLE"));
  Comity(absl::StrCat("fact void ", fact.name(), " --reason mistake"));
  EXPECT_TRUE(Comes(name, gateway::v1::WORKFLOW_STATE_WITHDRAWN));
  EXPECT_THAT(Comity("workflow show " + name), HasSubstr("SIGNATURE_VOIDED"));
  EXPECT_THAT(Comity("workflow show " + name), ContainsRegex("ensure-relationship +undone"));
  EXPECT_THAT(TryComity(absl::StrCat("workflow resume ", name, " --as ivo@it")).errors,
              HasSubstr("nothing was done"));
}

// Only for who looks at it: a script's errors stay empty.
TEST(ClientWaits, WithALineOfProgress) {
  Terminal terminal;
  const std::string lead = LeadToConvert();
  RowLock lock("lead", lead);
  Outcome waiting;
  std::thread waits([&] {
    waiting = RunShell(ComityCommand(absl::StrCat("convert ", lead)) + " 2>" + terminal.name());
  });
  EXPECT_TRUE(Eventually([&] {
    return absl::StrContains(terminal.Text(), "running, claim-lead, 0 s");
  })) << terminal.Text();
  EXPECT_THAT(terminal.Text(), StartsWith("\r\x1b[K"));
  lock.Release();
  waits.join();
  EXPECT_EQ(waiting.code, 0) << terminal.Text();
  EXPECT_THAT(waiting.output, HasSubstr("opportunity  opportunities/"));
  EXPECT_THAT(terminal.Text(), ::testing::EndsWith("\r\x1b[K")) << "the line is wiped out";
  const Outcome script = TryComity(absl::StrCat("convert ", LeadToConvert()));
  EXPECT_EQ(script.code, 0);
  EXPECT_THAT(script.errors, IsEmpty());
}

TEST(ClientWaits, OrDoesNot) {
  const std::string lead = LeadToConvert();
  RowLock lock("lead", lead);
  const std::string name = Comity(absl::StrCat("convert ", lead, " --no-wait"));
  EXPECT_EQ(name, NameIn(name) + "\n");
  EXPECT_EQ(Shown(NameIn(name)).state(), gateway::v1::WORKFLOW_STATE_RUNNING);
  EXPECT_FALSE(ComityJson<lead::v1::Lead>("lead get " + lead).has_conversion());
  lock.Release();
  EXPECT_TRUE(Comes(NameIn(name), gateway::v1::WORKFLOW_STATE_SUCCEEDED));
  const auto operation = ComityJson<google::longrunning::Operation>(
      "move-owner ana --to sam --as sam@sales --no-wait");
  EXPECT_THAT(operation.name(), StartsWith("workflows/"));
  EXPECT_TRUE(Comes(operation.name(), gateway::v1::WORKFLOW_STATE_SUCCEEDED));
}

TEST(ClientConvert, OfAnAccountThatIsNamed) {
  const std::string account =
      ComityJson<account::v1::Account>(
          "account create --set display_name=Named --set kind=ACCOUNT_KIND_ORGANIZATION")
          .name();
  const std::string lead = LeadToConvert();
  const auto made = ComityJson<gateway::v1::ConvertLeadResponse>(
      absl::StrCat("convert ", lead, " --account ", account));
  EXPECT_EQ(made.account(), account);
  EXPECT_FALSE(made.account_made());
  EXPECT_THAT(Comity("opportunity get " + made.opportunity()), HasSubstr(account));
  // One that is not there: nothing is made, and the lead can still be converted.
  const std::string other = LeadToConvert();
  const Outcome refused = TryComity(
      absl::StrCat("convert ", other, " --account accounts/01a218a0-e63d-70e8-8a42-ae119c7aa80e"));
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("NOT_FOUND"));
  EXPECT_FALSE(ComityJson<lead::v1::Lead>("lead get " + other).has_conversion());
  Comity(absl::StrCat("convert ", other, " --account ", account));
}

// Cases belong to support: its steward moves them.
TEST(ClientMoveOwner, GivesCasesToAColleague) {
  Comity("directory add-person sid --set display_name=Sid --as sue@support");
  Comity("directory set-membership sid --role member --as sue@support");
  const std::string name =
      ComityJson<support::v1::Case>(
          "case create --set title=Moved --set owner=persons/sue --as sue@support")
          .name();
  const auto moved =
      ComityJson<gateway::v1::MoveOwnerResponse>("move-owner sue --to sid --as sue@support");
  EXPECT_GE(moved.moved(), 1);
  EXPECT_EQ(
      ComityJson<support::v1::Case>(absl::StrCat("case get ", name, " --as sue@support")).owner(),
      "persons/sid");
  EXPECT_THAT(Comity(absl::StrCat("history ", name, " --as sue@support")),
              HasSubstr("owner-changed"));
}

}  // namespace
}  // namespace comity::integration
