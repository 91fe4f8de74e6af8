#include "services/runtime/resource/lens_read.h"

#include "services/runtime/judgement/lens.h"
#include "services/runtime/resource/dispute_flags.h"
#include "services/runtime/resource/plan.h"
#include "services/runtime/resource/request_fields.h"
#include "services/runtime/status/errors.h"
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

absl::Status GetThroughLens(storage::Reader& reader, const Call& call, const Resource& resource,
                            const std::string& lens, const std::string& name, Message* record) {
  const Plan& plan = PlanOf(resource, record->GetDescriptor());
  if (lens.empty() || plan.lens_answers == nullptr) {
    return GetRecord(reader, resource, name, record).status();
  }
  COMITY_ASSIGN_OR_RETURN(const std::string key, KeyOf(resource, name));
  COMITY_ASSIGN_OR_RETURN(const auto rows, reader.Query(plan.get_judged_sql, {key}));
  std::vector<judgement::StandingRow> standing;
  bool found = false;
  while (rows->Next()) {
    const int at = plan.selected;
    if (!found) {
      COMITY_RETURN_IF_ERROR(ReadRow(plan, *rows, record).status());
      SetOpenDisputes(plan, call, rows->Bytes(at + 5), record);
    }
    found = true;
    if (rows->IsNull(at)) continue;
    standing.push_back({key, rows->Bytes(at), rows->Bytes(at + 1), rows->Bytes(at + 2),
                        rows->Int(at + 3), absl::FromUnixMicros(rows->Int(at + 4))});
  }
  if (!found) return NotFound(name);
  COMITY_ASSIGN_OR_RETURN(const auto answers,
                          judgement::LensAnswersOf(reader, call, lens, name, std::move(standing)));
  for (const type::v1::LensAnswer& answer : answers) {
    record->GetReflection()->AddMessage(record, plan.lens_answers)->CopyFrom(answer);
  }
  return absl::OkStatus();
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
  COMITY_ASSIGN_OR_RETURN(auto answers, judgement::LensAnswers(reader, call, lens, names));
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
