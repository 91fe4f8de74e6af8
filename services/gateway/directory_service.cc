#include "services/gateway/directory_service.h"

#include "services/gateway/directory_rules.h"
#include "services/gateway/directory_store.h"
#include "services/runtime/resource/standard_methods.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

// Whether home, team and manager are there and fit. Nothing leaves the directory, so that what is
// found here is still there when the transaction ends.
absl::Status CheckReferences(storage::Reader& reader, const v1::Person& person) {
  v1::Department home;
  v1::Team team;
  v1::Person manager;
  if (!person.home().empty()) {
    COMITY_RETURN_IF_ERROR(
        resource::GetRecord(reader, DepartmentResource(), person.home(), &home).status());
  }
  if (!person.team().empty()) {
    COMITY_RETURN_IF_ERROR(
        resource::GetRecord(reader, TeamResource(), person.team(), &team).status());
    COMITY_RETURN_IF_ERROR(CheckTeam(person, team));
  }
  if (!person.manager().empty()) {
    COMITY_RETURN_IF_ERROR(
        resource::GetRecord(reader, PersonResource(), person.manager(), &manager).status());
  }
  return absl::OkStatus();
}

// A person is at home where the steward acts who creates it. A request without a person stays
// without one: it is refused.
void GiveHome(const Principal& caller, v1::CreatePersonRequest* request) {
  if (request->has_person() && request->person().home().empty()) {
    request->mutable_person()->set_home(caller.department);
  }
}

resource::AfterInsert CheckNewPerson(const Call& call) {
  return [&call](storage::Transaction& tx, const Message& /*request*/,
                 Message* record) -> absl::Status {
    const auto& person = static_cast<const v1::Person&>(*record);
    COMITY_RETURN_IF_ERROR(CheckHome(call.principal, person));
    return CheckReferences(tx, person);
  };
}

resource::AfterInsert CheckNewTeam(const Call& call) {
  return [&call](storage::Transaction&, const Message& /*request*/, Message* record) {
    return CheckOwnDepartment(call.principal, static_cast<v1::Team*>(record)->department());
  };
}

// Where the membership of the team's department has ended, the person is in the team no more.
absl::Status LeaveTeam(storage::Reader& reader, v1::Person* person) {
  v1::Team team;
  if (person->team().empty()) return absl::OkStatus();
  COMITY_RETURN_IF_ERROR(
      resource::GetRecord(reader, TeamResource(), person->team(), &team).status());
  if (!CheckTeam(*person, team).ok()) person->clear_team();
  return absl::OkStatus();
}

// Stores the person with the memberships it has now, and tells the followers.
absl::Status Store(storage::Transaction& tx, const Call& call, const resource::RecordAt& stored,
                   v1::Person* person) {
  const resource::RecordState after{stored.state.version + 1, stored.state.revision + 1};
  resource::MarkEdited(call, PersonResource(), after, person);
  COMITY_RETURN_IF_ERROR(
      resource::UpdateRecord(tx, call, PersonResource(), stored, {after, *person}));
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
  COMITY_RETURN_IF_ERROR(CheckMembership(call.principal, membership));
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
  COMITY_RETURN_IF_ERROR(CheckRolesExclude(after));
  COMITY_RETURN_IF_ERROR(CheckStewardRemains(before, after, membership.department(), others));
  COMITY_RETURN_IF_ERROR(LeaveTeam(tx, &after));
  COMITY_RETURN_IF_ERROR(SetSteward(tx, membership.department(), membership.person(),
                                    IsSteward(after, membership.department())));
  return Store(tx, call, {state, before}, &after);
}

}  // namespace

absl::StatusOr<v1::Person> DirectoryService::CreatePerson(Call& call,
                                                          const v1::CreatePersonRequest& request) {
  v1::CreatePersonRequest complete = request;
  GiveHome(call.principal, &complete);
  return resource::Create<v1::Person>(call, PersonResource(), complete, CheckNewPerson(call));
}

absl::StatusOr<v1::BatchCreatePersonsResponse> DirectoryService::BatchCreatePersons(
    Call& call, const v1::BatchCreatePersonsRequest& request) {
  v1::BatchCreatePersonsRequest complete = request;
  for (auto& item : *complete.mutable_requests()) GiveHome(call.principal, &item);
  return resource::BatchCreate<v1::BatchCreatePersonsResponse>(call, PersonResource(), complete,
                                                               CheckNewPerson(call));
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
  const auto check = [&](storage::Transaction& tx, const Message& before, const Message& after) {
    const absl::Status own = CheckHome(call.principal, static_cast<const v1::Person&>(before));
    return own.ok() ? CheckReferences(tx, static_cast<const v1::Person&>(after)) : own;
  };
  return resource::Update<v1::Person>(call, PersonResource(), request, check);
}

absl::StatusOr<v1::Membership> DirectoryService::SetMembership(
    Call& call, const v1::SetMembershipRequest& request) {
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
  return resource::Create<v1::Team>(call, TeamResource(), request, CheckNewTeam(call));
}

absl::StatusOr<v1::BatchCreateTeamsResponse> DirectoryService::BatchCreateTeams(
    Call& call, const v1::BatchCreateTeamsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateTeamsResponse>(call, TeamResource(), request,
                                                             CheckNewTeam(call));
}

absl::StatusOr<v1::Team> DirectoryService::UpdateTeam(Call& call,
                                                      const v1::UpdateTeamRequest& request) {
  const auto check = [&](storage::Transaction&, const Message& before, const Message&) {
    return CheckOwnDepartment(call.principal, static_cast<const v1::Team&>(before).department());
  };
  return resource::Update<v1::Team>(call, TeamResource(), request, check);
}

absl::StatusOr<v1::Team> DirectoryService::GetTeam(Call& call, const v1::GetTeamRequest& request) {
  return resource::Get<v1::Team>(call, TeamResource(), request);
}

absl::StatusOr<v1::ListTeamsResponse> DirectoryService::ListTeams(
    Call& call, const v1::ListTeamsRequest& request) {
  return resource::List<v1::ListTeamsResponse>(call, TeamResource(), request);
}

}  // namespace comity::gateway
