#include "services/runtime/resource/record_rules.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "comity/type/v1/policy.pb.h"
#include "comity/type/v1/resource.pb.h"
#include "google/api/field_behavior.pb.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/import_memory.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/request_fields.h"
#include "services/runtime/resource/update_mask.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A clock of a sender may be ahead by this much.
constexpr absl::Duration kClockSkew = absl::Minutes(1);
constexpr int kMaxAttributes = 64;
constexpr size_t kMaxAttributeKey = 64;
constexpr size_t kMaxAttributeValue = 1024;

const FieldDescriptor* Find(const Message& message, const char* name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

std::string Text(const Message& message, const FieldDescriptor* field) {
  return field == nullptr ? "" : message.GetReflection()->GetString(message, field);
}

bool IsRequired(const FieldDescriptor* field) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::REQUIRED) return true;
  }
  return false;
}

absl::Status CheckName(const std::string& path, const FieldDescriptor* field,
                       const std::string& name) {
  const auto& collections = field->options().GetExtension(type::v1::field).refers_to();
  if (name.empty() || collections.empty()) return absl::OkStatus();
  for (const std::string& collection : collections) {
    if (IsNameIn(name, collection)) return absl::OkStatus();
  }
  return InvalidField("INVALID_NAME", path,
                      absl::StrCat("is the name of one of ", absl::StrJoin(collections, ", ")));
}

// Names of other records, also in the messages inside.
absl::Status CheckNames(const std::string& path, const Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection->ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    if (field->is_map()) continue;
    const std::string inside = absl::StrCat(path, ".", field->name());
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (is_message && field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        COMITY_RETURN_IF_ERROR(
            CheckNames(inside, reflection->GetRepeatedMessage(message, field, i)));
      }
    } else if (is_message) {
      COMITY_RETURN_IF_ERROR(CheckNames(inside, reflection->GetMessage(message, field)));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()) {
      COMITY_RETURN_IF_ERROR(CheckName(inside, field, Text(message, field)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRequired(const std::string& singular, const Message& record) {
  for (int i = 0; i < record.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = record.GetDescriptor()->field(i);
    if (field->is_repeated() || !IsRequired(field)) continue;
    if (record.GetReflection()->HasField(record, field)) continue;
    return InvalidField("FIELD_REQUIRED", absl::StrCat(singular, ".", field->name()),
                        "is required");
  }
  return absl::OkStatus();
}

// Timestamps as exact as SQL keeps them; no external id where both its parts are empty.
void Normalize(Message* record) {
  const auto* reflection = record->GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection->ListFields(*record, &set);
  for (const FieldDescriptor* field : set) {
    if (field->is_repeated() || field->message_type() == nullptr) continue;
    Message* part = reflection->MutableMessage(record, field);
    if (part->GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
      auto* time = static_cast<google::protobuf::Timestamp*>(part);
      time->set_nanos(time->nanos() / 1000 * 1000);
    } else if (field->name() == "external_id" && part->ByteSizeLong() == 0) {
      reflection->ClearField(record, field);
    }
  }
}

absl::Status CheckExternalId(const std::string& singular, const Message& record) {
  const FieldDescriptor* field = Find(record, "external_id");
  if (field == nullptr || !record.GetReflection()->HasField(record, field)) return absl::OkStatus();
  const auto& id =
      static_cast<const type::v1::ExternalId&>(record.GetReflection()->GetMessage(record, field));
  return CheckExternalIdText(id, absl::StrCat(singular, ".external_id"));
}

absl::Status CheckAttributes(const std::string& singular, const Message& record) {
  const FieldDescriptor* field = Find(record, "attributes");
  if (field == nullptr) return absl::OkStatus();
  const auto* reflection = record.GetReflection();
  const int size = reflection->FieldSize(record, field);
  int own = 0;  // beside what an import remembers
  bool fits = true;
  for (int i = 0; fits && i < size; ++i) {
    const Message& entry = reflection->GetRepeatedMessage(record, field, i);
    const std::string key = Text(entry, field->message_type()->map_key());
    const std::string value = Text(entry, field->message_type()->map_value());
    if (key != kImportMemoryKey) ++own;
    fits = !key.empty() && own <= kMaxAttributes && key.size() <= kMaxAttributeKey &&
           value.size() <= kMaxAttributeValue;
  }
  if (fits) return absl::OkStatus();
  return InvalidField("ATTRIBUTES_INVALID", absl::StrCat(singular, ".attributes"),
                      "are at most 64, with names of 1 to 64 and values of at most 1,024 bytes");
}

// The owner and the team, where they are new, are in the directory.
absl::Status CheckKnown(const std::string& singular, const directory::Snapshot& directory,
                        const Message* before, const Message& record) {
  const auto is_new = [&](const char* name, std::string* value) {
    const FieldDescriptor* field = Find(record, name);
    *value = Text(record, field);
    return !value->empty() && (before == nullptr || Text(*before, field) != *value);
  };
  std::string name;
  if (is_new("owner", &name) && !directory.KnowsPerson(name)) {
    return InvalidField("UNKNOWN_PERSON", absl::StrCat(singular, ".owner"),
                        absl::StrCat("the directory knows no ", name));
  }
  if (is_new("team", &name) && !directory.KnowsTeam(name)) {
    return InvalidField("UNKNOWN_TEAM", absl::StrCat(singular, ".team"),
                        absl::StrCat("the directory knows no ", name,
                                     ": a steward adds teams (DirectoryService.CreateTeam)"));
  }
  return absl::OkStatus();
}

absl::Status CheckOccurTime(const Resource& resource, absl::Time now, const Message& record) {
  if (resource.occur_field.empty()) return absl::OkStatus();
  const Message* time = MessageField(record, resource.occur_field);
  if (time == nullptr) return absl::OkStatus();
  const auto micros = ToMicros(static_cast<const google::protobuf::Timestamp&>(*time));
  if (absl::FromUnixMicros(micros) <= now + kClockSkew) return absl::OkStatus();
  return InvalidField("OCCURS_IN_FUTURE",
                      absl::StrCat(resource.singular, ".", resource.occur_field),
                      "it has happened: its time cannot be in the future");
}

}  // namespace

absl::Status CheckExternalIdText(const type::v1::ExternalId& id, const std::string& path) {
  if (id.source().empty() || id.id().empty()) {
    return InvalidField("EXTERNAL_ID_INCOMPLETE", path, "has both source and id, or neither");
  }
  // SQL compares without the blanks at the end.
  for (const std::string* text : {&id.source(), &id.id()}) {
    if (absl::StripAsciiWhitespace(*text) == *text) continue;
    return InvalidField("EXTERNAL_ID_INVALID", path,
                        "its source and id have no blanks around them");
  }
  return absl::OkStatus();
}

absl::Status BeginRecord(const Principal& principal, Message* record) {
  const auto* descriptor = record->GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (IsOutputOnly(field)) record->GetReflection()->ClearField(record, field);
  }
  const FieldDescriptor* responsible = descriptor->FindFieldByName("responsible_department");
  if (responsible == nullptr || principal.department.empty()) return absl::OkStatus();
  const std::string given = Text(*record, responsible);
  if (!given.empty() && given != principal.department) {
    return PermissionDenied("RESPONSIBILITY_NOT_OWN",
                            "a new record belongs to the department that creates it; another "
                            "department takes it over by handover");
  }
  record->GetReflection()->SetString(record, responsible, principal.department);
  return absl::OkStatus();
}

absl::Status CheckRecord(const Resource& resource, const directory::Snapshot& directory,
                         absl::Time now, const Message* before, Message* record) {
  Normalize(record);
  COMITY_RETURN_IF_ERROR(CheckRequired(resource.singular, *record));
  COMITY_RETURN_IF_ERROR(CheckNames(resource.singular, *record));
  COMITY_RETURN_IF_ERROR(CheckExternalId(resource.singular, *record));
  COMITY_RETURN_IF_ERROR(CheckAttributes(resource.singular, *record));
  // The directory's own records are checked by its rules.
  if (!resource.chosen_id) {
    COMITY_RETURN_IF_ERROR(CheckKnown(resource.singular, directory, before, *record));
  }
  COMITY_RETURN_IF_ERROR(CheckOccurTime(resource, now, *record));
  return resource.check ? resource.check(before, record) : absl::OkStatus();
}

}  // namespace comity::resource
