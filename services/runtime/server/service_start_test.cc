#include "services/runtime/server/service_start.h"

#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/type/v1/settled.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/settlement.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/storage/transact.h"
#include "services/runtime/testlib/call.h"

namespace comity::server {
namespace {

class ServiceStartTest : public ::testing::Test {
 protected:
  std::vector<journal::v1::Entry> Entries() {
    std::vector<journal::v1::Entry> entries;
    Call call = runtime_.MakeCall("ana@sales");
    const absl::Status read = storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
      COMITY_ASSIGN_OR_RETURN(const auto history,
                              journal::ReadHistory(reader, "services/test", 0, 100));
      for (const auto& stored : history) entries.emplace_back().ParseFromString(stored.body);
      return absl::OkStatus();
    });
    EXPECT_TRUE(read.ok()) << read;
    return entries;
  }
  void Note(const std::string& build) {
    const absl::Status noted = NoteStart(*runtime_.runtime(), build, absl::Now());
    EXPECT_TRUE(noted.ok()) << noted;
  }

  testlib::Database database_;
  testlib::TestRuntime runtime_{&database_};
};

TEST_F(ServiceStartTest, IsJournaledWhenTheBuildIsAnotherOne) {
  for (const char* build : {"0.1.0", "0.1.0", "0.2.0", "0.2.0", "0.1.0"}) Note(build);
  const auto entries = Entries();
  ASSERT_EQ(entries.size(), 3u);
  std::vector<std::string> builds;
  for (const journal::v1::Entry& entry : entries) {
    EXPECT_EQ(entry.type(), "service-started");
    EXPECT_EQ(entry.actor().workload(), "service/test");
    EXPECT_EQ(entry.charter_revision(), 1);
    type::v1::ServiceStart start;
    ASSERT_TRUE(entry.payload().UnpackTo(&start));
    EXPECT_EQ(start.service(), "test");
    EXPECT_EQ(start.rule_version(), charter::kRuleVersion);
    builds.push_back(start.build());
  }
  EXPECT_EQ(builds, (std::vector<std::string>{"0.1.0", "0.2.0", "0.1.0"}));
}

TEST_F(ServiceStartTest, ReplicasThatStartAtOnceNoteItOnce) {
  std::vector<std::thread> replicas;
  for (int i = 0; i < 8; ++i) replicas.emplace_back([this] { Note(BuildVersion()); });
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(Entries().size(), 1u);
}

TEST_F(ServiceStartTest, TheProgramKnowsItsVersion) { EXPECT_NE(BuildVersion(), ""); }

}  // namespace
}  // namespace comity::server
