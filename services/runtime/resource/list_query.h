// Keyset pages of records, through the index of their filter or order.
#ifndef COMITY_RUNTIME_RESOURCE_LIST_QUERY_H_
#define COMITY_RUNTIME_RESOURCE_LIST_QUERY_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/runtime/resource/filter.h"
#include "services/runtime/resource/plan.h"
#include "services/runtime/storage/transact.h"

namespace comity::resource {

// Where a record stands in an order: its sort key (NULL where the order is by id), then its id.
struct Place {
  storage::Value key;
  std::string id;
  friend bool operator<(const Place& a, const Place& b) {
    return a.key != b.key ? a.key < b.key : a.id < b.id;
  }
};
// To and from the bytes inside a page token.
std::string PlaceToBytes(const Place& place);
std::optional<Place> PlaceFromBytes(absl::string_view bytes);

struct ListQuery {
  std::vector<Conjunction> alternatives;
  const Order* order = nullptr;
  bool descending = false;
  std::string working_list_of;  // a department that has one; empty: the whole collection
};

struct ListedRecord {
  Place place;
  std::unique_ptr<google::protobuf::Message> record;
};

// At most `limit` records behind `after` (from the start without one), in order. INVALID_ARGUMENT
// reason FILTER_INVALID when a value cannot be one of its field.
absl::StatusOr<std::vector<ListedRecord>> ReadPage(storage::Reader& reader, const Plan& plan,
                                                   const google::protobuf::Message& prototype,
                                                   const ListQuery& query,
                                                   const std::optional<Place>& after, int limit);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_LIST_QUERY_H_
