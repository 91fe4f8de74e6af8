#include "services/client/demo/draftsman.h"
#include "services/client/import/plan.h"

namespace comity::client {
namespace {

struct TeamPlan {
  const char* id;
  const char* display_name;
  const char* office;
};

struct DepartmentPlan {
  const char* id;
  const char* steward;
  int newcomers;
  std::vector<TeamPlan> teams;
  std::vector<const char*> known;  // who stands in config/directory.yaml and works for it
};

const std::vector<DepartmentPlan>& Departments() {
  static const auto* departments = new std::vector<DepartmentPlan>{
      {"sales",
       "sam",
       11,
       {{"sales-north", "Sales North", "Hamburg"},
        {"sales-south", "Sales South", "Lyon"},
        {"sales-overseas", "Sales Overseas", "Toronto"}},
       {"sam", "ana"}},
      {"marketing",
       "mia",
       4,
       {{"campaigns", "Campaigns", "Hamburg"}, {"content", "Content", "Lyon"}},
       {"mia"}},
      {"support",
       "sue",
       8,
       {{"first-line", "First line", "Hamburg"},
        {"second-line", "Second line", "Hamburg"},
        {"field", "Field service", "Lyon"}},
       {"sue"}},
      {"management", "max", 3, {{"direction", "Direction", "Hamburg"}}, {"max"}},
      {"it", "ida", 3, {{"platform", "Platform", "Lyon"}}, {"ida"}},
      {"membership",
       "meg",
       4,
       {{"members", "Members", "Hamburg"}, {"donors", "Donors", "Lyon"}},
       {"meg"}}};
  return *departments;
}

Identity Member(absl::string_view id, const std::string& department) {
  return {absl::StrCat("persons/", id), department};
}

gateway::v1::Person Newcomer(int number) {
  // Steps that share no factor with the lists' sizes give each person another name.
  const auto pick = [](const std::vector<std::string>& names, int at) {
    return names[at % names.size()];
  };
  const std::string given = pick(GivenNames(), number * 7);
  const std::string family = pick(FamilyNames(), number * 13 + 3);
  gateway::v1::Person person;
  person.set_display_name(absl::StrCat(given, " ", family));
  person.set_name(absl::StrCat("persons/", Slug(person.display_name())));
  person.set_email_address(absl::StrCat(Slug(given), ".", Slug(family), "@comity.example"));
  return person;
}

// Whoever comes first into a team leads it; the steward leads those who lead, and max the stewards.
std::string ManagerOf(const DepartmentPlan& plan, const std::vector<Identity>& team,
                      const std::string& person) {
  const std::string steward = absl::StrCat("persons/", plan.steward);
  if (person == steward) return person == "persons/max" ? "" : "persons/max";
  return team.empty() ? steward : team.front().person;
}

void AddColleague(Draftsman* d, const DepartmentPlan& plan, gateway::v1::Person person,
                  bool known) {
  std::vector<Identity>& members = d->members[plan.id];
  const TeamPlan& team = plan.teams[members.size() % plan.teams.size()];
  std::vector<Identity>& team_members = d->teams[team.id];
  person.set_team(absl::StrCat("teams/", team.id));
  person.set_office(team.office);
  person.set_manager(ManagerOf(plan, team_members, person.name()));
  const Identity identity{person.name(), absl::StrCat("departments/", plan.id)};
  members.push_back(identity);
  team_members.push_back(identity);
  d->company.people.push_back({std::move(person), identity.department, known});
}

}  // namespace

Identity StewardOf(const std::string& department) {
  for (const DepartmentPlan& plan : Departments()) {
    if (department == absl::StrCat("departments/", plan.id))
      return Member(plan.steward, department);
  }
  return {};
}

void MakePeople(Draftsman* d) {
  int number = 0;
  for (const DepartmentPlan& plan : Departments()) {
    for (const TeamPlan& planned : plan.teams) {
      gateway::v1::Team team;
      team.set_name(absl::StrCat("teams/", planned.id));
      team.set_department(absl::StrCat("departments/", plan.id));
      team.set_display_name(planned.display_name);
      d->company.teams.push_back(team);
    }
    for (const char* id : plan.known) {
      gateway::v1::Person person;
      person.set_name(absl::StrCat("persons/", id));
      AddColleague(d, plan, std::move(person), true);
    }
    for (int i = 0; i < plan.newcomers; ++i) AddColleague(d, plan, Newcomer(number++), false);
  }
}

}  // namespace comity::client
