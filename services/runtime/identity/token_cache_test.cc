#include "services/runtime/identity/token_cache.h"

#include <unistd.h>

#include <fstream>

#include "gtest/gtest.h"
#include "services/runtime/identity/test_keys.h"
#include "services/runtime/identity/token_signer.h"
#include "services/runtime/status/errors.h"

namespace comity::identity {
namespace {

constexpr char kAna[] = "persons/ana";
constexpr char kSales[] = "departments/sales";
const absl::Time kCachedAt = absl::FromUnixSeconds(1700000000);

class TokenCacheTest : public testing::Test {
 protected:
  TokenCacheTest() {
    Write(IssuersJson("dev-1", "ES256", pair_.public_pem));
    issuers_ = *TokenIssuers::FromFile(path_);
    cache_ = std::make_unique<TokenCache>(issuers_.get(), &directory_, "lead");
    SetRoles({type::v1::ROLE_MEMBER});
  }
  ~TokenCacheTest() override { unlink(path_.c_str()); }

  void Write(const std::string& json) {
    const std::string fresh = path_ + ".new";
    std::ofstream(fresh) << json;
    rename(fresh.c_str(), path_.c_str());
  }
  void SetRoles(const std::vector<type::v1::Role>& roles) {
    auto snapshot = std::make_shared<directory::Snapshot>();
    snapshot->version = ++version_;
    auto* membership = snapshot->persons[kAna].add_memberships();
    membership->set_department(kSales);
    for (type::v1::Role role : roles) membership->add_roles(role);
    directory_.Replace(snapshot);
  }
  std::string Token(const std::string& department = kSales) {
    return *signer_.Sign(kAna, department, kCachedAt);
  }

  const std::string path_ = absl::StrCat(testing::TempDir(), "/issuers-", getpid(), ".json");
  const KeyPair pair_ = NewP256();
  const TokenSigner signer_ =
      *TokenSigner::Make("https://dev.comity.local", "comity", "dev-1", pair_.private_pem);
  int64_t version_ = 0;
  directory::Directory directory_;
  std::unique_ptr<TokenIssuers> issuers_;
  std::unique_ptr<TokenCache> cache_;
};

TEST_F(TokenCacheTest, ATokenIsVerifiedOnce) {
  const std::string token = Token();
  const auto first = cache_->Verify(token, kCachedAt);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ((*first)->roles, std::vector<type::v1::Role>{type::v1::ROLE_MEMBER});
  EXPECT_EQ(*cache_->Verify(token, kCachedAt + absl::Minutes(1)), *first);  // the same object
}

TEST_F(TokenCacheTest, KnowsOnlyWhatWasVerified) {
  const std::string token = Token();
  EXPECT_EQ(cache_->Known(token, kCachedAt), nullptr);
  ASSERT_TRUE(cache_->Verify(token, kCachedAt).ok());
  ASSERT_NE(cache_->Known(token, kCachedAt), nullptr);
  EXPECT_EQ(cache_->Known(token, kCachedAt)->person, kAna);
  EXPECT_EQ(cache_->Known(token + "x", kCachedAt), nullptr);
  SetRoles({});
  EXPECT_EQ(cache_->Known(token, kCachedAt), nullptr) << "the directory has changed";
}

TEST_F(TokenCacheTest, ACachedTokenExpires) {
  const std::string token = Token();
  ASSERT_TRUE(cache_->Verify(token, kCachedAt).ok());
  const auto late = cache_->Verify(token, kCachedAt + absl::Minutes(15) + kSkew);
  EXPECT_EQ(Reason(late.status()), "TOKEN_EXPIRED");
}

TEST_F(TokenCacheTest, TheDirectoryIsAskedAgainWhenItChanges) {
  const std::string token = Token();
  ASSERT_TRUE(cache_->Verify(token, kCachedAt).ok());
  SetRoles({type::v1::ROLE_STEWARD});
  EXPECT_EQ((*cache_->Verify(token, kCachedAt))->roles,
            std::vector<type::v1::Role>{type::v1::ROLE_STEWARD});
  SetRoles({});
  const auto gone = cache_->Verify(token, kCachedAt);
  EXPECT_EQ(gone.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(gone.status()), "ROLE_UNKNOWN");
}

TEST_F(TokenCacheTest, ARoleInOneDepartmentIsNoneInAnother) {
  const auto other = cache_->Verify(Token("departments/marketing"), kCachedAt);
  EXPECT_EQ(Reason(other.status()), "ROLE_UNKNOWN");
}

TEST_F(TokenCacheTest, AWithdrawnKeyEndsItsTokens) {
  const std::string token = Token();
  ASSERT_TRUE(cache_->Verify(token, kCachedAt).ok());
  Write(IssuersJson("dev-2", "ES256", NewP256().public_pem));
  const auto after = cache_->Verify(token, kCachedAt + absl::Seconds(2));
  EXPECT_EQ(Reason(after.status()), "TOKEN_KEY_UNKNOWN");
}

TEST_F(TokenCacheTest, AnUnsoundFileLeavesTheOldKeysInForce) {
  const std::string token = Token();
  Write("{");
  EXPECT_TRUE(cache_->Verify(token, kCachedAt + absl::Seconds(2)).ok());
  unlink(path_.c_str());
  EXPECT_TRUE(cache_->Verify(token, kCachedAt + absl::Seconds(4)).ok());
}

TEST_F(TokenCacheTest, GarbageIsRefusedAndNotKept) {
  const std::string token = Token() + "x";
  EXPECT_FALSE(cache_->Verify(token, kCachedAt).ok());
  EXPECT_FALSE(cache_->Verify(token, kCachedAt).ok());
}

}  // namespace
}  // namespace comity::identity
