#include "services/client/api/certificate.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/runtime/server/test_ca.h"

namespace comity::client {
namespace {

using server::TestCa;

class CertificateTest : public ::testing::Test {
 protected:
  CertificateTest() : ca_(Folder("ours")), foreign_ca_(Folder("foreign")) {}
  ~CertificateTest() override { std::filesystem::remove_all(root_); }

  std::string Folder(const std::string& name) {
    if (root_.empty()) {
      char path[] = "/tmp/comity-certificates-XXXXXX";
      root_ = mkdtemp(path);
    }
    std::filesystem::create_directory(root_ + "/" + name);
    return root_ + "/" + name;
  }
  static std::string Problem(const channel::TlsFiles& files, const std::string& ca) {
    return CertificateProblem(files.certificate, ca, absl::Now());
  }

  std::string root_;
  const TestCa ca_;
  const TestCa foreign_ca_;
};

TEST_F(CertificateTest, SaysWhatIsWrong) {
  const channel::TlsFiles good = ca_.IssueWorkload("client/cli");
  EXPECT_EQ(Problem(good, good.ca), "");
  const TestCa::Leaf past{.uri_names = {}, .not_before = -7200, .not_after = -3600};
  EXPECT_EQ(Problem(ca_.Issue("past", past), good.ca), "CERTIFICATE_EXPIRED");
  const TestCa::Leaf future{.uri_names = {}, .not_before = 3600, .not_after = 7200};
  EXPECT_EQ(Problem(ca_.Issue("future", future), good.ca), "CERTIFICATE_EXPIRED");
  EXPECT_EQ(Problem(foreign_ca_.IssueWorkload("client/cli"), good.ca), "CERTIFICATE_FOREIGN");
}

TEST_F(CertificateTest, SaysWhatCannotBeRead) {
  const channel::TlsFiles good = ca_.IssueWorkload("client/cli");
  EXPECT_EQ(CertificateProblem(root_ + "/none", good.ca, absl::Now()), "CERTIFICATE_UNREADABLE");
  std::ofstream(root_ + "/junk") << "junk";
  EXPECT_EQ(CertificateProblem(good.certificate, root_ + "/junk", absl::Now()),
            "CERTIFICATE_UNREADABLE");
}

}  // namespace
}  // namespace comity::client
