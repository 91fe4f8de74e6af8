#include "services/runtime/server/validate.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "comity/type/v1/policy.pb.h"
#include "google/api/field_behavior.pb.h"
#include "services/runtime/resource/import_memory.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/server/validate_value.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::server {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The options of a field, read once.
struct FieldRule {
  const FieldDescriptor* field = nullptr;
  bool required = false;
  bool is_page_size = false;
  bool is_batch = false;  // of requests
  int largest_page = kLargestPage;
  int most_entries = kMostEntries;
  int longest = kLongestString;
  std::vector<std::string> refers_to;
};

struct MessageRules {
  std::vector<FieldRule> fields;
  bool has_update_mask = false;
};

FieldRule RuleOf(const FieldDescriptor* field) {
  FieldRule rule;
  rule.field = field;
  const type::v1::FieldPolicy& policy = field->options().GetExtension(type::v1::field);
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    rule.required |= options.GetExtension(google::api::field_behavior, i) == google::api::REQUIRED;
  }
  if (policy.max() > 0) (field->is_repeated() ? rule.most_entries : rule.longest) = policy.max();
  if (field->containing_type()->options().map_entry() && field->number() == 1) {
    rule.longest = kLongestMapKey;
  }
  rule.refers_to.assign(policy.refers_to().begin(), policy.refers_to().end());
  rule.is_page_size = field->name() == "page_size" && !field->is_repeated() &&
                      field->cpp_type() == FieldDescriptor::CPPTYPE_INT32;
  rule.is_batch = field->is_repeated() && field->message_type() != nullptr &&
                  field->message_type()->FindFieldByName("request_id") != nullptr;
  if (field->containing_type()->full_name() == "comity.journal.v1.ReadJournalRequest") {
    rule.largest_page = kLargestJournalPage;
  }
  return rule;
}

std::unique_ptr<const MessageRules> MakeRules(const Descriptor* descriptor) {
  auto rules = std::make_unique<MessageRules>();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    rules->fields.push_back(RuleOf(descriptor->field(i)));
  }
  rules->has_update_mask = descriptor->FindFieldByName("update_mask") != nullptr;
  return rules;
}

// The rules of a message type, made when first met.
const MessageRules& RulesOf(const Descriptor* descriptor) {
  struct Cache {
    absl::Mutex mutex;
    absl::flat_hash_map<const Descriptor*, std::unique_ptr<const MessageRules>> rules
        ABSL_GUARDED_BY(mutex);
  };
  static Cache* const cache = new Cache;
  {
    absl::ReaderMutexLock lock(&cache->mutex);
    const auto found = cache->rules.find(descriptor);
    if (found != cache->rules.end()) return *found->second;
  }
  auto made = MakeRules(descriptor);
  absl::MutexLock lock(&cache->mutex);
  return *cache->rules.try_emplace(descriptor, std::move(made)).first->second;
}

// Where a message stands in its request.
struct Place {
  std::string path;
  int depth = 1;
  bool check_required = true;

  std::string PathOf(const FieldDescriptor* field, int index = -1) const {
    const std::string own =
        index < 0 ? field->name() : absl::StrCat(field->name(), "[", index, "]");
    return path.empty() ? own : absl::StrCat(path, ".", own);
  }
};

absl::Status ValidateMessage(const Message& message, const Place& place);

absl::Status ValidateString(const std::string& value, const FieldRule& rule,
                            const std::string& path) {
  if (value.size() > static_cast<size_t>(rule.longest)) {
    return InvalidField("FIELD_TOO_LONG", path,
                        absl::StrCat("at most ", rule.longest, " bytes, these are ", value.size()));
  }
  if (rule.field->type() == FieldDescriptor::TYPE_BYTES) return absl::OkStatus();
  COMITY_RETURN_IF_ERROR(ValidateText(value, path));
  if (value.empty() || rule.refers_to.empty()) return absl::OkStatus();
  for (const std::string& collection : rule.refers_to) {
    if (resource::IsNameIn(value, collection)) return absl::OkStatus();
  }
  return InvalidField("INVALID_NAME", path,
                      absl::StrCat("a name in ", absl::StrJoin(rule.refers_to, ", ")));
}

absl::Status ValidateEnum(int number, const FieldRule& rule, const std::string& path) {
  if (rule.field->enum_type()->FindValueByNumber(number) != nullptr) return absl::OkStatus();
  return InvalidField("UNKNOWN_ENUM_VALUE", path,
                      absl::StrCat(number, " is no value of ", rule.field->enum_type()->name()));
}

absl::Status ValidateNumber(double number, const std::string& path) {
  if (std::isfinite(number)) return absl::OkStatus();
  return InvalidField("INVALID_NUMBER", path, "a number is finite");
}

absl::Status ValidatePageSize(int size, const FieldRule& rule, const std::string& path) {
  if (size >= 0 && size <= rule.largest_page) return absl::OkStatus();
  return InvalidField(
      "PAGE_SIZE_OUT_OF_RANGE", path,
      absl::StrCat("a page size from 1 to ", rule.largest_page, ", or 0 for the default"));
}

absl::Status ValidateNested(const Message& value, const Place& place, const std::string& path,
                            bool in_update) {
  const bool check_required = place.check_required && !in_update;
  return ValidateMessage(value, Place{path, place.depth + 1, check_required});
}

absl::Status ValidateOne(const Message& message, const FieldRule& rule, const Place& place,
                         bool in_update) {
  const Reflection& values = *message.GetReflection();
  const FieldDescriptor* field = rule.field;
  const std::string path = place.PathOf(field);
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return ValidateString(values.GetStringReference(message, field, &scratch), rule, path);
    case FieldDescriptor::CPPTYPE_ENUM:
      return ValidateEnum(values.GetEnumValue(message, field), rule, path);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return ValidateNumber(values.GetDouble(message, field), path);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return ValidateNumber(values.GetFloat(message, field), path);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ValidateNested(values.GetMessage(message, field), place, path, in_update);
    case FieldDescriptor::CPPTYPE_INT32:
      if (rule.is_page_size) return ValidatePageSize(values.GetInt32(message, field), rule, path);
      return absl::OkStatus();
    default:
      return absl::OkStatus();
  }
}

absl::Status ValidateEntry(const Message& message, const FieldRule& rule, const Place& place,
                           bool in_update, int index) {
  const Reflection& values = *message.GetReflection();
  const FieldDescriptor* field = rule.field;
  const std::string path = place.PathOf(field, index);
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return ValidateString(values.GetRepeatedStringReference(message, field, index, &scratch),
                            rule, path);
    case FieldDescriptor::CPPTYPE_ENUM:
      return ValidateEnum(values.GetRepeatedEnumValue(message, field, index), rule, path);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return ValidateNumber(values.GetRepeatedDouble(message, field, index), path);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return ValidateNumber(values.GetRepeatedFloat(message, field, index), path);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ValidateNested(values.GetRepeatedMessage(message, field, index), place, path,
                            in_update);
    default:
      return absl::OkStatus();
  }
}

// Entries that count against the bound: what an import remembers has room beside it.
int CountedEntries(const Message& message, const FieldDescriptor* field, int size) {
  if (!field->is_map()) return size;
  const FieldDescriptor* key = field->message_type()->map_key();
  if (key->type() != FieldDescriptor::TYPE_STRING) return size;
  std::string scratch;
  for (int i = 0; i < size; ++i) {
    const Message& entry = message.GetReflection()->GetRepeatedMessage(message, field, i);
    const std::string& name = entry.GetReflection()->GetStringReference(entry, key, &scratch);
    if (name == resource::kImportMemoryKey) return size - 1;
  }
  return size;
}

absl::Status ValidateRepeated(const Message& message, const FieldRule& rule, const Place& place,
                              bool in_update) {
  const int size = message.GetReflection()->FieldSize(message, rule.field);
  if (size > rule.most_entries && CountedEntries(message, rule.field, size) > rule.most_entries) {
    return InvalidField("TOO_MANY_ENTRIES", place.PathOf(rule.field),
                        absl::StrCat("at most ", rule.most_entries, ", these are ", size));
  }
  if (rule.is_batch) return absl::OkStatus();
  for (int i = 0; i < size; ++i) {
    COMITY_RETURN_IF_ERROR(ValidateEntry(message, rule, place, in_update, i));
  }
  return absl::OkStatus();
}

// A number or truth value may be required and 0 or false: only what can be seen is missed.
bool CanBeMissed(const FieldDescriptor* field) {
  return field->is_repeated() || field->has_presence() ||
         field->cpp_type() == FieldDescriptor::CPPTYPE_STRING ||
         field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
}

bool IsBlank(const Message& message, const FieldDescriptor* field) {
  std::string scratch;
  return !field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING &&
         absl::StripAsciiWhitespace(
             message.GetReflection()->GetStringReference(message, field, &scratch))
             .empty();
}

absl::Status ValidateField(const Message& message, const FieldRule& rule, const Place& place,
                           bool in_update) {
  const Reflection& values = *message.GetReflection();
  bool present = rule.field->is_repeated() ? values.FieldSize(message, rule.field) > 0
                                           : values.HasField(message, rule.field);
  // A blank is no reason.
  if (present && rule.required && IsBlank(message, rule.field)) present = false;
  if (!present) {
    if (!rule.required || !place.check_required || !CanBeMissed(rule.field)) {
      return absl::OkStatus();
    }
    return InvalidField("FIELD_REQUIRED", place.PathOf(rule.field), "this field must be set");
  }
  return rule.field->is_repeated() ? ValidateRepeated(message, rule, place, in_update)
                                   : ValidateOne(message, rule, place, in_update);
}

absl::Status ValidateMessage(const Message& message, const Place& place) {
  if (place.depth > kDeepest) {
    return InvalidField("NESTED_TOO_DEEP", place.path,
                        absl::StrCat("at most ", kDeepest, " messages within each other"));
  }
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  if (!unknown.empty()) {
    return InvalidField("UNKNOWN_FIELD", place.path,
                        absl::StrCat("field number ", unknown.field(0).number(), " of ",
                                     message.GetDescriptor()->name(),
                                     " is not known here; is the client newer than the server?"));
  }
  COMITY_RETURN_IF_ERROR(ValidateKnownType(message, place.path));
  const MessageRules& rules = RulesOf(message.GetDescriptor());
  for (const FieldRule& rule : rules.fields) {
    COMITY_RETURN_IF_ERROR(ValidateField(message, rule, place, rules.has_update_mask));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const Message& request) { return ValidateMessage(request, Place{}); }

}  // namespace comity::server
