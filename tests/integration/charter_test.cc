// The charter changes by signatures alone, in all services at one moment; over real processes.
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "comity/gateway/v1/workflow_service.grpc.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/calls.h"
#include "tests/integration/database.h"
#include "tests/integration/journals.h"
#include "tests/integration/proposals.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::CHARTER_PROPOSAL_STATE_ENACTED;
using gateway::v1::CHARTER_PROPOSAL_STATE_SIGNED;
using gateway::v1::CharterProposal;
using testing::ElementsAre;
using testing::IsEmpty;

int64_t MicrosOf(const google::protobuf::Timestamp& time) { return resource::ToMicros(time); }

std::string NameOf(const absl::StatusOr<MessagePtr>& made) {
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? TextAt(**made, "name") : "";
}

// Judges and makes records in every service, until it goes.
class Writers {
 public:
  Writers() {
    const std::string lead = CreateLead("ana@sales")->name();
    const std::string account = CreateAccount("ana@sales");
    const std::string support_case =
        NameOf(Ask("sue@support", "CaseService/CreateCase", R"({"case": {"title": "Slow"}})"));
    Write([lead](int n) {
      return Judge("mia@marketing", lead, "lead-quality", n % 2 == 0 ? "nurture" : "qualified");
    });
    Write([lead](int n) {
      return Judge("sam@sales", lead, "lead-quality", n % 2 == 0 ? "qualified" : "nurture");
    });
    Write([account](int n) {
      return Judge("sue@support", account, "account-health", n % 2 == 0 ? "healthy" : "at-risk");
    });
    Write([support_case](int n) {
      return Judge("sue@support", support_case, "case-severity", n % 2 == 0 ? "minor" : "major");
    });
    Write([](int) { return NewTeam(); });
  }
  ~Writers() {
    stop_ = true;
    for (std::thread& writer : writers_) writer.join();
  }

 private:
  static absl::StatusOr<MessagePtr> NewTeam() {
    const std::string id = absl::StrCat("t-", NewRequestId());
    return Ask(
        "sam@sales", "DirectoryService/CreateTeam",
        absl::StrCat(R"({"teamId": ")", id, R"(", "team": {"department": "departments/sales"}})"));
  }
  template <typename Function>
  void Write(Function write) {
    writers_.emplace_back([this, write] {
      for (int n = 0; !stop_; ++n) {
        const auto written = write(n);
        EXPECT_TRUE(written.ok()) << written.status();
        absl::SleepFor(absl::Milliseconds(10));  // five services and their database on two cores
      }
    });
  }

  std::atomic<bool> stop_ = false;
  std::vector<std::thread> writers_;
};

// What the journals tell of a moment.
struct Sides {
  int before = 0;
  int since = 0;
};

// Every entry that was recorded before `moment` is by `old`, every one since by the next revision.
std::map<std::string, Sides> ExpectOneMoment(int64_t moment, int old) {
  Journals journals;
  ReadOn(&journals);
  std::map<std::string, Sides> sides;
  for (const auto& [service, journal] : journals) {
    for (const auto& positioned : journal) {
      const journal::v1::Entry& entry = positioned.entry();
      const bool since = MicrosOf(entry.record_time()) >= moment;
      ++(since ? sides[service].since : sides[service].before);
      EXPECT_EQ(entry.charter_revision(), since ? old + 1 : old)
          << service << " " << positioned.position() << ", "
          << MicrosOf(entry.record_time()) - moment << " us after the moment";
    }
  }
  return sides;
}

// How many entries each service's journal holds that were recorded since.
bool AllHaveWrittenSince(int64_t moment) {
  Journals journals;
  ReadOn(&journals);
  for (const auto& [service, journal] : journals) {
    if (journal.empty() || MicrosOf(journal.back().entry().record_time()) < moment) return false;
  }
  return journals.size() == Suite::Get().services().size();
}

// Which services have noted that they checked and stored the revision.
std::set<std::string> PreparedIn(int revision) {
  Journals journals;
  ReadOn(&journals);
  std::set<std::string> prepared;
  for (const auto& [service, journal] : journals) {
    for (const auto& positioned : journal) {
      const journal::v1::Entry& entry = positioned.entry();
      if (entry.subject() != absl::StrCat("charterRevisions/", revision)) continue;
      EXPECT_EQ(entry.type(), "prepared") << service;
      EXPECT_EQ(entry.actor().workload(), "service/gateway") << service;
      EXPECT_EQ(entry.actor().person(), "") << service;
      charter::v1::SignedRevision signed_revision;
      EXPECT_TRUE(entry.payload().UnpackTo(&signed_revision)) << service;
      EXPECT_FALSE(signed_revision.signatures().empty()) << service;
      EXPECT_TRUE(prepared.insert(service).second) << service << " twice";
    }
  }
  return prepared;
}

gateway::v1::Workflow WorkflowOf(const CharterProposal& proposal) {
  gateway::v1::GetWorkflowRequest request;
  request.set_name(proposal.workflow());
  const auto workflow = Suite::Get().Call(&gateway::v1::WorkflowService::Stub::GetWorkflow,
                                          "gateway", "sam@sales", request);
  EXPECT_TRUE(workflow.ok()) << workflow.status();
  return workflow.value_or(gateway::v1::Workflow());
}

gateway::v1::CharterRevision LatestRevision() {
  const auto revisions =
      Suite::Get().Call(&gateway::v1::CharterService::Stub::ListRevisions, "gateway", "ana@sales",
                        gateway::v1::ListRevisionsRequest());
  EXPECT_TRUE(revisions.ok()) << revisions.status();
  return revisions.ok() && !revisions->revisions().empty() ? revisions->revisions(0)
                                                           : gateway::v1::CharterRevision();
}

class CharterTest : public testing::Test {
 protected:
  void SetUp() override { old_ = CharterInForce().revision(); }
  void TearDown() override { EXPECT_THAT(Suite::Get().Mishaps(), IsEmpty()); }

  CharterProposal ProposeOther() {
    return Propose("sam@sales", CharterWithCriteria(absl::StrCat("Asked at ", NewRequestId())));
  }

  int old_ = 0;
};

TEST_F(CharterTest, IsInForceInAllServicesFromOneMomentOn) {
  int64_t moment = 0;
  {
    const Writers writers;
    const CharterProposal proposal = SignByAll(ProposeOther());
    EXPECT_EQ(proposal.state(), CHARTER_PROPOSAL_STATE_SIGNED);
    EXPECT_EQ(CharterInForce().revision(), old_) << "signed, and not in force";
    const CharterProposal enacted = AwaitState(proposal.name(), CHARTER_PROPOSAL_STATE_ENACTED);
    moment = MicrosOf(enacted.effective_time());
    EXPECT_LT(absl::Now(), absl::FromUnixMicros(moment)) << "a notice that is over says nothing";
    AwaitRevision(old_ + 1);
    EXPECT_TRUE(Eventually([&] { return AllHaveWrittenSince(moment); }));
  }
  for (const auto& [service, sides] : ExpectOneMoment(moment, old_)) {
    EXPECT_GT(sides.before, 3) << service;
    EXPECT_GT(sides.since, 0) << service;
  }
  EXPECT_THAT(PreparedIn(old_ + 1), ElementsAre("account", "lead", "reporting", "support"))
      << "the gateway's own is the proposal";
  EXPECT_FALSE(CharterInForce().provisional()) << "all have signed";
  EXPECT_TRUE(LatestRevision().in_force());
  EXPECT_EQ(LatestRevision().revision(), old_ + 1);
}

TEST_F(CharterTest, WaitsUntilAServiceThatIsAwayHasItToo) {
  Suite::Get().Kill("support");
  const CharterProposal proposal = SignByAll(ProposeOther());
  EXPECT_EQ(proposal.state(), CHARTER_PROPOSAL_STATE_SIGNED);
  EXPECT_TRUE(Eventually([&] { return WorkflowOf(proposal).step() == "prepare-support"; }));
  // Longer than the notice: it is not only that the time has not come.
  absl::SleepFor(absl::Seconds(6));
  EXPECT_EQ(WorkflowOf(proposal).step(), "prepare-support");
  EXPECT_EQ(WorkflowOf(proposal).state(), gateway::v1::WORKFLOW_STATE_RUNNING);
  EXPECT_EQ(GetProposal(proposal.name()).state(), CHARTER_PROPOSAL_STATE_SIGNED);
  EXPECT_EQ(CharterInForce().revision(), old_);
  gateway::v1::CreateProposalRequest another;
  *another.mutable_document() = CharterWithCriteria("Another.");
  another.set_title("Another");
  another.set_request_id(NewRequestId());
  EXPECT_EQ(Reason(Suite::Get()
                       .Call(&gateway::v1::CharterService::Stub::CreateProposal, "gateway",
                             "mia@marketing", another)
                       .status()),
            "REVISION_UNDER_WAY");
  Suite::Get().StartMissing();
  AwaitState(proposal.name(), CHARTER_PROPOSAL_STATE_ENACTED);
  AwaitRevision(old_ + 1);
}

TEST_F(CharterTest, WhatIsAnnouncedIsInForceThoughServicesWereKilledSince) {
  const CharterProposal proposal = SignByAll(ProposeOther());
  AwaitState(proposal.name(), CHARTER_PROPOSAL_STATE_ENACTED);
  for (const char* service : {"lead", "gateway", "reporting"}) Suite::Get().Kill(service);
  Suite::Get().StartMissing();
  AwaitRevision(old_ + 1);
  const std::string lead = CreateLead("ana@sales")->name();
  Journal journal;
  EXPECT_TRUE(Eventually([&] {
    ReadOn("lead", &journal);
    return journal.back().entry().subject() == lead;
  }));
  EXPECT_EQ(journal.back().entry().charter_revision(), old_ + 1);
}

TEST_F(CharterTest, TheArbiterDecidesInAllServicesAfterTheTerm) {
  const CharterProposal proposal = ProposeOther();
  ASSERT_TRUE(Sign("sam@sales", proposal).ok());
  const auto decide = [&] {
    return Reason(Sign("max@management", proposal, charter::v1::VERDICT_DECIDE).status());
  };
  EXPECT_EQ(decide(), "TERM_NOT_OVER");
  std::string answer;
  EXPECT_TRUE(Eventually([&] {
    answer = decide();
    return answer != "TERM_NOT_OVER";
  }));
  EXPECT_EQ(answer, "");
  EXPECT_GE(absl::Now(), absl::FromUnixMicros(MicrosOf(proposal.arbiter_time())));
  AwaitState(proposal.name(), CHARTER_PROPOSAL_STATE_ENACTED);
  AwaitRevision(old_ + 1);
  const auto overruled = LatestRevision().over_objection_of();
  EXPECT_THAT(overruled,
              testing::IsSupersetOf({"departments/marketing", "departments/membership"}));
  EXPECT_THAT(overruled, testing::Not(testing::Contains("departments/sales")));
}

// Past all handlers: an entry of the gateway's journal, written by whoever runs its database.
void ForgeEntry(const charter::v1::EffectiveRevision& effect) {
  journal::v1::Entry entry;
  const std::string id = resource::NewId(absl::Now());
  entry.set_entry_id(resource::IdToText(id));
  entry.set_subject(resource::MakeName("charterProposals", id));
  entry.set_version(1);
  entry.set_type("enacted");
  entry.mutable_actor()->set_workload("service/gateway");
  *entry.mutable_record_time() = effect.effective_time();
  entry.mutable_payload()->PackFrom(effect);
  const std::string hex = absl::BytesToHexString(id);
  Sql(absl::StrCat(
      "INSERT INTO comity_gateway.journal_entries (id, subject, version, body) VALUES "
      "(x'",
      hex, "', '", entry.subject(), "', 1, x'", absl::BytesToHexString(entry.SerializeAsString()),
      "'); INSERT INTO comity_gateway.journal_pending (id) VALUES (x'", hex, "')"));
}

// The last one: afterwards the suite serves nobody any more.
TEST_F(CharterTest, RatherThanByForgedWordsNobodyIsServed) {
  const CharterProposal proposal = ProposeOther();
  charter::v1::EffectiveRevision effect;
  effect.set_revision(old_ + 1);
  effect.mutable_signed_revision()->set_body(proposal.body());
  *effect.mutable_signed_revision()->add_signatures() = SignatureOf("sam@sales", proposal.body());
  *effect.mutable_effective_time() = resource::FromTime(absl::Now());
  ForgeEntry(effect);
  for (const std::string& service : Suite::Get().services()) {
    // Past the channel's health checks, which know it sooner.
    const auto answer = [channel = Suite::Get().OwnChannel(service)] {
      return Reason(Suite::CallWith(channel, &journal::v1::JournalService::Stub::ReadJournal,
                                    Suite::Get().Token("max@management"),
                                    journal::v1::ReadJournalRequest())
                        .status());
    };
    EXPECT_TRUE(Eventually([&] { return answer() == "DIRECTORY_STALE"; }, absl::Minutes(2)))
        << service << " " << answer();
    EXPECT_EQ(Sql(absl::StrCat("SELECT COUNT(*) FROM comity_", service,
                               ".charter_revisions WHERE revision = ", old_ + 1)),
              "0")
        << service;
  }
}

}  // namespace
}  // namespace comity::integration
