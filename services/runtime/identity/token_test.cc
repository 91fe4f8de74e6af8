// Tokens: what is taken, and everything that must not be.
#include "services/runtime/identity/token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <functional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/runtime/identity/test_keys.h"
#include "services/runtime/identity/token_issuers.h"
#include "services/runtime/identity/token_signer.h"
#include "services/runtime/status/errors.h"

namespace comity::identity {
namespace {

using Json = nlohmann::json;

const absl::Time kNow = absl::FromUnixSeconds(1700000000);

class TokenTest : public testing::Test {
 protected:
  Json header_ = {{"alg", "ES256"}, {"kid", "dev-1"}, {"typ", "JWT"}};
  Json claims_ = {{"iss", "https://dev.comity.local"},
                  {"aud", "comity"},
                  {"sub", "persons/ana"},
                  {"dept", "departments/sales"},
                  {"iat", 1700000000},
                  {"nbf", 1700000000},
                  {"exp", 1700000900}};
  KeyPair pair_ = NewP256();
  PrivateKey key_ = *PrivateKey::FromPem(pair_.private_pem);
  IssuerKeys keys_ = *IssuerKeys::FromJson(IssuersJson("dev-1", "ES256", pair_.public_pem));

  std::string Signed() const { return *SignToken(header_.dump(), claims_.dump(), key_); }
  std::string SignedText(const std::string& header, const std::string& claims) const {
    return *SignToken(header, claims, key_);
  }
  std::string ReasonOf(const std::string& token, absl::Time now = kNow) const {
    const auto verified = VerifyToken(token, keys_, "lead", now);
    if (verified.ok()) return "OK";
    EXPECT_EQ(verified.status().code(), absl::StatusCode::kUnauthenticated);
    return Reason(verified.status());
  }
};

TEST_F(TokenTest, ASoundTokenIsTaken) {
  const auto token = VerifyToken(Signed(), keys_, "lead", kNow);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->token.person, "persons/ana");
  EXPECT_EQ(token->token.department, "departments/sales");
  EXPECT_EQ(token->token.expires, kNow + absl::Minutes(15));
}

TEST_F(TokenTest, TheSignersTokenIsTaken) {
  const auto signer =
      TokenSigner::Make("https://dev.comity.local", "comity", "dev-1", pair_.private_pem);
  ASSERT_TRUE(signer.ok());
  EXPECT_EQ(ReasonOf(*signer->Sign("persons/ana", "departments/sales", kNow)), "OK");
}

TEST_F(TokenTest, EdDsaWorksWhereTheKeySaysSo) {
  const KeyPair pair = NewEd25519();
  keys_ = *IssuerKeys::FromJson(IssuersJson("dev-1", "EdDSA", pair.public_pem));
  const PrivateKey key = *PrivateKey::FromPem(pair.private_pem);
  header_["alg"] = "EdDSA";
  EXPECT_EQ(ReasonOf(*SignToken(header_.dump(), claims_.dump(), key)), "OK");
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_SIGNATURE");  // ES256 key under an EdDSA kid
}

TEST_F(TokenTest, TheHeaderChoosesNoAlgorithm) {
  for (const char* alg :
       {"none", "None", "HS256", "HS512", "RS256", "ES384", "EdDSA", "es256", ""}) {
    header_["alg"] = alg;
    EXPECT_EQ(ReasonOf(Signed()), "TOKEN_ALGORITHM") << alg;
  }
  header_["alg"] = 5;
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED");
  header_.erase("alg");
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED");
}

TEST_F(TokenTest, NoSignatureAndHmacWithThePublicKeyAreRefused) {
  header_["alg"] = "none";
  const std::string bare = absl::StrCat(absl::WebSafeBase64Escape(header_.dump()), ".",
                                        absl::WebSafeBase64Escape(claims_.dump()));
  EXPECT_EQ(ReasonOf(bare + "."), "TOKEN_ALGORITHM");
  EXPECT_EQ(ReasonOf(bare), "TOKEN_MALFORMED");
  for (const char* alg : {"HS256", "ES256"}) {
    header_["alg"] = alg;
    const std::string text = absl::StrCat(absl::WebSafeBase64Escape(header_.dump()), ".",
                                          absl::WebSafeBase64Escape(claims_.dump()));
    std::string mac(32, '\0');
    HMAC(EVP_sha256(), pair_.public_pem.data(), static_cast<int>(pair_.public_pem.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(mac.data()), nullptr);
    EXPECT_NE(ReasonOf(absl::StrCat(text, ".", absl::WebSafeBase64Escape(mac))), "OK");
  }
}

TEST_F(TokenTest, KeysComeFromTheConfigurationOnly) {
  const KeyPair evil = NewP256();
  const PrivateKey evil_key = *PrivateKey::FromPem(evil.private_pem);
  header_["jwk"] = {{"kty", "EC"}, {"crv", "P-256"}, {"x", "AA"}, {"y", "AA"}};
  header_["jku"] = "https://evil.example/keys";
  header_["x5u"] = "https://evil.example/cert";
  header_["x5c"] = {"AAAA"};
  EXPECT_EQ(ReasonOf(*SignToken(header_.dump(), claims_.dump(), evil_key)), "TOKEN_SIGNATURE");
  EXPECT_EQ(ReasonOf(Signed()), "OK");  // they are not looked at
}

TEST_F(TokenTest, TheKidIsABoundedLookUp) {
  for (const char* kid : {"", "dev-1'--", "../../dev-1", "dev 1", "dev-1\n", "http://x/dev-1"}) {
    header_["kid"] = kid;
    EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED") << kid;
  }
  header_["kid"] = std::string(65, 'a');
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED");
  header_["kid"] = "dev-2";
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_KEY_UNKNOWN");
  header_.erase("kid");
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED");
}

TEST_F(TokenTest, EveryFlippedBitOfTheSignatureIsSeen) {
  const std::string token = Signed();
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  std::string signature;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[2], &signature));
  ASSERT_EQ(signature.size(), 64u);
  for (size_t bit = 0; bit < signature.size() * 8; bit += 7) {
    std::string bad = signature;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(ReasonOf(absl::StrCat(parts[0], ".", parts[1], ".", absl::WebSafeBase64Escape(bad))),
              "TOKEN_SIGNATURE");
  }
  for (const std::string& bad :
       {std::string(), std::string(64, '\0'), signature.substr(0, 63), signature + "x"}) {
    EXPECT_EQ(ReasonOf(absl::StrCat(parts[0], ".", parts[1], ".", absl::WebSafeBase64Escape(bad))),
              "TOKEN_SIGNATURE");
  }
}

TEST_F(TokenTest, ClaimsOfAnotherTokenDoNotFitTheSignature) {
  const std::vector<std::string> mine = absl::StrSplit(Signed(), '.');
  claims_["sub"] = "persons/sam";
  const std::vector<std::string> other = absl::StrSplit(Signed(), '.');
  EXPECT_EQ(ReasonOf(absl::StrCat(mine[0], ".", other[1], ".", mine[2])), "TOKEN_SIGNATURE");
}

TEST_F(TokenTest, IssuerAndAudienceAreExact) {
  for (const char* iss : {"https://dev.comity.local/", "https://DEV.comity.local", "evil", ""}) {
    claims_["iss"] = iss;
    EXPECT_EQ(ReasonOf(Signed()), "TOKEN_ISSUER") << iss;
  }
  claims_["iss"] = "https://dev.comity.local";
  for (const Json& aud : {Json("comity2"), Json(""), Json({"a", "b"}), Json("COMITY")}) {
    claims_["aud"] = aud;
    EXPECT_EQ(ReasonOf(Signed()), "TOKEN_AUDIENCE") << aud;
  }
  claims_["aud"] = {"other", "comity"};
  EXPECT_EQ(ReasonOf(Signed()), "OK");
  for (const Json& aud : {Json(5), Json(Json::array()), Json({"comity", 5}), Json(nullptr)}) {
    claims_["aud"] = aud;
    EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED") << aud;
  }
}

TEST_F(TokenTest, TimesAtTheirBoundaries) {
  const std::string token = Signed();  // lives 900 s
  EXPECT_EQ(ReasonOf(token, kNow + absl::Seconds(959)), "OK");
  EXPECT_EQ(ReasonOf(token, kNow + absl::Seconds(960)), "TOKEN_EXPIRED");
  EXPECT_EQ(ReasonOf(token, kNow - absl::Seconds(60)), "OK");
  EXPECT_EQ(ReasonOf(token, kNow - absl::Seconds(61)), "TOKEN_NOT_YET_VALID");
  claims_["nbf"] = 1700000061;
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_NOT_YET_VALID");
  claims_.erase("nbf");
  EXPECT_EQ(ReasonOf(Signed()), "OK");
  claims_["exp"] = 1700003600;
  EXPECT_EQ(ReasonOf(Signed()), "OK");
  claims_["exp"] = 1700003601;
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_LIFETIME");
  claims_["exp"] = claims_["iat"];
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_LIFETIME");
}

TEST_F(TokenTest, TimesThatAreNone) {
  for (const Json& time : {Json("1700000900"), Json(1700000900.5), Json(-1), Json(1e300),
                           Json(18446744073709551615u), Json(nullptr)}) {
    claims_["exp"] = time;
    EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED") << time;
  }
  for (const char* member : {"exp", "iat"}) {
    Json claims = claims_;
    claims["exp"] = 1700000900;
    claims.erase(member);
    EXPECT_EQ(ReasonOf(SignedText(header_.dump(), claims.dump())), "TOKEN_MALFORMED") << member;
  }
}

TEST_F(TokenTest, ExtensionsThatMustBeUnderstoodAreRefused) {
  header_["crit"] = {"exp"};
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED");
  header_["crit"] = Json::array();
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED");
  header_.erase("crit");
  header_["b64"] = false;
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED");
}

TEST_F(TokenTest, AMemberTwiceIsRefused) {
  const std::string header = header_.dump();
  const std::string claims = claims_.dump();
  const std::string two_algs = R"({"alg":"none",)" + header.substr(1);
  EXPECT_EQ(ReasonOf(SignedText(two_algs, claims)), "TOKEN_MALFORMED");
  const std::string two_subs = R"({"sub":"persons/sam",)" + claims.substr(1);
  EXPECT_EQ(ReasonOf(SignedText(header, two_subs)), "TOKEN_MALFORMED");
  const std::string escaped = R"({"\u0073ub":"persons/sam",)" + claims.substr(1);
  EXPECT_EQ(ReasonOf(SignedText(header, escaped)), "TOKEN_MALFORMED");
}

TEST_F(TokenTest, PersonAndDepartmentAreNames) {
  for (const char* sub :
       {"ana", "persons/", "persons/ana/x", "departments/ana", "persons/Ana", ""}) {
    claims_["sub"] = sub;
    EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED") << sub;
  }
  claims_["sub"] = "persons/ana";
  for (const Json& dept : {Json("sales"), Json("departments/*"), Json({"departments/sales"})}) {
    claims_["dept"] = dept;
    EXPECT_EQ(ReasonOf(Signed()), "TOKEN_MALFORMED") << dept;
  }
}

TEST_F(TokenTest, ShapesThatAreNoToken) {
  const std::string token = Signed();
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("a.b"), token + ".x",
        token + "=", " " + token, token.substr(0, token.size() - 1), std::string("a.b.c.d.e")}) {
    EXPECT_NE(ReasonOf(text), "OK") << text;
  }
  EXPECT_EQ(ReasonOf(SignedText("[]", claims_.dump())), "TOKEN_MALFORMED");
  EXPECT_EQ(ReasonOf(SignedText(header_.dump(), "null")), "TOKEN_MALFORMED");
  EXPECT_EQ(ReasonOf(SignedText(header_.dump(), claims_.dump() + "{}")), "TOKEN_MALFORMED");
  std::string deep = claims_.dump();
  deep.insert(1, "\"x\":" + std::string(500, '[') + std::string(500, ']') + ",");
  EXPECT_EQ(ReasonOf(SignedText(header_.dump(), deep)), "TOKEN_MALFORMED");
}

TEST_F(TokenTest, AtMostSixKibibytes) {
  claims_["x"] = std::string(4000, 'a');
  EXPECT_EQ(ReasonOf(Signed()), "OK");
  claims_["x"] = std::string(5000, 'a');
  EXPECT_EQ(ReasonOf(Signed()), "TOKEN_TOO_LARGE");
  EXPECT_EQ(ReasonOf(std::string(100000, 'a')), "TOKEN_TOO_LARGE");
}

TEST(IssuerKeysTest, RefusesUnsoundConfigurations) {
  const KeyPair p256 = NewP256();
  const std::string sound = IssuersJson("a", "ES256", p256.public_pem);
  EXPECT_TRUE(IssuerKeys::FromJson(sound).ok());
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string(R"({"issuers":[]})"),
        IssuersJson("a", "HS256", p256.public_pem), IssuersJson("a", "none", p256.public_pem),
        IssuersJson("a", "EdDSA", p256.public_pem), IssuersJson("", "ES256", p256.public_pem),
        IssuersJson("a", "ES256", p256.private_pem), IssuersJson("a", "ES256", "x"),
        IssuersJson("a", "ES256", NewP384().public_pem),
        IssuersJson("a", "ES256", NewRsa().public_pem)}) {
    EXPECT_FALSE(IssuerKeys::FromJson(text).ok()) << text;
  }
}

}  // namespace
}  // namespace comity::identity
