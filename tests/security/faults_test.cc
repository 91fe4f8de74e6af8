// Check 27: whatever breaks inside, a caller gets a code, a reason and generic words: no SQL, path,
// address or stack; and what cannot be checked is refused.
#include <atomic>
#include <memory>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"
#include "tests/security/access.h"
#include "tests/security/api.h"
#include "tests/security/door_client.h"
#include "tests/security/evidence.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using integration::Eventually;
using integration::Suite;

// What only an insider knows. Words of the API such as `update` or `select` alone are none.
const std::regex& Inside() {
  static const auto* const inside = new std::regex(
      "select .* from|insert (ignore )?into|update .* set |delete from|create table|"
      "comity_[a-z]+(\\.|_run)|database error|maria ?db|mysql|sqlstate|cppconn|"
      "innodb|errno|no such file|permission denied:|\\.sock|"
      "(^|[\\s\"'(:=])/(?!comity\\.)[a-z0-9_.-]+/|"  // a path, which no method's is
      "\\.(cc|cpp|h|hpp):|\\bstd::|absl::|terminate called|sanitizer|backtrace|#0 |0x[0-9a-f]{6}|"
      "127\\.0\\.0\\.1|localhost:|ipv4:|exception|what\\(\\)|assert|openssl",
      std::regex::icase | std::regex::ECMAScript);
  return *inside;
}

// Everything that a caller is told.
std::string Told(const absl::Status& status) { return ToRpcStatus(status).DebugString(); }

void ExpectNothingInside(const std::string& where, const std::string& told) {
  std::smatch found;
  EXPECT_FALSE(std::regex_search(told, found, Inside()))
      << where << " tells `" << found.str() << "`: " << told.substr(0, 600);
}

struct Asked {
  const Endpoint* endpoint;
  std::string as;
  std::shared_ptr<Message> request;
};

// A sound request of every unary method, by somebody who may.
std::vector<Asked> SoundRequests() {
  const World& world = World::Get();
  std::vector<Asked> all;
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.streams()) continue;
    for (const Caller& caller : world.callers()) {
      Probe probe = world.FirstProbeOf(endpoint, caller);
      if (!ExpectedReason(world, endpoint, caller, probe).empty()) continue;
      all.push_back({&endpoint, caller.as, std::move(probe.request)});
      break;
    }
  }
  EXPECT_GT(all.size(), 90u);
  return all;
}

gateway::TestReply ThroughDoor(const Asked& asked, const std::string& body) {
  return SendToDoor("POST", absl::StrCat("/", asked.endpoint->path()),
                    DoorHeaders(*asked.endpoint, asked.as), body);
}

std::string JsonOf(const Message& request) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(request, &json).ok());
  return json;
}

// Asks through both doors; none of the answers tells what is inside. Whether one of them was OK.
bool AskBoth(const Asked& asked, std::vector<absl::Status>* answers) {
  const absl::Status status = OutcomeOf(CallAs(*asked.endpoint, asked.as, *asked.request));
  answers->push_back(status);
  ExpectNothingInside(asked.endpoint->text(), Told(status));
  const gateway::TestReply reply = ThroughDoor(asked, JsonOf(*asked.request));
  if (reply.code != 200) {
    EXPECT_NE(reply.code, 0) << asked.endpoint->text() << ": the door said nothing";
    ExpectNothingInside(asked.endpoint->text() + " through the door", reply.headers + reply.body);
  }
  return status.ok() || reply.code == 200;
}

void ExpectAllResumes(const std::vector<Asked>& all) {
  for (const Asked& asked : all) {
    absl::Status status;
    EXPECT_TRUE(Eventually([&] {
      status = OutcomeOf(CallAs(*asked.endpoint, asked.as, *asked.request));
      return status.ok();
    })) << asked.endpoint->text()
        << status;
  }
}

// Every table of a service's database is away, and the database itself answers: each call that
// needs one is a defect, which the log describes and the caller does not see.
class TablesAway {
 public:
  explicit TablesAway(const std::string& service) : database_(absl::StrCat("comity_", service)) {
    const std::string names = AdministerSql(absl::StrCat(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = '", database_, "'"));
    for (const absl::string_view name : absl::StrSplit(names, '\n', absl::SkipEmpty())) {
      names_.emplace_back(name);
    }
    AdministerSql("CREATE DATABASE IF NOT EXISTS elsewhere");
    Move(database_, "elsewhere");
  }
  ~TablesAway() { Move("elsewhere", database_); }

 private:
  void Move(const std::string& from, const std::string& to) const {
    std::string sql;
    for (const std::string& name : names_) {
      absl::StrAppend(&sql, "RENAME TABLE ", from, ".`", name, "` TO ", to, ".`", name, "`;\n");
    }
    AdministerSql(sql);
  }

  const std::string database_;
  std::vector<std::string> names_;
};

TEST(Faults, ADefectInsideIsAnIdToCallersAndALineInTheLog) {
  const std::vector<Asked> all = SoundRequests();
  for (const std::string& service : ServiceNames()) {
    int internal = 0;
    std::vector<std::string> ids;
    {
      const TablesAway away(service);
      for (const Asked& asked : all) {
        if (asked.endpoint->service != service) continue;
        std::vector<absl::Status> answers;
        AskBoth(asked, &answers);
        for (const absl::Status& answer : answers) {
          if (answer.code() != absl::StatusCode::kInternal) continue;
          ++internal;
          EXPECT_EQ(Reason(answer), "INTERNAL") << asked.endpoint->text();
          ids.push_back(ErrorValue(answer, "error_id"));
        }
      }
    }
    EXPECT_GT(internal, service == "reporting" || service == "gateway" ? 1 : 10) << service;
    const std::string logs = Logs();
    for (const std::string& id : ids) {
      ASSERT_FALSE(id.empty()) << service;
      EXPECT_TRUE(absl::StrContains(logs, id)) << "the log does not know error " << id;
    }
  }
  ExpectAllResumes(all);
}

// Bytes that are no message, at every method.
TEST(Faults, BytesThatAreNoMessageAreRefused) {
  const client::Profile& profile = Suite::Get().profile();
  const channel::Channels channels({profile.tls_cert, profile.tls_key, profile.tls_ca},
                                   profile.addresses);
  for (const Asked& asked : SoundRequests()) {
    for (const std::string& bytes :
         {std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 11),
          std::string("\x0A\x7F short"), std::string(1000, '\x0B')}) {
      const grpc::Slice slice(bytes);
      grpc::ByteBuffer request(&slice, 1);
      grpc::ByteBuffer reply;
      grpc::ClientContext context;
      context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
      context.AddMetadata("authorization", "Bearer " + TokenOf(asked.as));
      grpc::CompletionQueue queue;
      grpc::GenericStub stub(channels.To(asked.endpoint->service));
      grpc::Status status;
      const auto call = stub.PrepareUnaryCall(&context, absl::StrCat("/", asked.endpoint->path()),
                                              request, &queue);
      call->StartCall();
      call->Finish(&reply, &status, nullptr);
      void* tag = nullptr;
      bool ok = false;
      queue.Next(&tag, &ok);
      EXPECT_FALSE(status.ok()) << asked.endpoint->text();
      ExpectNothingInside(asked.endpoint->text(), status.error_message());
      EXPECT_NE(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
    }
    for (const char* body : {"{", "[]", "{\"a\":", "\xFF\xFE", "{\"name\": 7}", "nul", "{}{}"}) {
      const gateway::TestReply reply = ThroughDoor(asked, body);
      EXPECT_EQ(reply.code / 100, 4) << asked.endpoint->text() << " " << body << reply.body;
      ExpectNothingInside(asked.endpoint->text() + " through the door", reply.body);
    }
  }
}

// A service that is away: what the gateway knows of its address is not told.
TEST(Faults, AnAbsentServiceIsAwayAndNothingElse) {
  const std::vector<Asked> all = SoundRequests();
  Suite::Get().Kill("support");
  int away = 0;
  for (const Asked& asked : all) {
    if (asked.endpoint->service != "support") continue;
    const gateway::TestReply reply = ThroughDoor(asked, JsonOf(*asked.request));
    EXPECT_EQ(reply.code, 503) << asked.endpoint->text() << reply.body;
    ExpectNothingInside(asked.endpoint->text(), reply.body);
    ++away;
  }
  EXPECT_GT(away, 10);
  Suite::Get().StartMissing();
  ExpectAllResumes(all);
}

// The database dies while calls are under way, and stays away: nothing is let through unchecked,
// nothing is told, and all resumes.
TEST(Faults, WithoutADatabaseEveryCallIsRefusedAndNothingIsTold) {
  const std::vector<Asked> all = SoundRequests();
  std::atomic<bool> stop = false;
  absl::Mutex mutex;
  std::vector<std::string> told;
  std::vector<std::thread> callers;
  for (const Asked& asked : all) TokenOf(asked.as);  // made before there are threads
  for (size_t first = 0; first < 4; ++first) {
    callers.emplace_back([&, first] {
      for (size_t i = first; !stop; i = (i + 4) % all.size()) {
        const absl::Status status = OutcomeOf(CallAs(*all[i].endpoint, all[i].as, *all[i].request));
        if (status.ok()) continue;
        absl::MutexLock lock(&mutex);
        told.push_back(absl::StrCat(all[i].endpoint->text(), ": ", Told(status)));
      }
    });
  }
  absl::SleepFor(absl::Seconds(1));  // so that calls are under way
  Suite::Get().Kill("mariadb");
  const bool refused = Eventually([&] {
    absl::MutexLock lock(&mutex);
    return told.size() > 100;
  });
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(refused);
  for (const std::string& each : told) ExpectNothingInside("while it died", each);
  for (const std::string& service : ServiceNames()) {
    EXPECT_TRUE(Eventually([&] { return !Suite::Get().Serving(service); })) << service;
  }
  for (const Asked& asked : all) {
    std::vector<absl::Status> answers;
    EXPECT_FALSE(AskBoth(asked, &answers)) << asked.endpoint->text() << " went through";
    for (const absl::Status& answer : answers) {
      EXPECT_EQ(answer.code(), absl::StatusCode::kUnavailable) << asked.endpoint->text() << answer;
    }
  }
  Suite::Get().StartMissing();
  ExpectAllResumes(all);
}

}  // namespace
}  // namespace comity::security
