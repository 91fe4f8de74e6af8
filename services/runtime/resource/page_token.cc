#include "services/runtime/resource/page_token.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "openssl/crypto.h"
#include "openssl/hmac.h"
#include "services/runtime/status/errors.h"

namespace comity::resource {
namespace {

constexpr size_t kMacBytes = 16;
constexpr int kDefaultPageSize = 50;

// Lengths before the parts: no two different lists of parts give the same bytes.
std::string Framed(std::initializer_list<absl::string_view> parts) {
  std::string framed;
  for (const absl::string_view part : parts) absl::StrAppend(&framed, part.size(), ":", part);
  return framed;
}

// The query of a request: deterministic, without what a page may change.
std::string QueryOf(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> query(request.New());
  query->CopyFrom(request);
  for (const char* field : {"page_token", "page_size"}) {
    if (const auto* descriptor = query->GetDescriptor()->FindFieldByName(field)) {
      query->GetReflection()->ClearField(query.get(), descriptor);
    }
  }
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  query->SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

std::string Mac(const Call& call, const google::protobuf::Message& request,
                absl::string_view position) {
  const std::string text = Framed({call.method, call.principal.person, call.principal.department,
                                   call.principal.workload, QueryOf(request), position});
  const std::string& key = call.runtime->page_token_key;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return std::string(reinterpret_cast<const char*>(mac), kMacBytes);
}

absl::Status InvalidToken() {
  return InvalidField("PAGE_TOKEN_INVALID", "page_token",
                      "a page token goes on with the same query of the same caller only; start "
                      "again without one");
}

}  // namespace

std::string MakePageToken(const Call& call, const google::protobuf::Message& request,
                          absl::string_view position) {
  return absl::WebSafeBase64Escape(absl::StrCat(Mac(call, request, position), position));
}

absl::StatusOr<std::string> ReadPageToken(const Call& call,
                                          const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("page_token");
  const std::string token = request.GetReflection()->GetString(request, field);
  if (token.empty()) return std::string();
  std::string bytes;
  // Abseil also takes padding and blanks: a token has one spelling.
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() < kMacBytes ||
      absl::WebSafeBase64Escape(bytes) != token) {
    return InvalidToken();
  }
  const std::string position = bytes.substr(kMacBytes);
  const std::string mac = Mac(call, request, position);
  if (CRYPTO_memcmp(mac.data(), bytes.data(), kMacBytes) != 0) return InvalidToken();
  return position;
}

absl::StatusOr<int> ReadPageSize(const google::protobuf::Message& request, int most) {
  const auto* field = request.GetDescriptor()->FindFieldByName("page_size");
  const int size = request.GetReflection()->GetInt32(request, field);
  if (size < 0 || size > most) {
    return InvalidField("PAGE_SIZE_OUT_OF_RANGE", "page_size",
                        absl::StrCat("between 0 (stands for ", kDefaultPageSize, ") and ", most));
  }
  return size == 0 ? kDefaultPageSize : size;
}

}  // namespace comity::resource
