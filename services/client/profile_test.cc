#include "services/client/profile.h"

#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

constexpr char kProfile[] = R"({
  "addresses": {"lead": "127.0.0.1:7101", "gateway": "127.0.0.1:7105"},
  "http": "https://127.0.0.1:7180",
  "tls_ca": "secrets/ca.crt", "tls_cert": "/abs/cli.crt", "tls_key": "secrets/cli.key",
  "issuer": {"iss": "https://dev", "aud": "comity", "kid": "dev-1", "private_key": "issuer.key"},
  "as": "ana@sales"})";

TEST(ProfileTest, ReadsAndLocatesFiles) {
  const auto profile = ParseProfile(kProfile, "/data");
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->addresses.at("lead"), "127.0.0.1:7101");
  EXPECT_EQ(profile->tls_ca, "/data/secrets/ca.crt");
  EXPECT_EQ(profile->tls_cert, "/abs/cli.crt");
  EXPECT_EQ(profile->issuer.private_key, "/data/issuer.key");
  EXPECT_EQ(profile->as.person, "persons/ana");
  EXPECT_EQ(profile->as.department, "departments/sales");
}

TEST(ProfileTest, KnowsWhereStewardsKeysAre) {
  const Identity mia{"persons/mia", "departments/marketing"};
  EXPECT_EQ(StewardKeyPath(*ParseProfile(kProfile, "/data"), mia), "/data/keys/mia.pem");
  EXPECT_EQ(StewardKeyPath(*ParseProfile(kProfile, ""), mia), "keys/mia.pem");
  const std::string tail(absl::StripPrefix(kProfile, "{"));
  EXPECT_EQ(StewardKeyPath(*ParseProfile("{\"keys\": \"../mine\"," + tail, "/data"), mia),
            "/data/../mine/mia.pem");
  EXPECT_EQ(StewardKeyPath(*ParseProfile("{\"keys\": \"/mine\"," + tail, "/data"), mia),
            "/mine/mia.pem");
}

TEST(ProfileTest, RefusesWhatIsNoProfile) {
  for (const char* json : {"", "[]", "{}", "{\"addresses\":{\"lead\":\"x:1\"}}"}) {
    const auto profile = ParseProfile(json, "");
    EXPECT_EQ(profile.status().code(), absl::StatusCode::kInvalidArgument) << json;
    EXPECT_EQ(Reason(profile.status()), "PROFILE_UNREADABLE") << json;
  }
}

TEST(ProfileTest, MissingFileSaysHowToMend) {
  const auto profile = ReadProfile("/nonexistent/profile.json");
  EXPECT_EQ(Reason(profile.status()), "PROFILE_UNREADABLE");
}

TEST(IdentityTest, TakesShortAndFullNames) {
  const auto identity = ParseIdentity("persons/ana@departments/sales");
  ASSERT_TRUE(identity.ok());
  EXPECT_EQ(identity->ToText(), "ana@sales");
  for (const char* text : {"ana", "@sales", "ana@", "a@b@c", ""}) {
    EXPECT_EQ(Reason(ParseIdentity(text).status()), "USAGE") << text;
  }
}

}  // namespace
}  // namespace comity::client
