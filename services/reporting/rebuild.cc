#include "services/reporting/rebuild.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/empty.pb.h"
#include "services/reporting/rebuild_store.h"
#include "services/reporting/report_store.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

constexpr int kIntakesOfRebuild = 2000;
constexpr int64_t kPage = 1000;         // entries, the most that a journal gives at once
constexpr size_t kRowsOfRebuild = 999;  // of a transaction, beside the claim
// A claim is renewed after so many entries, also where reports use few of them.
constexpr int64_t kEntriesOfRebuild = 10'000;

size_t RowsOf(const Effects& effects) {
  return effects.opportunities.size() + effects.facts.size() + effects.judgements.size() +
         effects.named.size() + effects.cases.size() + effects.case_events.size() +
         effects.disputes.size();
}

}  // namespace

void ReadAhead::Expect(const std::vector<v1::Intake>& intakes) {
  for (const v1::Intake& intake : intakes) {
    windows_[intake.source()].expected = intake.to_position();
  }
}

absl::StatusOr<Batch> ReadAhead::EntriesOf(const v1::Intake& intake) {
  Window& window = windows_[intake.source()];
  if (window.entries.empty()) window.from = intake.from_position();
  if (window.from != intake.from_position()) {
    return Internal(absl::StrCat("intake ", intake.number(), " does not follow on the one before"));
  }
  int64_t end = window.from + window.entries.size();
  while (end < intake.to_position()) {
    const int64_t to = std::max(intake.to_position(), std::min(end + kPage, window.expected));
    COMITY_ASSIGN_OR_RETURN(Batch page, read_(intake.source(), end, to));
    if (page.empty()) return Internal(absl::StrCat("no entries of ", intake.source(), " at ", end));
    for (auto& entry : page) *window.entries.Add() = std::move(entry);
    end = window.from + window.entries.size();
  }
  const auto count = static_cast<int>(intake.to_position() - window.from);
  Batch batch(std::make_move_iterator(window.entries.begin()),
              std::make_move_iterator(window.entries.begin() + count));
  window.entries.DeleteSubrange(0, count);
  window.from = intake.to_position();
  return batch;
}

Rebuild::Rebuild(std::function<Call()> make_call, ReadEntries entries, int64_t generation,
                 const charter::Book* book, std::function<absl::Status(int64_t)> go_on)
    : make_call_(std::move(make_call)),
      generation_(generation),
      go_on_(std::move(go_on)),
      entries_(std::move(entries)),
      state_(std::make_unique<State>(book)) {}

absl::Status Rebuild::Transact(const std::function<absl::Status(storage::Transaction&)>& body) {
  Call call = make_call_();
  google::protobuf::Empty reply;
  return storage::TransactInto(
      call, {},
      [&](storage::Transaction& tx) -> absl::Status {
        COMITY_RETURN_IF_ERROR(RenewClaim(tx, generation_));
        return body(tx);
      },
      &reply);
}

absl::StatusOr<std::vector<v1::Intake>> Rebuild::NextIntakes(int64_t last) {
  Call call = make_call_();
  std::vector<v1::Intake> intakes;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(intakes,
                            ListIntakes(reader, state_->number(), last, kIntakesOfRebuild));
    return absl::OkStatus();
  }));
  if (intakes.empty()) return Internal(absl::StrCat("no intake after ", state_->number()));
  return intakes;
}

absl::Status Rebuild::ReplayTo(int64_t last) {
  while (state_->number() < last) {
    COMITY_ASSIGN_OR_RETURN(std::vector<v1::Intake> intakes, NextIntakes(last));
    entries_.Expect(intakes);
    for (v1::Intake& intake : intakes) COMITY_RETURN_IF_ERROR(Add(std::move(intake)));
    COMITY_RETURN_IF_ERROR(Write());
  }
  return absl::OkStatus();
}

absl::Status Rebuild::Add(v1::Intake intake) {
  COMITY_RETURN_IF_ERROR(go_on_(intake.number()));
  COMITY_ASSIGN_OR_RETURN(const Batch batch, entries_.EntriesOf(intake));
  Effects effects = Extract(batch, std::move(intake));
  if (pending_rows_ + RowsOf(effects) > kRowsOfRebuild || pending_entries_ > kEntriesOfRebuild) {
    COMITY_RETURN_IF_ERROR(Write());
  }
  pending_rows_ += RowsOf(effects);
  pending_entries_ += batch.size();
  pending_.push_back(std::move(effects));
  response_.set_intakes(response_.intakes() + 1);
  response_.set_entries(response_.entries() + batch.size());
  return absl::OkStatus();
}

absl::Status Rebuild::Write() {
  COMITY_RETURN_IF_ERROR(
      Transact([&](storage::Transaction& tx) { return InsertEffects(tx, generation_, pending_); }));
  for (const Effects& effects : pending_) state_->Apply(effects);
  pending_.clear();
  pending_rows_ = 0;
  pending_entries_ = 0;
  return absl::OkStatus();
}

}  // namespace comity::reporting
