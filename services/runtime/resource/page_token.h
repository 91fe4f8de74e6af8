// Opaque page tokens (AIP-158): they say where a list goes on, are bound to method, caller and
// query, and grant no rights.
#ifndef COMITY_RUNTIME_RESOURCE_PAGE_TOKEN_H_
#define COMITY_RUNTIME_RESOURCE_PAGE_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/runtime/server/call.h"

namespace comity::resource {

// A token for `position` (any bytes) in the query that `request` makes: its fields without
// `page_token` and `page_size`.
std::string MakePageToken(const Call& call, const google::protobuf::Message& request,
                          absl::string_view position);
// The position in `request.page_token`; empty without a token. INVALID_ARGUMENT reason
// PAGE_TOKEN_INVALID when it was made for another query or caller, or changed.
absl::StatusOr<std::string> ReadPageToken(const Call& call,
                                          const google::protobuf::Message& request);
// `request.page_size`: 0 stands for 50; INVALID_ARGUMENT reason PAGE_SIZE_OUT_OF_RANGE above
// `most`.
absl::StatusOr<int> ReadPageSize(const google::protobuf::Message& request, int most = 500);

// The room of a page: so many records as were asked for, and 2 MiB (a reply holds 4), but always
// one.
class PageRoom {
 public:
  explicit PageRoom(int size) : left_(size) {}
  // Whether `record` still belongs to the page; the first that does not says that there is more.
  bool Take(const google::protobuf::Message& record) {
    bytes_ += record.ByteSizeLong();
    if (left_ <= 0 || (bytes_ > kMostBytes && !empty_)) return false;
    --left_;
    empty_ = false;
    return true;
  }

 private:
  static constexpr size_t kMostBytes = 2 << 20;
  int left_;
  bool empty_ = true;
  size_t bytes_ = 0;
};

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_PAGE_TOKEN_H_
