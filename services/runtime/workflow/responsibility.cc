#include "services/runtime/workflow/responsibility.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/runtime/fact/open_subject.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/request_fields.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/workflow/change_owner.h"
#include "services/runtime/workflow/waits.h"

namespace comity::workflow {
namespace {

constexpr char kDepartment[] = "responsible_department";
constexpr char kOwner[] = "owner";
constexpr char kChanged[] = "responsibility-changed";
constexpr char kRestored[] = "responsibility-restored";
constexpr int kHistoryPage = 200;

using EntryTest = std::function<bool(const journal::v1::Entry&)>;

// The first entry about the record after that version which passes.
absl::StatusOr<std::optional<journal::v1::Entry>> FindEntry(storage::Reader& reader,
                                                            const std::string& name, int64_t after,
                                                            const EntryTest& passes) {
  while (true) {
    COMITY_ASSIGN_OR_RETURN(const auto page,
                            journal::ReadHistory(reader, name, after, kHistoryPage));
    for (const journal::StoredEntry& stored : page) {
      journal::v1::Entry entry;
      if (!entry.ParseFromString(stored.body)) return Internal("a journal's entry does not parse");
      if (passes(entry)) return std::make_optional(std::move(entry));
      after = entry.version();
    }
    if (page.size() < kHistoryPage) return std::optional<journal::v1::Entry>();
  }
}

// Who does the work inside a department is its own affair, and nothing that was done; nor is that
// it waits for the customer, which lets its time stand still.
bool IsDeed(const fact::v1::Fact& fact) {
  return fact.kind() != fact::v1::FACT_KIND_OWNER_CHANGED &&
         fact.kind() != fact::v1::FACT_KIND_HANDED_TO_TEAM &&
         fact.kind() != fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER;
}

// What a department did about a record, entry by entry in the order of its history: a fact that it
// recorded, or that it handed the record on (which is accepted by another). A correction keeps the
// deed that it corrects; what is void, or was restored, was none.
class Deeds {
 public:
  explicit Deeds(std::string department) : department_(std::move(department)) {}

  void Take(const journal::v1::Entry& entry) {
    fact::v1::Fact fact;
    v1::ResponsibilityChange change;
    if (entry.payload().UnpackTo(&fact)) {
      TakeFact(entry, fact);
    } else if (entry.type() == kChanged && entry.payload().UnpackTo(&change)) {
      if (change.from() == department_) Add(change.handover(), entry);
    } else if (entry.type() == kRestored && entry.payload().UnpackTo(&change)) {
      Undo(change.handover());
    }
  }

  // The first one that stands.
  std::optional<google::protobuf::Timestamp> First() const {
    for (const Deed& deed : deeds_) {
      if (!deed.undone) return deed.time;
    }
    return {};
  }

 private:
  struct Deed {
    std::string name;  // of the fact, or of the handover
    google::protobuf::Timestamp time;
    bool undone = false;
  };

  void Add(const std::string& name, const journal::v1::Entry& entry) {
    deeds_.push_back({name, entry.record_time()});
  }
  void TakeFact(const journal::v1::Entry& entry, const fact::v1::Fact& fact) {
    if (!fact.voids().empty()) return Undo(fact.voids());
    if (!fact.corrects().empty()) return Rename(fact.corrects(), fact.name());
    if (IsDeed(fact) && entry.actor().department() == department_) Add(fact.name(), entry);
  }
  void Undo(const std::string& name) {
    for (Deed& deed : deeds_) deed.undone = deed.undone || deed.name == name;
  }
  void Rename(const std::string& earlier, const std::string& later) {
    for (Deed& deed : deeds_) {
      if (deed.name == earlier) deed.name = later;
    }
  }

  const std::string department_;
  std::vector<Deed> deeds_;
};

// Writes the department into the record, with an entry of that type.
void SetDepartment(fact::OpenSubject& subject, const std::string& department, const char* type,
                   const v1::ResponsibilityChange& change) {
  google::protobuf::Message* const record = subject.Edit();
  record->GetReflection()->SetString(record, record->GetDescriptor()->FindFieldByName(kDepartment),
                                     department);
  journal::v1::Entry entry;
  entry.set_subject(subject.name());
  entry.set_version(subject.next_version());
  entry.set_type(type);
  subject.Advance(/*edited=*/true);
  entry.mutable_payload()->PackFrom(change);
  entry.mutable_record()->PackFrom(subject.record());
  subject.tx().Append(std::move(entry));
}

// What has ended keeps its owner.
absl::Status SetOwner(fact::OpenSubject& subject, const std::string& owner,
                      const std::string& reason) {
  const auto has_ended = subject.kind().has_ended;
  if (owner.empty() || resource::TextField(subject.record(), kOwner) == owner ||
      (has_ended != nullptr && has_ended(subject.record()))) {
    return absl::OkStatus();
  }
  return ChangeOwner(subject, owner, reason);
}

v1::Responsibility ResponsibilityOf(const google::protobuf::Message& record, int64_t version) {
  v1::Responsibility said;
  said.set_name(resource::TextField(record, "name"));
  said.set_department(resource::TextField(record, kDepartment));
  said.set_owner(resource::TextField(record, kOwner));
  said.set_version(version);
  return said;
}

bool Agrees(const type::v1::HandoverAgreement& agreement,
            const v1::TransferResponsibilityRequest& request) {
  const v1::ResponsibilityChange& change = request.change();
  return agreement.name() == change.agreement() && agreement.from() == change.from() &&
         agreement.to() == change.to() &&
         agreement.collection() == resource::CollectionOf(request.name());
}

}  // namespace

absl::StatusOr<v1::Responsibility> ReadResponsibility(storage::Reader& reader,
                                                      const fact::SubjectFacts& kind,
                                                      const v1::GetResponsibilityRequest& request) {
  const std::unique_ptr<google::protobuf::Message> record = kind.make();
  COMITY_ASSIGN_OR_RETURN(
      const resource::RecordState state,
      resource::GetRecord(reader, *kind.resource, request.name(), record.get()));
  COMITY_RETURN_IF_ERROR(resource::CheckStands(*record));
  v1::Responsibility said = ResponsibilityOf(*record, state.version);
  COMITY_ASSIGN_OR_RETURN(const auto waits, ReadWaits(reader, request.name()));
  said.mutable_waits()->Assign(waits.begin(), waits.end());
  if (request.acting().empty()) return said;
  Deeds deeds(request.acting());
  COMITY_RETURN_IF_ERROR(
      FindEntry(reader, request.name(), request.after_version(), [&](const auto& entry) {
        deeds.Take(entry);
        return false;
      }).status());
  const auto acted = deeds.First();
  if (acted.has_value()) *said.mutable_act_time() = *acted;
  return said;
}

absl::Status CheckTransfer(const Call& call, const v1::TransferResponsibilityRequest& request) {
  const v1::ResponsibilityChange& change = request.change();
  if (change.to() != call.principal.department) {
    return PermissionDenied("DEPARTMENT_NOT_OWN", "a department accepts for itself");
  }
  const charter::Revision* revision = call.runtime->charters->Find(request.charter_revision());
  if (revision == nullptr) {
    return Unavailable("CHARTER_BEHIND", absl::StrCat("revision ", request.charter_revision(),
                                                      " of the charter is not known here yet"));
  }
  const auto& agreements = revision->charter.document().handovers();
  if (std::none_of(agreements.begin(), agreements.end(),
                   [&](const auto& agreement) { return Agrees(agreement, request); })) {
    return PermissionDenied("HANDOVER_NOT_AGREED",
                            absl::StrCat("the charter has no such agreement ", change.agreement(),
                                         " from ", change.from(), " to ", change.to()));
  }
  if (call.runtime->directory->snapshot()->KnowsPerson(change.owner())) return absl::OkStatus();
  return InvalidField("UNKNOWN_PERSON", "change.owner",
                      absl::StrCat("the directory knows no ", change.owner()));
}

absl::StatusOr<v1::Responsibility> Transfer(storage::Transaction& tx, Call& call,
                                            const fact::SubjectFacts& kind,
                                            const v1::TransferResponsibilityRequest& request) {
  const v1::ResponsibilityChange& change = request.change();
  COMITY_ASSIGN_OR_RETURN(auto subject, fact::OpenSubject::Lock(tx, call, kind, request.name()));
  const std::string department = resource::TextField(subject.record(), kDepartment);
  if (department != change.from()) {
    return PreconditionFailed(
        "RESPONSIBILITY_MOVED", request.name(),
        absl::StrCat("it is no longer ", change.from(), " that is responsible, but ", department));
  }
  const std::string former_owner = resource::TextField(subject.record(), kOwner);
  SetDepartment(subject, change.to(), kChanged, change);
  COMITY_RETURN_IF_ERROR(SetOwner(subject, change.owner(), change.handover()));
  COMITY_RETURN_IF_ERROR(subject.Close());
  v1::Responsibility said = ResponsibilityOf(subject.record(), subject.next_version() - 1);
  said.set_former_owner(former_owner);
  return said;
}

absl::StatusOr<bool> Restore(storage::Transaction& tx, Call& call, const fact::SubjectFacts& kind,
                             const v1::RestoreResponsibilityRequest& request) {
  const v1::ResponsibilityChange& change = request.change();
  auto subject = fact::OpenSubject::Lock(tx, call, kind, request.name());
  if (Reason(subject.status()) == "RECORD_WITHDRAWN") return false;
  COMITY_RETURN_IF_ERROR(subject.status());
  COMITY_ASSIGN_OR_RETURN(const auto handed_on,
                          FindEntry(tx, request.name(), request.version(),
                                    [](const auto& entry) { return entry.type() == kChanged; }));
  const bool is_as_made =
      resource::TextField(subject->record(), kDepartment) == change.to() && !handed_on.has_value();
  if (!is_as_made) return false;
  SetDepartment(*subject, change.from(), kRestored, change);
  if (resource::TextField(subject->record(), kOwner) == change.owner()) {
    COMITY_RETURN_IF_ERROR(SetOwner(*subject, request.former_owner(), change.handover()));
  }
  COMITY_RETURN_IF_ERROR(subject->Close());
  return true;
}

}  // namespace comity::workflow
