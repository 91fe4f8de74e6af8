#include "services/client/api/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <vector>

namespace comity::client {
namespace {

template <auto Free>
struct Release {
  template <typename T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Store = std::unique_ptr<X509_STORE, Release<X509_STORE_free>>;
using Check = std::unique_ptr<X509_STORE_CTX, Release<X509_STORE_CTX_free>>;

std::vector<Certificate> ReadCertificates(const std::string& path) {
  std::vector<Certificate> certificates;
  const Bio file(BIO_new_file(path.c_str(), "r"));
  if (file == nullptr) return certificates;
  while (X509* next = PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(next);
  }
  return certificates;
}

// OpenSSL's verdict on the first of `chain`, whose issuers stand among the others and `roots`.
int Verify(const std::vector<Certificate>& chain, const std::vector<Certificate>& roots,
           absl::Time now) {
  const Store store(X509_STORE_new());
  for (const Certificate& root : roots) X509_STORE_add_cert(store.get(), root.get());
  STACK_OF(X509)* const others = sk_X509_new_null();
  for (size_t i = 1; i < chain.size(); ++i) sk_X509_push(others, chain[i].get());
  const Check check(X509_STORE_CTX_new());
  X509_STORE_CTX_init(check.get(), store.get(), chain.front().get(), others);
  X509_STORE_CTX_set_time(check.get(), 0, absl::ToTimeT(now));
  X509_verify_cert(check.get());
  const int verdict = X509_STORE_CTX_get_error(check.get());
  sk_X509_free(others);
  return verdict;
}

}  // namespace

std::string CertificateProblem(const std::string& certificate, const std::string& ca,
                               absl::Time now) {
  const std::vector<Certificate> chain = ReadCertificates(certificate);
  const std::vector<Certificate> roots = ReadCertificates(ca);
  if (chain.empty() || roots.empty()) return "CERTIFICATE_UNREADABLE";
  switch (Verify(chain, roots, now)) {
    case X509_V_OK:
      return "";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "CERTIFICATE_EXPIRED";
    default:
      return "CERTIFICATE_FOREIGN";
  }
}

}  // namespace comity::client
