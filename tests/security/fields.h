// What the options of a field say, as the tests of security ask for it.
#ifndef COMITY_TESTS_SECURITY_FIELDS_H_
#define COMITY_TESTS_SECURITY_FIELDS_H_

#include <algorithm>
#include <iterator>
#include <string>

#include "comity/type/v1/policy.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"

namespace comity::security {

using google::protobuf::FieldDescriptor;

// Whose the directory's records of the tests' world are.
inline constexpr char kHome[] = "departments/sales";
inline constexpr char kSteward[] = "sam@sales";  // of it
// A member of it, who may sign in the steward's place.
inline constexpr char kDelegate[] = "ana@sales";
// Which department offers leads to that one.
inline constexpr char kOffers[] = "departments/marketing";
inline constexpr char kAgreement[] = "agreements/qualified-lead";
// Names of the record itself would close a circle here.
inline constexpr const char* kLeftOut[] = {"parent_account", "other_party", "facts", "judgements"};
// Where a request says what it is about.
inline constexpr const char* kNames[] = {"name", "parent", "subject"};

template <typename List>
bool Contains(const List& list, const std::string& value) {
  return std::find(std::begin(list), std::end(list), value) != std::end(list);
}

inline bool Behaves(const FieldDescriptor* field, google::api::FieldBehavior behavior) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

inline const auto& RefersTo(const FieldDescriptor* field) {
  return field->options().GetExtension(type::v1::field).refers_to();
}

}  // namespace comity::security

#endif  // COMITY_TESTS_SECURITY_FIELDS_H_
