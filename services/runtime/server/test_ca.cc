#include "services/runtime/server/test_ca.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace comity::server {
namespace {

std::shared_ptr<EVP_PKEY> NewKey() {
  return std::shared_ptr<EVP_PKEY>(EVP_EC_gen("P-256"), &EVP_PKEY_free);
}

void AddExtension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::shared_ptr<X509> NewCertificate(const std::string& name, EVP_PKEY* key, X509* issuer) {
  static std::atomic<long> serial{1};
  std::shared_ptr<X509> certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(),
                       issuer == nullptr ? subject : X509_get_subject_name(issuer));
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

void WriteCertificate(const std::string& path, X509* certificate) {
  FILE* file = std::fopen((path + ".new").c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  // Whole or not at all: gRPC ends a process that finds an empty key.
  std::rename((path + ".new").c_str(), path.c_str());
}

void WriteKey(const std::string& path, EVP_PKEY* key) {
  FILE* file = std::fopen((path + ".new").c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  // Whole or not at all: gRPC ends a process that finds an empty key.
  std::rename((path + ".new").c_str(), path.c_str());
}

}  // namespace

TestCa::TestCa(const std::string& folder) : folder_(folder), key_(NewKey()) {
  std::filesystem::create_directories(folder_);
  certificate_ = NewCertificate(absl::StrCat("ca ", folder), key_.get(), nullptr);
  AddExtension(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate_.get(), certificate_.get(), NID_key_usage, "critical,keyCertSign");
  X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  WriteCertificate(folder_ + "/ca.crt", certificate_.get());
}

channel::TlsFiles TestCa::Issue(const std::string& name, const Leaf& leaf) const {
  const auto key = NewKey();
  const auto certificate = NewCertificate(name, key.get(), certificate_.get());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), leaf.not_before);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), leaf.not_after);
  std::vector<std::string> names = {"DNS:localhost"};
  for (const std::string& uri : leaf.uri_names) names.push_back("URI:" + uri);
  X509* issuer = certificate_.get();
  AddExtension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature");
  AddExtension(certificate.get(), issuer, NID_ext_key_usage,
               leaf.client_only   ? "clientAuth"
               : leaf.server_only ? "serverAuth"
                                  : "clientAuth,serverAuth");
  AddExtension(certificate.get(), issuer, NID_subject_alt_name, absl::StrJoin(names, ","));
  X509_sign(certificate.get(), key_.get(), EVP_sha256());
  const std::string stem = absl::StrCat(folder_, "/", absl::StrReplaceAll(name, {{"/", "-"}}));
  WriteCertificate(stem + ".crt", certificate.get());
  WriteKey(stem + ".key", key.get());
  return {stem + ".crt", stem + ".key", folder_ + "/ca.crt"};
}

channel::TlsFiles TestCa::IssueWorkload(const std::string& workload) const {
  Leaf leaf;
  leaf.uri_names = {absl::StrCat("spiffe://comity.local/", workload)};
  return Issue(workload, leaf);
}

}  // namespace comity::server
