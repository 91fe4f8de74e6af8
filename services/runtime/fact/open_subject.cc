#include "services/runtime/fact/open_subject.h"

#include <algorithm>

#include "services/runtime/fact/fact_store.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/judgement/working_list.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/request_fields.h"
#include "services/runtime/status/errors.h"

namespace comity::fact {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string OwnerOf(const Message& record) {
  const FieldDescriptor* owner = record.GetDescriptor()->FindFieldByName("owner");
  return owner == nullptr ? "" : record.GetReflection()->GetString(record, owner);
}

}  // namespace

absl::StatusOr<OpenSubject> OpenSubject::Lock(storage::Transaction& tx, Call& call,
                                              const SubjectFacts& kind, const std::string& name) {
  OpenSubject subject(tx, call, kind, name);
  COMITY_ASSIGN_OR_RETURN(subject.stored_,
                          resource::LockRecord(tx, *kind.resource, name, subject.record_.get()));
  COMITY_RETURN_IF_ERROR(resource::CheckStands(*subject.record_));
  subject.state_ = subject.stored_;
  return subject;
}

OpenSubject OpenSubject::Inserted(storage::Transaction& tx, Call& call, const SubjectFacts& kind,
                                  const Message& record) {
  OpenSubject subject(tx, call, kind, resource::TextField(record, "name"));
  subject.record_->CopyFrom(record);
  subject.stored_ = resource::kNew;
  subject.state_ = subject.stored_;
  subject.is_new_ = true;
  subject.deciding_.emplace();
  subject.standing_.emplace();
  subject.settled_.emplace();
  subject.first_owner_ = OwnerOf(*subject.record_);
  return subject;
}

absl::StatusOr<std::vector<v1::Fact>*> OpenSubject::Deciding() {
  if (!deciding_.has_value()) {
    COMITY_ASSIGN_OR_RETURN(deciding_, DecidingStanding(*tx_, name_, kMostFacts + 1));
  }
  return &*deciding_;
}

absl::StatusOr<const std::vector<judgement::StandingRow>*> OpenSubject::Standing() {
  if (!standing_.has_value()) {
    COMITY_ASSIGN_OR_RETURN(standing_, judgement::ReadStanding(*tx_, name_));
  }
  return &*standing_;
}

bool OpenSubject::MayHold(const type::v1::ExternalId& id) {
  if (id.id().empty()) return false;
  return !is_new_ || !told_.emplace(id.source(), id.id()).second;
}

void OpenSubject::Stood(const judgement::v1::Judgement& judgement) {
  if (!standing_.has_value()) return;  // the database will say so
  const absl::Time recorded =
      absl::FromUnixMicros(resource::ToMicros(judgement.record_time()));  // as it is stored
  for (judgement::StandingRow& row : *standing_) {
    if (row.department != judgement.department() || row.question != judgement.question()) continue;
    if (row.answer.empty() || judgement.answer().empty()) row.said = recorded;
    row.answer = judgement.answer();
    row.version = judgement.subject_version();
    return;
  }
  standing_->push_back({"", judgement.question(), judgement.department(), judgement.answer(),
                        judgement.subject_version(), recorded});
}

absl::StatusOr<std::string> OpenSubject::FirstOwner() {
  if (first_owner_.has_value()) return *first_owner_;
  // Its first journal entry says so.
  COMITY_ASSIGN_OR_RETURN(const auto history, journal::ReadHistory(*tx_, name_, 0, 1));
  const std::unique_ptr<Message> created = kind_->make();
  journal::v1::Entry entry;
  if (history.empty() || !entry.ParseFromString(history.front().body) ||
      !entry.payload().UnpackTo(created.get())) {
    return Internal("a subject's first journal entry holds no record");
  }
  first_owner_ = OwnerOf(*created);
  return *first_owner_;
}

Message* OpenSubject::Edit() {
  if (stored_record_ == nullptr) {
    stored_record_ = kind_->make();
    stored_record_->CopyFrom(*record_);
  }
  return record_.get();
}

void OpenSubject::Advance(bool edited) {
  ++state_.version;
  if (!edited) return;
  ++state_.revision;
  resource::MarkEdited(*call_, *kind_->resource, state_, record_.get());
}

void OpenSubject::TouchList(const std::string& department) {
  const auto departments = call_->charter().DepartmentsWithWorkingList(kind_->resource->collection);
  if (std::find(departments.begin(), departments.end(), department) != departments.end()) {
    touched_.insert(department);
  }
}

void OpenSubject::TouchLists(const std::string& kind) {
  const std::string& collection = kind_->resource->collection;
  if (!judgement::FactsDecide(call_->charter(), collection, kind)) return;
  const auto departments = call_->charter().DepartmentsWithWorkingList(collection);
  touched_.insert(departments.begin(), departments.end());
}

absl::Status OpenSubject::Close() {
  COMITY_RETURN_IF_ERROR(CloseSettled());
  if (state_.version == stored_.version) return absl::OkStatus();
  const Message& stored = stored_record_ == nullptr ? *record_ : *stored_record_;
  COMITY_RETURN_IF_ERROR(resource::UpdateRecord(*tx_, *call_, *kind_->resource, {stored_, stored},
                                                {state_, *record_}));
  stored_ = state_;
  stored_record_ = nullptr;
  return CloseLists();
}

absl::Status OpenSubject::CloseLists() {
  if (touched_.empty()) return absl::OkStatus();
  std::vector<std::string> facts;
  if (judgement::FactsDecide(call_->charter(), kind_->resource->collection)) {
    COMITY_ASSIGN_OR_RETURN(const std::vector<v1::Fact>* deciding, Deciding());
    facts = KindIds(*deciding);
  }
  COMITY_ASSIGN_OR_RETURN(const auto* standing, Standing());
  for (const std::string& department : touched_) {
    const bool listed = judgement::IsListed(call_->charter(), kind_->resource->collection,
                                            department, *standing, facts);
    if (listed && is_new_) continue;  // so it was inserted
    COMITY_RETURN_IF_ERROR(resource::SetListed(*tx_, *kind_->resource, name_, department, listed));
  }
  touched_.clear();
  return absl::OkStatus();
}

}  // namespace comity::fact
