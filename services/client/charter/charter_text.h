// The charter and its revisions as people read them.
#ifndef COMITY_CLIENT_CHARTER_CHARTER_TEXT_H_
#define COMITY_CLIENT_CHARTER_CHARTER_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "google/protobuf/repeated_field.h"

namespace comity::client {

// `sales, marketing` of departments' names.
std::string DepartmentList(const google::protobuf::RepeatedPtrField<std::string>& names,
                           absl::string_view separator = ", ");

// In whose place a delegate has signed; empty: by his own right.
std::string StewardBehind(const charter::v1::Signature& signature);

// How many have signed for themselves: an arbiter who decided over others has not.
int CountSigners(const google::protobuf::RepeatedPtrField<charter::v1::Signature>& signatures);

// Every section, in tables that fit `width`.
std::string ShowCharter(const type::v1::Charter& document, int width);

// The revisions, the latest first. `departments`: how many the starting charter has.
std::string ShowRevisions(const gateway::v1::ListRevisionsResponse& revisions, int departments);

}  // namespace comity::client

#endif  // COMITY_CLIENT_CHARTER_CHARTER_TEXT_H_
