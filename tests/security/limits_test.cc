// Checks 21, 22 and 25 on real services, by descriptor: every field at one above its bound,
// messages, batches, pages and metadata at their limits and one above, and page tokens that were
// tampered with or belong to others.
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"
#include "tests/security/access.h"
#include "tests/security/api.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;
using integration::Suite;

constexpr size_t kLargestMessage = 1 << 20;
constexpr int kLongestText = 1024;  // where a field states nothing else
constexpr int kMostEntries = 500;
constexpr int kLongestKey = 128;

// Somebody who may call, and a sound request of it. Null: nobody may, which the matrix would say.
struct Sound {
  const Caller* caller = nullptr;
  Probe probe;
};

std::vector<Sound> SoundOf(const Endpoint& endpoint) {
  const World& world = World::Get();
  for (const Caller& caller : world.callers()) {
    std::vector<Sound> sound;
    for (Probe& probe : world.ProbesOf(endpoint, caller)) {
      if (!ExpectedReason(world, endpoint, caller, probe).empty()) continue;
      sound.push_back({&caller, std::move(probe)});
    }
    if (!sound.empty()) return sound;
  }
  ADD_FAILURE() << endpoint.text() << " lets nobody call";
  return {};
}

// One change that makes a sound request too much, and the reasons that are right of it.
struct Excess {
  std::string what;
  std::function<void(Message*)> apply;
  std::set<std::string> reasons;
};
// From a request to the message in it that an excess is about.
using Path = std::function<Message*(Message*)>;

int Stated(const FieldDescriptor* field) {
  return field->options().GetExtension(type::v1::field).max();
}

void AddText(const FieldDescriptor* field, const Path& path, std::vector<Excess>* all) {
  const bool key = field->containing_type()->options().map_entry() && field->number() == 1;
  const bool stated = !field->is_repeated() && Stated(field) > 0;  // else it is that of entries
  const int most = key ? kLongestKey : stated ? Stated(field) : kLongestText;
  const auto add = [&](const char* what, const std::string& value, std::set<std::string> reasons) {
    all->push_back({absl::StrCat(field->full_name(), " ", what),
                    [=](Message* request) {
                      Message* message = path(request);
                      const Reflection* values = message->GetReflection();
                      if (field->is_repeated()) {
                        values->AddString(message, field, value);
                      } else {
                        values->SetString(message, field, value);
                      }
                    },
                    std::move(reasons)});
  };
  const bool money = field->containing_type()->full_name() == "google.type.Money";
  add("one byte too long", std::string(static_cast<size_t>(most) + 1, 'a'),
      {money ? "INVALID_MONEY" : "FIELD_TOO_LONG"});
  const bool is_bytes = field->type() == FieldDescriptor::TYPE_BYTES;  // they may be any
  if (!is_bytes)
    add("with a control character", std::string("a\0z", 3),
        {money ? "INVALID_MONEY" : "CONTROL_CHARACTER"});
  if (!field->options().GetExtension(type::v1::field).refers_to().empty()) {
    add("of another collection", "elsewhere/01890000-0000-7000-8000-000000000000",
        {"INVALID_NAME"});
    add("that injects", "leads/' OR '1'='1", {"INVALID_NAME"});
  }
}

void AddEntries(const FieldDescriptor* field, const Path& path, std::vector<Excess>* all) {
  const int most = Stated(field) > 0 ? Stated(field) : kMostEntries;
  all->push_back({absl::StrCat(field->full_name(), " with one entry too many"),
                  [=](Message* request) {
                    Message* message = path(request);
                    const Reflection* values = message->GetReflection();
                    values->ClearField(message, field);
                    for (int i = 0; i <= most; ++i) {
                      if (field->is_map()) {
                        Message* entry = values->AddMessage(message, field);
                        SetText(entry, "key", absl::StrCat("k", i));
                      } else if (field->message_type() != nullptr) {
                        values->AddMessage(message, field);
                      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
                        values->AddEnumValue(message, field, 1);
                      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
                        values->AddInt32(message, field, 1);
                      } else {
                        values->AddString(message, field, "a");
                      }
                    }
                  },
                  {"TOO_MANY_ENTRIES"}});
}

void AddEnum(const FieldDescriptor* field, const Path& path, std::vector<Excess>* all) {
  all->push_back({absl::StrCat(field->full_name(), " of no such value"),
                  [=](Message* request) {
                    Message* message = path(request);
                    if (field->is_repeated()) {
                      message->GetReflection()->AddEnumValue(message, field, 9999);
                    } else {
                      message->GetReflection()->SetEnumValue(message, field, 9999);
                    }
                  },
                  {"UNKNOWN_ENUM_VALUE"}});
}

void AddNumber(const FieldDescriptor* field, const Path& path, std::vector<Excess>* all) {
  if (field->name() != "page_size") return;
  const bool journal = absl::StrContains(field->full_name(), "ReadJournal");
  for (const int size : {-1, journal ? 1001 : 501}) {
    all->push_back({absl::StrCat(field->full_name(), " ", size),
                    [=](Message* request) {
                      Message* message = path(request);
                      message->GetReflection()->SetInt32(message, field, size);
                    },
                    {"PAGE_SIZE_OUT_OF_RANGE"}});
  }
}

void AddUnknown(const std::string& type, const Path& path, std::vector<Excess>* all) {
  all->push_back({absl::StrCat(type, " with a field that there is not"),
                  [=](Message* request) {
                    Message* message = path(request);
                    message->GetReflection()->MutableUnknownFields(message)->AddVarint(4242, 1);
                  },
                  {"UNKNOWN_FIELD"}});
}

// Every excess of the message at `path`, as deep as the sound request goes.
void Collect(const Message& sound, const Path& path, std::vector<Excess>* all) {
  const bool entry = sound.GetDescriptor()->options().map_entry();
  if (!entry) AddUnknown(sound.GetDescriptor()->full_name(), path, all);
  for (int i = 0; i < sound.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = sound.GetDescriptor()->field(i);
    if (field->is_repeated() && !field->is_map() && field->message_type() != nullptr &&
        field->name() == "requests") {
      AddEntries(field, path, all);
      continue;  // the items are requests of their own
    }
    if (field->is_repeated()) AddEntries(field, path, all);
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        AddText(field, path, all);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        AddEnum(field, path, all);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        AddNumber(field, path, all);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        const Path inner = [path, field](Message* request) {
          Message* message = path(request);
          const Reflection* values = message->GetReflection();
          if (!field->is_repeated()) return values->MutableMessage(message, field);
          if (values->FieldSize(*message, field) == 0) values->AddMessage(message, field);
          return values->MutableRepeatedMessage(message, field, 0);
        };
        const Reflection* values = sound.GetReflection();
        if (field->is_repeated() && values->FieldSize(sound, field) > 0) {
          Collect(values->GetRepeatedMessage(sound, field, 0), inner, all);
        } else if (!field->is_repeated() && values->HasField(sound, field)) {
          Collect(values->GetMessage(sound, field), inner, all);
        }
        break;
      }
      default:
        break;
    }
  }
}

TEST(Limits, EveryFieldOfEveryRequestOneAboveItsBound) {
  std::set<std::string> types;
  std::set<std::string> fields;  // one of a record that is created, updated and so on is one field
  int tried = 0;
  for (const Endpoint& endpoint : Endpoints()) {
    if (!types.insert(endpoint.method->input_type()->full_name()).second) continue;
    for (const Sound& sound : SoundOf(endpoint)) {
      std::vector<Excess> all;
      Collect(
          *sound.probe.request, [](Message* request) { return request; }, &all);
      for (const Excess& excess : all) {
        if (!fields.insert(excess.what).second) continue;
        const std::unique_ptr<Message> request(sound.probe.request->New());
        request->CopyFrom(*sound.probe.request);
        excess.apply(request.get());
        const absl::Status status = CallAs(endpoint, sound.caller->as, *request).status();
        EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument)
            << endpoint.text() << ": " << excess.what << status;
        EXPECT_TRUE(excess.reasons.contains(Reason(status)))
            << endpoint.text() << ": " << excess.what << status;
        ++tried;
      }
      break;  // the fields are the same, whatever the record
    }
  }
  EXPECT_GT(tried, 500);
}

// A batch of 200 is taken item by item; one more is refused as a whole.
TEST(Limits, BatchesOfTwoHundred) {
  int batches = 0;
  for (const Endpoint& endpoint : Endpoints()) {
    if (!endpoint.is_batch()) continue;
    ++batches;
    const std::vector<Sound> sound = SoundOf(endpoint);
    ASSERT_FALSE(sound.empty());
    const FieldDescriptor* items = endpoint.method->input_type()->FindFieldByName("requests");
    const auto request = NewMessage(endpoint.method->input_type());
    for (int i = 0; i < 200; ++i) request->GetReflection()->AddMessage(request.get(), items);
    const auto full = CallAs(endpoint, sound.front().caller->as, *request);
    ASSERT_TRUE(full.ok()) << endpoint.text() << full.status();
    const FieldDescriptor* results = (*full)->GetDescriptor()->FindFieldByName("results");
    EXPECT_EQ((*full)->GetReflection()->FieldSize(**full, results), 200) << endpoint.text();
    request->GetReflection()->AddMessage(request.get(), items);
    const auto more = CallAs(endpoint, sound.front().caller->as, *request);
    EXPECT_EQ(Reason(more.status()), "TOO_MANY_ENTRIES") << endpoint.text() << more.status();
  }
  EXPECT_GE(batches, 12);
}

TEST(Limits, PagesOfFiveHundred) {
  int lists = 0;
  for (const Endpoint& endpoint : Endpoints()) {
    const FieldDescriptor* size = endpoint.method->input_type()->FindFieldByName("page_size");
    if (size == nullptr) continue;
    ++lists;
    const bool journal = endpoint.method->name() == "ReadJournal";
    for (const Sound& sound : SoundOf(endpoint)) {
      sound.probe.request->GetReflection()->SetInt32(sound.probe.request.get(), size,
                                                     journal ? 1000 : 500);
      const auto most = CallAs(endpoint, sound.caller->as, *sound.probe.request);
      EXPECT_TRUE(most.ok()) << endpoint.text() << most.status();
    }
  }
  EXPECT_GE(lists, 20);
}

grpc::Status Send(const std::string& service, const std::string& path, const std::string& bytes,
                  const std::string& filler) {
  const client::Profile& profile = Suite::Get().profile();
  static const auto* const channels =
      new channel::Channels({profile.tls_cert, profile.tls_key, profile.tls_ca}, profile.addresses);
  const grpc::Slice slice(bytes);
  grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer reply;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  context.AddMetadata("authorization", "Bearer " + TokenOf("sam@sales"));
  if (!filler.empty()) context.AddMetadata("x-filler", filler);
  grpc::CompletionQueue queue;
  grpc::Status status;
  grpc::GenericStub stub(channels->To(service));
  const auto call = stub.PrepareUnaryCall(&context, absl::StrCat("/", path), request, &queue);
  call->StartCall();
  call->Finish(&reply, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status;
}

// A message of that size: one text, of a field that every request may have and no request knows.
std::string OfSize(size_t bytes) {
  std::string message = "\xFA\x7F";  // field 2047, of bytes
  size_t rest = bytes - 2 - 3;       // a length of three bytes
  for (size_t length = rest; length > 0; length >>= 7) {
    message.push_back(static_cast<char>((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
  }
  return message + std::string(rest, 'x');
}

TEST(Limits, MessagesOfOneMebibyteAndMetadataOfEightKibibytes) {
  for (const std::string& service : ServiceNames()) {
    const std::string path = "comity.journal.v1.JournalService/ReadJournal";
    ASSERT_EQ(OfSize(kLargestMessage).size(), kLargestMessage);
    // At the limit it is read, and refused for what it says.
    const grpc::Status at = Send(service, path, OfSize(kLargestMessage), "");
    EXPECT_EQ(Reason(channel::FromGrpcStatus(at)), "UNKNOWN_FIELD") << at.error_message();
    for (const size_t bytes : {kLargestMessage + 1, 2 * kLargestMessage}) {
      EXPECT_EQ(Send(service, path, OfSize(bytes), "").error_code(),
                grpc::StatusCode::RESOURCE_EXHAUSTED)
          << service << " " << bytes;
    }
    EXPECT_TRUE(Send(service, path, "", std::string(4000, 'x')).ok()) << service;
    EXPECT_EQ(Send(service, path, "", std::string(8300, 'x')).error_code(),
              grpc::StatusCode::RESOURCE_EXHAUSTED)
        << service;
  }
}

// The bits of a token, some of all, and its length.
std::vector<std::string> Tampered(const std::string& token) {
  std::vector<std::string> all = {token + "A",           token.substr(0, token.size() - 4),
                                  token + "=",           " " + token,
                                  "A" + token.substr(1), token.substr(4)};
  std::string bytes;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(token, &bytes));
  for (size_t i = 0; i < bytes.size(); i += 5) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    all.push_back(absl::WebSafeBase64Escape(changed));
  }
  std::erase(all, token);
  return all;
}

// Changes of the query that a token must not outlive.
std::vector<std::unique_ptr<Message>> OtherQueries(const Message& request) {
  std::vector<std::unique_ptr<Message>> others;
  for (const auto& [field, value] : std::vector<std::pair<std::string, std::string>>{
           {"order_by", "create_time desc"},
           {"filter", "external_id.source = elsewhere"},
           {"lens", "settled"}}) {
    std::unique_ptr<Message> other(request.New());
    other->CopyFrom(request);
    if (SetText(other.get(), field, value)) others.push_back(std::move(other));
  }
  const FieldDescriptor* all = request.GetDescriptor()->FindFieldByName("show_all");
  if (all != nullptr) {
    std::unique_ptr<Message> other(request.New());
    other->CopyFrom(request);
    other->GetReflection()->SetBool(other.get(), all, true);
    others.push_back(std::move(other));
  }
  return others;
}

TEST(PageTokens, OfEveryCollectionServeTheirOwnQueryAndCallerOnly) {
  const World& world = World::Get();
  world.MakeMore();
  std::string foreign;  // a token of the list before
  std::set<std::string> collections;
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.method->input_type()->FindFieldByName("page_token") == nullptr) continue;
    for (const Probe& probe : world.ProbesOf(endpoint, world.caller("max@management"))) {
      Message* request = probe.request.get();
      const FieldDescriptor* size = request->GetDescriptor()->FindFieldByName("page_size");
      request->GetReflection()->SetInt32(request, size, 1);
      const auto first = CallAs(endpoint, "max@management", *request);
      ASSERT_TRUE(first.ok()) << endpoint.text() << first.status();
      const std::string token = GetText(**first, "next_page_token");
      if (token.empty()) continue;  // one record only
      collections.insert(probe.collection);
      const auto reason = [&](const std::string& as, const Message& with) {
        return Reason(CallAs(endpoint, as, with).status());
      };
      const auto expect_invalid = [&](const std::string& as, const Message& with,
                                      const std::string& what) {
        EXPECT_EQ(reason(as, with), "PAGE_TOKEN_INVALID") << endpoint.text() << ": " << what;
      };
      SetText(request, "page_token", token);
      EXPECT_EQ(reason("max@management", *request), "") << endpoint.text();
      request->GetReflection()->SetInt32(request, size, 2);
      EXPECT_EQ(reason("max@management", *request), "") << endpoint.text() << ": a larger page";
      expect_invalid("aud@management", *request, "another person of the department");
      for (const auto& other : OtherQueries(*request)) {
        const std::string refusal = reason("max@management", *other);
        EXPECT_TRUE(refusal == "PAGE_TOKEN_INVALID" || refusal == "ORDER_NOT_SUPPORTED" ||
                    refusal == "FILTER_FIELD_NOT_SUPPORTED")
            << endpoint.text() << ": " << refusal << " " << other->ShortDebugString();
      }
      for (const std::string& tampered : Tampered(token)) {
        SetText(request, "page_token", tampered);
        expect_invalid("max@management", *request, tampered);
      }
      if (!foreign.empty()) {
        SetText(request, "page_token", foreign);
        expect_invalid("max@management", *request, "a token of another list");
      }
      foreign = token;
    }
  }
  EXPECT_GE(collections.size(), 10u);
}

}  // namespace
}  // namespace comity::security
