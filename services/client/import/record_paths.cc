#include "services/client/import/record_paths.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "comity/type/v1/resource.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/client/output/format.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Step {
  const FieldDescriptor* field;
  std::string rest;  // of the path; empty: it ends here
};

Step FirstStep(const Message& message, absl::string_view path) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  return {message.GetDescriptor()->FindFieldByName(parts.first), parts.second};
}

// `0` and `product` of `0.product`; -1 if it names no item.
std::pair<int, std::string> ItemStep(const std::string& path) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  int index = -1;
  if (!absl::SimpleAtoi(parts.first, &index)) index = -1;
  return {index, parts.second};
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  const absl::Time exact =
      absl::FromUnixSeconds(time.seconds()) + absl::Microseconds(time.nanos() / 1000);
  return absl::FormatTime(absl::RFC3339_full, exact, absl::UTCTimeZone());
}

std::string MapText(const Message& message, const FieldDescriptor* field) {
  const google::protobuf::Reflection* r = message.GetReflection();
  std::vector<std::string> entries;
  for (int i = 0; i < r->FieldSize(message, field); ++i) {
    const Message& entry = r->GetRepeatedMessage(message, field, i);
    if (Cell(entry, "key") == kLastSaidKey) continue;
    entries.push_back(absl::StrCat(Cell(entry, "key"), "=", Cell(entry, "value")));
  }
  std::sort(entries.begin(), entries.end());
  return absl::StrJoin(entries, ", ");
}

Message* EntryOf(Message* message, const FieldDescriptor* field, const std::string& key) {
  const google::protobuf::Reflection* r = message->GetReflection();
  for (int i = 0; i < r->FieldSize(*message, field); ++i) {
    Message* entry = r->MutableRepeatedMessage(message, field, i);
    if (Cell(*entry, "key") == key) return entry;
  }
  return r->AddMessage(message, field);
}

void CopyEntry(const Message& from, const FieldDescriptor* field, const std::string& key,
               Message* to) {
  const google::protobuf::Reflection* r = from.GetReflection();
  for (int i = 0; i < r->FieldSize(from, field); ++i) {
    const Message& entry = r->GetRepeatedMessage(from, field, i);
    if (Cell(entry, "key") == key) EntryOf(to, field, key)->CopyFrom(entry);
  }
}

void CopyItem(const Message& from, const FieldDescriptor* field, const std::string& path,
              Message* to) {
  const auto [index, rest] = ItemStep(path);
  const google::protobuf::Reflection* r = from.GetReflection();
  if (index < 0 || index >= r->FieldSize(from, field)) return;
  while (r->FieldSize(*to, field) <= index) r->AddMessage(to, field);
  CopyPath(r->GetRepeatedMessage(from, field, index), rest,
           r->MutableRepeatedMessage(to, field, index));
}

}  // namespace

std::string TextAt(const Message& message, absl::string_view path) {
  const Step step = FirstStep(message, path);
  if (step.field == nullptr) return "";
  const google::protobuf::Reflection* r = message.GetReflection();
  if (step.field->is_map()) {
    return step.rest.empty() ? MapText(message, step.field) : Cell(message, path);
  }
  if (step.field->message_type() == nullptr) return Cell(message, path);
  if (step.field->is_repeated()) {
    if (step.rest.empty()) return Cell(message, path);
    const auto [index, rest] = ItemStep(step.rest);
    if (index < 0 || index >= r->FieldSize(message, step.field)) return "";
    return TextAt(r->GetRepeatedMessage(message, step.field, index), rest);
  }
  if (!r->HasField(message, step.field)) return "";
  const Message& part = r->GetMessage(message, step.field);
  if (!step.rest.empty()) return TextAt(part, step.rest);
  if (part.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
    return TimeText(static_cast<const google::protobuf::Timestamp&>(part));
  }
  return Cell(message, path);
}

std::string ComparedText(const Message& message, absl::string_view path) {
  const std::string text = TextAt(message, path);
  const absl::string_view stripped = absl::StripAsciiWhitespace(text);
  return path == "domain" ? absl::AsciiStrToLower(stripped) : std::string(stripped);
}

void CopyPath(const Message& from, absl::string_view path, Message* to) {
  const Step step = FirstStep(from, path);
  if (step.field == nullptr) return;
  if (step.rest.empty()) {
    const std::unique_ptr<Message> copy(from.New());
    copy->CopyFrom(from);
    to->GetReflection()->SwapFields(copy.get(), to, {step.field});
  } else if (step.field->is_map()) {
    CopyEntry(from, step.field, step.rest, to);
  } else if (step.field->is_repeated()) {
    CopyItem(from, step.field, step.rest, to);
  } else {
    CopyPath(from.GetReflection()->GetMessage(from, step.field), step.rest,
             to->GetReflection()->MutableMessage(to, step.field));
  }
}

std::string OwnAnswer(const Message& record, const std::string& question) {
  const FieldDescriptor* field = record.GetDescriptor()->FindFieldByName("lens_answers");
  if (field == nullptr) return "";
  for (int i = 0; i < record.GetReflection()->FieldSize(record, field); ++i) {
    const auto& answer = static_cast<const type::v1::LensAnswer&>(
        record.GetReflection()->GetRepeatedMessage(record, field, i));
    const bool is_own = answer.basis() == type::v1::ANSWER_BASIS_OWN;
    if (answer.question() == question && is_own) return answer.answer();
  }
  return "";
}

bool IsSetByServices(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::OUTPUT_ONLY) {
      return true;
    }
  }
  return false;
}

bool IsAmount(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->full_name() == "google.type.Money";
}

}  // namespace comity::client
