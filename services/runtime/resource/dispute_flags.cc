#include "services/runtime/resource/dispute_flags.h"

#include "absl/strings/str_split.h"
#include "services/runtime/dispute/open_dispute_store.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

constexpr char kDisputes[] = "disputes";

}  // namespace

bool SeesDisputes(const Call& call) {
  if (call.principal.person.empty()) return false;
  return call.principal.HasRole(type::v1::ROLE_AUDITOR) ||
         call.charter().MayRead(call.principal.department, kDisputes);
}

void SetOpenDisputes(const Plan& plan, const Call& call, const std::string& names,
                     google::protobuf::Message* record) {
  if (plan.open_disputes == nullptr || names.empty() || !SeesDisputes(call)) return;
  for (const absl::string_view name : absl::StrSplit(names, ',')) {
    record->GetReflection()->AddString(record, plan.open_disputes, std::string(name));
  }
}

absl::Status SetOpenDisputes(storage::Reader& reader, const Call& call, const Plan& plan,
                             const std::vector<google::protobuf::Message*>& records) {
  if (plan.open_disputes == nullptr || records.empty() || !SeesDisputes(call)) {
    return absl::OkStatus();
  }
  std::vector<std::string> ids;
  for (const google::protobuf::Message* record : records) {
    COMITY_ASSIGN_OR_RETURN(
        std::string id,
        KeyOf(*plan.resource, record->GetReflection()->GetString(*record, plan.name)));
    ids.push_back(std::move(id));
  }
  COMITY_ASSIGN_OR_RETURN(const auto disputes, dispute::ReadOpenDisputes(reader, ids));
  for (size_t i = 0; i < records.size(); ++i) {
    const auto found = disputes.find(ids[i]);
    if (found == disputes.end()) continue;
    for (const std::string& name : found->second) {
      records[i]->GetReflection()->AddString(records[i], plan.open_disputes, name);
    }
  }
  return absl::OkStatus();
}

}  // namespace comity::resource
