// Policies by descriptor, and who passes them.
#include "services/runtime/server/policy.h"

#include "absl/strings/str_replace.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/server/authorize.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

using google::protobuf::DescriptorPool;
using type::v1::MethodPolicy;

// A service `test.Service` with one method `Do` of the given options.
class OneMethod {
 public:
  explicit OneMethod(const google::protobuf::MethodOptions& options) : pool_(Underlay()) {
    google::protobuf::FileDescriptorProto file;
    file.set_name("test.proto");
    file.set_package("test");
    file.set_syntax("proto3");
    file.add_message_type()->set_name("Empty");
    auto* service = file.add_service();
    service->set_name("Service");
    auto* method = service->add_method();
    method->set_name("Do");
    method->set_input_type(".test.Empty");
    method->set_output_type(".test.Empty");
    *method->mutable_options() = options;
    pool_.BuildFile(file);
  }
  absl::StatusOr<Policies> Make() const { return Policies::Make({"test.Service"}, pool_); }

 private:
  static const DescriptorPool* Underlay() { return DescriptorPool::generated_pool(); }
  DescriptorPool pool_;
};

google::protobuf::MethodOptions Options(const MethodPolicy& policy, bool reads = true) {
  google::protobuf::MethodOptions options;
  if (reads) options.set_idempotency_level(google::protobuf::MethodOptions::NO_SIDE_EFFECTS);
  *options.MutableExtension(type::v1::method) = policy;
  return options;
}

MethodPolicy SoundPolicy() {
  MethodPolicy policy;
  policy.add_roles(type::v1::ROLE_MEMBER);
  policy.set_timeout_ms(1000);
  return policy;
}

void ExpectRefused(const google::protobuf::MethodOptions& options) {
  const auto policies = OneMethod(options).Make();
  EXPECT_EQ(Reason(policies.status()), "POLICY_INVALID") << options.DebugString();
  EXPECT_NE(policies.status().message().find("test.Service/Do"), absl::string_view::npos);
}

TEST(PoliciesTest, ASoundPolicyIsTakenWithItsDefaults) {
  const auto policies = OneMethod(Options(SoundPolicy())).Make();
  ASSERT_TRUE(policies.ok()) << policies.status();
  const MethodRule* rule = policies->Find("test.Service/Do");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->workloads, (std::vector<std::string>{"client/*", "service/gateway"}));
  EXPECT_EQ(rule->timeout, absl::Seconds(1));
  EXPECT_EQ(policies->Find("test.Service/Other"), nullptr);
}

TEST(PoliciesTest, EachFaultNamesTheMethod) {
  ExpectRefused(google::protobuf::MethodOptions());
  MethodPolicy policy = SoundPolicy();
  policy.add_roles(static_cast<type::v1::Role>(99));
  ExpectRefused(Options(policy));
  policy = SoundPolicy();
  policy.add_roles(type::v1::ROLE_UNSPECIFIED);
  ExpectRefused(Options(policy));
  policy = SoundPolicy();
  policy.add_workloads("everyone*");
  ExpectRefused(Options(policy));
  policy = SoundPolicy();
  policy.clear_timeout_ms();
  ExpectRefused(Options(policy));
  policy = SoundPolicy();
  policy.set_right(static_cast<type::v1::Right>(99));
  ExpectRefused(Options(policy));
  policy = SoundPolicy();
  policy.add_roles(type::v1::ROLE_AUDITOR);
  ExpectRefused(Options(policy, /*reads=*/false));
}

TEST(PoliciesTest, WithoutAPersonOnlyNamedServicesMayCall) {
  MethodPolicy policy = SoundPolicy();
  policy.clear_roles();
  ExpectRefused(Options(policy));
  for (const char* workload : {"client/*", "client/cli", "probe/*"}) {
    MethodPolicy with = policy;
    with.add_workloads("service/*");
    with.add_workloads(workload);
    ExpectRefused(Options(with));
  }
  policy.add_workloads("service/gateway");
  EXPECT_TRUE(OneMethod(Options(policy)).Make().ok());
  policy.set_right(type::v1::RIGHT_READ);
  ExpectRefused(Options(policy));
}

TEST(PoliciesTest, AServiceWithoutDescriptorIsRefusedAndGrpcsOwnAreNot) {
  const auto* pool = DescriptorPool::generated_pool();
  EXPECT_FALSE(Policies::Make({"test.Unknown"}, *pool).ok());
  EXPECT_TRUE(Policies::Make({"grpc.health.v1.Health"}, *pool).ok());
}

class AuthorizeTest : public testing::Test {
 protected:
  AuthorizeTest() {
    lead::v1::GetLeadRequest::default_instance();  // links the descriptors
    fact::v1::GetFactRequest::default_instance();
    journal::v1::ReadJournalRequest::default_instance();
    gateway::v1::GetPersonRequest::default_instance();
    auto policies =
        Policies::Make({"comity.lead.v1.LeadService", "comity.fact.v1.FactService",
                        "comity.journal.v1.JournalService", "comity.gateway.v1.DirectoryService"},
                       *DescriptorPool::generated_pool());
    EXPECT_TRUE(policies.ok()) << policies.status();
    policies_ = *std::move(policies);
    type::v1::Charter document;
    document.set_revision(1);
    document.add_departments("departments/sales");
    document.add_departments("departments/it");
    auto* access = document.add_access();
    access->set_department("departments/sales");
    access->set_collection("leads");
    access->set_read(true);
    access->set_read_journal(true);
    access = document.add_access();
    access->set_department("departments/sales");
    access->set_collection("products");
    access->set_read(true);
    charter_ = std::make_unique<charter::Charter>(*charter::Charter::Make(document));
  }
  const MethodRule& Rule(const std::string& method) { return *policies_.Find(method); }
  std::string RightReason(const std::string& method, const Principal& principal,
                          const google::protobuf::Message& request,
                          const std::vector<std::string>& owned = {"leads"}) {
    return Reason(CheckRight(Rule(method), principal, *charter_, owned, request));
  }
  static Principal Person(const std::string& department, type::v1::Role role) {
    return {"client/cli", "persons/ana", "departments/" + department, {role}};
  }

  Policies policies_;
  std::unique_ptr<charter::Charter> charter_;
};

constexpr char kFact[] =
    "leads/0190f3a1-0000-7000-8000-000000000000/facts/0190f3a1-0000-7000-8000-000000000001";

TEST_F(AuthorizeTest, WorkloadsAreExact) {
  const MethodRule& rule = Rule("comity.lead.v1.LeadService/GetLead");
  EXPECT_TRUE(CheckWorkload(rule, "client/cli").ok());
  EXPECT_TRUE(CheckWorkload(rule, "service/gateway").ok());
  for (const char* workload :
       {"service/lead", "service/gateway-evil", "client", "client/a/b", ""}) {
    EXPECT_EQ(Reason(CheckWorkload(rule, workload)), "WORKLOAD_NOT_ALLOWED") << workload;
  }
}

TEST_F(AuthorizeTest, OnlyServicesMayReadJournalsWithoutAPerson) {
  const MethodRule& journal = Rule("comity.journal.v1.JournalService/ReadJournal");
  EXPECT_TRUE(MayLackPerson(journal, "service/reporting"));
  EXPECT_FALSE(MayLackPerson(journal, "client/cli"));
  const MethodRule& lead = Rule("comity.lead.v1.LeadService/GetLead");
  EXPECT_FALSE(MayLackPerson(lead, "service/gateway"));
}

TEST_F(AuthorizeTest, OperatorsPassOnlyWhatListsThem) {
  const Principal operator_ = Person("it", type::v1::ROLE_OPERATOR);
  EXPECT_EQ(Reason(CheckRole(Rule("comity.lead.v1.LeadService/GetLead"), operator_)),
            "ROLE_REQUIRED");
  EXPECT_TRUE(CheckRole(Rule("comity.gateway.v1.DirectoryService/GetPerson"), operator_).ok());
  EXPECT_EQ(Reason(CheckRole(Rule("comity.gateway.v1.DirectoryService/CreatePerson"), operator_)),
            "ROLE_REQUIRED");
}

TEST_F(AuthorizeTest, NoAuditorPassesAWritingMethod) {
  const Principal auditor = Person("it", type::v1::ROLE_AUDITOR);
  for (const std::string& name : policies_.methods()) {
    const auto* method =
        DescriptorPool::generated_pool()->FindMethodByName(absl::StrReplaceAll(name, {{"/", "."}}));
    ASSERT_NE(method, nullptr) << name;
    if (Rule(name).policy.roles().empty()) continue;  // open to services alone
    const bool reads =
        method->options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
    EXPECT_EQ(CheckRole(Rule(name), auditor).ok(), reads) << name;
  }
}

TEST_F(AuthorizeTest, RightsFollowTheAccessTable) {
  const std::string get = "comity.lead.v1.LeadService/GetLead";
  const std::string create = "comity.lead.v1.LeadService/CreateLead";
  const lead::v1::GetLeadRequest request;
  EXPECT_EQ(RightReason(get, Person("sales", type::v1::ROLE_MEMBER), request), "");
  EXPECT_EQ(RightReason(get, Person("it", type::v1::ROLE_MEMBER), request), "RIGHT_REQUIRED");
  EXPECT_EQ(RightReason(get, Person("it", type::v1::ROLE_AUDITOR), request), "");
  const lead::v1::CreateLeadRequest creation;
  EXPECT_EQ(RightReason(create, Person("sales", type::v1::ROLE_MEMBER), creation),
            "RIGHT_REQUIRED");
}

TEST_F(AuthorizeTest, TheCollectionComesFromTheName) {
  const std::string get = "comity.fact.v1.FactService/GetFact";
  const Principal ana = Person("sales", type::v1::ROLE_MEMBER);
  fact::v1::GetFactRequest request;
  request.set_name(kFact);
  EXPECT_EQ(RightReason(get, ana, request), "");
  request.set_name(absl::StrReplaceAll(kFact, {{"leads", "cases"}}));
  EXPECT_EQ(RightReason(get, ana, request), "RIGHT_REQUIRED");
  request.set_name("nonsense");
  EXPECT_EQ(RightReason(get, ana, request), "INVALID_NAME");
}

TEST_F(AuthorizeTest, TheJournalNeedsTheRightForEveryCollectionOfTheService) {
  const std::string read = "comity.journal.v1.JournalService/ReadJournal";
  const Principal ana = Person("sales", type::v1::ROLE_MEMBER);
  const journal::v1::ReadJournalRequest request;
  EXPECT_EQ(RightReason(read, ana, request, {"leads"}), "");
  EXPECT_EQ(RightReason(read, ana, request, {"leads", "campaigns"}), "RIGHT_REQUIRED");
  EXPECT_EQ(RightReason(read, ana, request, {"leads", "products"}), "RIGHT_REQUIRED")
      << "products may be read, their journal not";
  EXPECT_EQ(RightReason(read, Person("it", type::v1::ROLE_AUDITOR), request, {"campaigns"}), "");
}

}  // namespace
}  // namespace comity::server
