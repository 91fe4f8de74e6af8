// comity directory: who works where.
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::Person;

constexpr char kService[] = "comity.gateway.v1.DirectoryService/";

struct DirectoryFlags {
  std::string id;
  std::string filter;
  std::string department;
  std::vector<std::string> sets;
  std::vector<std::string> roles;
  bool end = false;
};

std::string Memberships(const Person& person) {
  std::vector<std::string> parts;
  for (const auto& membership : person.memberships()) {
    parts.push_back(
        absl::StrCat(ShortName(membership.department()), ":", Cell(membership, "roles")));
  }
  return absl::StrJoin(parts, " ");
}

absl::Status ListPersons(Context& context, const DirectoryFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::ListPersonsRequest request;
  request.set_page_size(500);
  request.set_filter(FullFilter(*Person::descriptor(), flags.filter));
  gateway::v1::ListPersonsResponse whole;
  do {
    COMITY_ASSIGN_OR_RETURN(const auto page,
                            context.caller().Ask<gateway::v1::ListPersonsResponse>(
                                context.as(), absl::StrCat(kService, "ListPersons"), request));
    whole.MergeFrom(page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  whole.clear_next_page_token();
  if (context.for_machines()) return context.PrintMessage(whole);
  Table table({{"NAME", false, true},
               {"DISPLAY NAME"},
               {"TEAM"},
               {"OFFICE"},
               {"MANAGER"},
               {"MEMBERSHIPS"}});
  for (const Person& person : whole.persons()) {
    table.AddRow({person.name(), person.display_name(), person.team(), person.office(),
                  person.manager(), Memberships(person)});
  }
  return context.Print(table.Render(TerminalWidth()));
}

absl::Status ListTeams(Context& context, const DirectoryFlags& flags) {
  gateway::v1::ListTeamsRequest request;
  request.set_page_size(500);
  request.set_filter(FullFilter(*gateway::v1::Team::descriptor(), flags.filter));
  return context.Run<gateway::v1::ListTeamsResponse>(
      absl::StrCat(kService, "ListTeams"), request,
      [](const auto& reply) { return RecordTable(reply, "teams", TerminalWidth()); });
}

absl::Status ListDepartments(Context& context, const DirectoryFlags&) {
  return context.Run<gateway::v1::ListDepartmentsResponse>(
      absl::StrCat(kService, "ListDepartments"), gateway::v1::ListDepartmentsRequest(),
      [](const auto& reply) { return RecordTable(reply, "departments", TerminalWidth()); });
}

absl::Status ApplySets(const std::vector<std::string>& sets, google::protobuf::Message* record,
                       google::protobuf::FieldMask* mask) {
  for (const std::string& set : sets) {
    const std::vector<std::string> parts = absl::StrSplit(set, absl::MaxSplits('=', 1));
    if (parts.size() != 2) return Usage(absl::StrCat("`", set, "` is not of the form field=value"));
    COMITY_RETURN_IF_ERROR(SetField(record, parts[0], parts[1]));
    if (mask != nullptr) mask->add_paths(parts[0]);
  }
  return absl::OkStatus();
}

std::string ShowPerson(const Person& person) { return RecordDetail(person, TerminalWidth()); }

absl::Status AddPerson(Context& context, const DirectoryFlags& flags) {
  gateway::v1::CreatePersonRequest request;
  request.set_person_id(std::string(absl::StripPrefix(flags.id, "persons/")));
  COMITY_RETURN_IF_ERROR(ApplySets(flags.sets, request.mutable_person(), nullptr));
  request.set_request_id(RandomRequestId());
  return context.Run<Person>(absl::StrCat(kService, "CreatePerson"), request, ShowPerson);
}

absl::Status UpdatePerson(Context& context, const DirectoryFlags& flags) {
  gateway::v1::UpdatePersonRequest request;
  COMITY_RETURN_IF_ERROR(
      SetField(request.mutable_person(), "name",
               absl::StrCat("persons/", absl::StripPrefix(flags.id, "persons/"))));
  COMITY_RETURN_IF_ERROR(
      ApplySets(flags.sets, request.mutable_person(), request.mutable_update_mask()));
  request.set_request_id(RandomRequestId());
  return context.Run<Person>(absl::StrCat(kService, "UpdatePerson"), request, ShowPerson);
}

absl::Status AddTeam(Context& context, const DirectoryFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::CreateTeamRequest request;
  request.set_team_id(std::string(absl::StripPrefix(flags.id, "teams/")));
  request.mutable_team()->set_department(context.as().department);
  COMITY_RETURN_IF_ERROR(ApplySets(flags.sets, request.mutable_team(), nullptr));
  request.set_request_id(RandomRequestId());
  return context.Run<gateway::v1::Team>(
      absl::StrCat(kService, "CreateTeam"), request,
      [](const auto& team) { return RecordDetail(team, TerminalWidth()); });
}

absl::Status SetMembership(Context& context, const DirectoryFlags& flags) {
  if (flags.roles.empty() != flags.end) {
    return Usage("say what the person is to be: --role member, or --end to end the membership");
  }
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::SetMembershipRequest request;
  auto* membership = request.mutable_membership();
  membership->set_department(context.as().department);
  COMITY_RETURN_IF_ERROR(SetField(membership, "person", flags.id));
  for (const std::string& role : flags.roles) {
    gateway::v1::Membership one;
    COMITY_RETURN_IF_ERROR(
        SetField(&one, "roles", absl::StrCat("[\"ROLE_", absl::AsciiStrToUpper(role), "\"]")));
    membership->MergeFrom(one);
  }
  request.set_request_id(RandomRequestId());
  return context.Run<gateway::v1::Membership>(
      absl::StrCat(kService, "SetMembership"), request, [](const auto& set) {
        return absl::StrCat(set.person(), " is ",
                            set.roles_size() == 0 ? "no member" : Cell(set, "roles"), " in ",
                            set.department(), "\n");
      });
}

using Act = absl::Status (*)(Context&, const DirectoryFlags&);

CLI::App* Verb(CLI::App* parent, Context* context, const std::shared_ptr<DirectoryFlags>& flags,
               const std::string& name, const std::string& help, const std::string& example,
               Act act) {
  CLI::App* verb = parent->add_subcommand(name, help);
  verb->footer("Example:\n  comity directory " + example);
  verb->callback([=] { context->action = [=] { return act(*context, *flags); }; });
  return verb;
}

}  // namespace

void AddDirectoryCommands(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<DirectoryFlags>();
  CLI::App* directory = app->add_subcommand("directory", "Who works where, and as what");
  directory->require_subcommand(1);
  Verb(directory, context, flags, "persons", "Lists persons", "persons --filter office=Central",
       ListPersons)
      ->add_option("--filter", flags->filter, "team=… or office=…");
  Verb(directory, context, flags, "teams", "Lists teams", "teams --filter department=sales",
       ListTeams)
      ->add_option("--filter", flags->filter, "department=…");
  Verb(directory, context, flags, "departments", "Lists departments", "departments",
       ListDepartments);
  const auto add_write = [&](const std::string& name, const std::string& help,
                             const std::string& example, Act act) {
    CLI::App* verb = Verb(directory, context, flags, name, help, example, act);
    verb->add_option("id", flags->id, "e.g. ana")->required();
    return verb;
  };
  const std::string sets = "field=value; may be repeated";
  add_write("add-person", "Adds a person (stewards)",
            "add-person ana --set display_name='Ana Lima' --set office=Central --as sam@sales",
            AddPerson)
      ->add_option("--set", flags->sets, sets)
      ->allow_extra_args(false);
  add_write("update-person", "Changes a person (stewards)",
            "update-person ana --set manager=sam --as sam@sales", UpdatePerson)
      ->add_option("--set", flags->sets, sets)
      ->allow_extra_args(false);
  add_write("add-team", "Adds a team of your department (stewards)",
            "add-team north --set display_name=North --as sam@sales", AddTeam)
      ->add_option("--set", flags->sets, sets)
      ->allow_extra_args(false);
  CLI::App* membership =
      add_write("set-membership", "What a person may do in your department (stewards)",
                "set-membership ana --role member --role steward --as sam@sales", SetMembership);
  membership->add_option("--role", flags->roles, "member, steward, auditor or operator")
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"member", "steward", "auditor", "operator"}));
  membership->add_flag("--end", flags->end, "Ends the membership");
}

}  // namespace comity::client
