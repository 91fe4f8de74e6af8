// Which workload may call which method: every pair of the two, by descriptor.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor_database.h"
#include "gtest/gtest.h"
#include "services/runtime/server/authorize.h"
#include "services/runtime/server/policy.h"

namespace comity::gateway {
namespace {

// Every service of Comity that is linked in.
std::vector<std::string> Services() {
  std::vector<std::string> files;
  google::protobuf::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::vector<std::string> services;
  for (const std::string& name : files) {
    if (!absl::StartsWith(name, "comity/")) continue;
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file->service_count(); ++i) {
      services.push_back(file->service(i)->full_name());
    }
  }
  return services;
}

bool FollowsAJournal(const std::string& method) {
  return method == "comity.journal.v1.JournalService/ReadJournal" ||
         method == "comity.journal.v1.JournalService/WatchJournal";
}

// What the gateway does by nobody's right: it undoes, or passes on what departments have signed.
bool IsByNobodysRight(const std::string& method) {
  for (const char* name :
       {"/VoidRequest", "/WithdrawRecord", "/ReleaseConversion", "/ReleaseRelationship",
        "/ReleaseAccount", "/ReleaseAcceptance", "/RestoreResponsibility", "/PrepareRevision",
        "/EnactProposal", "/ReverseStatement", "/TakeBackOffer"}) {
    if (absl::StrContains(method, name)) return true;
  }
  return false;
}
// What the gateway asks by itself.
bool IsAskedByTheGateway(const std::string& method) {
  return absl::StrContains(method, "/GetResponsibility");
}
// What only the gateway calls, mostly its workflows: for a person, or by nobody's right.
bool IsOfWorkflows(const std::string& method) {
  for (const char* name :
       {"/BeginConversion", "/CompleteConversion", "/GetSignedBrief", "/EnsureRelationship",
        "/OpenOnboardingCase", "/MoveOwned", "/BeginAcceptance", "/CompleteAcceptance",
        "/TransferResponsibility", "/GetCharterPreview", "/DrawStatement", "/OfferCustomer"}) {
    if (absl::StrContains(method, name)) return true;
  }
  return IsByNobodysRight(method) || IsAskedByTheGateway(method);
}

TEST(CallersOfMethods, TheGatewayCallsAllAndTheOthersFollowJournals) {
  const auto policies =
      server::Policies::Make(Services(), *google::protobuf::DescriptorPool::generated_pool());
  ASSERT_TRUE(policies.ok()) << policies.status();
  ASSERT_GT(policies->methods().size(), 60u);
  for (const std::string& method : policies->methods()) {
    const server::MethodRule& rule = *policies->Find(method);
    const auto may = [&](const std::string& workload) {
      return server::CheckWorkload(rule, workload).ok();
    };
    EXPECT_TRUE(may("service/gateway")) << method;
    EXPECT_EQ(may("client/cli"), !IsOfWorkflows(method)) << method;
    // A person's own token opens none of them, also not through the gateway.
    EXPECT_EQ(server::CheckOnBehalf(rule, "service/gateway", "").ok(), !IsOfWorkflows(method))
        << method;
    EXPECT_FALSE(server::CheckOnBehalf(rule, "client/cli", "service/gateway").ok()) << method;
    for (const std::string service : {"lead", "account", "support", "reporting", "planning"}) {
      const std::string workload = absl::StrCat("service/", service);
      EXPECT_EQ(may(workload), FollowsAJournal(method)) << workload << " " << method;
      EXPECT_EQ(may(workload) && server::MayLackPerson(rule, workload), FollowsAJournal(method))
          << workload << " " << method;
    }
    // On behalf of persons the gateway may do little, and never judge or record a fact.
    if (server::CheckOnBehalf(rule, "service/gateway", "service/gateway").ok()) {
      EXPECT_NE(rule.policy.right(), type::v1::RIGHT_JUDGE) << method;
      EXPECT_NE(rule.policy.right(), type::v1::RIGHT_RECORD) << method;
      EXPECT_FALSE(absl::StrContains(method, "Judge") || absl::StrContains(method, "Fact"))
          << method;
    }
    // A client always brings a person, and so does the gateway, but for the journals.
    const bool lacks_person = IsByNobodysRight(method) || IsAskedByTheGateway(method);
    EXPECT_EQ(server::MayLackPerson(rule, "client/cli"), lacks_person) << method;
    EXPECT_EQ(server::MayLackPerson(rule, "service/gateway"),
              FollowsAJournal(method) || lacks_person)
        << method;
    for (const char* stranger : {"", "client", "client/a/b", "service", "service/gateway-evil/x",
                                 "gateway", "probe/kubelet", "service/"}) {
      EXPECT_FALSE(may(stranger)) << stranger << " " << method;
    }
  }
}

}  // namespace
}  // namespace comity::gateway
