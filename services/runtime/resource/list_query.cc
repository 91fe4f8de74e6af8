#include "services/runtime/resource/list_query.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/list_sql.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

using google::protobuf::Message;
using storage::Value;

// The place of a record that was just read.
absl::StatusOr<Place> PlaceOf(const Plan& plan, const Order& order, const Message& record) {
  Place place;
  COMITY_ASSIGN_OR_RETURN(
      place.id, KeyOf(*plan.resource, record.GetReflection()->GetString(record, plan.name)));
  if (order.column.empty()) return place;
  if (order.column == plan.create_time->name()) {
    place.key = ToMicros(static_cast<const google::protobuf::Timestamp&>(
        record.GetReflection()->GetMessage(record, plan.create_time)));
    return place;
  }
  std::vector<Value> values;
  COMITY_RETURN_IF_ERROR(ToValues(plan.ColumnOfField(order.column), record, &values));
  place.key = std::move(values.front());
  return place;
}

absl::Status ReadSegment(storage::Reader& reader, const Plan& plan, const Message& prototype,
                         const ListQuery& query, const ListStatement& statement, size_t limit,
                         std::vector<ListedRecord>* found) {
  std::vector<Value> params = statement.params;
  params.emplace_back(static_cast<int64_t>(limit - found->size()));
  COMITY_ASSIGN_OR_RETURN(const auto rows, reader.Query(statement.sql, params));
  while (rows->Next()) {
    ListedRecord listed;
    listed.record.reset(prototype.New());
    COMITY_RETURN_IF_ERROR(ReadRow(plan, *rows, listed.record.get()).status());
    COMITY_ASSIGN_OR_RETURN(listed.place, PlaceOf(plan, *query.order, *listed.record));
    found->push_back(std::move(listed));
  }
  return absl::OkStatus();
}

// The alternatives' pages made one: in order, each record once.
void Merge(bool descending, size_t limit, std::vector<ListedRecord>* found) {
  std::sort(found->begin(), found->end(), [&](const ListedRecord& a, const ListedRecord& b) {
    return descending ? b.place < a.place : a.place < b.place;
  });
  const auto end = std::unique(
      found->begin(), found->end(),
      [](const ListedRecord& a, const ListedRecord& b) { return a.place.id == b.place.id; });
  found->erase(end, found->end());
  if (found->size() > limit) found->resize(limit);
}

std::string Framed(char tag, absl::string_view key, absl::string_view id) {
  return absl::StrCat(std::string(1, tag), absl::Hex(key.size(), absl::kZeroPad8), key, id);
}

}  // namespace

std::string PlaceToBytes(const Place& place) {
  if (const auto* number = std::get_if<int64_t>(&place.key)) {
    return Framed('n', absl::StrCat(*number), place.id);
  }
  if (const auto* text = std::get_if<std::string>(&place.key)) return Framed('t', *text, place.id);
  return Framed('-', "", place.id);
}

std::optional<Place> PlaceFromBytes(absl::string_view bytes) {
  constexpr size_t kHead = 9;  // tag, and eight hexadecimal digits
  uint64_t size = 0;
  if (bytes.size() < kHead) return std::nullopt;
  for (const char c : bytes.substr(1, kHead - 1)) {
    size = size << 4 | static_cast<uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  if (size > bytes.size() - kHead) return std::nullopt;
  const std::string key(bytes.substr(kHead, size));
  Place place{{}, std::string(bytes.substr(kHead + size))};
  if (bytes[0] == 't') place.key = key;
  if (bytes[0] == 'n') place.key = static_cast<int64_t>(std::strtoll(key.c_str(), nullptr, 10));
  return place;
}

absl::StatusOr<std::vector<ListedRecord>> ReadPage(storage::Reader& reader, const Plan& plan,
                                                   const Message& prototype, const ListQuery& query,
                                                   const std::optional<Place>& after, int limit) {
  std::vector<ListedRecord> all;
  const std::vector<Gathered> alternatives = Gather(query.alternatives);
  for (const Gathered& gathered : alternatives) {
    COMITY_ASSIGN_OR_RETURN(const std::vector<ListStatement> statements,
                            MakeStatements(plan, query, gathered, after));
    std::vector<ListedRecord> found;
    for (const ListStatement& statement : statements) {
      if (found.size() >= static_cast<size_t>(limit)) break;
      COMITY_RETURN_IF_ERROR(ReadSegment(reader, plan, prototype, query, statement, limit, &found));
    }
    std::move(found.begin(), found.end(), std::back_inserter(all));
    // Merged as they come, so that no more than two pages are held.
    if (alternatives.size() > 1) Merge(query.descending, limit, &all);
  }
  return all;
}

}  // namespace comity::resource
