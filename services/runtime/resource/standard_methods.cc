#include "services/runtime/resource/standard_methods.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "comity/type/v1/batch.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/runtime/resource/lens_read.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/plan.h"
#include "services/runtime/resource/record_rules.h"
#include "services/runtime/resource/request_fields.h"
#include "services/runtime/resource/update_mask.h"
#include "services/runtime/server/hide.h"
#include "services/runtime/server/validate.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Body = std::function<absl::Status(storage::Transaction&)>;

constexpr int kMaxBatch = 200;
constexpr size_t kMostReplyBytes = 2 << 20;  // callers take 4 MiB

absl::Status RecordRequired(const Resource& resource) {
  return InvalidField("FIELD_REQUIRED", resource.singular, "is required");
}

// The name of a new record: a new id, or the one that the caller chose.
absl::StatusOr<std::string> NewName(const Call& call, const Resource& resource,
                                    const Message& request) {
  if (!resource.chosen_id) return MakeName(resource.collection, NewId(call.now));
  const std::string field = absl::StrCat(resource.singular, "_id");
  const std::string name =
      absl::StrCat(resource.collection, "/", TextField(request, field.c_str()));
  if (!IsNameIn(name, resource.collection)) {
    return InvalidField("INVALID_NAME", field, "lower-case letters, digits and -, at most 63");
  }
  return name;
}

// Fills `record` with the request's record, complete and checked.
absl::Status NewRecord(const Call& call, const Resource& resource, const Message& request,
                       Message* record) {
  const Message* given = MessageField(request, resource.singular);
  if (given == nullptr) return RecordRequired(resource);
  record->CopyFrom(*given);
  COMITY_RETURN_IF_ERROR(BeginRecord(call.principal, record));
  COMITY_RETURN_IF_ERROR(CheckRecord(resource, *call.runtime->directory->snapshot(), call.now,
                                     /*before=*/nullptr, record));
  COMITY_ASSIGN_OR_RETURN(std::string name, NewName(call, resource, request));
  const Plan& plan = PlanOf(resource, record->GetDescriptor());
  const auto* reflection = record->GetReflection();
  reflection->SetString(record, plan.name, std::move(name));
  reflection->SetString(record, plan.etag, EtagOf(kNew));
  for (const FieldDescriptor* field : {plan.create_time, plan.update_time}) {
    *static_cast<google::protobuf::Timestamp*>(reflection->MutableMessage(record, field)) =
        FromTime(call.now);
  }
  return AsStored(resource, record);
}

journal::v1::Entry EntryOf(const Resource& resource, const char* type, int64_t version,
                           const Message& record) {
  journal::v1::Entry entry;
  entry.set_subject(TextField(record, "name"));
  entry.set_version(version);
  entry.set_type(type);
  entry.mutable_payload()->PackFrom(record);
  if (version == 1 && !resource.occur_field.empty()) {
    const Message* time = MessageField(record, resource.occur_field);
    if (time != nullptr) entry.mutable_occur_time()->CopyFrom(*time);
  }
  return entry;
}

absl::Status CheckEtag(const Message& patch, const Message& stored) {
  const std::string given = TextField(patch, "etag");
  const std::string current = TextField(stored, "etag");
  if (given.empty() || given == current) return absl::OkStatus();
  return EtagMismatch(TextField(stored, "name"), current);
}

absl::Status UpdateIn(storage::Transaction& tx, const Call& call, const Resource& resource,
                      const Message& request, const OnUpdate& check, Message* record) {
  const Message* patch = MessageField(request, resource.singular);
  if (patch == nullptr) return RecordRequired(resource);
  COMITY_ASSIGN_OR_RETURN(const RecordState state,
                          LockRecord(tx, resource, TextField(*patch, "name"), record));
  COMITY_RETURN_IF_ERROR(CheckStands(*record));
  COMITY_RETURN_IF_ERROR(CheckEtag(*patch, *record));
  const std::unique_ptr<Message> before(record->New());
  before->CopyFrom(*record);
  const Message* mask = MessageField(request, "update_mask");
  COMITY_RETURN_IF_ERROR(ApplyUpdate(
      resource.singular, *patch, static_cast<const google::protobuf::FieldMask*>(mask), record));
  COMITY_RETURN_IF_ERROR(
      CheckRecord(resource, *call.runtime->directory->snapshot(), call.now, before.get(), record));
  // Who may not change it may not say what it is already either.
  if (check) COMITY_RETURN_IF_ERROR(check(tx, *before, *record));
  if (google::protobuf::util::MessageDifferencer::Equals(*before, *record)) {
    return absl::OkStatus();  // nothing changes, nothing to tell
  }
  const RecordState after{state.version + 1, state.revision + 1};
  MarkEdited(call, resource, after, record);
  COMITY_RETURN_IF_ERROR(UpdateRecord(tx, call, resource, {state, *before}, {after, *record}));
  tx.Append(EntryOf(resource, "updated", after.version, *record));
  return absl::OkStatus();
}

// The transaction that creates the record of `request` in `reply`.
Body CreateBody(Call& call, const Resource& resource, const Message& request,
                const AfterInsert& after, Message* reply) {
  return [&call, &resource, &request, after, reply](storage::Transaction& tx) {
    return CreateIn(tx, call, resource, request, after, reply);
  };
}

// The transaction that updates a record, which it leaves in `reply`.
Body UpdateBody(Call& call, const Resource& resource, const Message& request, const OnUpdate& check,
                const AfterUpdate& after, Message* reply) {
  return
      [&call, &resource, &request, check, after, reply](storage::Transaction& tx) -> absl::Status {
        COMITY_RETURN_IF_ERROR(UpdateIn(tx, call, resource, request, check, reply));
        return after.act ? after.act(tx, request, reply) : absl::OkStatus();
      };
}

absl::Status Check(const Further& further, const Message& request) {
  return further.check ? further.check(request) : absl::OkStatus();
}

absl::Status PrepareItem(const Message& request, const Further& further, Body body,
                         storage::BatchItem* item) {
  COMITY_RETURN_IF_ERROR(server::Validate(request));
  COMITY_RETURN_IF_ERROR(Check(further, request));
  COMITY_ASSIGN_OR_RETURN(item->options, storage::OptionsOf(request));
  item->body = std::move(body);
  return absl::OkStatus();
}

// Of a record that no longer fits its answer: what it is called and its state.
void KeepIdentity(Message* record) {
  const std::string name = TextField(*record, "name");
  const std::string etag = TextField(*record, "etag");
  record->Clear();
  const auto* descriptor = record->GetDescriptor();
  record->GetReflection()->SetString(record, descriptor->FindFieldByName("name"), name);
  record->GetReflection()->SetString(record, descriptor->FindFieldByName("etag"), etag);
}

// Fields `requests` of the request, `results` of the reply; `body_of` makes an item's transaction.
absl::Status RunBatch(Call& call, const Resource& resource, const Message& request,
                      const Further& further, Message* reply,
                      const std::function<Body(const Message& item, Message* reply)>& body_of) {
  const FieldDescriptor* requests = request.GetDescriptor()->FindFieldByName("requests");
  const FieldDescriptor* results = reply->GetDescriptor()->FindFieldByName("results");
  const int size = request.GetReflection()->FieldSize(request, requests);
  if (size > kMaxBatch) {
    return InvalidField("BATCH_TOO_LARGE", "requests", absl::StrCat("are at most ", kMaxBatch));
  }
  std::vector<storage::BatchItem> items(static_cast<size_t>(size));
  for (int i = 0; i < size; ++i) {
    Message* result = reply->GetReflection()->AddMessage(reply, results);
    const FieldDescriptor* record = result->GetDescriptor()->FindFieldByName(resource.singular);
    items[i].reply = result->GetReflection()->MutableMessage(result, record);
    const Message& item = request.GetReflection()->GetRepeatedMessage(request, requests, i);
    items[i].status = PrepareItem(item, further, body_of(item, items[i].reply), &items[i]);
  }
  storage::TransactEach(call, absl::MakeSpan(items));
  size_t bytes = 0;
  for (int i = 0; i < size; ++i) {
    Message* result = reply->GetReflection()->MutableRepeatedMessage(reply, results, i);
    const auto* descriptor = result->GetDescriptor();
    *static_cast<type::v1::ItemStatus*>(
        result->GetReflection()->MutableMessage(result, descriptor->FindFieldByName("status"))) =
        server::ItemStatusOf(call, items[i].status);
    const FieldDescriptor* record = descriptor->FindFieldByName(resource.singular);
    if (!items[i].status.ok()) {
      result->GetReflection()->ClearField(result, record);
    } else if ((bytes += result->ByteSizeLong()) > kMostReplyBytes) {
      KeepIdentity(result->GetReflection()->MutableMessage(result, record));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CreateIn(storage::Transaction& tx, Call& call, const Resource& resource,
                      const Message& request, const AfterInsert& after, Message* record) {
  COMITY_RETURN_IF_ERROR(NewRecord(call, resource, request, record));
  COMITY_RETURN_IF_ERROR(InsertRecord(tx, call, resource, *record));
  tx.Append(EntryOf(resource, "created", 1, *record));
  return after.act ? after.act(tx, request, record) : absl::OkStatus();
}

absl::Status ChangeIn(storage::Transaction& tx, Call& call, const Resource& resource,
                      const std::string& name, const char* type,
                      const std::function<absl::Status(Message* record)>& change, Message* record) {
  COMITY_ASSIGN_OR_RETURN(const RecordState state, LockRecord(tx, resource, name, record));
  COMITY_RETURN_IF_ERROR(CheckStands(*record));
  const std::unique_ptr<Message> stored(record->New());
  stored->CopyFrom(*record);
  COMITY_RETURN_IF_ERROR(change(record));
  if (google::protobuf::util::MessageDifferencer::Equals(*stored, *record)) {
    return absl::OkStatus();
  }
  const RecordState after{state.version + 1, state.revision + 1};
  MarkEdited(call, resource, after, record);
  COMITY_RETURN_IF_ERROR(UpdateRecord(tx, call, resource, {state, *stored}, {after, *record}));
  tx.Append(EntryOf(resource, type, after.version, *record));
  return absl::OkStatus();
}

absl::Status CreateInto(Call& call, const Resource& resource, const Message& request,
                        const AfterInsert& after, Message* reply) {
  COMITY_RETURN_IF_ERROR(Check(after, request));
  COMITY_ASSIGN_OR_RETURN(const storage::TransactOptions options, storage::OptionsOf(request));
  return storage::TransactInto(call, options, CreateBody(call, resource, request, after, reply),
                               reply);
}

absl::Status GetInto(Call& call, const Resource& resource, const Message& request, Message* reply) {
  const std::string name = TextField(request, "name");
  COMITY_ASSIGN_OR_RETURN(const std::string lens, LensOf(call, request));
  return storage::Read(call, [&](storage::Reader& reader) {
    reply->Clear();
    return GetThroughLens(reader, call, resource, lens, name, reply);
  });
}

absl::Status UpdateInto(Call& call, const Resource& resource, const Message& request,
                        const OnUpdate& check, const AfterUpdate& after, Message* reply) {
  COMITY_RETURN_IF_ERROR(Check(after, request));
  COMITY_ASSIGN_OR_RETURN(const storage::TransactOptions options, storage::OptionsOf(request));
  return storage::TransactInto(call, options,
                               UpdateBody(call, resource, request, check, after, reply), reply);
}

absl::Status BatchCreateInto(Call& call, const Resource& resource, const Message& request,
                             const AfterInsert& after, Message* reply) {
  return RunBatch(call, resource, request, after, reply, [&](const Message& item, Message* result) {
    return CreateBody(call, resource, item, after, result);
  });
}

absl::Status BatchUpdateInto(Call& call, const Resource& resource, const Message& request,
                             const OnUpdate& check, const AfterUpdate& after, Message* reply) {
  return RunBatch(call, resource, request, after, reply, [&](const Message& item, Message* result) {
    return UpdateBody(call, resource, item, check, after, result);
  });
}

}  // namespace comity::resource
