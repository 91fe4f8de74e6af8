#include "services/runtime/charter/revision_service.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/revision_store.h"
#include "services/runtime/charter/signing_test_charter.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"
#include "services/runtime/testlib/call.h"

namespace comity::charter {
namespace {

class RevisionServiceTest : public testing::Test {
 protected:
  RevisionServiceTest() {
    runtime_.runtime()->charters = MakeBook(*Charter::Make(CharterWithKeys(1, &keys_)));
    signed_ = With("Neither need nor means.");
  }

  Book& book() { return *runtime_.runtime()->charters; }
  v1::SignedRevision With(const std::string& criteria) {
    const Base base = {&book().revisions().front()->charter, book().revisions().front()->digest};
    return SignedBy({"ana@sales", "mia@marketing"}, NextBody(base, criteria), &keys_);
  }
  absl::StatusOr<v1::PrepareRevisionResponse> Prepare(
      const v1::SignedRevision& signed_revision,
      const std::string& request_id = testlib::NewRequestId(), bool validate_only = false) {
    Call call = runtime_.MakeCall("@", "comity.charter.v1.RevisionService/PrepareRevision");
    call.principal = Principal();
    call.principal.workload = "service/gateway";
    v1::PrepareRevisionRequest request;
    *request.mutable_signed_revision() = signed_revision;
    request.set_request_id(request_id);
    request.set_validate_only(validate_only);
    return service_.PrepareRevision(call, request);
  }
  std::vector<journal::v1::Entry> History() {
    std::vector<journal::v1::Entry> entries;
    Call call = runtime_.MakeCall("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(
                      const auto stored,
                      journal::ReadHistory(reader, "charterRevisions/2", 0, 100));
                  for (const auto& bytes : stored) {
                    EXPECT_TRUE(entries.emplace_back().ParseFromString(bytes.body));
                  }
                  return absl::OkStatus();
                }).ok());
    return entries;
  }

  testlib::Database database_;
  testlib::TestRuntime runtime_{&database_};
  TestKeys keys_;
  v1::SignedRevision signed_;
  RevisionService service_{nullptr};
};

TEST_F(RevisionServiceTest, StoresJournalsAndShowsIt) {
  const auto reply = Prepare(signed_);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->revision(), 2);
  EXPECT_EQ(book().last().charter.revision(), 2);
  EXPECT_EQ(book().last().effective, absl::InfiniteFuture());
  const auto entries = History();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].type(), "prepared");
  EXPECT_EQ(entries[0].actor().workload(), "service/gateway");
  EXPECT_EQ(entries[0].actor().person(), "");
  v1::SignedRevision journaled;
  ASSERT_TRUE(entries[0].payload().UnpackTo(&journaled));
  EXPECT_EQ(journaled.SerializeAsString(), signed_.SerializeAsString())
      << "with its signatures, for whoever wants to check it later";
}

TEST_F(RevisionServiceTest, AsOftenAsItIsAsked) {
  const std::string id = testlib::NewRequestId();
  ASSERT_TRUE(Prepare(signed_, id).ok());
  EXPECT_EQ(Prepare(signed_, id)->revision(), 2) << "the same request";
  EXPECT_EQ(Prepare(signed_)->revision(), 2) << "another one";
  EXPECT_EQ(History().size(), 1u);
  EXPECT_EQ(Reason(Prepare(With("No means."), id).status()), "REQUEST_ID_REUSED");
}

TEST_F(RevisionServiceTest, OnlyChecksWhereOnlyThatIsAsked) {
  EXPECT_EQ(Prepare(signed_, testlib::NewRequestId(), /*validate_only=*/true)->revision(), 2);
  EXPECT_TRUE(History().empty());
  EXPECT_EQ(book().last().charter.revision(), 1);
  EXPECT_EQ(Prepare(signed_)->revision(), 2);
}

TEST_F(RevisionServiceTest, TakesNobodysWordForIt) {
  v1::SignedRevision unsigned_one = signed_;
  unsigned_one.clear_signatures();
  EXPECT_EQ(Reason(Prepare(unsigned_one).status()), "SIGNATURE_MISSING");
  v1::SignedRevision forged = signed_;
  (*forged.mutable_signatures(0)->mutable_signature())[5] ^= 1;
  EXPECT_EQ(Reason(Prepare(forged).status()), "SIGNATURE_INVALID");
  EXPECT_TRUE(History().empty());
  EXPECT_EQ(book().last().charter.revision(), 1);
}

TEST_F(RevisionServiceTest, OfTwoTextsAtOnceOneIsStored) {
  const std::vector<v1::SignedRevision> texts = {With("No means."), With("No need."),
                                                 With("Neither."), With("Whatever.")};
  std::vector<std::string> reasons(texts.size(), "not asked");
  std::vector<std::thread> callers;
  for (size_t i = 0; i < texts.size(); ++i) {
    callers.emplace_back([&, i] { reasons[i] = Reason(Prepare(texts[i]).status()); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), ""), 1) << testing::PrintToString(reasons);
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), "REVISION_DIFFERS"), 3)
      << testing::PrintToString(reasons);
  EXPECT_EQ(History().size(), 1u);
}

}  // namespace
}  // namespace comity::charter
