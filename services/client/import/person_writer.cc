#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "services/client/api/request_id.h"
#include "services/client/import/writer.h"
#include "services/client/output/format.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::Person;

constexpr char kService[] = "comity.gateway.v1.DirectoryService/";

// A directory has few persons, and a manager must be there before those he manages: they go one by
// one.
class PersonWriter final : public Writer {
 public:
  explicit PersonWriter(const WriteContext& context) : context_(context) {}

  absl::Status Prepare() override {
    absl::MutexLock lock(&mutex_);
    return ForEach(*context_.caller, context_.as, context_.map->collection, "", "",
                   [&](const google::protobuf::Message& record) {
                     const auto& person = static_cast<const Person&>(record);
                     mutex_.AssertHeld();
                     known_[person.name()] = person;
                     return absl::OkStatus();
                   });
  }

  absl::Status Write(std::vector<RowPlan> rows) override {
    absl::MutexLock lock(&mutex_);
    for (RowPlan& row : rows) {
      const absl::StatusOr<bool> changed = WriteOne(row);
      if (!changed.ok()) {
        context_.ledger->Refuse({Refusal(row, "", changed.status())});
      } else if (*changed) {
        context_.ledger->Take();
      } else {
        context_.ledger->Leave();
      }
    }
    return absl::OkStatus();
  }

  absl::Status Finish() override { return absl::OkStatus(); }

 private:
  absl::StatusOr<bool> WriteOne(RowPlan& row) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto& person = static_cast<Person&>(*row.record);
    bool changed = false;
    for (const Reference& reference : row.references) {
      const std::string name = absl::StrCat(reference.collection, "/", reference.id);
      if (reference.path == "manager") person.set_manager(name);
      if (reference.path == "team") person.set_team(name);
      if (reference.made == nullptr || known_.contains(name)) continue;
      COMITY_RETURN_IF_ERROR(Create(static_cast<const Person&>(*reference.made)));
      changed = true;
    }
    const auto found = known_.find(person.name());
    if (found == known_.end()) {
      COMITY_RETURN_IF_ERROR(Create(person));
      changed = true;
    } else {
      COMITY_ASSIGN_OR_RETURN(const bool updated, Update(row, found->second));
      changed = changed || updated;
    }
    COMITY_ASSIGN_OR_RETURN(const bool joined, Join(known_[person.name()]));
    return changed || joined;
  }

  absl::Status Create(const Person& person) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    gateway::v1::CreatePersonRequest request;
    *request.mutable_person() = person;
    request.mutable_person()->clear_name();
    request.set_person_id(person.name().substr(person.name().find('/') + 1));
    request.set_validate_only(context_.dry_run);
    request.set_request_id(
        RequestIdFor(absl::StrCat(context_.as.ToText(), request.ShortDebugString())));
    COMITY_RETURN_IF_ERROR(
        context_.caller->Ask<Person>(context_.as, absl::StrCat(kService, "CreatePerson"), request)
            .status());
    known_[person.name()] = person;
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Update(const RowPlan& row, const Person& held)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const Difference difference = Compare(row, held);
    if (difference.changed.empty()) return false;
    gateway::v1::UpdatePersonRequest request;
    *request.mutable_person() = static_cast<const Person&>(*row.record);
    for (const std::string& path : difference.changed)
      request.mutable_update_mask()->add_paths(path);
    request.set_validate_only(context_.dry_run);
    request.set_request_id(RandomRequestId());
    COMITY_RETURN_IF_ERROR(
        context_.caller->Ask<Person>(context_.as, absl::StrCat(kService, "UpdatePerson"), request)
            .status());
    return true;
  }

  // Gives the roles of the map that the person lacks; takes none away.
  absl::StatusOr<bool> Join(Person& person) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (context_.map->roles.empty()) return false;
    gateway::v1::SetMembershipRequest request;
    auto* wanted = request.mutable_membership();
    for (const auto& membership : person.memberships()) {
      if (membership.department() == context_.as.department) *wanted = membership;
    }
    const int before = wanted->roles_size();
    for (const type::v1::Role role : context_.map->roles) {
      const auto& roles = wanted->roles();
      if (std::find(roles.begin(), roles.end(), role) == roles.end()) wanted->add_roles(role);
    }
    if (wanted->roles_size() == before) return false;
    if (context_.dry_run) return true;
    wanted->set_department(context_.as.department);
    wanted->set_person(person.name());
    request.set_request_id(RandomRequestId());
    COMITY_RETURN_IF_ERROR(context_.caller
                               ->Ask<gateway::v1::Membership>(
                                   context_.as, absl::StrCat(kService, "SetMembership"), request)
                               .status());
    *person.add_memberships() = *wanted;
    return true;
  }

  const WriteContext context_;
  absl::Mutex mutex_;
  std::map<std::string, Person> known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Writer> MakePersonWriter(const WriteContext& context) {
  return std::make_unique<PersonWriter>(context);
}

}  // namespace comity::client
