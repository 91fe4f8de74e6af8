#include "services/gateway/directory_service.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/directory_bootstrap.h"
#include "services/gateway/directory_store.h"
#include "services/gateway/gateway_migrations.h"
#include "services/runtime/charter/yaml_file.h"
#include "services/runtime/directory/own_journal_follower.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/sequencer.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"

namespace comity::gateway {
namespace {

using namespace type::v1;  // NOLINT(google-build-using-namespace): the roles
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Directory StartingDirectory() {
  const char* source = std::getenv("COMITY_SOURCE_DIR");
  v1::Directory directory;
  EXPECT_TRUE(charter::YamlFileToMessage(absl::StrCat(source, "/config/directory.yaml"),
                                         "DIRECTORY_INVALID", &directory)
                  .ok());
  return directory;
}

class DirectoryServiceTest : public ::testing::Test {
 protected:
  DirectoryServiceTest() { EXPECT_TRUE(Bootstrap(*runtime_.runtime(), StartingDirectory()).ok()); }

  // A call by a steward of the department.
  Call Steward(const std::string& person, const std::string& department) {
    Call call = runtime_.MakeCall(absl::StrCat(person, "@", department));
    call.principal.roles = {ROLE_STEWARD};
    return call;
  }
  absl::StatusOr<v1::Person> Create(Call call, const std::string& id, v1::Person person = {}) {
    v1::CreatePersonRequest request;
    *request.mutable_person() = std::move(person);
    request.set_person_id(id);
    request.set_request_id(testlib::NewRequestId());
    return service_.CreatePerson(call, request);
  }
  absl::Status Update(Call call, const std::string& person, v1::Person patch,
                      const std::vector<std::string>& mask) {
    v1::UpdatePersonRequest request;
    *request.mutable_person() = std::move(patch);
    request.mutable_person()->set_name(absl::StrCat("persons/", person));
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(testlib::NewRequestId());
    return service_.UpdatePerson(call, request).status();
  }
  absl::Status CreateTeam(Call call, const std::string& id) {
    v1::CreateTeamRequest request;
    request.set_team_id(id);
    request.mutable_team()->set_department(call.principal.department);
    request.set_request_id(testlib::NewRequestId());
    return service_.CreateTeam(call, request).status();
  }
  absl::Status Set(Call call, const std::string& person, std::vector<Role> roles) {
    v1::SetMembershipRequest request;
    request.mutable_membership()->set_department(call.principal.department);
    request.mutable_membership()->set_person(absl::StrCat("persons/", person));
    for (const Role role : roles) request.mutable_membership()->add_roles(role);
    request.set_request_id(testlib::NewRequestId());
    return service_.SetMembership(call, request).status();
  }
  v1::Person Get(const std::string& person) {
    Call call = runtime_.MakeCall("ana@sales");
    v1::GetPersonRequest request;
    request.set_name(absl::StrCat("persons/", person));
    return *service_.GetPerson(call, request);
  }
  std::vector<journal::StoredEntry> History(const std::string& subject) {
    storage::Lease session = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
    storage::Reader reader(&*session);
    return *journal::ReadHistory(reader, subject, 0, 100);
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_};
  DirectoryService service_{nullptr};
};

TEST_F(DirectoryServiceTest, StartsWithTheFileAndOnlyOnce) {
  v1::ListPersonsRequest request;
  Call call = runtime_.MakeCall("ana@sales");
  EXPECT_EQ(service_.ListPersons(call, request)->persons_size(), 9);
  v1::ListDepartmentsRequest departments;
  EXPECT_EQ(service_.ListDepartments(call, departments)->departments_size(), 6);
  EXPECT_EQ(Get("sam").memberships(0).person(), "persons/sam");

  v1::Directory other = StartingDirectory();
  v1::Person* eve = other.add_persons();
  eve->set_name("persons/eve");
  eve->set_home("departments/sales");
  EXPECT_TRUE(Bootstrap(*runtime_.runtime(), other).ok());
  EXPECT_EQ(service_.ListPersons(call, request)->persons_size(), 9);
  EXPECT_EQ(History("persons/sam").size(), 1);
  EXPECT_EQ(History("departments/sales").size(), 1);
}

TEST_F(DirectoryServiceTest, RefusesAFileThatTheCharterDoesNotKnow) {
  v1::Directory directory = StartingDirectory();
  directory.add_departments()->set_name("departments/piracy");
  EXPECT_EQ(Reason(Bootstrap(*runtime_.runtime(), directory)), "DIRECTORY_INVALID");
  directory = StartingDirectory();
  directory.clear_persons();
  EXPECT_EQ(Reason(Bootstrap(*runtime_.runtime(), directory)), "DIRECTORY_INVALID");
  directory = StartingDirectory();
  directory.mutable_persons(0)->mutable_memberships(0)->add_roles(ROLE_OPERATOR);
  EXPECT_EQ(Reason(Bootstrap(*runtime_.runtime(), directory)), "DIRECTORY_INVALID");
  directory = StartingDirectory();
  directory.add_persons()->set_name("persons/homeless");
  EXPECT_EQ(Reason(Bootstrap(*runtime_.runtime(), directory)), "DIRECTORY_INVALID");
}

TEST_F(DirectoryServiceTest, CreatesPersonsWithoutMemberships) {
  v1::Person person;
  person.set_display_name("Nia");
  person.set_email_address("nia@example.org");
  person.set_manager("persons/sam");
  *person.add_memberships() = Get("sam").memberships(0);
  ASSERT_TRUE(Create(Steward("sam", "sales"), "nia", person).ok());
  const v1::Person nia = Get("nia");
  EXPECT_EQ(nia.display_name(), "Nia");
  EXPECT_THAT(nia.memberships(), IsEmpty());
  EXPECT_EQ(Reason(Create(Steward("mia", "marketing"), "nia").status()), "RESOURCE_EXISTS");
  person.set_manager("persons/nobody");
  EXPECT_EQ(Reason(Create(Steward("sam", "sales"), "nic", person).status()), "RESOURCE_NOT_FOUND");
}

TEST_F(DirectoryServiceTest, KeepsAddressesOutOfTheJournal) {
  v1::Person person;
  person.set_email_address("nia@example.org");
  ASSERT_TRUE(Create(Steward("sam", "sales"), "nia", person).ok());
  const auto history = History("persons/nia");
  ASSERT_EQ(history.size(), 1);
  EXPECT_THAT(history[0].body, ::testing::Not(::testing::HasSubstr("example.org")));
}

TEST_F(DirectoryServiceTest, UpdatesPersonsOfTheOwnDepartmentOnly) {
  v1::UpdatePersonRequest request;
  request.mutable_person()->set_name("persons/ana");
  request.mutable_person()->set_office("Central");
  request.mutable_update_mask()->add_paths("office");
  request.set_request_id(testlib::NewRequestId());
  Call other = Steward("ida", "it");
  EXPECT_EQ(Reason(service_.UpdatePerson(other, request).status()), "NOT_OWN_DEPARTMENT");
  // To have taken ana as a member gives no right over the profile.
  ASSERT_TRUE(Set(Steward("ida", "it"), "ana", {ROLE_MEMBER}).ok());
  EXPECT_EQ(Reason(service_.UpdatePerson(other, request).status()), "NOT_OWN_DEPARTMENT");
  ASSERT_TRUE(Set(Steward("ida", "it"), "ana", {}).ok());
  Call own = Steward("sam", "sales");
  ASSERT_TRUE(service_.UpdatePerson(own, request).ok());
  EXPECT_EQ(Get("ana").office(), "Central");
  EXPECT_EQ(Get("ana").memberships_size(), 1);

  request.mutable_update_mask()->add_paths("memberships");
  request.set_request_id(testlib::NewRequestId());
  EXPECT_EQ(Reason(service_.UpdatePerson(own, request).status()), "FIELD_NOT_UPDATABLE");
}

TEST_F(DirectoryServiceTest, APersonIsAtHomeWhereItWasCreated) {
  v1::Person foreign;
  foreign.set_home("departments/sales");
  EXPECT_EQ(Reason(Create(Steward("mia", "marketing"), "nia", foreign).status()),
            "NOT_OWN_DEPARTMENT");
  ASSERT_TRUE(Create(Steward("mia", "marketing"), "nia").ok());
  EXPECT_EQ(Get("nia").home(), "departments/marketing");
  EXPECT_EQ(Get("ana").home(), "departments/sales") << "of the starting directory";

  const auto move = [&](Call call, const std::string& home) {
    v1::Person nia;
    nia.set_home(home);
    return Reason(Update(call, "nia", nia, {"home"}));
  };
  EXPECT_EQ(move(Steward("sam", "sales"), "departments/sales"), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(move(Steward("mia", "marketing"), "departments/astrology"), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(move(Steward("mia", "marketing"), ""), "FIELD_REQUIRED");
  EXPECT_EQ(move(Steward("mia", "marketing"), "departments/sales"), "");
  EXPECT_EQ(move(Steward("mia", "marketing"), "departments/marketing"), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(move(Steward("sam", "sales"), "departments/marketing"), "");
}

TEST_F(DirectoryServiceTest, ATeamIsOneOfADepartmentToWhichThePersonBelongs) {
  ASSERT_TRUE(CreateTeam(Steward("sam", "sales"), "north").ok());
  ASSERT_TRUE(CreateTeam(Steward("mia", "marketing"), "content").ok());
  const auto join = [&](const std::string& team) {
    v1::Person ana;
    ana.set_team(team);
    return Reason(Update(Steward("sam", "sales"), "ana", ana, {"team"}));
  };
  EXPECT_EQ(join("teams/north"), "");
  EXPECT_EQ(join("teams/content"), "TEAM_OF_OTHERS");
  EXPECT_EQ(join("teams/nowhere"), "RESOURCE_NOT_FOUND");
  ASSERT_TRUE(Set(Steward("mia", "marketing"), "ana", {ROLE_MEMBER}).ok());
  EXPECT_EQ(join("teams/content"), "");
  ASSERT_TRUE(Set(Steward("mia", "marketing"), "ana", {}).ok());
  EXPECT_EQ(Get("ana").team(), "") << "it ended with the membership";
  v1::Person nia;
  nia.set_team("teams/content");
  EXPECT_EQ(Reason(Create(Steward("sam", "sales"), "nia", nia).status()), "TEAM_OF_OTHERS");
  EXPECT_TRUE(Create(Steward("mia", "marketing"), "nia", nia).ok());
}

TEST_F(DirectoryServiceTest, ARepeatedRequestGetsItsAnswerWhateverHappenedSince) {
  ASSERT_TRUE(CreateTeam(Steward("mia", "marketing"), "content").ok());
  v1::UpdatePersonRequest update;
  update.mutable_person()->set_name("persons/mia");
  update.mutable_person()->set_team("teams/content");
  update.mutable_update_mask()->add_paths("team");
  update.set_request_id(testlib::NewRequestId());
  Call mia = Steward("mia", "marketing");
  ASSERT_TRUE(service_.UpdatePerson(mia, update).ok());
  v1::Person moved;
  moved.set_home("departments/sales");
  ASSERT_EQ(Reason(Update(mia, "mia", moved, {"home"})), "");
  const auto again = service_.UpdatePerson(mia, update);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->home(), "departments/marketing") << "as it was answered then";
}

TEST_F(DirectoryServiceTest, WhoRunsOrAuditsHasNoOtherRole) {
  const Call it = Steward("ida", "it");
  EXPECT_EQ(Reason(Set(it, "ivo", {ROLE_OPERATOR, ROLE_MEMBER})), "ROLE_EXCLUSIVE");
  EXPECT_EQ(Reason(Set(it, "ida", {ROLE_STEWARD, ROLE_OPERATOR})), "ROLE_EXCLUSIVE");
  EXPECT_EQ(Reason(Set(it, "ana", {ROLE_OPERATOR})), "ROLE_EXCLUSIVE") << "a member of sales";
  EXPECT_EQ(Reason(Set(Steward("sam", "sales"), "ivo", {ROLE_MEMBER})), "ROLE_EXCLUSIVE");
  EXPECT_EQ(Reason(Set(Steward("sam", "sales"), "aud", {ROLE_MEMBER})), "ROLE_EXCLUSIVE");
  ASSERT_TRUE(Set(Steward("sam", "sales"), "ana", {}).ok());
  EXPECT_TRUE(Set(it, "ana", {ROLE_OPERATOR}).ok()) << "once the other role has ended";
  EXPECT_EQ(Get("ana").memberships(0).roles(0), ROLE_OPERATOR);
}

TEST_F(DirectoryServiceTest, OfTwoRolesAtOnceThatExcludeEachOtherOneIsGiven) {
  ASSERT_TRUE(Create(Steward("sam", "sales"), "nia").ok());
  for (int round = 0; round < 20; ++round) {
    absl::Status member;
    absl::Status operates;
    std::thread one([&] { member = Set(Steward("sam", "sales"), "nia", {ROLE_MEMBER}); });
    std::thread two([&] { operates = Set(Steward("ida", "it"), "nia", {ROLE_OPERATOR}); });
    one.join();
    two.join();
    EXPECT_NE(member.ok(), operates.ok()) << member << " " << operates;
    ASSERT_TRUE(Set(Steward("sam", "sales"), "nia", {}).ok());
    ASSERT_TRUE(Set(Steward("ida", "it"), "nia", {}).ok());
  }
}

TEST_F(DirectoryServiceTest, ExternalIdsAreUnique) {
  v1::Person person;
  person.mutable_external_id()->set_source("hr");
  person.mutable_external_id()->set_id("17");
  ASSERT_TRUE(Create(Steward("sam", "sales"), "nia", person).ok());
  const auto taken = Create(Steward("mia", "marketing"), "nic", person);
  EXPECT_EQ(Reason(taken.status()), "EXTERNAL_ID_TAKEN");
  EXPECT_EQ(ErrorValue(taken.status(), "name"), "persons/nia");
  v1::ListPersonsRequest list;
  list.set_filter("external_id.source = \"hr\" AND external_id.id = \"17\"");
  Call ana = runtime_.MakeCall("ana@sales");
  ASSERT_EQ(service_.ListPersons(ana, list)->persons_size(), 1);
  EXPECT_EQ(service_.ListPersons(ana, list)->persons(0).name(), "persons/nia");
}

TEST_F(DirectoryServiceTest, UpdatesTeamsOfTheOwnDepartmentOnly) {
  ASSERT_TRUE(CreateTeam(Steward("sam", "sales"), "north").ok());
  v1::UpdateTeamRequest request;
  request.mutable_team()->set_name("teams/north");
  request.mutable_team()->set_display_name("The North");
  request.mutable_update_mask()->add_paths("display_name");
  request.set_request_id(testlib::NewRequestId());
  Call other = Steward("mia", "marketing");
  EXPECT_EQ(Reason(service_.UpdateTeam(other, request).status()), "NOT_OWN_DEPARTMENT");
  Call own = Steward("sam", "sales");
  const auto updated = service_.UpdateTeam(own, request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "The North");
  EXPECT_EQ(updated->department(), "departments/sales");
  request.mutable_update_mask()->add_paths("department");
  request.set_request_id(testlib::NewRequestId());
  EXPECT_EQ(Reason(service_.UpdateTeam(own, request).status()), "FIELD_NOT_UPDATABLE");
}

TEST_F(DirectoryServiceTest, PersonsOfABatchGetTheirHomeAndTeamLikeOthers) {
  ASSERT_TRUE(CreateTeam(Steward("sam", "sales"), "north").ok());
  Call sam = Steward("sam", "sales");
  v1::BatchCreatePersonsRequest persons;
  for (const std::string id : {"nia", "ana", "nic"}) {
    auto* request = persons.add_requests();
    request->set_person_id(id);
    request->mutable_person()->set_team("teams/north");
    if (id == "nic") request->mutable_person()->set_home("departments/it");
    request->set_request_id(testlib::NewRequestId());
  }
  const auto created = service_.BatchCreatePersons(sam, persons);
  ASSERT_TRUE(created.ok()) << created.status();
  ASSERT_EQ(created->results_size(), 3);
  EXPECT_EQ(created->results(0).person().home(), "departments/sales");
  EXPECT_EQ(Reason(FromRpcStatus(created->results(1).status().status())), "RESOURCE_EXISTS");
  EXPECT_EQ(Reason(FromRpcStatus(created->results(2).status().status())), "NOT_OWN_DEPARTMENT");
  const auto again = service_.BatchCreatePersons(sam, persons);
  EXPECT_EQ(again->results(0).person().name(), "persons/nia") << "a repetition has its answer";
}

TEST_F(DirectoryServiceTest, CreatesNobodyFromNothing) {
  Call sam = Steward("sam", "sales");
  v1::BatchCreatePersonsRequest persons;
  persons.add_requests()->set_person_id("nia");
  persons.mutable_requests(0)->set_request_id(testlib::NewRequestId());
  const auto created = service_.BatchCreatePersons(sam, persons);
  ASSERT_TRUE(created.ok()) << created.status();
  ASSERT_EQ(created->results_size(), 1);
  const absl::Status nobody = FromRpcStatus(created->results(0).status().status());
  EXPECT_EQ(nobody.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(nobody), "FIELD_REQUIRED");
}

TEST_F(DirectoryServiceTest, ListsInTheDeclaredOrders) {
  ASSERT_TRUE(Create(Steward("sam", "sales"), "aaa").ok());  // the last to come, the first by name
  Call ana = runtime_.MakeCall("ana@sales");
  const auto first = [&](const std::string& order) {
    v1::ListPersonsRequest request;
    request.set_order_by(order);
    request.set_page_size(1);
    const auto page = service_.ListPersons(ana, request);
    return page.ok() ? page->persons(0).name() : Reason(page.status());
  };
  EXPECT_EQ(first(""), "persons/aaa");
  EXPECT_EQ(first("name"), "persons/aaa");
  EXPECT_EQ(first("name desc"), "persons/sue");
  EXPECT_EQ(first("create_time desc"), "persons/aaa");
  EXPECT_EQ(first("create_time"), "persons/ana");
  EXPECT_EQ(first("display_name desc"), "persons/sue");
  v1::ListDepartmentsRequest departments;
  departments.set_order_by("name desc");
  EXPECT_EQ(service_.ListDepartments(ana, departments)->departments(0).name(),
            "departments/support");
  departments.set_filter("display_name = \"Sales\"");
  EXPECT_FALSE(service_.ListDepartments(ana, departments).ok()) << "no such filter is declared";
  v1::ListTeamsRequest teams;
  teams.set_order_by("display_name");
  EXPECT_FALSE(service_.ListTeams(ana, teams).ok()) << "no such order is declared";
}

TEST_F(DirectoryServiceTest, JournalsTheWholePersonWithEachMembership) {
  ASSERT_TRUE(Set(Steward("mia", "marketing"), "ana", {ROLE_MEMBER}).ok());
  ASSERT_TRUE(Set(Steward("mia", "marketing"), "ana", {ROLE_MEMBER}).ok());  // changes nothing
  ASSERT_TRUE(Set(Steward("sam", "sales"), "ana", {}).ok());
  const auto history = History("persons/ana");
  ASSERT_EQ(history.size(), 3);
  directory::Entries entries;
  ASSERT_TRUE(journal::AddEntries(history, &entries).ok());
  EXPECT_EQ(entries[1].entry().type(), "membership-set");
  EXPECT_EQ(entries[1].entry().version(), 2);
  for (int i = 0; i < entries.size(); ++i) entries[i].set_position(i);  // as a sequencer would
  const auto snapshot = directory::Apply(std::make_shared<directory::Snapshot>(), entries);
  EXPECT_THAT(snapshot->RolesOf("persons/ana", "departments/marketing"), ElementsAre(ROLE_MEMBER));
  EXPECT_THAT(snapshot->RolesOf("persons/ana", "departments/sales"), IsEmpty());
}

TEST_F(DirectoryServiceTest, RefusesUnknownPersonsAndForeignDepartments) {
  EXPECT_EQ(Reason(Set(Steward("sam", "sales"), "nobody", {ROLE_MEMBER})), "RESOURCE_NOT_FOUND");
  Call call = Steward("sam", "sales");
  v1::SetMembershipRequest request;
  request.mutable_membership()->set_department("departments/marketing");
  request.mutable_membership()->set_person("persons/sam");
  request.mutable_membership()->add_roles(ROLE_STEWARD);
  request.set_request_id(testlib::NewRequestId());
  EXPECT_EQ(Reason(service_.SetMembership(call, request).status()), "NOT_OWN_DEPARTMENT");
}

TEST_F(DirectoryServiceTest, TheLastStewardStaysUntilAnotherIsNamed) {
  const Call sam = Steward("sam", "sales");
  EXPECT_EQ(Reason(Set(sam, "sam", {ROLE_MEMBER})), "LAST_STEWARD");
  EXPECT_EQ(Reason(Set(sam, "sam", {})), "LAST_STEWARD");
  ASSERT_TRUE(Set(sam, "ana", {ROLE_MEMBER, ROLE_STEWARD}).ok());
  EXPECT_TRUE(Set(sam, "sam", {}).ok());
  EXPECT_EQ(Reason(Set(Steward("ana", "sales"), "ana", {ROLE_MEMBER})), "LAST_STEWARD");
}

TEST_F(DirectoryServiceTest, OfTwoLastStewardsWhoLeaveAtOnceOneStays) {
  for (int round = 0; round < 20; ++round) {
    ASSERT_TRUE(Set(Steward("sam", "sales"), "sam", {ROLE_STEWARD}).ok());
    ASSERT_TRUE(Set(Steward("sam", "sales"), "ana", {ROLE_STEWARD}).ok());
    absl::Status sam;
    absl::Status ana;
    std::thread one([&] { sam = Set(Steward("sam", "sales"), "sam", {ROLE_MEMBER}); });
    std::thread two([&] { ana = Set(Steward("ana", "sales"), "ana", {ROLE_MEMBER}); });
    one.join();
    two.join();
    EXPECT_NE(sam.ok(), ana.ok()) << sam << " " << ana;
    EXPECT_EQ(Reason(sam.ok() ? ana : sam), "LAST_STEWARD");
  }
}

TEST_F(DirectoryServiceTest, TeamsBelongToTheStewardsDepartment) {
  v1::CreateTeamRequest request;
  request.set_team_id("north");
  request.mutable_team()->set_department("departments/sales");
  request.set_request_id(testlib::NewRequestId());
  Call other = Steward("mia", "marketing");
  EXPECT_EQ(Reason(service_.CreateTeam(other, request).status()), "NOT_OWN_DEPARTMENT");
  Call own = Steward("sam", "sales");
  ASSERT_TRUE(service_.CreateTeam(own, request).ok());
  v1::ListTeamsRequest list;
  list.set_filter("department = \"departments/sales\"");
  EXPECT_EQ(service_.ListTeams(own, list)->teams_size(), 1);
  list.set_filter("department = \"departments/marketing\"");
  EXPECT_EQ(service_.ListTeams(own, list)->teams_size(), 0);
}

TEST_F(DirectoryServiceTest, EachItemOfABatchStandsForItself) {
  v1::BatchCreateTeamsRequest teams;
  for (const auto& [id, department] :
       {std::pair("north", "departments/sales"), std::pair("south", "departments/marketing"),
        std::pair("west", "departments/sales")}) {
    auto* item = teams.add_requests();
    item->set_team_id(id);
    item->mutable_team()->set_department(department);
    item->set_request_id(testlib::NewRequestId());
  }
  Call sam = Steward("sam", "sales");
  const auto made = service_.BatchCreateTeams(sam, teams);
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_EQ(made->results_size(), 3);
  EXPECT_EQ(made->results(0).team().name(), "teams/north");
  EXPECT_EQ(Reason(FromRpcStatus(made->results(1).status().status())), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(made->results(2).team().name(), "teams/west");

  v1::BatchCreatePersonsRequest persons;
  for (const auto& [id, manager] : {std::pair("nia", "persons/sam"), std::pair("nic", "persons/no"),
                                    std::pair("ana", ""), std::pair("noa", "persons/nia")}) {
    auto* item = persons.add_requests();
    item->set_person_id(id);
    item->mutable_person()->set_manager(manager);
    item->set_request_id(testlib::NewRequestId());
  }
  const auto created = service_.BatchCreatePersons(sam, persons);
  ASSERT_TRUE(created.ok()) << created.status();
  ASSERT_EQ(created->results_size(), 4);
  EXPECT_EQ(created->results(0).person().name(), "persons/nia");
  EXPECT_EQ(Reason(FromRpcStatus(created->results(1).status().status())), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Reason(FromRpcStatus(created->results(2).status().status())), "RESOURCE_EXISTS");
  EXPECT_EQ(created->results(3).person().manager(), "persons/nia");
}

TEST_F(DirectoryServiceTest, ListsPersonsByPages) {
  Call call = runtime_.MakeCall("ana@sales");
  v1::ListPersonsRequest request;
  request.set_page_size(3);
  std::vector<std::string> names;
  do {
    const auto page = service_.ListPersons(call, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Person& person : page->persons()) names.push_back(person.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names.size(), 9);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST_F(DirectoryServiceTest, TheGatewayFollowsItsOwnJournal) {
  journal::Sequencer sequencer(database_.pool(), [](int64_t) {});
  sequencer.Start();
  directory::Directory shown;
  const auto roles = [&](const std::string& person, const std::string& department) {
    return shown.snapshot()->RolesOf(absl::StrCat("persons/", person),
                                     absl::StrCat("departments/", department));
  };
  const auto eventually = [](const auto& condition) {
    const absl::Time end = absl::Now() + absl::Seconds(30);
    while (!condition() && absl::Now() < end) absl::SleepFor(absl::Milliseconds(2));
    return condition();
  };
  const auto follow = [&] {
    return directory::OwnJournalFollower(
        runtime_.runtime(), &shown,
        directory::DirectoryCopy(runtime_.runtime(), &shown, "gateway"));
  };
  {
    directory::OwnJournalFollower follower = follow();
    ASSERT_TRUE(follower.Start().ok());
    EXPECT_TRUE(eventually([&] { return roles("sam", "sales").size() == 2; }));
    EXPECT_TRUE(eventually([&] { return follower.Ready(); }));
    ASSERT_TRUE(Set(Steward("mia", "marketing"), "ana", {ROLE_MEMBER}).ok());
    EXPECT_TRUE(eventually([&] { return roles("ana", "marketing").size() == 1; }));
  }
  // A restarted one begins with its copy.
  shown.Replace(std::make_shared<const directory::Snapshot>());
  directory::DirectoryCopy copy(runtime_.runtime(), &shown, "gateway");
  EXPECT_EQ(*copy.Load(), 16);
  EXPECT_EQ(roles("ana", "marketing").size(), 1);
  // A batch that another replica has stored is taken once more, without effect.
  EXPECT_TRUE(copy.Take({}, 3).ok());
  EXPECT_EQ(*copy.Load(), 16);
}

}  // namespace
}  // namespace comity::gateway
