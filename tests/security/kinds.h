// Which collections there are, and what methods make or change, by the descriptors.
#ifndef COMITY_TESTS_SECURITY_KINDS_H_
#define COMITY_TESTS_SECURITY_KINDS_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace comity::security {

// A collection by the method that gets its records.
struct Kind {
  std::string collection;
  std::string service;
  const google::protobuf::Descriptor* type;
};

const std::vector<Kind>& Kinds();
// Empty: none has records of that type.
std::string CollectionOfType(const google::protobuf::Descriptor* type);
// What a method makes or changes: `Lead` of CreateLeadRequest, `Person` of UpdatePersonRequest.
// Null where it does neither.
const google::protobuf::FieldDescriptor* RecordField(const google::protobuf::Descriptor& request);

}  // namespace comity::security

#endif  // COMITY_TESTS_SECURITY_KINDS_H_
