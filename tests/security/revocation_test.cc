// Check 18: whose role is taken back is refused by all five services within 60 s, token or not, and
// his streams end.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"
#include "tests/security/api.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using integration::Eventually;
using integration::NewRequestId;
using integration::Suite;

constexpr absl::Duration kPromised = absl::Seconds(60);

// The id of a new person without any role.
std::string NewPerson() {
  gateway::v1::CreatePersonRequest request;
  request.set_person_id(absl::StrCat("rey-", NewRequestId()));
  request.mutable_person()->set_display_name("Rey");
  request.set_request_id(NewRequestId());
  const auto made = CallAs(EndpointNamed("DirectoryService/CreatePerson"), "sam@sales", request);
  EXPECT_TRUE(made.ok()) << made.status();
  return request.person_id();
}

void SetRoles(const std::string& id, const std::vector<type::v1::Role>& roles) {
  gateway::v1::SetMembershipRequest request;
  request.mutable_membership()->set_department("departments/sales");
  request.mutable_membership()->set_person(absl::StrCat("persons/", id));
  for (const type::v1::Role role : roles) request.mutable_membership()->add_roles(role);
  request.set_request_id(NewRequestId());
  const auto set = CallAs(EndpointNamed("DirectoryService/SetMembership"), "sam@sales", request);
  EXPECT_TRUE(set.ok()) << set.status();
}

// What each service says to a read that all of them have.
std::vector<std::string> Answers(const std::string& token) {
  std::vector<std::string> reasons;
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.method->name() != "ReadJournal") continue;
    const auto answer = CallWithToken(endpoint, token, journal::v1::ReadJournalRequest());
    reasons.push_back(Reason(answer.status()));
  }
  EXPECT_EQ(reasons.size(), ServiceNames().size());
  return reasons;
}

bool AllSay(const std::string& token, const std::string& reason) {
  const std::vector<std::string> answers = Answers(token);
  return std::all_of(answers.begin(), answers.end(),
                     [&](const std::string& answer) { return answer == reason; });
}

TEST(Revocation, AMembershipThatEndedEndsEverywhereWithinAMinute) {
  const std::string id = NewPerson();
  const std::string token = Suite::Get().Token(absl::StrCat(id, "@sales"));
  EXPECT_TRUE(AllSay(token, "ROLE_UNKNOWN")) << "without a role";
  SetRoles(id, {type::v1::ROLE_MEMBER});
  ASSERT_TRUE(Eventually([&] { return AllSay(token, ""); }, kPromised));
  // A stream that was let in is one that must be ended.
  const auto channel =
      channel::Channels({Suite::Get().profile().tls_cert, Suite::Get().profile().tls_key,
                         Suite::Get().profile().tls_ca},
                        Suite::Get().profile().addresses)
          .To("account");
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(3)));
  context.AddMetadata("authorization", "Bearer " + token);
  const auto stream = journal::v1::JournalService::NewStub(channel)->WatchJournal(
      &context, journal::v1::WatchJournalRequest());
  journal::v1::WatchJournalResponse response;
  ASSERT_TRUE(stream->Read(&response));

  SetRoles(id, {});
  const absl::Time revoked = absl::Now();
  EXPECT_TRUE(Eventually([&] { return AllSay(token, "ROLE_UNKNOWN"); }, kPromised));
  EXPECT_LT(absl::Now() - revoked, kPromised);
  while (stream->Read(&response)) {
  }
  EXPECT_LT(absl::Now() - revoked, kPromised);
  const absl::Status ended = channel::FromGrpcStatus(stream->Finish());
  EXPECT_EQ(ended.code(), absl::StatusCode::kPermissionDenied) << ended;
}

// A steward who becomes a member keeps what members may, and loses the rest.
TEST(Revocation, ARoleThatWasTakenBackIsGoneWithinAMinute) {
  const World& world = World::Get();
  const std::string id = NewPerson();
  const std::string token = Suite::Get().Token(absl::StrCat(id, "@sales"));
  const Endpoint& create = EndpointNamed("DirectoryService/CreateTeam");
  const Probe probe = world.FirstProbeOf(create, world.caller("sam@sales"));
  const auto reason = [&] { return Reason(CallWithToken(create, token, *probe.request).status()); };
  SetRoles(id, {type::v1::ROLE_MEMBER, type::v1::ROLE_STEWARD});
  ASSERT_TRUE(Eventually([&] { return AllSay(token, "") && reason().empty(); }, kPromised));
  SetRoles(id, {type::v1::ROLE_MEMBER});
  EXPECT_TRUE(Eventually([&] { return reason() == "ROLE_REQUIRED"; }, kPromised));
  EXPECT_TRUE(AllSay(token, ""));
}

}  // namespace
}  // namespace comity::security
