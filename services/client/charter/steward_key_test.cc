#include "services/client/charter/steward_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/signed_revision.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class StewardKey : public testing::Test {
 protected:
  ~StewardKey() override { fs::remove_all(folder_); }

  const std::string folder_ = absl::StrCat(testing::TempDir(), "/steward_key_", getpid());
  const std::string path_ = folder_ + "/keys/mia.pem";
  const Identity mia_ = {"persons/mia", "departments/marketing"};
};

TEST_F(StewardKey, IsMadeOnceForItsOwnerAlone) {
  const auto made = MakeStewardKey(path_);
  ASSERT_TRUE(made.ok()) << made.status();
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  const auto read = ReadStewardKey(path_, mia_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read->RawPublicKey(), *made->RawPublicKey());
  EXPECT_EQ(Reason(MakeStewardKey(path_).status()), "KEY_EXISTS");
  EXPECT_EQ(*ReadStewardKey(path_, mia_)->RawPublicKey(), *made->RawPublicKey());
}

TEST_F(StewardKey, SaysHowToMakeOneThatIsMissing) {
  const auto read = ReadStewardKey(path_, mia_);
  EXPECT_EQ(Reason(read.status()), "KEY_MISSING");
  EXPECT_THAT(read.status().message(), HasSubstr("comity keys new --as mia@marketing"));
  EXPECT_THAT(read.status().message(), HasSubstr(path_));
}

TEST_F(StewardKey, IsRefusedWhereOthersReadItOrItIsNone) {
  ASSERT_TRUE(MakeStewardKey(path_).ok());
  fs::permissions(path_, fs::perms(0640));
  EXPECT_EQ(Reason(ReadStewardKey(path_, mia_).status()), "KEY_EXPOSED");
  fs::permissions(path_, fs::perms(0600));
  std::ofstream(path_, std::ios::trunc) << "no key";
  EXPECT_EQ(Reason(ReadStewardKey(path_, mia_).status()), "KEY_INVALID");
  std::ofstream(folder_ + "/file") << "";
  EXPECT_EQ(Reason(MakeStewardKey(folder_ + "/file/mia.pem").status()), "FILE_UNWRITABLE");
}

TEST_F(StewardKey, SignsForPersonAndDepartment) {
  const auto key = MakeStewardKey(path_);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto signature = SignBody(*key, mia_, "body", charter::v1::VERDICT_SIGN);
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_EQ(signature->person(), "persons/mia");
  EXPECT_EQ(signature->department(), "departments/marketing");
  EXPECT_EQ(signature->public_key(), KeyEntry(*key, mia_)->public_key());
  const auto public_key = identity::PublicKey::FromRawEd25519(*key->RawPublicKey());
  EXPECT_TRUE(public_key->Verify(charter::SigningText("body", *signature), signature->signature()));
  EXPECT_FALSE(
      public_key->Verify(charter::SigningText("bodx", *signature), signature->signature()));
}

}  // namespace
}  // namespace comity::client
