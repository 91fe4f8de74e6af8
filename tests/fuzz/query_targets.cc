// Filters, orders and resource names.
#include <algorithm>

#include "google/protobuf/stubs/common.h"
#include "services/runtime/resource/filter.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "tests/fuzz/targets.h"

namespace comity::fuzz {
namespace {

const std::vector<std::string>& Declared() {
  static const auto* const fields = new std::vector<std::string>{
      "owner", "responsible_department", "source", "external_id.source", "external_id.id"};
  return *fields;
}

bool IsDeclared(const std::string& field) {
  return std::find(Declared().begin(), Declared().end(), field) != Declared().end();
}

// What a request can carry: protobuf refuses strings that are not UTF-8.
bool IsText(absl::string_view bytes) {
  return google::protobuf::internal::IsStructurallyValidUTF8(bytes.data(),
                                                             static_cast<int>(bytes.size()));
}

void CheckRefusal(const absl::Status& status) {
  Check(status.code() == absl::StatusCode::kInvalidArgument, "a bad query has its error");
  Check(!Reason(status).empty(), "the error has a reason");
}

}  // namespace

void FuzzFilter(absl::string_view bytes) {
  if (!IsText(bytes)) return;
  const auto filter = resource::ParseFilter(bytes, Declared());
  if (!filter.ok()) return CheckRefusal(filter.status());
  Check(filter->size() <= 20, "a filter has at most 20 alternatives");
  for (const resource::Conjunction& all : *filter) {
    std::vector<std::string> fields;
    for (const resource::Restriction& one : all) {
      Check(IsDeclared(one.field), "only declared fields are filtered");
      fields.push_back(one.field);
    }
    std::sort(fields.begin(), fields.end());
    Check(std::unique(fields.begin(), fields.end()) == fields.end(), "each field stands once");
  }
}

void FuzzOrderBy(absl::string_view bytes) {
  if (!IsText(bytes)) return;
  const auto order = resource::ParseOrderBy(bytes, Declared());
  if (!order.ok()) return CheckRefusal(order.status());
  Check(IsDeclared(order->field), "only declared orders pass");
}

void FuzzName(absl::string_view bytes) {
  const std::string collection = resource::CollectionOf(bytes);
  const std::string subject = resource::SubjectOf(bytes);
  Check(subject.size() <= bytes.size() && collection.size() <= bytes.size(), "parts are parts");
  for (const char* known : {"leads", "persons", "departments"}) {
    if (!resource::IsNameIn(bytes, known)) continue;
    Check(collection == known && subject == bytes, "a name is of its collection");
  }
  const auto id = resource::IdOf(bytes, "leads");
  if (id.ok()) {
    Check(resource::MakeName("leads", *id) == bytes, "a name has one spelling");
  }
}

}  // namespace comity::fuzz
