#include "services/gateway/directory_bootstrap.h"

#include <algorithm>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/empty.pb.h"
#include "services/gateway/directory_rules.h"
#include "services/gateway/directory_store.h"
#include "services/runtime/charter/yaml_file.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/plan.h"
#include "services/runtime/resource/record_rules.h"
#include "services/runtime/resource/record_store.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

ABSL_FLAG(std::string, bootstrap_directory, "",
          "YAML file with the directory that an empty gateway starts with");

namespace comity::gateway {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(30);

absl::Status Invalid(absl::string_view what) {
  return InvalidField("DIRECTORY_INVALID", "bootstrap_directory", what);
}

// Memberships name their person, as those that SetMembership stores do; a person is at home in the
// first one's department.
void Complete(v1::Directory* directory) {
  for (v1::Person& person : *directory->mutable_persons()) {
    person.set_home(HomeOf(person));
    for (v1::Membership& membership : *person.mutable_memberships()) {
      membership.set_person(person.name());
    }
  }
}

absl::Status CheckDirectory(const Runtime& runtime, const v1::Directory& directory) {
  const auto& known = runtime.charters->last().charter.document().departments();
  for (const v1::Department& department : directory.departments()) {
    if (std::find(known.begin(), known.end(), department.name()) == known.end()) {
      return Invalid(absl::StrCat("the charter names no ", department.name()));
    }
    const auto is_steward = [&](const v1::Person& person) {
      return IsSteward(person, department.name());
    };
    if (std::none_of(directory.persons().begin(), directory.persons().end(), is_steward)) {
      return Invalid(absl::StrCat(department.name(), " has no steward"));
    }
  }
  for (const v1::Person& person : directory.persons()) {
    if (person.home().empty()) {
      return Invalid(absl::StrCat(person.name(), " has neither home nor membership"));
    }
    if (!CheckRolesExclude(person).ok()) {
      return Invalid(absl::StrCat(person.name(), " runs or audits and has another role"));
    }
  }
  return absl::OkStatus();
}

template <typename Record>
absl::Status Insert(storage::Transaction& tx, const Call& call, const resource::Resource& resource,
                    Record record) {
  COMITY_RETURN_IF_ERROR(resource::CheckRecord(resource, *call.runtime->directory->snapshot(),
                                               call.now, nullptr, &record));
  *record.mutable_create_time() = resource::FromTime(call.now);
  *record.mutable_update_time() = record.create_time();
  record.set_etag(resource::EtagOf({1, 1}));
  COMITY_RETURN_IF_ERROR(resource::InsertRecord(tx, call, resource, record));
  journal::v1::Entry entry;
  entry.set_subject(record.name());
  entry.set_version(1);
  entry.set_type("created");
  entry.mutable_payload()->PackFrom(record);
  tx.Append(std::move(entry));
  return absl::OkStatus();
}

absl::Status InsertPerson(storage::Transaction& tx, const Call& call, const v1::Person& person) {
  COMITY_RETURN_IF_ERROR(Insert(tx, call, PersonResource(), person));
  for (const v1::Membership& membership : person.memberships()) {
    if (!IsSteward(person, membership.department())) continue;
    COMITY_RETURN_IF_ERROR(SetSteward(tx, membership.department(), person.name(), true));
  }
  return absl::OkStatus();
}

absl::Status InsertAll(storage::Transaction& tx, const Call& call, const v1::Directory& directory) {
  COMITY_ASSIGN_OR_RETURN(const bool empty, IsEmpty(tx));
  if (!empty) return absl::OkStatus();
  for (const v1::Department& department : directory.departments()) {
    COMITY_RETURN_IF_ERROR(Insert(tx, call, DepartmentResource(), department));
  }
  for (const v1::Team& team : directory.teams()) {
    COMITY_RETURN_IF_ERROR(Insert(tx, call, TeamResource(), team));
  }
  for (const v1::Person& person : directory.persons()) {
    COMITY_RETURN_IF_ERROR(InsertPerson(tx, call, person));
  }
  return absl::OkStatus();
}

class DirectoryBootstrap final : public server::Background {
 public:
  DirectoryBootstrap(const server::Parts& parts, std::string path)
      : runtime_(parts.runtime), directory_(parts.directory), path_(std::move(path)) {}
  absl::Status Start() override {
    if (path_.empty()) return absl::OkStatus();
    v1::Directory directory;
    COMITY_RETURN_IF_ERROR(charter::YamlFileToMessage(path_, "DIRECTORY_INVALID", &directory));
    return Bootstrap(*runtime_, std::move(directory));
  }
  bool Ready() const override { return path_.empty() || !directory_->snapshot()->persons.empty(); }
  void Stop() override {}

 private:
  const Runtime* const runtime_;
  const directory::Directory* const directory_;
  const std::string path_;
};

}  // namespace

absl::Status Bootstrap(const Runtime& runtime, v1::Directory directory) {
  Complete(&directory);
  COMITY_RETURN_IF_ERROR(CheckDirectory(runtime, directory));
  Call call;
  call.runtime = &runtime;
  call.method = "directory/Bootstrap";
  call.principal.workload = absl::StrCat("service/", runtime.service);
  call.now = absl::Now();
  call.deadline = call.now + kTimeout;
  google::protobuf::Empty reply;
  const absl::Status stored = storage::TransactInto(
      call, {}, [&](storage::Transaction& tx) { return InsertAll(tx, call, directory); }, &reply);
  return Reason(stored) == "RESOURCE_EXISTS" ? absl::OkStatus() : stored;
}

std::unique_ptr<server::Background> MakeDirectoryBootstrap(const server::Parts& parts) {
  return std::make_unique<DirectoryBootstrap>(parts, absl::GetFlag(FLAGS_bootstrap_directory));
}

}  // namespace comity::gateway
