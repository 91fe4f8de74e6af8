// How commands ask the services; the only door, so that tests can stand in its place.
#ifndef COMITY_CLIENT_API_CALLER_H_
#define COMITY_CLIENT_API_CALLER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "services/client/api/retry.h"
#include "services/client/api/schema.h"
#include "services/client/profile.h"

namespace comity::client {

class Caller {
 public:
  virtual ~Caller() = default;
  // Calls `comity.lead.v1.LeadService/GetLead` as `as` at a service (`lead`), once; `at` empty: at
  // the one that the request's names say. Thread-safe.
  virtual absl::Status Try(const std::string& at, const Identity& as, absl::string_view method,
                           const google::protobuf::Message& request,
                           google::protobuf::Message* reply) = 0;

  // The same, and again where the service was too busy or away: calls that change something carry
  // a request id.
  absl::Status CallAt(const std::string& at, const Identity& as, absl::string_view method,
                      const google::protobuf::Message& request, google::protobuf::Message* reply) {
    return WithRetries(patience_, [&] { return Try(at, as, method, request, reply); });
  }
  // How long a call is tried again.
  absl::Duration patience() const { return patience_; }
  void set_patience(absl::Duration patience) { patience_ = patience; }

  absl::Status Call(const Identity& as, absl::string_view method,
                    const google::protobuf::Message& request, google::protobuf::Message* reply) {
    return CallAt("", as, method, request, reply);
  }
  template <typename Reply>
  absl::StatusOr<Reply> Ask(const Identity& as, absl::string_view method,
                            const google::protobuf::Message& request) {
    Reply reply;
    absl::Status status = Call(as, method, request, &reply);
    if (!status.ok()) return status;
    return reply;
  }

 private:
  absl::Duration patience_ = absl::Seconds(2);
};

// The outcome of one item of a batch.
struct ItemResult {
  absl::Status status;
  std::unique_ptr<google::protobuf::Message> value;  // the record, fact or judgement, when OK
};

// Sends `items` (requests of a batch method such as BatchCreateLeads) in their order, at most 200
// and 512 KiB a call. Items that the server was too busy for, or lost to a concurrent change, are
// sent again while the caller has patience, at least six seconds: they carry request ids. One
// result per item. A call that met its deadline is sent again with fewer items. The status is that
// of a call that failed as a whole, for good.
absl::StatusOr<std::vector<ItemResult>> SendBatch(
    Caller& caller, const Identity& as, absl::string_view method,
    const std::vector<std::unique_ptr<google::protobuf::Message>>& items);

// Calls `take` for every record of a collection that a filter keeps, page by page, through `lens`,
// also those out of its working list.
absl::Status ForEach(Caller& caller, const Identity& as, const Collection& collection,
                     absl::string_view filter, absl::string_view lens,
                     const std::function<absl::Status(const google::protobuf::Message&)>& take);

}  // namespace comity::client

#endif  // COMITY_CLIENT_API_CALLER_H_
