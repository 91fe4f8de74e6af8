// The HTTP/JSON door against gRPC, by descriptor: for every unary method of all five services the
// same request has the same answer through both, or the same error with the same details.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/reporting/v1/report.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/runtime/status/errors.h"
#include "tests/security/access.h"
#include "tests/security/api.h"
#include "tests/security/door_client.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using gateway::TestReply;
using google::protobuf::FieldDescriptor;
using google::protobuf::util::MessageDifferencer;
using nlohmann::json;
using Answer = absl::StatusOr<std::unique_ptr<Message>>;

constexpr size_t kLargestBody = 1 << 20;

// https://connectrpc.com/docs/protocol#error-codes
struct ConnectCode {
  const char* name;
  absl::StatusCode code;
  int http;
};
constexpr ConnectCode kCodes[] = {
    {"canceled", absl::StatusCode::kCancelled, 499},
    {"unknown", absl::StatusCode::kUnknown, 500},
    {"invalid_argument", absl::StatusCode::kInvalidArgument, 400},
    {"deadline_exceeded", absl::StatusCode::kDeadlineExceeded, 504},
    {"not_found", absl::StatusCode::kNotFound, 404},
    {"already_exists", absl::StatusCode::kAlreadyExists, 409},
    {"permission_denied", absl::StatusCode::kPermissionDenied, 403},
    {"resource_exhausted", absl::StatusCode::kResourceExhausted, 429},
    {"failed_precondition", absl::StatusCode::kFailedPrecondition, 400},
    {"aborted", absl::StatusCode::kAborted, 409},
    {"out_of_range", absl::StatusCode::kOutOfRange, 400},
    {"unimplemented", absl::StatusCode::kUnimplemented, 501},
    {"internal", absl::StatusCode::kInternal, 500},
    {"unavailable", absl::StatusCode::kUnavailable, 503},
    {"data_loss", absl::StatusCode::kDataLoss, 500},
    {"unauthenticated", absl::StatusCode::kUnauthenticated, 401},
};

// The error in a body, as the protocol writes it.
absl::Status ErrorIn(const TestReply& reply) {
  const json error = json::parse(reply.body, nullptr, false);
  if (!error.is_object() || !error.contains("code")) {
    return absl::UnknownError(absl::StrCat(reply.code, " ", reply.body));
  }
  google::rpc::Status status;
  for (const ConnectCode& row : kCodes) {
    if (error["code"] != row.name) continue;
    status.set_code(static_cast<int>(row.code));
    // HTTP itself has codes for what is no call: unknown paths, verbs and types, sizes.
    const bool of_http = reply.code == 404 || reply.code == 405 || reply.code == 413 ||
                         reply.code == 415 || reply.code == 431;
    EXPECT_TRUE(of_http || reply.code == row.http) << reply.code << reply.body;
  }
  status.set_message(error.value("message", ""));
  for (const json& detail : error.value("details", json::array())) {
    auto* any = status.add_details();
    any->set_type_url(absl::StrCat("type.googleapis.com/", detail["type"].get<std::string>()));
    std::string bytes;
    EXPECT_TRUE(absl::Base64Unescape(detail["value"].get<std::string>(), &bytes)) << reply.body;
    any->set_value(bytes);
  }
  return FromRpcStatus(status);
}

Answer ThroughDoor(const Endpoint& endpoint, const std::string& as, const Message& request) {
  std::string body;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(request, &body).ok());
  TestReply reply;
  do {  // 200 calls a second and person: this test may be faster
    reply = SendToDoor("POST", absl::StrCat("/", endpoint.path()), DoorHeaders(endpoint, as), body);
  } while (reply.code == 429 && Reason(ErrorIn(reply)) == "RATE_LIMITED");
  if (reply.code != 200) return ErrorIn(reply);
  EXPECT_TRUE(absl::StrContains(reply.headers, "application/json")) << reply.headers;
  auto message = NewMessage(endpoint.method->output_type());
  const auto parsed = google::protobuf::util::JsonStringToMessage(reply.body, message.get());
  EXPECT_TRUE(parsed.ok()) << endpoint.text() << reply.body.substr(0, 500);
  return message;
}

// What goes on with the clock, in a report or timeline; and tokens of pages, which are bound to the
// workload that asked: to the door's own.
void ClearClock(Message* message) {
  const auto* reflection = message->GetReflection();
  if (!GetText(*message, "next_page_token").empty()) SetText(message, "next_page_token", "more");
  for (const char* name : {"fresh_time", "complete_time", "read_time"}) {
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) reflection->ClearField(message, field);
  }
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() == nullptr || field->is_map()) continue;
    if (!field->is_repeated()) ClearClock(reflection->MutableMessage(message, field));
    for (int i = 0; field->is_repeated() && i < reflection->FieldSize(*message, field); ++i) {
      ClearClock(reflection->MutableRepeatedMessage(message, field, i));
    }
  }
}

std::string Differences(const Answer& one, const Answer& other) {
  if (one.ok() != other.ok()) {
    return absl::StrCat(one.status().ToString(), " and ", other.status().ToString());
  }
  std::string differences;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&differences);
  if (one.ok()) {
    ClearClock(one->get());
    ClearClock(other->get());
    return differencer.Compare(**one, **other) ? "" : differences;
  }
  google::rpc::Status left = ToRpcStatus(one.status());
  google::rpc::Status right = ToRpcStatus(other.status());
  left.clear_message();  // where the door answers itself, it may say it in its own words
  right.clear_message();
  return differencer.Compare(left, right) ? "" : differences;
}

// What is ended by it, later tests need: these are only tried, and their answers are of new parts.
bool Ends(const Endpoint& endpoint) {
  return endpoint.method->name() == "Withdraw" || endpoint.method->name() == "VoidFact";
}

void Prepare(const Endpoint& endpoint, Message* request) {
  const FieldDescriptor* requests = request->GetDescriptor()->FindFieldByName("requests");
  Message* item = request;
  if (requests != nullptr && request->GetReflection()->FieldSize(*request, requests) > 0) {
    item = request->GetReflection()->MutableRepeatedMessage(request, requests, 0);
  }
  const FieldDescriptor* only = item->GetDescriptor()->FindFieldByName("validate_only");
  if (only != nullptr) item->GetReflection()->SetBool(item, only, Ends(endpoint));
}

void ClearNew(const Answer& answer) {
  if (!answer.ok()) return;
  for (const char* name : {"name", "actor", "record_time", "occur_time", "subject_version"}) {
    const FieldDescriptor* field = (*answer)->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) (*answer)->GetReflection()->ClearField(answer->get(), field);
  }
}

// A read may see what happened in between, such as the next intake: then both are asked again. A
// write carries one request id: the second door gets the answer of the first.
void ExpectSame(const Endpoint& endpoint, const std::string& as, const Message& request) {
  static bool door_first = false;
  std::string differences;
  for (int attempt = 0; attempt < (endpoint.writes() ? 1 : 10); ++attempt) {
    door_first = !door_first;
    Answer early = door_first ? ThroughDoor(endpoint, as, request) : CallAs(endpoint, as, request);
    Answer late = door_first ? CallAs(endpoint, as, request) : ThroughDoor(endpoint, as, request);
    if (Ends(endpoint)) {
      ClearNew(early);
      ClearNew(late);
    }
    differences = Differences(early, late);
    if (differences.empty()) return;
  }
  ADD_FAILURE() << endpoint.text() << " as `" << as << "`: " << differences
                << "\nrequest: " << request.ShortDebugString();
}

TEST(Door, EveryUnaryMethodAnswersAsThroughGrpc) {
  const World& world = World::Get();
  int methods = 0;
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.streams()) continue;
    ++methods;
    std::set<std::pair<std::string, std::string>> asked;  // collection and outcome
    int answered = 0;
    for (const Caller& caller : world.callers()) {
      for (const Probe& probe : world.ProbesOf(endpoint, caller)) {
        const std::string expected = ExpectedReason(world, endpoint, caller, probe);
        // One of those who may, and one for each reason why others may not.
        if (!asked.emplace(probe.collection, expected).second) continue;
        Prepare(endpoint, probe.request.get());
        ExpectSame(endpoint, caller.as, *probe.request);
        if (!expected.empty()) continue;
        ++answered;
        const std::unique_ptr<Message> absent = world.Absent(probe);
        if (absent != nullptr) ExpectSame(endpoint, caller.as, *absent);
        ExpectSame(endpoint, caller.as, *NewMessage(endpoint.method->input_type()));
      }
    }
    EXPECT_GT(answered, 0) << endpoint.text();
  }
  EXPECT_GT(methods, 90);
}

// Each door goes on with its own tokens, and to the same pages.
TEST(Door, PagesAreTheSame) {
  const World& world = World::Get();
  const Caller& caller = world.caller("max@management");
  int paged = 0;
  for (const Endpoint& endpoint : Endpoints()) {
    for (const Probe& probe : world.ProbesOf(endpoint, caller)) {
      if (TextField(*probe.request, "page_token") == nullptr) break;
      const FieldDescriptor* size = probe.request->GetDescriptor()->FindFieldByName("page_size");
      probe.request->GetReflection()->SetInt32(probe.request.get(), size, 1);
      const Answer there = ThroughDoor(endpoint, caller.as, *probe.request);
      const Answer here = CallAs(endpoint, caller.as, *probe.request);
      ASSERT_TRUE(there.ok() && here.ok()) << endpoint.text() << there.status() << here.status();
      if (GetText(**there, "next_page_token").empty()) continue;
      ++paged;
      const std::unique_ptr<Message> next(probe.request->New());
      next->CopyFrom(*probe.request);
      SetText(next.get(), "page_token", GetText(**there, "next_page_token"));
      SetText(probe.request.get(), "page_token", GetText(**here, "next_page_token"));
      EXPECT_EQ(Differences(ThroughDoor(endpoint, caller.as, *next),
                            CallAs(endpoint, caller.as, *probe.request)),
                "")
          << endpoint.text();
    }
  }
  EXPECT_GT(paged, 3);
}

struct Refusal {
  const char* what;
  const char* verb;
  std::string headers;  // beside the token
  std::string body;
  int http;
  const char* reason;
};

TEST(Door, WhatIsNoCallIsRefusedByEveryMethod) {
  const std::string type = "Content-Type: application/json\r\n";
  const std::vector<Refusal> refusals = {
      {"no JSON", "POST", type, "{", 400, "MALFORMED_JSON"},
      {"another type", "POST", "Content-Type: text/plain\r\n", "{}", 415, "JSON_ONLY"},
      {"GET", "GET", type, "", 405, "POST_ONLY"},
      {"a list", "POST", type, "[1]", 400, "MALFORMED_JSON"},
      {"nothing", "POST", type, "", 400, "MALFORMED_JSON"},
      {"a number for all", "POST", type, "7", 400, "MALFORMED_JSON"},
      {"an unknown field", "POST", type, R"({"noSuchField": 1})", 400, "UNKNOWN_FIELD"},
      {"broken UTF-8", "POST", type, "{\"\xC3\x28\": 1}", 400, ""},
      {"the binary form", "POST", "Content-Type: application/proto\r\n", "", 415, "JSON_ONLY"},
      {"no type", "POST", "", "{}", 415, "JSON_ONLY"},
      {"PUT", "PUT", type, "{}", 405, "POST_ONLY"},
      {"another protocol version", "POST", type + "Connect-Protocol-Version: 2\r\n", "{}", 400,
       "PROTOCOL_VERSION"},
      {"gzip", "POST", type + "Content-Encoding: gzip\r\n", "{}", 501, "ENCODING_UNSUPPORTED"},
  };
  const std::string token = absl::StrCat("Authorization: Bearer ", TokenOf("sam@sales"), "\r\n");
  std::set<std::string> paths;
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.streams() || !paths.insert(endpoint.path()).second) continue;
    // Three of all methods, the others of one method after the other.
    for (size_t i = 0; i < refusals.size(); ++i) {
      const Refusal& refusal = refusals[i];
      if (i >= 3 && i % 5 != paths.size() % 5) continue;
      TestReply reply;
      do {
        reply = SendToDoor(refusal.verb, absl::StrCat("/", endpoint.path()),
                           token + refusal.headers, refusal.body);
      } while (reply.code == 429);
      EXPECT_EQ(reply.code, refusal.http) << endpoint.text() << ": " << refusal.what << reply.body;
      const std::string reason = Reason(ErrorIn(reply));
      EXPECT_FALSE(reason.empty()) << reply.body;
      if (*refusal.reason != '\0') {
        EXPECT_EQ(reason, refusal.reason) << endpoint.text() << ": " << refusal.what;
      }
    }
  }
}

TEST(Door, UnknownMethodsStreamsAndBodiesThatAreTooLarge) {
  const Endpoint& list = EndpointNamed("LeadService/ListLeads");
  const std::string headers = DoorHeaders(list, "sam@sales");
  for (const char* path :
       {"/", "/comity.lead.v1.LeadService", "/comity.lead.v1.LeadService/",
        "/comity.lead.v1.LeadService/NoMethod", "/comity.none.v1.X/GetLead",
        "/comity.lead.v1.LeadService/ListLeads/", "/../etc/passwd", "/grpc.health.v1.Health/Check",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
    const TestReply reply = SendToDoor("POST", path, headers, "{}");
    EXPECT_EQ(reply.code, 404) << path;
    EXPECT_EQ(Reason(ErrorIn(reply)), "METHOD_UNKNOWN") << path;
  }
  const TestReply stream =
      SendToDoor("POST", "/comity.journal.v1.JournalService/WatchJournal", headers, "{}");
  EXPECT_EQ(stream.code, 501);
  EXPECT_EQ(Reason(ErrorIn(stream)), "STREAM_UNSUPPORTED");
  const std::string path = absl::StrCat("/", list.path());
  const auto body_of = [](size_t bytes) { return "{}" + std::string(bytes - 2, ' '); };
  EXPECT_EQ(SendToDoor("POST", path, headers, body_of(kLargestBody)).code, 200);
  for (const size_t bytes : {kLargestBody + 1, 2 * kLargestBody}) {
    const TestReply reply = SendToDoor("POST", path, headers, body_of(bytes));
    EXPECT_EQ(reply.code, 413) << bytes;
    EXPECT_EQ(Reason(ErrorIn(reply)), "MESSAGE_TOO_LARGE") << bytes;
  }
}

// Nobody asked for a compressed answer that the door could not give.
TEST(Door, AnswersAreNotCompressed) {
  const Endpoint& list = EndpointNamed("LeadService/ListLeads");
  const TestReply reply =
      SendToDoor("POST", absl::StrCat("/", list.path()),
                 DoorHeaders(list, "sam@sales") + "Accept-Encoding: gzip, br\r\n", "{}");
  EXPECT_EQ(reply.code, 200);
  EXPECT_FALSE(absl::StrContains(absl::AsciiStrToLower(reply.headers), "content-encoding"));
  EXPECT_TRUE(json::parse(reply.body, nullptr, false).is_object());
}

}  // namespace
}  // namespace comity::security
