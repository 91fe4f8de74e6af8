#include "services/client/demo/people_sender.h"

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "services/client/output/format.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using RequestIds = std::function<std::string(absl::string_view)>;

constexpr char kCreateTeam[] = "comity.gateway.v1.DirectoryService/CreateTeam";
constexpr char kCreatePerson[] = "comity.gateway.v1.DirectoryService/CreatePerson";
constexpr char kUpdatePerson[] = "comity.gateway.v1.DirectoryService/UpdatePerson";
constexpr char kSetMembership[] = "comity.gateway.v1.DirectoryService/SetMembership";

std::string IdOf(const std::string& name) { return name.substr(name.find('/') + 1); }

absl::Status IfNotThere(const absl::Status& status) {
  return status.code() == absl::StatusCode::kAlreadyExists ? absl::OkStatus() : status;
}

absl::Status SendTeam(Caller& caller, const gateway::v1::Team& team, const RequestIds& request_id) {
  gateway::v1::CreateTeamRequest request;
  *request.mutable_team() = team;
  request.mutable_team()->clear_name();
  request.set_team_id(IdOf(team.name()));
  request.set_request_id(request_id(team.name()));
  return IfNotThere(
      caller.Ask<gateway::v1::Team>(StewardOf(team.department()), kCreateTeam, request).status());
}

absl::Status UpdateKnown(Caller& caller, const Colleague& colleague, const RequestIds& request_id) {
  gateway::v1::UpdatePersonRequest request;
  *request.mutable_person() = colleague.person;
  for (const char* path : {"team", "office", "manager"}) {
    if (!Cell(colleague.person, path).empty()) request.mutable_update_mask()->add_paths(path);
  }
  request.set_request_id(request_id(colleague.person.name()));
  return caller.Ask<gateway::v1::Person>(StewardOf(colleague.department), kUpdatePerson, request)
      .status();
}

absl::Status SendNewcomer(Caller& caller, const Colleague& colleague,
                          const RequestIds& request_id) {
  const Identity steward = StewardOf(colleague.department);
  const std::string& name = colleague.person.name();
  gateway::v1::CreatePersonRequest request;
  *request.mutable_person() = colleague.person;
  request.mutable_person()->clear_name();
  request.set_person_id(IdOf(name));
  request.set_request_id(request_id(name));
  COMITY_RETURN_IF_ERROR(
      IfNotThere(caller.Ask<gateway::v1::Person>(steward, kCreatePerson, request).status()));
  gateway::v1::SetMembershipRequest membership;
  membership.mutable_membership()->set_person(name);
  membership.mutable_membership()->set_department(colleague.department);
  membership.mutable_membership()->add_roles(type::v1::ROLE_MEMBER);
  membership.set_request_id(request_id(absl::StrCat(name, "/membership")));
  return caller.Ask<gateway::v1::Membership>(steward, kSetMembership, membership).status();
}

}  // namespace

absl::Status SendPeople(Caller& caller, const Company& company, const RequestIds& request_id,
                        const std::function<void(int64_t done, int64_t total)>& progress) {
  int64_t done = 0;
  const auto total = static_cast<int64_t>(company.teams.size() + company.people.size());
  for (const auto& team : company.teams) {
    COMITY_RETURN_IF_ERROR(SendTeam(caller, team, request_id));
    progress(++done, total);
  }
  for (const Colleague& colleague : company.people) {
    COMITY_RETURN_IF_ERROR(colleague.known ? UpdateKnown(caller, colleague, request_id)
                                           : SendNewcomer(caller, colleague, request_id));
    progress(++done, total);
  }
  return absl::OkStatus();
}

}  // namespace comity::client
