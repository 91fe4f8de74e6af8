#include "services/runtime/resource/page_token.h"

#include "comity/lead/v1/lead_service.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::resource {
namespace {

class PageTokenTest : public testing::Test {
 protected:
  PageTokenTest() {
    runtime_.page_token_key = "key";
    call_.runtime = &runtime_;
    call_.method = "comity.lead.v1.LeadService/ListLeads";
    call_.principal.person = "persons/ana";
    call_.principal.department = "departments/sales";
    request_.set_filter("owner = \"persons/ana\"");
    request_.set_page_token(MakePageToken(call_, request_, std::string("\0cursor", 7)));
  }
  std::string ReasonNow() { return Reason(ReadPageToken(call_, request_).status()); }

  Runtime runtime_;
  Call call_;
  lead::v1::ListLeadsRequest request_;
};

TEST_F(PageTokenTest, GivesItsCursorBackForAnotherPageSize) {
  request_.set_page_size(7);
  const absl::StatusOr<std::string> cursor = ReadPageToken(call_, request_);
  ASSERT_TRUE(cursor.ok());
  EXPECT_EQ(*cursor, std::string("\0cursor", 7));
}

TEST_F(PageTokenTest, IsEmptyWithoutToken) {
  request_.clear_page_token();
  EXPECT_EQ(*ReadPageToken(call_, request_), "");
}

TEST_F(PageTokenTest, IsBoundToTheQuery) {
  request_.set_filter("owner = \"persons/sam\"");
  EXPECT_EQ(ReasonNow(), "PAGE_TOKEN_INVALID");
}

TEST_F(PageTokenTest, IsBoundToTheLens) {
  request_.set_show_all(true);
  EXPECT_EQ(ReasonNow(), "PAGE_TOKEN_INVALID");
}

TEST_F(PageTokenTest, IsBoundToPersonDepartmentMethodAndKey) {
  const Call call = call_;
  call_.principal.person = "persons/sam";
  EXPECT_EQ(ReasonNow(), "PAGE_TOKEN_INVALID");
  call_ = call;
  call_.principal.department = "departments/support";
  EXPECT_EQ(ReasonNow(), "PAGE_TOKEN_INVALID");
  call_ = call;
  call_.method = "comity.lead.v1.LeadService/Other";
  EXPECT_EQ(ReasonNow(), "PAGE_TOKEN_INVALID");
  call_ = call;
  EXPECT_EQ(ReasonNow(), "");
  runtime_.page_token_key = "other";
  EXPECT_EQ(ReasonNow(), "PAGE_TOKEN_INVALID");
}

TEST_F(PageTokenTest, RefusesEveryAlteredCharacter) {
  const std::string token = request_.page_token();
  for (size_t i = 0; i + 1 < token.size(); ++i) {  // the last one has unused bits
    std::string altered = token;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    request_.set_page_token(altered);
    EXPECT_EQ(ReasonNow(), "PAGE_TOKEN_INVALID") << i;
  }
  for (const char* text : {"x", "!!", "AAAA"}) {
    request_.set_page_token(text);
    EXPECT_EQ(ReasonNow(), "PAGE_TOKEN_INVALID") << text;
  }
}

TEST_F(PageTokenTest, HasOneSpelling) {
  request_.set_page_size(10);
  const std::string token = MakePageToken(call_, request_, "cursor");
  for (const std::string& other : {token + "=", " " + token, token + "\n", token + "A"}) {
    request_.set_page_token(other);
    EXPECT_EQ(Reason(ReadPageToken(call_, request_).status()), "PAGE_TOKEN_INVALID") << other;
  }
}

TEST(ReadPageSize, HasDefaultAndBounds) {
  lead::v1::ListLeadsRequest request;
  EXPECT_EQ(*ReadPageSize(request), 50);
  request.set_page_size(500);
  EXPECT_EQ(*ReadPageSize(request), 500);
  request.set_page_size(501);
  EXPECT_EQ(Reason(ReadPageSize(request).status()), "PAGE_SIZE_OUT_OF_RANGE");
  request.set_page_size(-1);
  EXPECT_EQ(Reason(ReadPageSize(request).status()), "PAGE_SIZE_OUT_OF_RANGE");
}

}  // namespace
}  // namespace comity::resource
