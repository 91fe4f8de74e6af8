#include "services/client/api/request_id.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace comity::client {
namespace {

// The name space of the client's ids, itself a random UUID.
constexpr unsigned char kNamespace[16] = {0x6f, 0x0c, 0x1e, 0x53, 0x8a, 0x5d, 0x4b, 0x0e,
                                          0x9c, 0x41, 0x2d, 0x77, 0xb3, 0x90, 0x15, 0xea};

std::string ToText(std::array<unsigned char, 16> bytes, int version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | (version << 4));
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  const std::string hex = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                      hex.substr(16, 4), "-", hex.substr(20));
}

}  // namespace

std::string RandomRequestId() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), bytes.size());
  return ToText(bytes, 4);
}

std::string RequestIdFor(absl::string_view seed) {
  const std::string input = absl::StrCat(
      absl::string_view(reinterpret_cast<const char*>(kNamespace), sizeof(kNamespace)), seed);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(input.data(), input.size(), digest.data(), &length, EVP_sha1(), nullptr);
  std::array<unsigned char, 16> bytes{};
  std::copy(digest.begin(), digest.begin() + 16, bytes.begin());
  return ToText(bytes, 5);
}

}  // namespace comity::client
