#include "services/runtime/resource/update_mask.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::util::FieldMaskUtil;

bool Behaves(const FieldDescriptor* field, google::api::FieldBehavior behavior) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

bool IsImmutable(const FieldDescriptor* field) { return Behaves(field, google::api::IMMUTABLE); }

// How to change a field that Update does not change.
absl::string_view Instead(const std::string& field) {
  if (field == "owner") return "record the fact owner-changed";
  if (field == "amount") return "record the fact amount-changed";
  if (field == "expected_close_date") return "record the fact close-date-changed";
  if (field == "team") return "record the fact handed-to-team";
  if (field == "open_time") return "correct the fact with which the record began";
  return "it stays as it was created";
}

absl::Status NotUpdatable(const std::string& singular, const FieldDescriptor* field) {
  if (field->name() == "responsible_department") {
    return InvalidField("HANDOVER_REQUIRED", absl::StrCat(singular, ".", field->name()),
                        "a record passes to another department when that accepts it: offer it by "
                        "an agreement of the charter (HandoverService.OfferHandover)");
  }
  const absl::string_view how =
      IsOutputOnly(field) ? "the service sets it" : Instead(field->name());
  return InvalidField("FIELD_NOT_UPDATABLE", absl::StrCat(singular, ".", field->name()),
                      absl::StrCat(field->name(), " does not change by update: ", how));
}

// Makes the field at `path` in `record` what it is in `patch`; unset there, unset here.
void CopyPath(const Message& patch, const std::string& path, Message* record) {
  FieldMask mask;
  mask.add_paths(path);
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(patch, mask, options, record);
}

bool IsSet(const Message& message, const FieldDescriptor* field) {
  return field->is_repeated() ? message.GetReflection()->FieldSize(message, field) > 0
                              : message.GetReflection()->HasField(message, field);
}

bool SameField(const Message& a, const Message& b, const FieldDescriptor* field) {
  const std::unique_ptr<Message> left(a.New());
  const std::unique_ptr<Message> right(b.New());
  CopyPath(a, field->name(), left.get());
  CopyPath(b, field->name(), right.get());
  return google::protobuf::util::MessageDifferencer::Equals(*left, *right);
}

// Every updatable field, or every one that is set.
absl::Status ApplyAll(const std::string& singular, const Message& patch, bool only_set,
                      Message* record) {
  for (int i = 0; i < patch.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = patch.GetDescriptor()->field(i);
    if (IsOutputOnly(field)) continue;
    if (IsImmutable(field)) {
      if (IsSet(patch, field) && !SameField(patch, *record, field)) {
        return NotUpdatable(singular, field);
      }
      continue;
    }
    if (!only_set || IsSet(patch, field)) CopyPath(patch, field->name(), record);
  }
  return absl::OkStatus();
}

// The entry of `key` in a map field; null without one.
const Message* FindEntry(const Message& message, const FieldDescriptor* map,
                         const std::string& key) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < reflection->FieldSize(message, map); ++i) {
    const Message& entry = reflection->GetRepeatedMessage(message, map, i);
    if (entry.GetReflection()->GetString(entry, map->message_type()->map_key()) == key) {
      return &entry;
    }
  }
  return nullptr;
}

void RemoveEntry(const FieldDescriptor* map, const std::string& key, Message* message) {
  const auto* reflection = message->GetReflection();
  const int last = reflection->FieldSize(*message, map) - 1;
  for (int i = 0; i <= last; ++i) {
    const Message& entry = reflection->GetRepeatedMessage(*message, map, i);
    if (entry.GetReflection()->GetString(entry, map->message_type()->map_key()) != key) continue;
    reflection->SwapElements(message, map, i, last);
    reflection->RemoveLast(message, map);
    return;
  }
}

// One key of a map of texts; a key that the patch lacks is removed.
void ApplyKey(const Message& patch, const FieldDescriptor* map, const std::string& key,
              Message* record) {
  RemoveEntry(map, key, record);
  const Message* entry = FindEntry(patch, map, key);
  if (entry == nullptr) return;
  record->GetReflection()->AddMessage(record, map)->CopyFrom(*entry);
}

absl::Status ApplyPath(const std::string& singular, const Message& patch, const std::string& path,
                       Message* record) {
  const std::string first = path.substr(0, path.find('.'));
  const FieldDescriptor* field = patch.GetDescriptor()->FindFieldByName(first);
  const bool key = field != nullptr && field->is_map() && first.size() + 1 < path.size();
  if (field == nullptr || path.back() == '.' ||
      (!key && !FieldMaskUtil::GetFieldDescriptors(patch.GetDescriptor(), path, nullptr))) {
    return InvalidField("UNKNOWN_FIELD_PATH", "update_mask",
                        absl::StrCat(singular, " has no field ", path));
  }
  if (IsOutputOnly(field) || IsImmutable(field)) return NotUpdatable(singular, field);
  if (!key) {
    CopyPath(patch, path, record);
    return absl::OkStatus();
  }
  absl::string_view name = absl::string_view(path).substr(first.size() + 1);
  if (absl::ConsumePrefix(&name, "`")) absl::ConsumeSuffix(&name, "`");
  ApplyKey(patch, field, std::string(name), record);
  return absl::OkStatus();
}

}  // namespace

bool IsOutputOnly(const FieldDescriptor* field) {
  return field->name() == "name" || field->name() == "etag" ||
         Behaves(field, google::api::OUTPUT_ONLY);
}

absl::Status ApplyUpdate(const std::string& singular, const Message& patch, const FieldMask* mask,
                         Message* record) {
  if (mask == nullptr || mask->paths().empty()) return ApplyAll(singular, patch, true, record);
  for (const std::string& path : mask->paths()) {
    COMITY_RETURN_IF_ERROR(path == "*" ? ApplyAll(singular, patch, false, record)
                                       : ApplyPath(singular, patch, path, record));
  }
  return absl::OkStatus();
}

}  // namespace comity::resource
