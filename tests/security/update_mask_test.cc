// Check 15: every field of every record that can be updated, by every role: what may change does,
// what the service sets or a fact changes does not, what there is not is refused; and nothing of it
// gives a role more than its right.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/security/access.h"
#include "tests/security/api.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using google::protobuf::FieldDescriptor;

bool Behaves(const FieldDescriptor* field, google::api::FieldBehavior behavior) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

const FieldDescriptor* RecordField(const Message& request) {
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = request.GetDescriptor()->field(i);
    if (field->message_type() != nullptr && Behaves(field, google::api::REQUIRED)) return field;
  }
  return nullptr;
}

void SetMask(Message* request, const std::string& path) {
  const FieldDescriptor* field = request->GetDescriptor()->FindFieldByName("update_mask");
  auto* mask = static_cast<google::protobuf::FieldMask*>(
      request->GetReflection()->MutableMessage(request, field));
  mask->clear_paths();
  mask->add_paths(path);
}

// The paths of a mask and what must be said of them to who may update.
struct MaskPath {
  std::string path;
  std::string reason;  // empty: it may change
};

std::vector<MaskPath> PathsOf(const google::protobuf::Descriptor& record) {
  std::vector<MaskPath> paths = {{"no_such_field", "UNKNOWN_FIELD_PATH"},
                                 {"name.id", "UNKNOWN_FIELD_PATH"},
                                 {"attributes.", "UNKNOWN_FIELD_PATH"},
                                 {"../name", "UNKNOWN_FIELD_PATH"},
                                 {"", "UNKNOWN_FIELD_PATH"}};
  for (int i = 0; i < record.field_count(); ++i) {
    const FieldDescriptor* field = record.field(i);
    const bool set_by_service = field->name() == "name" || field->name() == "etag" ||
                                Behaves(field, google::api::OUTPUT_ONLY) ||
                                Behaves(field, google::api::IMMUTABLE);
    const bool by_handover = field->name() == "responsible_department";
    const std::string reason = by_handover      ? "HANDOVER_REQUIRED"
                               : set_by_service ? "FIELD_NOT_UPDATABLE"
                                                : "";
    paths.push_back({field->name(), reason});
    paths.push_back({absl::StrCat(field->name(), ".no_such_part"),
                     field->is_map() ? reason : "UNKNOWN_FIELD_PATH"});
    if (field->message_type() == nullptr || field->is_repeated()) continue;
    for (int j = 0; j < field->message_type()->field_count(); ++j) {
      // Half of an external id, an amount or a time is checked as the whole; here: fixed ones.
      if (set_by_service) {
        paths.push_back(
            {absl::StrCat(field->name(), ".", field->message_type()->field(j)->name()), reason});
      }
    }
  }
  return paths;
}

void TryPath(const World& world, const Endpoint& endpoint, const Caller& caller,
             const MaskPath& path) {
  const Probe probe = world.FirstProbeOf(endpoint, caller);
  SetMask(probe.request.get(), path.path);
  const absl::Status outcome = OutcomeOf(CallAs(endpoint, caller.as, *probe.request));
  const std::string denied = ExpectedReason(world, endpoint, caller, probe);
  const std::string text = absl::StrCat(endpoint.text(), " `", path.path, "` as ", caller.as);
  // Whose record it is shows when it was read: a mask that nobody may use is refused either way.
  if (DependsOnRecord(denied) && !path.reason.empty()) {
    EXPECT_FALSE(outcome.ok()) << text;
    EXPECT_TRUE(Reason(outcome) == denied || Reason(outcome) == path.reason) << text << outcome;
    return;
  }
  const std::string expected = denied.empty() ? path.reason : denied;
  EXPECT_EQ(Reason(outcome), expected) << text << outcome;
  EXPECT_EQ(outcome.ok(), expected.empty()) << text << outcome;
}

TEST(UpdateMask, EveryFieldOfEveryRecordForEveryRole) {
  const World& world = World::Get();
  int updates = 0;
  for (const Endpoint& endpoint : Endpoints()) {
    if (!absl::StartsWith(endpoint.method->name(), "Update")) continue;
    ++updates;
    const FieldDescriptor* record = RecordField(*NewMessage(endpoint.method->input_type()));
    ASSERT_NE(record, nullptr) << endpoint.text() << " names no record";
    for (const MaskPath& path : PathsOf(*record->message_type())) {
      std::set<std::string> asked;  // one of each who may, or may not for the same reason
      for (const Caller& caller : world.callers()) {
        const Probe probe = world.FirstProbeOf(endpoint, caller);
        if (!asked.insert(ExpectedReason(world, endpoint, caller, probe)).second) continue;
        TryPath(world, endpoint, caller, path);
      }
    }
  }
  EXPECT_GE(updates, 10);
}

// What the service sets stays as it is, whatever a caller writes there.
TEST(UpdateMask, WhatTheServiceSetsIsNotTakenFromACaller) {
  const World& world = World::Get();
  for (const Endpoint& endpoint : Endpoints()) {
    const bool creates = absl::StartsWith(endpoint.method->name(), "Create");
    if (!creates && !absl::StartsWith(endpoint.method->name(), "Update")) continue;
    for (const Caller& caller : world.callers()) {
      const Probe probe = world.FirstProbeOf(endpoint, caller);
      if (!ExpectedReason(world, endpoint, caller, probe).empty()) continue;
      Message* record = probe.request->GetReflection()->MutableMessage(probe.request.get(),
                                                                       RecordField(*probe.request));
      const auto plain = CallAs(endpoint, caller.as, *probe.request);
      ASSERT_TRUE(plain.ok()) << endpoint.text() << plain.status();
      int written = 0;
      for (int i = 0; i < record->GetDescriptor()->field_count(); ++i) {
        const FieldDescriptor* field = record->GetDescriptor()->field(i);
        if (!Behaves(field, google::api::OUTPUT_ONLY) || field->message_type() == nullptr) continue;
        Message* part = field->is_repeated()
                            ? record->GetReflection()->AddMessage(record, field)
                            : record->GetReflection()->MutableMessage(record, field);
        world.Fill(part, caller, probe.collection);
        ++written;
      }
      // The service sets nothing in a proposed charter but its number.
      const bool is_charter = record->GetDescriptor() == type::v1::Charter::descriptor();
      EXPECT_EQ(written > 0, !is_charter) << endpoint.text();
      const auto answer = CallAs(endpoint, caller.as, *probe.request);
      ASSERT_TRUE(answer.ok()) << endpoint.text() << answer.status();
      for (int i = 0; i < record->GetDescriptor()->field_count(); ++i) {
        const FieldDescriptor* field = record->GetDescriptor()->field(i);
        if (!Behaves(field, google::api::OUTPUT_ONLY) || field->message_type() == nullptr) continue;
        const auto* reflection = record->GetReflection();
        if (field->is_repeated()) {
          EXPECT_EQ(reflection->FieldSize(**answer, field), reflection->FieldSize(**plain, field))
              << endpoint.text() << " took " << field->name();
          continue;
        }
        EXPECT_FALSE(google::protobuf::util::MessageDifferencer::Equals(
            reflection->GetMessage(**answer, field), reflection->GetMessage(*record, field)))
            << endpoint.text() << " took " << field->name();
      }
    }
  }
}

}  // namespace
}  // namespace comity::security
