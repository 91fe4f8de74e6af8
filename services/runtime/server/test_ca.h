// A certificate authority for tests, with files in a temporary folder.
#ifndef COMITY_RUNTIME_SERVER_TEST_CA_H_
#define COMITY_RUNTIME_SERVER_TEST_CA_H_

#include <memory>
#include <string>
#include <vector>

#include "services/runtime/channel/channel.h"

struct x509_st;
struct evp_pkey_st;

namespace comity::server {

class TestCa {
 public:
  explicit TestCa(const std::string& folder);

  // What goes into a certificate. Times are seconds from now.
  struct Leaf {
    std::vector<std::string> uri_names;
    long not_before = -3600;
    long not_after = 3600;
    bool client_only = false;  // extended usage; else client and server
    bool server_only = false;
  };
  // Writes {name}.crt and {name}.key.
  channel::TlsFiles Issue(const std::string& name, const Leaf& leaf) const;
  // A certificate of `spiffe://comity.local/{workload}`.
  channel::TlsFiles IssueWorkload(const std::string& workload) const;

 private:
  const std::string folder_;
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_TEST_CA_H_
