// Messages as gRPC's generic calls carry them.
#ifndef COMITY_RUNTIME_CHANNEL_BYTE_BUFFER_H_
#define COMITY_RUNTIME_CHANNEL_BYTE_BUFFER_H_

#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"

namespace comity::channel {

grpc::ByteBuffer ToBuffer(const google::protobuf::Message& message);
// False where the bytes are another message's.
bool FromBuffer(const grpc::ByteBuffer& buffer, google::protobuf::Message* message);

}  // namespace comity::channel

#endif  // COMITY_RUNTIME_CHANNEL_BYTE_BUFFER_H_
