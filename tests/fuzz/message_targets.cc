// Messages: every request of the API through the checks of the edge, and journal entries through
// all that reads them.
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/type/v1/policy.pb.h"
#include "google/protobuf/descriptor_database.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/reporting/effects.h"
#include "services/runtime/directory/apply_entries.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/resource/update_mask.h"
#include "services/runtime/server/validate.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/personal.h"
#include "tests/fuzz/targets.h"

namespace comity::fuzz {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

std::unique_ptr<Message> NewMessage(const Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// The request of every method.
const std::vector<const Descriptor*>& Requests() {
  static const auto* const requests = [] {
    auto* found = new std::vector<const Descriptor*>;
    std::vector<std::string> files;
    DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
    for (const std::string& name : files) {
      if (!absl::StartsWith(name, "comity/")) continue;
      const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
      for (int i = 0; i < file->service_count(); ++i) {
        for (int j = 0; j < file->service(i)->method_count(); ++j) {
          found->push_back(file->service(i)->method(j)->input_type());
        }
      }
    }
    Check(found->size() > 60, "the requests of all services are linked in");
    return found;
  }();
  return *requests;
}

// `comity.lead.v1.GetLeadRequest`, a line break, the bytes; of any other beginning: the request of
// that number.
const Descriptor* TypeOf(absl::string_view* bytes) {
  const size_t cut = bytes->find('\n');
  const std::string name(bytes->substr(0, cut));
  bytes->remove_prefix(cut == absl::string_view::npos ? bytes->size() : cut + 1);
  const auto* type = DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type != nullptr && absl::StartsWith(name, "comity.")) return type;
  size_t number = 0;
  for (const char c : name) number = number * 31 + static_cast<unsigned char>(c);
  return Requests()[number % Requests().size()];
}

// Some value in every field, `depth` messages deep: what is worth mutating.
void Fill(Message* message, int depth) {
  const auto* reflection = message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->field(i);
    const bool many = field->is_repeated();
    if (field->message_type() != nullptr) {
      if (depth == 0) continue;
      Fill(many ? reflection->AddMessage(message, field)
                : reflection->MutableMessage(message, field),
           depth - 1);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      const auto& names = field->options().GetExtension(type::v1::field).refers_to();
      const std::string text =
          names.empty() ? "text"
                        : absl::StrCat(names.Get(0), "/01890000-0000-7000-8000-000000000000");
      many ? reflection->AddString(message, field, text)
           : reflection->SetString(message, field, text);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      many ? reflection->AddEnumValue(message, field, 1)
           : reflection->SetEnumValue(message, field, 1);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32 && !many) {
      reflection->SetInt32(message, field, 2);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64 && !many) {
      reflection->SetInt64(message, field, 2);
    }
  }
}

// What passed is bounded, whatever it was.
void CheckBounded(const Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) {
      Check(reflection->FieldSize(message, field) <= 1000, "repeated fields are bounded");
      continue;
    }
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      Check(reflection->GetString(message, field).size() <= 8192, "texts are bounded");
    }
    if (field->message_type() != nullptr) CheckBounded(reflection->GetMessage(message, field));
  }
}

// An update's mask on its own record.
void TryMask(const Message& request) {
  const auto* reflection = request.GetReflection();
  const FieldDescriptor* mask = request.GetDescriptor()->FindFieldByName("update_mask");
  if (mask == nullptr) return;
  const Message& patch = reflection->GetMessage(request, request.GetDescriptor()->field(0));
  const std::unique_ptr<Message> record(patch.New());
  resource::ApplyUpdate(
      "record", patch,
      static_cast<const google::protobuf::FieldMask*>(&reflection->GetMessage(request, mask)),
      record.get())
      .IgnoreError();
}

void TryRequest(const Message& request) {
  const absl::Status status = server::Validate(request);
  if (!status.ok()) {
    Check(status.code() == absl::StatusCode::kInvalidArgument, "a bad request has its error");
    Check(!Reason(status).empty(), "the error has a reason");
    return;
  }
  CheckBounded(request);
  TryMask(request);
}

bool HoldsPersonal(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->options().GetExtension(type::v1::field).personal()) return true;
    if (field->message_type() == nullptr || field->is_repeated()) continue;
    if (HoldsPersonal(message.GetReflection()->GetMessage(message, field))) return true;
  }
  return false;
}

void CheckPersonalIsGone(google::protobuf::Any payload) {
  if (!storage::ClearPersonalIn(&payload).ok()) return;
  if (payload.type_url().empty()) return Check(payload.value().empty(), "nothing without a type");
  const std::string type = payload.type_url().substr(payload.type_url().rfind('/') + 1);
  const auto* descriptor = DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  Check(descriptor != nullptr, "an unknown type is refused");
  const auto message = NewMessage(descriptor);
  Check(message->ParseFromString(payload.value()), "what was cleared can be read");
  Check(!HoldsPersonal(*message), "personal data is gone");
}

}  // namespace

void FuzzRequest(absl::string_view bytes) {
  const auto request = NewMessage(TypeOf(&bytes));
  if (request->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) TryRequest(*request);
}

std::vector<std::string> RequestSeeds() {
  std::vector<std::string> seeds;
  for (const Descriptor* type : Requests()) {
    const auto request = NewMessage(type);
    Fill(request.get(), 3);
    seeds.push_back(
        absl::StrCat(std::string(type->full_name()), "\n", request->SerializeAsString()));
  }
  return seeds;
}

void FuzzJsonRequest(absl::string_view bytes) {
  const auto request = NewMessage(TypeOf(&bytes));
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(std::string(bytes), request.get());
  if (parsed.ok()) TryRequest(*request);
}

std::vector<std::string> JsonRequestSeeds() {
  std::vector<std::string> seeds;
  for (const Descriptor* type : Requests()) {
    const auto request = NewMessage(type);
    Fill(request.get(), 2);
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(*request, &json).ok()) json = "{}";
    seeds.push_back(absl::StrCat(std::string(type->full_name()), "\n", json));
  }
  return seeds;
}

void FuzzJournalEntry(absl::string_view bytes) {
  reporting::Batch batch;
  const absl::Status read = journal::AddEntries({{7, std::string(bytes)}}, &batch);
  if (!read.ok()) {
    Check(read.code() == absl::StatusCode::kInternal, "bytes that are no entry have their error");
    return;
  }
  directory::Apply(std::make_shared<directory::Snapshot>(), batch);
  reporting::Extract(batch, {});
  const journal::v1::Entry& entry = batch.Get(0).entry();
  journal::v1::Entry again;
  Check(again.ParseFromString(entry.SerializeAsString()), "an entry that was read can be written");
  if (entry.has_payload()) CheckPersonalIsGone(entry.payload());
  if (entry.has_record()) CheckPersonalIsGone(entry.record());
}

// An entry about every kind of record.
std::vector<std::string> JournalEntrySeeds() {
  std::vector<std::string> seeds;
  for (const char* type :
       {"comity.lead.v1.Lead", "comity.lead.v1.Opportunity", "comity.lead.v1.Campaign",
        "comity.lead.v1.Product", "comity.account.v1.Account", "comity.account.v1.Contact",
        "comity.account.v1.Relationship", "comity.support.v1.Case", "comity.fact.v1.Fact",
        "comity.judgement.v1.Judgement", "comity.gateway.v1.Person", "comity.gateway.v1.Team",
        "comity.gateway.v1.Department", "comity.reporting.v1.Intake"}) {
    const auto* descriptor = DescriptorPool::generated_pool()->FindMessageTypeByName(type);
    Check(descriptor != nullptr, type);
    const auto record = NewMessage(descriptor);
    Fill(record.get(), 2);
    journal::v1::Entry entry;
    entry.set_entry_id("01890000-0000-7000-8000-000000000000");
    entry.set_subject("opportunities/01890000-0000-7000-8000-000000000000");
    entry.set_version(1);
    for (const char* kind : {"created", "fact-recorded", "judged", "membership-set"}) {
      entry.set_type(kind);
      entry.mutable_payload()->PackFrom(*record);
      seeds.push_back(entry.SerializeAsString());
    }
  }
  return seeds;
}

}  // namespace comity::fuzz
