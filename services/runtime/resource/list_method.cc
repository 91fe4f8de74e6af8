#include <algorithm>
#include <optional>

#include "services/runtime/resource/dispute_flags.h"
#include "services/runtime/resource/lens_read.h"
#include "services/runtime/resource/list_query.h"
#include "services/runtime/resource/list_sql.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/resource/request_fields.h"
#include "services/runtime/resource/standard_methods.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

template <typename Declared>
std::vector<std::string> FieldsOf(const std::vector<Declared>& declared) {
  std::vector<std::string> fields;  // one may have several indexes
  for (const Declared& entry : declared) {
    if (std::find(fields.begin(), fields.end(), entry.field) == fields.end()) {
      fields.push_back(entry.field);
    }
  }
  return fields;
}

// The department whose working list is to be read; empty: the whole collection.
std::string WorkingListOf(const Call& call, const Resource& resource, const Message& request,
                          const std::string& lens) {
  if (resource.list_table.empty() || BoolField(request, "show_all")) return "";
  const auto departments = call.charter().DepartmentsWithWorkingList(resource.collection);
  return std::find(departments.begin(), departments.end(), lens) == departments.end() ? "" : lens;
}

absl::StatusOr<ListQuery> QueryOf(const Call& call, const Resource& resource,
                                  const Message& request, const std::string& lens) {
  ListQuery query;
  COMITY_ASSIGN_OR_RETURN(query.alternatives,
                          ParseFilter(TextField(request, "filter"), FieldsOf(resource.filters)));
  COMITY_ASSIGN_OR_RETURN(const OrderBy order,
                          ParseOrderBy(TextField(request, "order_by"), FieldsOf(resource.orders)));
  for (const Order& declared : resource.orders) {
    if (declared.field == order.field) query.order = &declared;
  }
  query.descending = order.descending;
  query.working_list_of = WorkingListOf(call, resource, request, lens);
  COMITY_RETURN_IF_ERROR(CheckServed(resource, query));
  return query;
}

absl::StatusOr<std::optional<Place>> AfterOf(const Call& call, const Message& request) {
  COMITY_ASSIGN_OR_RETURN(const std::string cursor, ReadPageToken(call, request));
  if (cursor.empty()) return std::optional<Place>();
  std::optional<Place> place = PlaceFromBytes(cursor);
  if (!place.has_value()) return Internal("a page token of ours does not parse");
  return place;
}

// How many of the records make a page: at most `size`, and what fits a message, but one at least.
size_t Fitting(const std::vector<ListedRecord>& found, size_t size) {
  PageRoom room(static_cast<int>(size));
  size_t fits = 0;
  while (fits < found.size() && room.Take(*found[fits].record)) ++fits;
  return fits;
}

// The page's records go into the reply; a record beyond the page only says that there is more.
void Fill(const Call& call, const Message& request, const FieldDescriptor* records, size_t size,
          std::vector<ListedRecord> found, Message* reply) {
  const auto* reflection = reply->GetReflection();
  const size_t fits = Fitting(found, size);
  if (found.size() > fits) {
    found.resize(fits);
    reflection->SetString(reply, reply->GetDescriptor()->FindFieldByName("next_page_token"),
                          MakePageToken(call, request, PlaceToBytes(found.back().place)));
  }
  for (ListedRecord& listed : found) {
    reflection->AddAllocatedMessage(reply, records, listed.record.release());
  }
}

std::vector<Message*> FirstOf(const std::vector<ListedRecord>& found, size_t size) {
  std::vector<Message*> records;
  for (size_t i = 0; i < std::min(size, found.size()); ++i) {
    records.push_back(found[i].record.get());
  }
  return records;
}

}  // namespace

absl::Status ListInto(Call& call, const Resource& resource, const Message& request,
                      Message* reply) {
  COMITY_ASSIGN_OR_RETURN(const int size, ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(const std::string lens, LensOf(call, request));
  COMITY_ASSIGN_OR_RETURN(const ListQuery query, QueryOf(call, resource, request, lens));
  COMITY_ASSIGN_OR_RETURN(const std::optional<Place> after, AfterOf(call, request));

  const FieldDescriptor* records = reply->GetDescriptor()->FindFieldByName(resource.collection);
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(records->message_type());
  const Plan& plan = PlanOf(resource, records->message_type());
  std::vector<ListedRecord> found;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(found, ReadPage(reader, plan, *prototype, query, after, size + 1));
    const std::vector<Message*> shown = FirstOf(found, size);
    COMITY_RETURN_IF_ERROR(SetOpenDisputes(reader, call, plan, shown));
    return SetLensAnswers(reader, call, resource, lens, shown);
  }));
  Fill(call, request, records, size, std::move(found), reply);
  return absl::OkStatus();
}

}  // namespace comity::resource
