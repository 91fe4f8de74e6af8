// The copy of open disputes on a real database: what is open, what has ended, and where it goes on.
#include "services/runtime/dispute/dispute_copy.h"

#include "comity/gateway/v1/dispute.pb.h"
#include "services/runtime/dispute/dispute_follower.h"
#include "services/runtime/dispute/open_dispute_store.h"
#include "services/runtime/journal/followed.h"
#include "services/runtime/journal/journal_testing.h"
#include "services/runtime/testlib/call.h"

namespace comity::dispute {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DisputeCopyTest : public ::testing::Test {
 protected:
  static std::string NewName(const std::string& collection) {
    return resource::MakeName(collection, resource::NewId(absl::Now()));
  }
  // What the gateway journals of it.
  void Tell(const std::string& dispute, const std::string& subject, bool open) {
    gateway::v1::Dispute told;
    told.set_name(dispute);
    told.set_subject(subject);
    if (!open) told.mutable_end_time()->set_seconds(1);
    journal::v1::Entry entry = journal::MakeEntry(dispute, open ? 1 : 2);
    entry.mutable_payload()->PackFrom(told);
    journal_.Add()->set_position(journal_.size() - 1);
    *journal_.rbegin()->mutable_entry() = std::move(entry);
  }
  void TellNothing(int entries) {
    for (int i = 0; i < entries; ++i) {
      journal_.Add()->set_position(journal_.size() - 1);
      *journal_.rbegin()->mutable_entry() = journal::MakeEntry("persons/ana", i + 1);
    }
  }
  // What is there beyond `from`.
  absl::Status TakeRest(DisputeCopy* copy, int64_t from) {
    return copy->Take(
        DisputeCopy::Entries(journal_.begin() + static_cast<int>(from), journal_.end()),
        journal_.size());
  }
  std::vector<std::string> OpenAbout(const std::string& subject) {
    std::map<std::string, std::vector<std::string>> open;
    const std::string id = *resource::IdOf(subject, resource::CollectionOf(subject));
    Call call = runtime_.MakeCall("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  // Others of the page are in none.
                  const std::string other = resource::NewId(absl::Now());
                  COMITY_ASSIGN_OR_RETURN(open, ReadOpenDisputes(reader, {other, id, other}));
                  return absl::OkStatus();
                }).ok());
    return open[id];
  }

  testlib::Database database_;
  testlib::TestRuntime runtime_{&database_};
  DisputeCopy::Entries journal_;
};

TEST_F(DisputeCopyTest, KnowsWhatIsOpen) {
  const std::string lead = NewName("leads");
  const std::string account = NewName("accounts");
  const std::string first = NewName("disputes");
  const std::string second = NewName("disputes");
  DisputeCopy copy(runtime_.runtime());
  EXPECT_EQ(*copy.Position(), 0);
  EXPECT_EQ(*copy.LastEntry(0), "");
  Tell(first, lead, true);
  Tell(second, lead, true);
  Tell(NewName("disputes"), "no/record", true);  // stops nothing
  ASSERT_TRUE(TakeRest(&copy, 0).ok());
  EXPECT_THAT(OpenAbout(lead), ElementsAre(first, second));
  EXPECT_THAT(OpenAbout(account), IsEmpty());
  Tell(first, lead, false);
  Tell(first, lead, false);  // and later, that somebody has acted
  ASSERT_TRUE(TakeRest(&copy, 3).ok());
  EXPECT_THAT(OpenAbout(lead), ElementsAre(second));

  DisputeCopy again(runtime_.runtime());
  EXPECT_EQ(*again.Position(), 5);
  EXPECT_EQ(*again.LastEntry(5), journal_[4].entry().entry_id());
  // What another replica has stored is not stored again.
  Tell(second, lead, false);
  ASSERT_TRUE(TakeRest(&again, 5).ok());
  ASSERT_TRUE(copy.Take({journal_.begin(), journal_.begin() + 2}, 2).ok());
  EXPECT_THAT(OpenAbout(lead), IsEmpty());
}

TEST_F(DisputeCopyTest, StoresALongSilenceWithoutDisputesNowAndThen) {
  DisputeCopy copy(runtime_.runtime());
  ASSERT_TRUE(copy.Position().ok());
  TellNothing(3);
  ASSERT_TRUE(TakeRest(&copy, 0).ok());
  DisputeCopy again(runtime_.runtime());
  EXPECT_EQ(*again.Position(), 0) << "of no use yet";
  TellNothing(static_cast<int>(journal::kMostUnstored));
  ASSERT_TRUE(TakeRest(&copy, 3).ok());
  EXPECT_EQ(*again.Position(), journal_.size());
}

TEST_F(DisputeCopyTest, WithoutItsPositionItForgets) {
  const std::string lead = NewName("leads");
  DisputeCopy copy(runtime_.runtime());
  ASSERT_TRUE(copy.Position().ok());
  Tell(NewName("disputes"), lead, true);
  ASSERT_TRUE(TakeRest(&copy, 0).ok());
  const auto admin = *storage::Session::Open(database_.admin());
  ASSERT_TRUE(admin->Execute("DELETE FROM followed_positions", {}).ok());
  EXPECT_EQ(*copy.Position(), 0);
  journal_.Clear();
  const std::string other = NewName("leads");
  Tell(NewName("disputes"), other, true);
  ASSERT_TRUE(TakeRest(&copy, 0).ok());
  EXPECT_THAT(OpenAbout(lead), IsEmpty()) << "it is in no journal";
  EXPECT_EQ(OpenAbout(other).size(), 1u);
}

TEST(DisputeFollower, IsForServicesWhoseRecordsCanBeDisputed) {
  EXPECT_TRUE(CanBeDisputed({"leads", "campaigns"}));
  EXPECT_TRUE(CanBeDisputed({"cases"}));
  EXPECT_FALSE(CanBeDisputed({"reports"}));
  EXPECT_FALSE(CanBeDisputed({}));
}

}  // namespace
}  // namespace comity::dispute
