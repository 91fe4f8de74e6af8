#include "services/gateway/directory_service.h"

#include "services/gateway/directory_rules.h"
#include "services/gateway/directory_store.h"
#include "services/runtime/resource/standard_methods.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

// Nothing leaves the directory, so that what is found here is still there when the record is
// stored.
absl::Status CheckReferences(storage::Reader& reader, const v1::Person& person) {
  v1::Team team;
  v1::Person manager;
  if (!person.team().empty()) {
    COMITY_RETURN_IF_ERROR(
        resource::GetRecord(reader, TeamResource(), person.team(), &team).status());
  }
  if (!person.manager().empty()) {
    COMITY_RETURN_IF_ERROR(
        resource::GetRecord(reader, PersonResource(), person.manager(), &manager).status());
  }
  return absl::OkStatus();
}

absl::Status CheckUpdate(Call& call, const v1::Person& patch) {
  return storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    v1::Person person;
    COMITY_RETURN_IF_ERROR(
        resource::GetRecord(reader, PersonResource(), patch.name(), &person).status());
    COMITY_RETURN_IF_ERROR(CheckBelongs(call.principal, person));
    return CheckReferences(reader, patch);
  });
}

// Stores the person with the memberships it has now, and tells the followers.
absl::Status Store(storage::Transaction& tx, const Call& call, const resource::RecordState& before,
                   v1::Person* person) {
  COMITY_ASSIGN_OR_RETURN(
      const resource::RecordState after,
      resource::UpdateRecord(tx, call, PersonResource(), before, /*edited=*/true, person));
  journal::v1::Entry entry;
  entry.set_subject(person->name());
  entry.set_version(after.version);
  entry.set_type("membership-set");
  entry.mutable_payload()->PackFrom(*person);
  tx.Append(std::move(entry));
  return absl::OkStatus();
}

// The department's row first: of two stewards who leave at once, the second finds himself the last.
absl::Status SetIn(storage::Transaction& tx, const Call& call, const v1::Membership& membership) {
  v1::Department department;
  v1::Person before;
  COMITY_RETURN_IF_ERROR(
      resource::LockRecord(tx, DepartmentResource(), membership.department(), &department)
          .status());
  COMITY_ASSIGN_OR_RETURN(const resource::RecordState state,
                          resource::LockRecord(tx, PersonResource(), membership.person(), &before));
  v1::Person after = before;
  if (!SetMembership(membership, &after)) return absl::OkStatus();  // nothing changes
  COMITY_ASSIGN_OR_RETURN(const int64_t others,
                          CountOtherStewards(tx, membership.department(), membership.person()));
  COMITY_RETURN_IF_ERROR(CheckStewardRemains(before, after, membership.department(), others));
  COMITY_RETURN_IF_ERROR(SetSteward(tx, membership.department(), membership.person(),
                                    IsSteward(after, membership.department())));
  return Store(tx, call, state, &after);
}

}  // namespace

absl::StatusOr<v1::Person> DirectoryService::CreatePerson(Call& call,
                                                          const v1::CreatePersonRequest& request) {
  COMITY_RETURN_IF_ERROR(storage::Read(
      call, [&](storage::Reader& reader) { return CheckReferences(reader, request.person()); }));
  return resource::Create<v1::Person>(call, PersonResource(), request);
}

absl::StatusOr<v1::BatchCreatePersonsResponse> DirectoryService::BatchCreatePersons(
    Call& call, const v1::BatchCreatePersonsRequest& request) {
  v1::BatchCreatePersonsResponse response;
  for (const v1::CreatePersonRequest& item : request.requests()) {
    v1::BatchCreatePersonsResult* result = response.add_results();
    absl::StatusOr<v1::Person> person = CreatePerson(call, item);
    *result->mutable_status()->mutable_status() = ToRpcStatus(person.status());
    if (person.ok()) *result->mutable_person() = *std::move(person);
  }
  return response;
}

absl::StatusOr<v1::Person> DirectoryService::GetPerson(Call& call,
                                                       const v1::GetPersonRequest& request) {
  return resource::Get<v1::Person>(call, PersonResource(), request);
}

absl::StatusOr<v1::ListPersonsResponse> DirectoryService::ListPersons(
    Call& call, const v1::ListPersonsRequest& request) {
  return resource::List<v1::ListPersonsResponse>(call, PersonResource(), request);
}

absl::StatusOr<v1::Person> DirectoryService::UpdatePerson(Call& call,
                                                          const v1::UpdatePersonRequest& request) {
  COMITY_RETURN_IF_ERROR(CheckUpdate(call, request.person()));
  return resource::Update<v1::Person>(call, PersonResource(), request);
}

absl::StatusOr<v1::Membership> DirectoryService::SetMembership(
    Call& call, const v1::SetMembershipRequest& request) {
  COMITY_RETURN_IF_ERROR(CheckMembership(call.principal, request.membership()));
  return storage::Transact<v1::Membership>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Membership> {
        COMITY_RETURN_IF_ERROR(SetIn(tx, call, request.membership()));
        return request.membership();
      });
}

absl::StatusOr<v1::Department> DirectoryService::GetDepartment(
    Call& call, const v1::GetDepartmentRequest& request) {
  return resource::Get<v1::Department>(call, DepartmentResource(), request);
}

absl::StatusOr<v1::ListDepartmentsResponse> DirectoryService::ListDepartments(
    Call& call, const v1::ListDepartmentsRequest& request) {
  return resource::List<v1::ListDepartmentsResponse>(call, DepartmentResource(), request);
}

absl::StatusOr<v1::Team> DirectoryService::CreateTeam(Call& call,
                                                      const v1::CreateTeamRequest& request) {
  COMITY_RETURN_IF_ERROR(CheckOwnDepartment(call.principal, request.team().department()));
  return resource::Create<v1::Team>(call, TeamResource(), request);
}

absl::StatusOr<v1::BatchCreateTeamsResponse> DirectoryService::BatchCreateTeams(
    Call& call, const v1::BatchCreateTeamsRequest& request) {
  v1::BatchCreateTeamsResponse response;
  for (const v1::CreateTeamRequest& item : request.requests()) {
    v1::BatchCreateTeamsResult* result = response.add_results();
    absl::StatusOr<v1::Team> team = CreateTeam(call, item);
    *result->mutable_status()->mutable_status() = ToRpcStatus(team.status());
    if (team.ok()) *result->mutable_team() = *std::move(team);
  }
  return response;
}

absl::StatusOr<v1::Team> DirectoryService::GetTeam(Call& call, const v1::GetTeamRequest& request) {
  return resource::Get<v1::Team>(call, TeamResource(), request);
}

absl::StatusOr<v1::ListTeamsResponse> DirectoryService::ListTeams(
    Call& call, const v1::ListTeamsRequest& request) {
  return resource::List<v1::ListTeamsResponse>(call, TeamResource(), request);
}

}  // namespace comity::gateway
