#include "services/runtime/testlib/call.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/testlib/process.h"

namespace comity::testlib {
namespace {

struct Member {
  const char* person;
  const char* department;
  std::vector<type::v1::Role> roles;
};

std::vector<Member> Members() {
  const std::vector<type::v1::Role> member = {type::v1::ROLE_MEMBER};
  return {{"ana", "sales", member},
          {"sam", "sales", {type::v1::ROLE_MEMBER, type::v1::ROLE_STEWARD}},
          {"mia", "marketing", member},
          {"sue", "support", member},
          {"max", "management", member},
          {"ivo", "it", {type::v1::ROLE_OPERATOR}},
          {"aud", "management", {type::v1::ROLE_AUDITOR}}};
}

std::shared_ptr<const directory::Snapshot> SmallDirectory() {
  auto snapshot = std::make_shared<directory::Snapshot>();
  snapshot->version = 1;
  for (const Member& member : Members()) {
    gateway::v1::Person person;
    person.set_name(absl::StrCat("persons/", member.person));
    person.set_display_name(member.person);
    gateway::v1::Membership* membership = person.add_memberships();
    membership->set_person(person.name());
    membership->set_department(absl::StrCat("departments/", member.department));
    for (const type::v1::Role role : member.roles) membership->add_roles(role);
    snapshot->departments[membership->department()].set_name(membership->department());
    snapshot->persons[person.name()] = std::move(person);
  }
  for (const char* id : {"first-line", "second-line"}) {
    const std::string name = absl::StrCat("teams/", id);
    snapshot->teams[name].set_name(name);
    snapshot->teams[name].set_department("departments/support");
  }
  return snapshot;
}

}  // namespace

TestRuntime::TestRuntime(Database* database, const std::string& service) {
  directory_.Replace(SmallDirectory());
  auto charter = charter::Charter::FromYamlFile(COMITY_SOURCE_DIR "/config/charter.yaml");
  if (!charter.ok()) Fail(charter.status().message());
  runtime_.charters = charter::MakeBook(*std::move(charter));
  runtime_.pool = database == nullptr ? nullptr : database->pool();
  runtime_.directory = &directory_;
  runtime_.page_token_key = "a key of page tokens, for tests";
  runtime_.service = service;
}

Call TestRuntime::MakeCall(const std::string& as, const std::string& method) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(as, absl::MaxSplits('@', 1));
  Call call;
  call.runtime = &runtime_;
  call.method = method;
  call.principal.workload = "client/cli";
  call.principal.person = absl::StrCat("persons/", parts.first);
  call.principal.department = absl::StrCat("departments/", parts.second);
  for (const Member& member : Members()) {
    if (parts.first == member.person && parts.second == member.department) {
      call.principal.roles = member.roles;
    }
  }
  call.now = absl::Now();
  call.deadline = call.now + absl::Seconds(10);
  return call;
}

std::string NewRequestId() { return resource::IdToText(resource::NewId(absl::Now())); }

}  // namespace comity::testlib
