#include "comity/lead/v1/lead_service.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"

namespace comity::storage {
namespace {

constexpr char kId[] = "0190a0b0-0000-7000-8000-000000000001";
constexpr char kOther[] = "0190a0b0-0000-7000-8000-000000000002";

lead::v1::CreateLeadRequest Request(const std::string& id) {
  lead::v1::CreateLeadRequest request;
  request.set_request_id(id);
  (*request.mutable_lead()->mutable_attributes())["a"] = "1";
  (*request.mutable_lead()->mutable_attributes())["b"] = "2";
  return request;
}

TEST(OptionsOfTest, ARequestNeedsAUuid) {
  EXPECT_EQ(Reason(OptionsOf(Request("")).status()), "REQUEST_ID_REQUIRED");
  EXPECT_EQ(Reason(OptionsOf(Request("seven")).status()), "REQUEST_ID_INVALID");
  EXPECT_EQ(OptionsOf(Request(kId))->request_id, kId);
  EXPECT_EQ(Reason(OptionsOf(lead::v1::GetLeadRequest()).status()), "INTERNAL");
}

TEST(OptionsOfTest, TheDigestIsOfAllButTheId) {
  const std::string digest = OptionsOf(Request(kId))->request_digest;
  EXPECT_EQ(digest.size(), 32u);
  EXPECT_EQ(OptionsOf(Request(kOther))->request_digest, digest);
  auto changed = Request(kId);
  (*changed.mutable_lead()->mutable_attributes())["b"] = "3";
  EXPECT_NE(OptionsOf(changed)->request_digest, digest);
}

TEST(OptionsOfTest, ValidateOnlyIsRead) {
  auto request = Request(kId);
  EXPECT_FALSE(OptionsOf(request)->validate_only);
  request.set_validate_only(true);
  EXPECT_TRUE(OptionsOf(request)->validate_only);
}

}  // namespace
}  // namespace comity::storage
