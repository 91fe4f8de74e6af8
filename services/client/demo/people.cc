#include "services/client/demo/draftsman.h"
#include "services/client/demo/words.h"
#include "services/client/import/plan.h"

namespace comity::client {
namespace {

struct DepartmentPlan {
  const char* id;
  const char* steward;
  int newcomers;
  std::vector<std::pair<const char*, const char*>> teams;  // id, name
  std::vector<const char*> known;  // who stands in config/directory.yaml and works for it
};

const std::vector<DepartmentPlan>& Departments() {
  static const auto* departments = new std::vector<DepartmentPlan>{
      {"sales",
       "sam",
       11,
       {{"sales-north", "Sales North"},
        {"sales-south", "Sales South"},
        {"key-accounts", "Key accounts"}},
       {"sam", "ana"}},
      {"marketing", "mia", 4, {{"campaigns", "Campaigns"}, {"content", "Content"}}, {"mia"}},
      {"support",
       "sue",
       8,
       {{"first-line", "First line"}, {"second-line", "Second line"}, {"field", "Field service"}},
       {"sue"}},
      {"management", "max", 2, {{"direction", "Direction"}}, {"max"}},
      {"it", "ida", 3, {{"platform", "Platform"}}, {"ida"}},
      {"membership", "meg", 4, {{"members", "Members"}, {"donors", "Donors"}}, {"meg"}}};
  return *departments;
}

void Place(const DepartmentPlan& plan, int index, gateway::v1::Person* person) {
  person->set_team(absl::StrCat("teams/", plan.teams[index % plan.teams.size()].first));
  person->set_office(DemoWords().offices[index % DemoWords().offices.size()]);
  const std::string steward = absl::StrCat("persons/", plan.steward);
  if (person->name() != steward) person->set_manager(steward);
}

gateway::v1::Person Newcomer(int number) {
  const Words& words = DemoWords();
  // Steps that share no factor with the lists give each person another name.
  const std::string& given = words.given_names[(number * 7) % words.given_names.size()];
  const std::string& family = words.family_names[(number * 11 + 3) % words.family_names.size()];
  gateway::v1::Person person;
  person.set_display_name(absl::StrCat(given, " ", family));
  person.set_name(absl::StrCat("persons/", Slug(person.display_name())));
  person.set_email_address(absl::StrCat(Slug(given), ".", Slug(family), "@comity.example"));
  return person;
}

}  // namespace

Identity StewardOf(const std::string& department) {
  for (const DepartmentPlan& plan : Departments()) {
    if (department == absl::StrCat("departments/", plan.id)) {
      return {absl::StrCat("persons/", plan.steward), department};
    }
  }
  return {};
}

void MakePeople(Draftsman* d) {
  int number = 0;
  for (const DepartmentPlan& plan : Departments()) {
    const std::string department = absl::StrCat("departments/", plan.id);
    for (const auto& [id, display_name] : plan.teams) {
      gateway::v1::Team team;
      team.set_name(absl::StrCat("teams/", id));
      team.set_department(department);
      team.set_display_name(display_name);
      d->company.teams.push_back(team);
    }
    const auto add = [&](gateway::v1::Person person, bool known) {
      Place(plan, static_cast<int>(d->members[plan.id].size()), &person);
      d->members[plan.id].push_back({person.name(), department});
      d->company.people.push_back({std::move(person), department, known});
    };
    for (const char* id : plan.known) {
      gateway::v1::Person person;
      person.set_name(absl::StrCat("persons/", id));
      add(std::move(person), true);
    }
    for (int i = 0; i < plan.newcomers; ++i) add(Newcomer(number++), false);
  }
}

}  // namespace comity::client
