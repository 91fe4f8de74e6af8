#include "services/runtime/charter/book.h"

#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::charter {
namespace {

using testing::ElementsAre;

constexpr absl::Time kMonday = absl::FromUnixSeconds(1'800'000'000);
constexpr absl::Duration kDay = absl::Hours(24);

Charter Numbered(int revision) {
  type::v1::Charter document;
  document.set_revision(revision);
  document.add_departments("departments/sales");
  return *Charter::Make(document);
}

Revision Kept(int revision, absl::Time effective = absl::InfiniteFuture()) {
  return {Numbered(revision), std::string(32, static_cast<char>('0' + revision)), effective};
}

std::vector<int> NumbersIn(const Book& book) {
  std::vector<int> numbers;
  for (const Revision* known : book.revisions()) numbers.push_back(known->charter.revision());
  return numbers;
}

TEST(Book, BeginsWithTheStartingCharterInForceFromEver) {
  const auto book = MakeBook(Numbered(1));
  EXPECT_EQ(book->At(absl::InfinitePast()).revision(), 1);
  EXPECT_EQ(book->At(absl::InfiniteFuture()).revision(), 1);
  EXPECT_EQ(book->last().charter.revision(), 1);
  EXPECT_EQ(book->last().digest, DigestOf(Numbered(1).document().SerializeAsString()));
}

TEST(Book, WhatIsSignedIsKnownAndNotInForce) {
  Book book(Kept(1));
  book.Put(Kept(2));
  EXPECT_EQ(book.last().charter.revision(), 2);
  EXPECT_EQ(book.At(kMonday).revision(), 1);
  ASSERT_NE(book.Find(2), nullptr);
  EXPECT_EQ(book.Find(2)->effective, absl::InfiniteFuture());
  EXPECT_EQ(book.Find(3), nullptr);
}

TEST(Book, IsInForceFromTheVeryMomentOn) {
  Book book(Kept(1));
  book.Put(Kept(2, kMonday));
  EXPECT_EQ(book.At(kMonday - absl::Nanoseconds(1)).revision(), 1);
  EXPECT_EQ(book.At(kMonday).revision(), 2);
  book.Put(Kept(3, kMonday + kDay));
  EXPECT_EQ(book.At(kMonday).revision(), 2);
  EXPECT_EQ(book.At(kMonday + kDay).revision(), 3);
  EXPECT_EQ(book.At(kMonday - kDay).revision(), 1) << "what was recorded then was by the first";
  EXPECT_THAT(NumbersIn(book), ElementsAre(1, 2, 3));
}

TEST(Book, ARevisionGetsItsTimeAndWhoHeldItKeepsTheOneWithout) {
  Book book(Kept(1));
  book.Put(Kept(2));
  const Revision* held = book.Find(2);
  book.Put(Kept(2, kMonday));
  EXPECT_EQ(held->effective, absl::InfiniteFuture());
  EXPECT_EQ(held->charter.revision(), 2);
  EXPECT_EQ(book.Find(2)->effective, kMonday);
  EXPECT_THAT(NumbersIn(book), ElementsAre(1, 2));
}

TEST(Book, ATimeIsNeitherForgottenNorMoved) {
  Book book(Kept(1));
  book.Put(Kept(2, kMonday));
  book.Put(Kept(2));  // somebody who read before its time was known
  EXPECT_EQ(book.At(kMonday).revision(), 2);
  book.Put(Kept(2, kMonday + kDay));
  book.Put(Kept(2, kMonday - kDay));
  EXPECT_EQ(book.Find(2)->effective, kMonday);
  book.Put(Kept(1));
  EXPECT_EQ(book.At(kMonday - kDay).revision(), 1) << "nor that of the first";
}

TEST(Book, IsReadWhileItIsWritten) {
  Book book(Kept(1));
  std::atomic<bool> done = false;
  std::thread reader([&] {
    int last = 0;
    while (!done) {
      const int now = book.At(absl::InfiniteFuture()).revision();
      EXPECT_GE(now, last);
      last = now;
    }
  });
  for (int revision = 2; revision < 50; ++revision) {
    book.Put(Kept(revision));
    book.Put(Kept(revision, kMonday + revision * kDay));
  }
  done = true;
  reader.join();
  EXPECT_EQ(book.At(absl::InfiniteFuture()).revision(), 49);
}

}  // namespace
}  // namespace comity::charter
