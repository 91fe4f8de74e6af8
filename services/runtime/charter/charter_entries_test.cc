// What a service makes of the gateway's journal, on a real database.
#include "services/runtime/charter/charter_entries.h"

#include "comity/gateway/v1/charter_proposal.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/empty.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/revision_store.h"
#include "services/runtime/charter/signing_test_charter.h"
#include "services/runtime/directory/directory_copy.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"

namespace comity::charter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr absl::Duration kNotice = absl::Minutes(2);
constexpr absl::Duration kTerm = absl::Hours(24 * 14);

class CharterEntriesTest : public testing::Test {
 protected:
  CharterEntriesTest() {
    auto& runtime = *runtime_.runtime();
    runtime.charters = MakeBook(*Charter::Make(CharterWithKeys(1, &keys_)));
    runtime.charter_notice = kNotice;
    body_ = NextBody(BaseNow(), "Neither need nor means.");
  }

  const Book& book() { return *runtime_.runtime()->charters; }
  Base BaseNow() { return {&book().last().charter, book().last().digest}; }
  v1::SignedRevision Signed(const std::vector<std::string>& by) {
    return SignedBy(by, body_, &keys_);
  }
  v1::SignedRevision Decided() {
    v1::SignedRevision decided = Signed({"ana@sales"});
    *decided.add_signatures() = keys_.Sign("max@management", decided.body(), v1::VERDICT_DECIDE);
    return decided;
  }

  // Entries of the gateway's journal, as it records them at `now_`.
  journal::v1::Entry Proposed() {
    gateway::v1::CharterProposal proposal;
    proposal.set_name(body_.proposal());
    proposal.set_body(body_.SerializeAsString());
    journal::v1::Entry entry = EntryNow("proposed");
    entry.mutable_payload()->PackFrom(proposal);
    return entry;
  }
  journal::v1::Entry Enacted(const v1::SignedRevision& signed_revision, absl::Time effective) {
    v1::EffectiveRevision effect;
    effect.set_revision(body_.document().revision());
    *effect.mutable_signed_revision() = signed_revision;
    *effect.mutable_effective_time() = resource::FromTime(effective);
    journal::v1::Entry entry = EntryNow("enacted");
    entry.mutable_payload()->PackFrom(effect);
    return entry;
  }

  absl::Status Take(const journal::v1::Entry& entry) {
    return Transact([&](storage::Transaction& tx) {
      return StoreCharterEntry(tx, entry, book(), {kNotice, now_, now_});
    });
  }
  absl::StatusOr<bool> Prepare(const v1::SignedRevision& signed_revision) {
    bool is_new = false;
    const absl::Status status = Transact([&](storage::Transaction& tx) -> absl::Status {
      COMITY_ASSIGN_OR_RETURN(is_new, PrepareRevision(tx, signed_revision, book(), now_));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return is_new;
  }
  std::string ReasonOf(const v1::SignedRevision& signed_revision) {
    return Reason(Prepare(signed_revision).status());
  }
  // What is stored, read anew.
  std::vector<Revision> Stored() {
    std::vector<Revision> stored;
    Call call = runtime_.MakeCall("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(stored, ReadRevisions(reader, 2));
                  return absl::OkStatus();
                }).ok());
    return stored;
  }
  void LoadTheBook() {
    Call call = runtime_.MakeCall("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) {
                  return LoadBook(reader, runtime_.runtime()->charters.get());
                }).ok());
  }

  testlib::Database database_;
  testlib::TestRuntime runtime_{&database_};
  TestKeys keys_;
  v1::RevisionBody body_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);

 private:
  journal::v1::Entry EntryNow(const char* type) {
    journal::v1::Entry entry;
    entry.set_entry_id(testlib::NewRequestId());
    entry.set_subject(body_.proposal());
    entry.set_type(type);
    *entry.mutable_record_time() = resource::FromTime(now_);
    return entry;
  }
  template <typename Body>
  absl::Status Transact(Body body) {
    Call call = runtime_.MakeCall("ana@sales");
    google::protobuf::Empty none;
    return storage::TransactInto(call, {}, body, &none);
  }
};

TEST_F(CharterEntriesTest, APreparedRevisionIsKnownAndNotInForce) {
  const v1::SignedRevision signed_revision = Signed({"ana@sales", "mia@marketing"});
  const auto is_new = Prepare(signed_revision);
  ASSERT_TRUE(is_new.ok()) << is_new.status();
  EXPECT_TRUE(*is_new);
  EXPECT_EQ(Prepare(signed_revision).value(), false) << "it was there";
  ASSERT_EQ(Stored().size(), 1u);
  EXPECT_EQ(Stored()[0].charter.revision(), 2);
  EXPECT_EQ(Stored()[0].digest, DigestOf(signed_revision.body()));
  LoadTheBook();
  EXPECT_EQ(book().last().charter.revision(), 2);
  EXPECT_EQ(book().At(absl::Now() + absl::Hours(1000)).revision(), 1);
}

TEST_F(CharterEntriesTest, UnderOneNumberStandsOneText) {
  ASSERT_TRUE(Prepare(Signed({"ana@sales", "mia@marketing"})).ok());
  body_ = NextBody(BaseNow(), "No means.");
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "REVISION_DIFFERS");
  EXPECT_EQ(Stored()[0].charter.document().questions(0).answers(0).criteria(),
            "Neither need nor means.");
}

TEST_F(CharterEntriesTest, WhatNotAllHaveSignedIsNotStored) {
  EXPECT_EQ(ReasonOf(Signed({})), "SIGNATURE_MISSING");
  EXPECT_EQ(ReasonOf(Signed({"ana@sales"})), "SIGNATURE_MISSING");
  TestKeys of_eve;
  v1::SignedRevision forged = Signed({"ana@sales"});
  *forged.add_signatures() = of_eve.Sign("mia@marketing", forged.body());
  EXPECT_EQ(ReasonOf(forged), "SIGNATURE_INVALID");
  EXPECT_TRUE(Stored().empty());
}

TEST_F(CharterEntriesTest, ARevisionFollowsOnOneThatIsStored) {
  body_.mutable_document()->set_revision(4);
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "BASE_NOT_KNOWN");
  for (const int number : {1, 0, -1, std::numeric_limits<int32_t>::min()}) {
    body_.mutable_document()->set_revision(number);
    EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "REVISION_INVALID") << number;
  }
  v1::SignedRevision broken;
  broken.set_body("\xff");
  EXPECT_EQ(ReasonOf(broken), "REVISION_INVALID");
}

TEST_F(CharterEntriesTest, TheNextFollowsOnOneThatAnotherReplicaHasStored) {
  ASSERT_TRUE(Prepare(Signed({"ana@sales", "mia@marketing"})).ok());
  const std::vector<Revision> stored = Stored();  // the book does not know it yet
  body_ = NextBody({&stored[0].charter, stored[0].digest}, "No means.");
  EXPECT_EQ(Prepare(Signed({"ana@sales", "mia@marketing"})).value(), true);
  EXPECT_EQ(Stored().size(), 2u);
}

TEST_F(CharterEntriesTest, IsInForceAtTheTimeThatIsAnnounced) {
  const v1::SignedRevision signed_revision = Signed({"ana@sales", "mia@marketing"});
  ASSERT_TRUE(Prepare(signed_revision).ok());
  ASSERT_TRUE(Take(Enacted(signed_revision, now_ + absl::Hours(1))).ok());
  LoadTheBook();
  EXPECT_EQ(book().At(now_ + absl::Minutes(59)).revision(), 1);
  EXPECT_EQ(book().At(now_ + absl::Hours(1)).revision(), 2);
}

TEST_F(CharterEntriesTest, AtTheEarliestTheNoticeAfterItWasRecorded) {
  const v1::SignedRevision signed_revision = Signed({"ana@sales", "mia@marketing"});
  const absl::Time recorded = now_;
  const journal::v1::Entry entry = Enacted(signed_revision, recorded - absl::Hours(1));
  now_ += absl::Hours(5);  // however late this service reads it
  ASSERT_TRUE(Take(entry).ok());
  ASSERT_EQ(Stored().size(), 1u) << "stored with its effect, where it was not prepared";
  EXPECT_EQ(Stored()[0].effective, recorded + kNotice);
}

TEST_F(CharterEntriesTest, ATimeIsAnnouncedOnce) {
  const v1::SignedRevision signed_revision = Signed({"ana@sales", "mia@marketing"});
  ASSERT_TRUE(Take(Enacted(signed_revision, now_ + absl::Hours(1))).ok());
  ASSERT_TRUE(Take(Enacted(signed_revision, now_ + absl::Hours(9))).ok());
  ASSERT_TRUE(Take(Enacted(signed_revision, now_ + kNotice)).ok());
  EXPECT_EQ(Stored()[0].effective, now_ + absl::Hours(1));
}

TEST_F(CharterEntriesTest, OfWhatTheGatewayClaimsItsTimeAloneCounts) {
  const v1::SignedRevision signed_revision = Signed({"ana@sales", "mia@marketing"});
  journal::v1::Entry entry = Enacted(signed_revision, now_ + absl::Hours(1));
  v1::EffectiveRevision effect;
  ASSERT_TRUE(entry.payload().UnpackTo(&effect));
  effect.set_revision(3);  // a time in advance for one that nobody has signed
  effect.add_over_objection_of("departments/marketing");
  entry.mutable_payload()->PackFrom(effect);
  ASSERT_TRUE(Take(entry).ok());
  EXPECT_EQ(Stored()[0].effective, now_ + absl::Hours(1));
  EXPECT_THAT(Stored()[0].over_objection_of, IsEmpty()) << "they have signed";
  LoadTheBook();
  body_ = NextBody(BaseNow(), "No means.");
  ASSERT_TRUE(Prepare(Signed({"ana@sales", "mia@marketing"})).ok());
  EXPECT_EQ(Stored()[1].effective, absl::InfiniteFuture());
}

TEST_F(CharterEntriesTest, AnArbitersTermCountsFromWhenThisServiceHasSeenTheProposal) {
  EXPECT_EQ(ReasonOf(Decided()), "TERM_NOT_OVER") << "never seen";
  ASSERT_TRUE(Take(Proposed()).ok());
  const absl::Time seen = now_;
  now_ = seen + kTerm - absl::Seconds(1);
  ASSERT_TRUE(Take(Proposed()).ok());  // seen again; the first time counts
  EXPECT_EQ(ReasonOf(Decided()), "TERM_NOT_OVER");
  now_ = seen + kTerm;
  EXPECT_EQ(ReasonOf(Decided()), "");
}

TEST_F(CharterEntriesTest, WhatAnEntrySaysOfItsTimeShortensNoTerm) {
  journal::v1::Entry backdated = Proposed();
  *backdated.mutable_record_time() = resource::FromTime(now_ - 2 * kTerm);
  ASSERT_TRUE(Take(backdated).ok());
  EXPECT_EQ(ReasonOf(Decided()), "TERM_NOT_OVER");
}

TEST_F(CharterEntriesTest, AnAmendedTextBeginsANewTerm) {
  ASSERT_TRUE(Take(Proposed()).ok());
  body_ = NextBody(BaseNow(), "No means.");
  now_ += kTerm;
  ASSERT_TRUE(Take(Proposed()).ok());
  EXPECT_EQ(ReasonOf(Decided()), "TERM_NOT_OVER");
}

TEST_F(CharterEntriesTest, WhomTheArbiterOverruledIsToldByTheServiceItself) {
  ASSERT_TRUE(Take(Proposed()).ok());
  now_ += kTerm;
  ASSERT_TRUE(Take(Enacted(Decided(), now_ + kNotice)).ok());  // which says nothing of them
  EXPECT_THAT(Stored()[0].over_objection_of, ElementsAre("departments/marketing"));
}

TEST_F(CharterEntriesTest, EntriesWithoutATextAreNone) {
  journal::v1::Entry signed_entry = Proposed();
  gateway::v1::CharterProposal without;
  without.set_name(body_.proposal());
  signed_entry.mutable_payload()->PackFrom(without);
  EXPECT_TRUE(ConcernsCharter(signed_entry));
  EXPECT_TRUE(Take(signed_entry).ok());
  journal::v1::Entry other;
  other.mutable_payload()->PackFrom(gateway::v1::Refusal());
  EXPECT_FALSE(ConcernsCharter(other));
}

// The follower of the gateway's journal.
class FollowedCharterTest : public CharterEntriesTest {
 protected:
  absl::Status Follow(int64_t from, const std::vector<journal::v1::Entry>& entries) {
    directory::Entries batch;
    for (const journal::v1::Entry& entry : entries) {
      batch.Add()->set_position(from++);
      *batch.rbegin()->mutable_entry() = entry;
    }
    return copy_.Take(batch, from);
  }
  static journal::v1::Entry Somebody(const std::string& name) {
    gateway::v1::Person person;
    person.set_name(name);
    journal::v1::Entry entry;
    entry.set_entry_id(testlib::NewRequestId());
    entry.set_subject(name);
    entry.mutable_payload()->PackFrom(person);
    return entry;
  }

  directory::Directory directory_;
  directory::DirectoryCopy copy_{runtime_.runtime(), &directory_, "gateway"};
};

TEST_F(FollowedCharterTest, ShowsARevisionWithItsTime) {
  const v1::SignedRevision signed_revision = Signed({"ana@sales", "mia@marketing"});
  now_ = absl::Now();
  ASSERT_TRUE(Follow(0, {Proposed()}).ok());
  EXPECT_EQ(book().last().charter.revision(), 1);
  ASSERT_TRUE(Follow(1, {Somebody("persons/eve"), Enacted(signed_revision, now_)}).ok());
  EXPECT_EQ(book().At(now_ + kNotice - absl::Seconds(1)).revision(), 1);
  EXPECT_EQ(book().At(now_ + kNotice + absl::Seconds(1)).revision(), 2);
  EXPECT_TRUE(directory_.snapshot()->KnowsPerson("persons/eve"));
  EXPECT_EQ(copy_.Load().value(), 3);
}

TEST_F(FollowedCharterTest, WhatCannotBeVerifiedIsWhereFollowingEnds) {
  ASSERT_TRUE(Follow(0, {Somebody("persons/eve")}).ok());
  const journal::v1::Entry forged = Enacted(Signed({"ana@sales"}), absl::Now());
  for (int again = 0; again < 2; ++again) {
    const absl::Status status = Follow(1, {Somebody("persons/eva"), forged});
    EXPECT_EQ(Reason(status), "SIGNATURE_MISSING") << status;
  }
  EXPECT_EQ(copy_.Load().value(), 1) << "nothing of that batch is taken";
  EXPECT_FALSE(directory_.snapshot()->KnowsPerson("persons/eva"));
  EXPECT_TRUE(directory_.snapshot()->KnowsPerson("persons/eve"));
  EXPECT_TRUE(Stored().empty());
  EXPECT_EQ(book().At(absl::InfiniteFuture()).revision(), 1);
}

TEST_F(FollowedCharterTest, ANewDatabaseBelievesTheTimesOfWhatWasBeforeIt) {
  now_ = absl::Now() - 2 * kTerm;
  const journal::v1::Entry proposed = Proposed();
  now_ += kTerm;
  ASSERT_TRUE(Follow(0, {proposed}).ok());
  ASSERT_TRUE(Follow(1, {Enacted(Decided(), now_ + kNotice)}).ok());
  EXPECT_EQ(book().At(absl::Now()).revision(), 2);
}

TEST_F(FollowedCharterTest, OnceItHasCaughtUpItBelievesItsOwnClock) {
  ASSERT_TRUE(Follow(0, {Somebody("persons/eve")}).ok());
  copy_.Confirm(absl::ZeroDuration());
  ASSERT_EQ(copy_.Load().value(), 1);  // as after a restart
  now_ = absl::Now() - 2 * kTerm;
  const journal::v1::Entry backdated = Proposed();
  now_ += kTerm;
  EXPECT_EQ(Reason(Follow(1, {backdated, Enacted(Decided(), now_ + kNotice)})), "TERM_NOT_OVER");
}

TEST_F(FollowedCharterTest, ATimeToComeIsNoSighting) {
  now_ = absl::Now() + kTerm;
  const journal::v1::Entry postdated = Proposed();
  now_ = absl::Now();
  ASSERT_TRUE(Follow(0, {postdated}).ok());
  now_ += kTerm + absl::Seconds(1);
  EXPECT_EQ(ReasonOf(Decided()), "");
}

}  // namespace
}  // namespace comity::charter
