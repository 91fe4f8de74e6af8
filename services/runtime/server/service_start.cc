#include "services/runtime/server/service_start.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/type/v1/settled.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/runtime/charter/settlement.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"

namespace comity::server {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(10);
constexpr int kPage = 200;
constexpr int kTries = 3;

// The last entry about the subject; version 0: there is none.
absl::StatusOr<journal::v1::Entry> LastEntryOf(storage::Reader& reader,
                                               const std::string& subject) {
  journal::v1::Entry last;
  while (true) {
    COMITY_ASSIGN_OR_RETURN(const auto page,
                            journal::ReadHistory(reader, subject, last.version(), kPage));
    if (!page.empty() && !last.ParseFromString(page.back().body)) {
      return Internal("a journal's entry does not parse");
    }
    if (page.size() < kPage) return last;
  }
}

absl::Status NoteOnce(Call& call, const type::v1::ServiceStart& start) {
  google::protobuf::Empty none;
  const std::string subject = absl::StrCat("services/", start.service());
  return storage::TransactInto(
      call, storage::TransactOptions(),
      [&](storage::Transaction& tx) -> absl::Status {
        COMITY_ASSIGN_OR_RETURN(const journal::v1::Entry last, LastEntryOf(tx, subject));
        type::v1::ServiceStart noted;
        if (last.payload().UnpackTo(&noted) &&
            noted.SerializeAsString() == start.SerializeAsString()) {
          return absl::OkStatus();
        }
        journal::v1::Entry entry;
        entry.set_subject(subject);
        entry.set_version(last.version() + 1);
        entry.set_type("service-started");
        entry.mutable_payload()->PackFrom(start);
        tx.Append(std::move(entry));
        return absl::OkStatus();
      },
      &none);
}

}  // namespace

std::string BuildVersion() { return COMITY_VERSION; }

absl::Status NoteStart(const Runtime& runtime, const std::string& build, absl::Time now) {
  type::v1::ServiceStart start;
  start.set_service(runtime.service);
  start.set_build(build);
  start.set_rule_version(charter::kRuleVersion);
  Call call;
  call.runtime = &runtime;
  call.method = absl::StrCat(runtime.service, "/Start");
  call.principal.workload = absl::StrCat("service/", runtime.service);
  call.now = now;
  call.deadline = absl::Now() + kTimeout;
  absl::Status noted;
  // Another replica may have taken the version: then it has noted the same.
  for (int i = 0; i < kTries; ++i) {
    noted = NoteOnce(call, start);
    if (noted.ok()) break;
  }
  return noted;
}

}  // namespace comity::server
