// What every command shares: the global flags, the connection, the way to print.
#ifndef COMITY_CLIENT_COMMANDS_CONTEXT_H_
#define COMITY_CLIENT_COMMANDS_CONTEXT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/client/api/grpc_caller.h"
#include "services/client/profile.h"

namespace comity::client {

// INVALID_ARGUMENT USAGE where `path`, which is about to be written, is the same file as `other`,
// which is read or written as well.
absl::Status CheckOtherFile(const std::string& flag, const std::string& path,
                            const std::string& other);

class Context {
 public:
  // Set by the flags.
  std::string profile_flag;
  std::string as_flag;
  std::string output = "table";
  // Takes what is printed instead of standard output, where it is set.
  std::string* printed = nullptr;
  // Set by the command that was named.
  std::function<absl::Status()> action;

  // Reads the profile; nothing is sent yet. To be called first by what talks to a service.
  absl::Status Connect();
  GrpcCaller& caller() { return *caller_; }
  // Calls as `other` does, over its connections; before Connect.
  void ShareConnections(const Context& other) { caller_ = other.caller_; }
  const Identity& as() const { return as_; }
  const Profile& profile() const { return profile_; }
  // Not a table: the API's JSON, or names alone.
  bool for_machines() const { return output != "table"; }

  // Sends and prints the answer: JSON or names if that is wanted, else what `show` makes of it.
  template <typename Reply>
  absl::Status Run(absl::string_view method, const google::protobuf::Message& request,
                   const std::function<std::string(const Reply&)>& show) {
    if (absl::Status status = Connect(); !status.ok()) return status;
    absl::StatusOr<Reply> reply = caller().Ask<Reply>(as(), method, request);
    if (!reply.ok()) return reply.status();
    if (for_machines()) return PrintMessage(*reply);
    return Print(show(*reply));
  }
  absl::Status Print(absl::string_view text) const;
  // As JSON; with `--output name`, the name of the record or of each record of a list.
  absl::Status PrintMessage(const google::protobuf::Message& message) const;

  // One page of what a List method has, or all of them as one answer; after Connect.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> FetchList(
      const std::string& method, bool all, google::protobuf::Message* request);
  // How to see the pages behind `reply`, where there are any.
  absl::Status PrintMore(const google::protobuf::Message& reply) const;

 private:
  Profile profile_;
  Identity as_;
  std::shared_ptr<GrpcCaller> caller_;
  bool is_connected_ = false;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_COMMANDS_CONTEXT_H_
