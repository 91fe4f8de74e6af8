#include "services/runtime/resource/names.h"

#include <set>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::resource {
namespace {

constexpr char kText[] = "0190f3a1-1234-7abc-8def-0123456789ab";

TEST(NewId, IsVersionSevenAndCarriesTheTime) {
  const absl::Time now = absl::Now() + absl::Hours(1);  // later than any id of this process
  const std::string id = NewId(now);
  ASSERT_EQ(id.size(), 16u);
  uint64_t milliseconds = 0;
  for (int i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | static_cast<unsigned char>(id[i]);
  EXPECT_EQ(milliseconds, static_cast<uint64_t>(absl::ToUnixMillis(now)));
  EXPECT_EQ(IdToText(id)[14], '7');
  EXPECT_NE(std::string("89ab").find(IdToText(id)[19]), std::string::npos);
}

TEST(NewId, GrowsWithinOneMillisecondAndWhenTheClockGoesBack) {
  const absl::Time now = absl::Now();
  std::string last = NewId(now);
  for (int i = 0; i < 20000; ++i) {
    const std::string next = NewId(now - absl::Seconds(i % 3));
    ASSERT_LT(last, next) << i;
    last = next;
  }
}

TEST(NewId, IsUniqueAcrossThreads) {
  absl::Mutex mutex;
  std::set<std::string> ids;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        const std::string id = NewId(absl::Now());
        absl::MutexLock lock(&mutex);
        ids.insert(id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), 8000u);
}

TEST(IdText, RoundTrips) {
  const absl::StatusOr<std::string> id = IdFromText(kText);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(IdToText(*id), kText);
}

TEST(IdText, RefusesAnythingElse) {
  for (const char* text :
       {"", "x", "0190F3A1-1234-7abc-8def-0123456789ab", "0190f3a1123447abc-8def-0123456789ab",
        "0190f3a1-1234-7abc-8def-0123456789a", "0190f3a1-1234-7abc-8def-0123456789abc",
        "0190f3a1-1234-7abc-8def-0123456789ag"}) {
    const absl::Status status = IdFromText(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(Reason(status), "INVALID_NAME") << text;
  }
}

TEST(Names, ComeApart) {
  const std::string lead = std::string("leads/") + kText;
  EXPECT_EQ(CollectionOf(lead + "/facts/" + kText), "leads");
  EXPECT_EQ(CollectionOf("leads"), "");
  EXPECT_EQ(CollectionOf("/x"), "");
  EXPECT_EQ(CollectionOf("leads/"), "");
  EXPECT_EQ(SubjectOf(lead + "/facts/" + kText), lead);
  EXPECT_EQ(SubjectOf(lead), lead);
  const absl::StatusOr<std::string> id = IdOf(lead, "leads");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(MakeName("leads", *id), lead);
}

TEST(IdOf, RefusesAnotherCollectionAndTrailingText) {
  EXPECT_EQ(Reason(IdOf(std::string("accounts/") + kText, "leads").status()), "INVALID_NAME");
  EXPECT_EQ(Reason(IdOf(std::string("leadsx") + kText, "leads").status()), "INVALID_NAME");
  EXPECT_EQ(Reason(IdOf(std::string("leads/") + kText + "/x", "leads").status()), "INVALID_NAME");
  EXPECT_EQ(Reason(IdOf("leads/", "leads").status()), "INVALID_NAME");
}

TEST(IsNameIn, KnowsChosenIds) {
  EXPECT_TRUE(IsNameIn("persons/ana-2", "persons"));
  EXPECT_TRUE(IsNameIn("questions/lead-quality", "questions"));
  EXPECT_FALSE(IsNameIn("persons/Ana", "persons"));
  EXPECT_FALSE(IsNameIn("persons/", "persons"));
  EXPECT_FALSE(IsNameIn("persons/" + std::string(64, 'a'), "persons"));
  EXPECT_FALSE(IsNameIn("leads/ana", "leads"));
  EXPECT_TRUE(IsNameIn(std::string("leads/") + kText, "leads"));
}

}  // namespace
}  // namespace comity::resource
