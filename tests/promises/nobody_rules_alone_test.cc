// Promise 3: nobody rules alone. The charter changes by signatures of the departments that it
// touches, a department's own stewards alone say who belongs to it, and whoever runs the system has
// no method, no flag and no file for either.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "comity/gateway/v1/directory_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor_database.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/signing_test_keys.h"
#include "services/runtime/server/policy.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/calls.h"
#include "tests/integration/command.h"
#include "tests/integration/proposals.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using testing::UnorderedElementsAre;
using DirectoryStub = gateway::v1::DirectoryService::Stub;

absl::StatusOr<gateway::v1::Membership> SetMembership(const std::string& as,
                                                      const std::string& person,
                                                      const std::string& department,
                                                      type::v1::Role role) {
  gateway::v1::SetMembershipRequest request;
  request.mutable_membership()->set_person(person);
  request.mutable_membership()->set_department(department);
  if (role != type::v1::ROLE_UNSPECIFIED) request.mutable_membership()->add_roles(role);
  request.set_request_id(NewRequestId());
  return Suite::Get().Call(&DirectoryStub::SetMembership, "gateway", as, request);
}

// Every method of Comity that is linked in: all of them, see CMakeLists.txt.
std::vector<const MethodDescriptor*> Methods() {
  std::vector<std::string> files;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& name : files) {
    if (!absl::StartsWith(name, "comity/")) continue;
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        methods.push_back(file->service(i)->method(j));
      }
    }
  }
  EXPECT_GT(methods.size(), 100u);
  return methods;
}

bool Writes(const MethodDescriptor& method) {
  return method.options().idempotency_level() != google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
}

const type::v1::MethodPolicy& PolicyOf(const MethodDescriptor& method) {
  return method.options().GetExtension(type::v1::method);
}

bool Admits(const MethodDescriptor& method, type::v1::Role role) {
  const auto& roles = PolicyOf(method).roles();
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

// Whether a charter, or what is said of one, stands anywhere in messages of the type.
bool HoldsCharter(const Descriptor* type, std::set<const Descriptor*>* seen) {
  if (!seen->insert(type).second) return false;
  const std::string& name = type->full_name();
  if (name == "comity.type.v1.Charter" || absl::StartsWith(name, "comity.charter.v1.") ||
      name == "comity.gateway.v1.CharterProposal") {
    return true;
  }
  for (int i = 0; i < type->field_count(); ++i) {
    const Descriptor* inner = type->field(i)->message_type();
    if (inner != nullptr && HoldsCharter(inner, seen)) return true;
  }
  return false;
}

bool IsAboutCharter(const MethodDescriptor& method) {
  std::set<const Descriptor*> seen;
  return HoldsCharter(method.input_type(), &seen) || HoldsCharter(method.output_type(), &seen) ||
         absl::StrContains(method.service()->full_name(), "Charter");
}

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->name(), "/", method.name());
}

std::vector<std::string> PathsWhere(bool (*holds)(const MethodDescriptor&)) {
  std::vector<std::string> paths;
  for (const MethodDescriptor* method : Methods()) {
    if (holds(*method)) paths.push_back(PathOf(*method));
  }
  return paths;
}

bool ChangesCharter(const MethodDescriptor& method) {
  return Writes(method) && IsAboutCharter(method);
}

TEST(NobodyRulesAlone, TheseMethodsSayWhatWordsMeanAndNoOther) {
  EXPECT_THAT(
      PathsWhere(&ChangesCharter),
      UnorderedElementsAre("CharterService/CreateProposal", "CharterService/AmendProposal",
                           "CharterService/PreviewProposal", "CharterService/SignProposal",
                           "CharterService/RefuseProposal", "CharterService/CommentOnProposal",
                           "CharterService/WithdrawProposal", "CharterService/EnactProposal",
                           "CharterService/DelegateSignature", "CharterService/RevokeDelegation",
                           "CharterService/SignAsDelegate", "RevisionService/PrepareRevision"));
}

TEST(NobodyRulesAlone, StewardsAloneProposeAndSign) {
  int of_stewards = 0;
  for (const MethodDescriptor* method : Methods()) {
    if (!ChangesCharter(*method)) continue;
    for (const type::v1::Role role : {type::v1::ROLE_OPERATOR, type::v1::ROLE_AUDITOR}) {
      EXPECT_FALSE(Admits(*method, role)) << PathOf(*method);
    }
    // A member may say something of a proposal, ask what it would change, and sign where a steward
    // has named him: with the steward's signature, see stolen_keys_test.cc. That is all.
    EXPECT_EQ(Admits(*method, type::v1::ROLE_MEMBER), method->name() == "CommentOnProposal" ||
                                                          method->name() == "PreviewProposal" ||
                                                          method->name() == "SignAsDelegate")
        << PathOf(*method);
    const auto rule = server::RuleFromDescriptor(*method);
    ASSERT_TRUE(rule.ok()) << rule.status();
    if (PolicyOf(*method).roles().empty()) {  // what departments have signed is passed on
      EXPECT_THAT(rule->workloads, UnorderedElementsAre("service/gateway")) << PathOf(*method);
    } else {
      ++of_stewards;
      EXPECT_TRUE(Admits(*method, type::v1::ROLE_STEWARD)) << PathOf(*method);
      EXPECT_FALSE(PolicyOf(*method).on_behalf()) << PathOf(*method) << ": a person signs himself";
    }
  }
  EXPECT_EQ(of_stewards, 10);
}

bool IsAnOperators(const MethodDescriptor& method) {
  return Writes(method) && Admits(method, type::v1::ROLE_OPERATOR);
}

TEST(NobodyRulesAlone, WhatAnOperatorChangesIsHowTheSystemRuns) {
  for (const std::string& path : PathsWhere(&IsAnOperators)) {
    EXPECT_FALSE(absl::StrContains(path, "Charter") || absl::StrContains(path, "Revision") ||
                 absl::StrContains(path, "Judge") || absl::StrContains(path, "Fact") ||
                 absl::StrContains(path, "Membership"))
        << path;
  }
}

TEST(NobodyRulesAlone, AnOperatorsCallIsRefusedByEachOfThem) {
  int refused = 0;
  for (const MethodDescriptor* method : Methods()) {
    if (!ChangesCharter(*method)) continue;
    const bool of_persons = !PolicyOf(*method).roles().empty();
    if (!of_persons) continue;  // stolen_keys_test.cc
    for (const char* as : {"ivo@it", "aud@management"}) {
      const auto answer = Ask(as, PathOf(*method), *MakeRequest(PathOf(*method), "{}"));
      EXPECT_EQ(Reason(answer.status()), "ROLE_REQUIRED") << as << PathOf(*method);
      ++refused;
    }
  }
  EXPECT_EQ(refused, 20);
}

TEST(NobodyRulesAlone, UntilAllHaveSignedNothingChanges) {
  const type::v1::Charter before = CharterInForce();
  const auto proposal = Propose("ida@it", CharterWithCriteria("Whatever IT says."));
  EXPECT_THAT(proposal.affected(), testing::SizeIs(6)) << "nobody has agreed to anything yet";
  ASSERT_TRUE(Sign("ida@it", proposal).ok());
  EXPECT_EQ(GetProposal(proposal.name()).state(), gateway::v1::CHARTER_PROPOSAL_STATE_OPEN);
  EXPECT_EQ(CharterInForce().SerializeAsString(), before.SerializeAsString());
  EXPECT_TRUE(before.provisional()) << "no department has signed it";
}

// What a binary can be told about the charter.
std::set<std::string> FlagsAboutCharter(const std::string& service) {
  const Outcome help = RunShell(
      absl::StrCat(Environment("COMITY_BINARY_DIR", "."), "/bin/comity-", service, " --helpfull"));
  EXPECT_TRUE(absl::StrContains(help.output, "--charter ")) << help.output;
  std::set<std::string> flags;
  for (const absl::string_view text : absl::StrSplit(help.output, "\n    --")) {
    const absl::string_view name = text.substr(0, text.find(' '));
    if (name.size() == text.size()) continue;
    const std::string lower = absl::AsciiStrToLower(text);
    for (const char* word :
         {"charter", "propos", "revision", "steward", "arbiter", "enact", "delegat"}) {
      if (absl::StrContains(lower, word)) flags.emplace(name);
    }
  }
  return flags;
}

TEST(NobodyRulesAlone, NoFlagSignsProposesOrEnacts) {
  for (const std::string& service : Suite::Get().services()) {
    EXPECT_THAT(FlagsAboutCharter(service), UnorderedElementsAre("charter", "charter_notice"))
        << service;
  }
}

// Starts a second process of the service as it was started, with another charter.
Outcome StartWith(const std::string& service, const std::string& charter) {
  return RunShell(absl::StrCat(
      "timeout 60 xargs -0 -a /proc/$(cut -d' ' -f1 '", Suite::Get().folder(), "/run/", service,
      ".pid')/cmdline sh -c 'exec \"$0\" \"$@\" --listen=127.0.0.1:0 --probe_listen=127.0.0.1:0 "
      "--metrics_listen=127.0.0.1:0 ",
      service == "gateway" ? "--http_listen=127.0.0.1:0 " : "", "--charter=", charter, "'"));
}

// The suite's charter with other words, in a file of the operator's.
std::string EditedCharter(const std::string& words, const std::string& others) {
  std::stringstream text;
  text << std::ifstream(Suite::Get().folder() + "/charter.yaml").rdbuf();
  EXPECT_TRUE(absl::StrContains(text.str(), words)) << words;
  std::string path = Suite::Get().folder() + "/edited.yaml";
  std::ofstream(path) << absl::StrReplaceAll(text.str(), {{words, others}});
  return path;
}

TEST(NobodyRulesAlone, NoFileSaysWhatWordsMeanOnceTheyAreInUse) {
  charter::TestKeys of_operator;
  const std::string key = CharterInForce().keys(0).public_key();
  for (const auto& [words, others] : std::vector<std::pair<std::string, std::string>>{
           {"arbiter: departments/management", "arbiter: departments/it"},
           {"provisional: true", "provisional: false"},
           {"revision: 1\n", "revision: 2\n"},
           {key, of_operator.PublicOf("sam@sales")}}) {
    const std::string edited = EditedCharter(words, others);
    std::vector<std::string> services = {"gateway"};
    if (others == "arbiter: departments/it") services = Suite::Get().services();
    for (const std::string& service : services) {
      const Outcome start = StartWith(service, edited);
      EXPECT_NE(start.code, 0) << service << words;
      EXPECT_NE(start.code, 124) << service << " serves with another " << words;
      EXPECT_TRUE(absl::StrContains(start.output + start.errors, "used under another charter"))
          << service << words << start.errors;
    }
  }
}

TEST(NobodyRulesAlone, ItChangesNobodyElsesMembership) {
  const auto denied =
      SetMembership("ida@it", "persons/ana", "departments/sales", type::v1::ROLE_STEWARD);
  EXPECT_EQ(denied.status().code(), absl::StatusCode::kPermissionDenied) << denied.status();
}

TEST(NobodyRulesAlone, AMemberMakesNoMembers) {
  const auto denied =
      SetMembership("ana@sales", "persons/ana", "departments/sales", type::v1::ROLE_STEWARD);
  EXPECT_EQ(Reason(denied.status()), "ROLE_REQUIRED") << denied.status();
}

TEST(NobodyRulesAlone, TheLastStewardStays) {
  const auto refused =
      SetMembership("sam@sales", "persons/sam", "departments/sales", type::v1::ROLE_MEMBER);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition) << refused.status();
}

}  // namespace
}  // namespace comity::integration
