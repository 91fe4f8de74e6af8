#include <string>

#include "google/rpc/status.pb.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/server/unary.h"
#include "services/runtime/status/errors.h"

namespace comity::server {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc = ToRpcStatus(status);
  return grpc::Status(static_cast<grpc::StatusCode>(rpc.code()), rpc.message(),
                      rpc.SerializeAsString());
}

}  // namespace comity::server

namespace comity::channel {

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status rpc;
  const bool has_details = !status.error_details().empty() &&
                           rpc.ParseFromString(status.error_details()) &&
                           rpc.code() == static_cast<int>(status.error_code());
  if (!has_details) {  // made by gRPC itself or by a proxy
    rpc.Clear();
    rpc.set_code(static_cast<int>(status.error_code()));
    rpc.set_message(status.error_message());
  }
  return FromRpcStatus(rpc);
}

}  // namespace comity::channel
