// Persons, teams, departments and memberships.
#ifndef COMITY_GATEWAY_DIRECTORY_SERVICE_H_
#define COMITY_GATEWAY_DIRECTORY_SERVICE_H_

#include "comity/gateway/v1/directory_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::gateway {

class DirectoryService final : public v1::DirectoryService::CallbackService {
 public:
  using Api = v1::DirectoryService;
  explicit DirectoryService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(CreatePerson, v1::CreatePersonRequest, v1::Person)
  COMITY_UNARY(BatchCreatePersons, v1::BatchCreatePersonsRequest, v1::BatchCreatePersonsResponse)
  COMITY_UNARY(GetPerson, v1::GetPersonRequest, v1::Person)
  COMITY_UNARY(ListPersons, v1::ListPersonsRequest, v1::ListPersonsResponse)
  COMITY_UNARY(UpdatePerson, v1::UpdatePersonRequest, v1::Person)
  COMITY_UNARY(SetMembership, v1::SetMembershipRequest, v1::Membership)
  COMITY_UNARY(GetDepartment, v1::GetDepartmentRequest, v1::Department)
  COMITY_UNARY(ListDepartments, v1::ListDepartmentsRequest, v1::ListDepartmentsResponse)
  COMITY_UNARY(CreateTeam, v1::CreateTeamRequest, v1::Team)
  COMITY_UNARY(BatchCreateTeams, v1::BatchCreateTeamsRequest, v1::BatchCreateTeamsResponse)
  COMITY_UNARY(UpdateTeam, v1::UpdateTeamRequest, v1::Team)
  COMITY_UNARY(GetTeam, v1::GetTeamRequest, v1::Team)
  COMITY_UNARY(ListTeams, v1::ListTeamsRequest, v1::ListTeamsResponse)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DIRECTORY_SERVICE_H_
