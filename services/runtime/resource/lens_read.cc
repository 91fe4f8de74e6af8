#include "services/runtime/resource/lens_read.h"

#include "services/runtime/judgement/lens.h"
#include "services/runtime/resource/plan.h"
#include "services/runtime/resource/request_fields.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {

using google::protobuf::Message;

absl::StatusOr<std::string> LensOf(const Call& call, const Message& request) {
  if (request.GetDescriptor()->FindFieldByName("lens") == nullptr) return std::string();
  std::string lens = TextField(request, "lens");
  if (lens.empty()) lens = call.principal.department;
  if (lens.empty()) lens = "settled";
  COMITY_RETURN_IF_ERROR(call.charter().CheckLens(lens));
  return lens;
}

absl::Status SetLensAnswers(storage::Reader& reader, const Call& call, const Resource& resource,
                            const std::string& lens, const std::vector<Message*>& records) {
  if (records.empty() || lens.empty()) return absl::OkStatus();
  const Plan& plan = PlanOf(resource, records.front()->GetDescriptor());
  if (plan.lens_answers == nullptr) return absl::OkStatus();
  std::vector<std::string> names;
  for (const Message* record : records) {
    names.push_back(record->GetReflection()->GetString(*record, plan.name));
  }
  COMITY_ASSIGN_OR_RETURN(auto answers,
                          judgement::LensAnswers(reader, call.charter(), lens, names));
  for (size_t i = 0; i < records.size(); ++i) {
    const auto* reflection = records[i]->GetReflection();
    for (type::v1::LensAnswer& answer : answers[i]) {
      static_cast<type::v1::LensAnswer*>(reflection->AddMessage(records[i], plan.lens_answers))
          ->Swap(&answer);
    }
  }
  return absl::OkStatus();
}

}  // namespace comity::resource
