#include "tests/security/kinds.h"

#include "absl/strings/match.h"
#include "google/api/field_behavior.pb.h"
#include "tests/security/api.h"
#include "tests/security/fields.h"

namespace comity::security {

using google::protobuf::Descriptor;

const std::vector<Kind>& Kinds() {
  static const auto* const kinds = [] {
    auto* found = new std::vector<Kind>;
    for (const Endpoint& endpoint : Endpoints()) {
      const Descriptor* type = endpoint.method->output_type();
      const FieldDescriptor* name = endpoint.method->input_type()->FindFieldByName("name");
      const bool gets = absl::StartsWith(endpoint.method->name(), "Get") && name != nullptr &&
                        type->FindFieldByName("name") != nullptr && RefersTo(name).size() == 1;
      if (gets) found->push_back({RefersTo(name).Get(0), endpoint.service, type});
    }
    return found;
  }();
  return *kinds;
}

std::string CollectionOfType(const Descriptor* type) {
  for (const Kind& kind : Kinds()) {
    if (kind.type == type) return kind.collection;
  }
  return "";
}

const FieldDescriptor* RecordField(const Descriptor& request) {
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor* field = request.field(i);
    if (field->message_type() != nullptr && !field->is_repeated() &&
        Behaves(field, google::api::REQUIRED)) {
      return field;
    }
  }
  return nullptr;
}

}  // namespace comity::security
