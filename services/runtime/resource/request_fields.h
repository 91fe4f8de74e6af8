// Fields of requests, read by name.
#ifndef COMITY_RUNTIME_RESOURCE_REQUEST_FIELDS_H_
#define COMITY_RUNTIME_RESOURCE_REQUEST_FIELDS_H_

#include <string>

#include "google/protobuf/message.h"

namespace comity::resource {

// Empty, false or null where the request's type has no such field.
std::string TextField(const google::protobuf::Message& request, const char* name);
bool BoolField(const google::protobuf::Message& request, const char* name);
// Also null where the message is not set.
const google::protobuf::Message* MessageField(const google::protobuf::Message& request,
                                              const std::string& name);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_REQUEST_FIELDS_H_
