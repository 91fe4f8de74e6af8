// The pure parts of the door: JSON, errors, routes, rate.
#include <string>

#include "absl/strings/escaping.h"
#include "comity/gateway/v1/customer_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/gateway/http_door/connect_error.h"
#include "services/gateway/http_door/json_codec.h"
#include "services/gateway/http_door/rate_limit.h"
#include "services/gateway/http_door/route_table.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::IsSupersetOf;

constexpr char kLead[] = "leads/0190a000-0000-7000-8000-000000000001";

absl::Status ParseLead(const std::string& text) {
  return FromJson(lead::v1::CreateLeadRequest::descriptor(), text).status();
}

TEST(JsonCodec, ReadsWhatItWrites) {
  const auto message = FromJson(lead::v1::CreateLeadRequest::descriptor(),
                                R"({"lead":{"familyName":"Øre","attributes":{"x":"1"}},
                                    "request_id":"a","validateOnly":true})");
  ASSERT_TRUE(message.ok()) << message.status();
  const auto& request = dynamic_cast<const lead::v1::CreateLeadRequest&>(**message);
  EXPECT_EQ(request.lead().family_name(), "Øre");
  EXPECT_EQ(request.request_id(), "a");
  const auto text = ToJson(request.GetDescriptor(), request.SerializeAsString());
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(json::parse(*text), json::parse(R"({"lead":{"familyName":"Øre","attributes":{"x":"1"}},
                            "requestId":"a","validateOnly":true})"));
}

TEST(JsonCodec, NamesTheUnknownField) {
  const absl::Status status = ParseLead(R"({"lead":{"familyName":"A","nickname":"B"}})");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "UNKNOWN_FIELD");
  EXPECT_EQ(ErrorValue(status, "field"), "lead.nickname");
  EXPECT_EQ(ErrorValue(ParseLead(R"({"nickname":"B"})"), "field"), "nickname");
}

TEST(JsonCodec, RefusesWhatIsNoJsonOfTheMessage) {
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("null x"),
        std::string(R"({"lead":7})"), std::string(R"({"validateOnly":"perhaps"})"),
        std::string("{\"requestId\":\"\xff\"}"), R"({"lead":)" + deep + "}"}) {
    const absl::Status status = ParseLead(text);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text.substr(0, 50);
    EXPECT_EQ(Reason(status), "MALFORMED_JSON") << text.substr(0, 50) << status;
  }
}

TEST(ConnectError, CodesAndHttpStatus) {
  struct Row {
    absl::StatusCode code;
    std::string name;
    int http;
  };
  const Row rows[] = {{absl::StatusCode::kCancelled, "canceled", 499},
                      {absl::StatusCode::kUnknown, "unknown", 500},
                      {absl::StatusCode::kInvalidArgument, "invalid_argument", 400},
                      {absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", 504},
                      {absl::StatusCode::kNotFound, "not_found", 404},
                      {absl::StatusCode::kAlreadyExists, "already_exists", 409},
                      {absl::StatusCode::kPermissionDenied, "permission_denied", 403},
                      {absl::StatusCode::kResourceExhausted, "resource_exhausted", 429},
                      {absl::StatusCode::kFailedPrecondition, "failed_precondition", 400},
                      {absl::StatusCode::kAborted, "aborted", 409},
                      {absl::StatusCode::kOutOfRange, "out_of_range", 400},
                      {absl::StatusCode::kUnimplemented, "unimplemented", 501},
                      {absl::StatusCode::kInternal, "internal", 500},
                      {absl::StatusCode::kUnavailable, "unavailable", 503},
                      {absl::StatusCode::kDataLoss, "data_loss", 500},
                      {absl::StatusCode::kUnauthenticated, "unauthenticated", 401},
                      {static_cast<absl::StatusCode>(77), "unknown", 500}};
  for (const Row& row : rows) {
    EXPECT_EQ(ConnectCode(row.code), row.name);
    EXPECT_EQ(HttpCode(row.code), row.http);
  }
}

TEST(ConnectError, CarriesTheDetailsOfGrpc) {
  const absl::Status status = InvalidField("UNKNOWN_LENS", "lens", "no such department");
  const json error = json::parse(ConnectErrorJson(status));
  EXPECT_EQ(error["code"], "invalid_argument");
  ASSERT_EQ(error["details"].size(), 2);
  bool seen = false;
  for (const json& detail : error["details"]) {
    if (detail["type"] != "google.rpc.ErrorInfo") continue;
    seen = true;
    std::string bytes;
    google::rpc::ErrorInfo info;
    const std::string value = detail["value"];
    EXPECT_EQ(value.find('='), std::string::npos);
    ASSERT_TRUE(absl::Base64Unescape(value, &bytes));
    ASSERT_TRUE(info.ParseFromString(bytes));
    EXPECT_EQ(info.reason(), "UNKNOWN_LENS");
    EXPECT_EQ(detail["debug"]["reason"], "UNKNOWN_LENS");
  }
  EXPECT_TRUE(seen);
}

TEST(ConnectError, KeepsInternalDetailInside) {
  const std::string text = ConnectErrorJson(Internal("SELECT secret FROM tables"));
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_EQ(json::parse(text)["code"], "internal");
}

TEST(RouteTable, KnowsEveryServiceWithoutAList) {
  const RouteTable table;
  EXPECT_THAT(table.paths(), IsSupersetOf({"/comity.lead.v1.LeadService/CreateLead",
                                           "/comity.lead.v1.CampaignService/ListCampaigns",
                                           "/comity.lead.v1.ProductService/GetProduct",
                                           "/comity.account.v1.RelationshipService/GetRelationship",
                                           "/comity.support.v1.CaseService/CreateCase",
                                           "/comity.reporting.v1.ReportService/GetWinRate",
                                           "/comity.gateway.v1.DirectoryService/SetMembership",
                                           "/comity.gateway.v1.CustomerService/GetCustomer",
                                           "/comity.gateway.v1.CharterService/SignProposal",
                                           "/comity.judgement.v1.JudgementService/Judge",
                                           "/comity.fact.v1.FactService/RecordFact",
                                           "/comity.journal.v1.JournalService/ReadJournal"}));
}

TEST(RouteTable, WhatOnlyTheGatewayCallsHasNoPath) {
  const RouteTable table;
  for (const char* path : {"/comity.charter.v1.RevisionService/PrepareRevision",
                           "/comity.gateway.v1.CharterService/EnactProposal"}) {
    EXPECT_EQ(Reason(table.Find(path).status()), "METHOD_UNKNOWN") << path;
  }
}

TEST(RouteTable, OwnersOfCollections) {
  const RouteTable table;
  const std::pair<std::string, std::string> rows[] = {{"leads", "lead"},
                                                      {"opportunities", "lead"},
                                                      {"campaigns", "lead"},
                                                      {"products", "lead"},
                                                      {"accounts", "account"},
                                                      {"contacts", "account"},
                                                      {"relationships", "account"},
                                                      {"cases", "support"},
                                                      {"persons", "gateway"},
                                                      {"teams", "gateway"},
                                                      {"departments", "gateway"},
                                                      {"charterProposals", "gateway"},
                                                      {"charterDelegations", "gateway"},
                                                      {"disputes", "gateway"},
                                                      {"intakes", "reporting"},
                                                      {"reports", ""},
                                                      {"", ""}};
  for (const auto& [collection, owner] : rows) EXPECT_EQ(table.OwnerOf(collection), owner);
}

TEST(RouteTable, RefusesUnknownPathsAndStreams) {
  const RouteTable table;
  for (const std::string path :
       {"", "/", "/comity.lead.v1.LeadService", "/comity.lead.v1.LeadService/Nothing",
        "/comity.lead.v1.LeadService/GetLead/", "/comity.lead.v1.LeadService/GetLead?x=1",
        "/grpc.health.v1.Health/Check"}) {
    EXPECT_EQ(Reason(table.Find(path).status()), "METHOD_UNKNOWN") << path;
  }
  EXPECT_EQ(Reason(table.Find("/comity.journal.v1.JournalService/WatchJournal").status()),
            "STREAM_UNSUPPORTED");
}

absl::StatusOr<std::string> Route(const std::string& path, const std::string& body,
                                  const std::string& hint = "") {
  const RouteTable table;
  const auto method = table.Find(path);
  if (!method.ok()) return method.status();
  const auto request = FromJson((*method)->input_type(), body);
  if (!request.ok()) return request.status();
  return table.ServiceOf(**method, **request, hint);
}

TEST(RouteTable, SharedServicesGoByTheName) {
  const std::string id = "/0190a000-0000-7000-8000-000000000001";
  const std::string judge = "/comity.judgement.v1.JudgementService/Judge";
  const std::string batch = "/comity.judgement.v1.JudgementService/BatchJudge";
  const std::string fact = "/comity.fact.v1.FactService/";
  const std::string history = "/comity.journal.v1.JournalService/ListHistory";
  EXPECT_EQ(*Route(judge, R"({"judgement":{"subject":"cases)" + id + R"("}})"), "support");
  EXPECT_EQ(*Route(batch, R"({"requests":[{"judgement":{"subject":"accounts)" + id + R"("}}]})"),
            "account");
  EXPECT_EQ(*Route(fact + "RecordFact", R"({"parent":"opportunities)" + id + R"("})"), "lead");
  EXPECT_EQ(*Route(fact + "VoidFact", R"({"name":"cases)" + id + "/facts" + id + R"("})"),
            "support");
  EXPECT_EQ(*Route(fact + "BatchRecordFacts", R"({"requests":[{"parent":"leads)" + id + R"("}]})"),
            "lead");
  EXPECT_EQ(*Route(history, R"({"subject":"persons/ana"})"), "gateway");
  // The name decides, not the hint.
  EXPECT_EQ(*Route(history, R"({"subject":"leads)" + id + R"("})", "account"), "lead");
}

TEST(RouteTable, SharedServicesWithoutANameNeedTheHint) {
  const std::string read = "/comity.journal.v1.JournalService/ReadJournal";
  EXPECT_EQ(*Route(read, "{}", "lead"), "lead");
  EXPECT_EQ(*Route(read, "{}", "reporting"), "reporting");
  EXPECT_EQ(Reason(Route(read, "{}").status()), "SERVICE_AMBIGUOUS");
  EXPECT_EQ(Reason(Route(read, "{}", "judgement").status()), "SERVICE_AMBIGUOUS");
  EXPECT_EQ(Reason(Route(read, "{}", "127.0.0.1").status()), "SERVICE_AMBIGUOUS");
  EXPECT_EQ(
      Reason(Route("/comity.journal.v1.JournalService/ListHistory", R"({"subject":"planets/mars"})")
                 .status()),
      "COLLECTION_UNKNOWN");
}

TEST(RouteTable, OwnServicesGoByTheirPackage) {
  EXPECT_EQ(*Route("/comity.gateway.v1.CustomerService/GetCustomer",
                   R"({"name":"accounts/0190a000-0000-7000-8000-000000000001"})", "lead"),
            "gateway");
  EXPECT_EQ(*Route("/comity.lead.v1.LeadService/ListLeads", "{}"), "lead");
  EXPECT_EQ(NameIn(lead::v1::GetLeadRequest()), "");
  lead::v1::GetLeadRequest request;
  request.set_name(kLead);
  EXPECT_EQ(NameIn(request), kLead);
}

TEST(RateLimit, GrantsABurstThenTheRate) {
  RateLimit limit(/*per_second=*/10, /*burst=*/3);
  const absl::Time start = absl::FromUnixSeconds(1000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.Take("a", start), absl::ZeroDuration());
  EXPECT_EQ(limit.Take("a", start), absl::Milliseconds(100));
  EXPECT_EQ(limit.Take("b", start), absl::ZeroDuration()) << "callers do not share";
  EXPECT_EQ(limit.Take("a", start + absl::Milliseconds(100)), absl::ZeroDuration());
  EXPECT_GT(limit.Take("a", start + absl::Milliseconds(100)), absl::ZeroDuration());
  EXPECT_GT(limit.Take("a", start), absl::ZeroDuration())
      << "a clock that steps back grants nothing";
  const absl::Time later = start + absl::Hours(1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.Take("a", later), absl::ZeroDuration());
  EXPECT_GT(limit.Take("a", later), absl::ZeroDuration()) << "saved up no more than the burst";
}

TEST(RateLimit, ForgetsOneCallerForAnother) {
  constexpr int kMost = 100;
  RateLimit limit(/*per_second=*/0.001, /*burst=*/1, kMost);
  const absl::Time start = absl::FromUnixSeconds(1000);
  for (int i = 0; i < kMost; ++i) limit.Take(std::to_string(i), start);
  EXPECT_EQ(limit.Take("new", start), absl::ZeroDuration());
  // All but the one that made room are still held back.
  int held = 0;
  for (int i = kMost - 1; i > 0; --i)
    held += limit.Take(std::to_string(i), start) > absl::ZeroDuration();
  EXPECT_EQ(held, kMost - 1);
}

TEST(RateLimit, CanBeAskedWithoutTaking) {
  RateLimit limit(/*per_second=*/1, /*burst=*/1);
  const absl::Time start = absl::FromUnixSeconds(1000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.Ask("ana", start), absl::ZeroDuration());
  limit.Take("ana", start);
  EXPECT_EQ(limit.Ask("ana", start), absl::Seconds(1));
  EXPECT_EQ(limit.Ask("ana", start + absl::Seconds(1)), absl::ZeroDuration());
}

TEST(RateLimit, ForgetsWhoWasQuietLongest) {
  RateLimit limit(/*per_second=*/1, /*burst=*/1, /*max_callers=*/2);
  const absl::Time start = absl::FromUnixSeconds(1000);
  limit.Take("old", start);
  limit.Take("busy", start + absl::Seconds(10));
  limit.Take("new", start + absl::Seconds(10));
  EXPECT_GT(limit.Take("busy", start + absl::Seconds(10)), absl::ZeroDuration());
}

}  // namespace
}  // namespace comity::gateway
