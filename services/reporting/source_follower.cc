#include "services/reporting/source_follower.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

constexpr int64_t kPage = 1000;
constexpr absl::Duration kPageTimeout = absl::Seconds(10);

// Appends one page of [from, to); an error when there is none.
absl::Status ReadPage(journal::v1::JournalService::Stub* stub, int64_t from, int64_t to,
                      Batch* batch) {
  journal::v1::ReadJournalRequest request;
  request.set_from_position(from);
  request.set_page_size(static_cast<int32_t>(std::min(kPage, to - from)));
  journal::v1::ReadJournalResponse response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPageTimeout));
  COMITY_RETURN_IF_ERROR(channel::FromGrpcStatus(stub->ReadJournal(&context, request, &response)));
  if (response.entries().empty() || response.entries(0).position() != from) {
    return Internal(absl::StrCat("the journal has no entry at position ", from));
  }
  for (auto& entry : *response.mutable_entries()) *batch->Add() = std::move(entry);
  return absl::OkStatus();
}

absl::StatusOr<Batch> ReadRange(const std::shared_ptr<grpc::Channel>& channel, int64_t from,
                                int64_t to) {
  const auto stub = journal::v1::JournalService::NewStub(channel);
  Batch batch;
  while (from + batch.size() < to) {
    COMITY_RETURN_IF_ERROR(ReadPage(stub.get(), from + batch.size(), to, &batch));
  }
  return batch;
}

}  // namespace

SourceFollower::SourceFollower(const server::Parts& parts)
    : channels_(parts.channels), ledger_(parts.runtime) {
  for (const std::string source : kSources) {
    const auto channel = channels_->To(source);
    if (channel == nullptr) continue;
    journal::FollowOptions options;
    options.source = source;
    options.service = parts.runtime->service;
    options.position = [this, source] { return ledger_.Position(source); };
    options.last_entry = [this, source](int64_t position) {
      return ledger_.LastEntry(source, position);
    };
    options.apply = [this, source](const Batch& batch, int64_t) {
      return ledger_.Take(source, batch);
    };
    followers_.emplace_back(source,
                            std::make_unique<journal::Follower>(channel, std::move(options)));
  }
}

absl::Status SourceFollower::Start() {
  for (const auto& [source, follower] : followers_) COMITY_RETURN_IF_ERROR(follower->Start());
  return absl::OkStatus();
}

bool SourceFollower::Ready() const {
  return ledger_.loaded() &&
         std::all_of(followers_.begin(), followers_.end(),
                     [](const auto& follower) { return follower.second->Ready(); });
}

void SourceFollower::Stop() {
  for (const auto& [source, follower] : followers_) follower->Stop();
  ledger_.Stop();
}

std::vector<SourceProgress> SourceFollower::Progress() const {
  std::vector<SourceProgress> progress;
  for (const auto& [source, follower] : followers_) {
    const journal::Complete complete = follower->complete();
    progress.push_back(
        {source, follower->behind(), complete.position,
         complete.time == absl::InfinitePast() ? kNever : absl::ToUnixMicros(complete.time)});
  }
  return progress;
}

ReadEntries SourceFollower::reader() const {
  return [channels = channels_](const std::string& source, int64_t from,
                                int64_t to) -> absl::StatusOr<Batch> {
    const auto channel = channels->To(source);
    if (channel == nullptr) {
      return Unavailable("SERVICE_UNAVAILABLE", absl::StrCat(source, " has no known address"));
    }
    return ReadRange(channel, from, to);
  };
}

}  // namespace comity::reporting
