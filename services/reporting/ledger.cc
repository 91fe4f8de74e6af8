#include "services/reporting/ledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/empty.pb.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::reporting {
namespace {

constexpr absl::Duration kIntakeTimeout = absl::Seconds(30);
constexpr absl::Duration kLoadTimeout = absl::Minutes(30);
constexpr Keeping kRebuilds = {.values = 8, .bytes = 0};  // their results, for those who ask again
constexpr int kMostReloads = 3;  // each because reporting was rebuilt meanwhile
constexpr absl::Duration kToTryAgain = absl::Milliseconds(10);
constexpr int kMostTries = 10;         // each lost to another replica's intake
constexpr int kEntriesOfIntake = 480;  // an entry has up to two rows; a transaction, 1,000

journal::v1::Entry EntryOf(const v1::Intake& intake) {
  journal::v1::Entry entry;
  entry.set_subject("intakes/reporting");
  entry.set_version(intake.number());
  entry.set_type("taken-in");
  entry.mutable_payload()->PackFrom(intake);
  return entry;
}

int64_t PositionIn(const State& state, const std::string& source) {
  for (const SourceState& known : state.sources()) {
    if (known.source == source) return known.position;
  }
  return 0;
}

// Whose journal says from when on a revision of the charter is in force.
constexpr char kCharterSource[] = "gateway";

// Runs `read` on a state that this process has the words to read.
absl::Status ReadBy(const ReadState& read, const State& state) {
  if (state.KnowsCharter()) return read(state);
  return Unavailable("CHARTER_NOT_READY",
                     absl::StrCat("revision ", state.revision(),
                                  " of the charter is on its way here: ask again in a second"));
}

absl::Status NoteLastEntry(storage::Transaction& tx, const v1::Intake& intake) {
  const auto entry = resource::IdFromText(intake.last_entry_id());
  if (!entry.ok()) return absl::OkStatus();  // only its size can tell then
  return PutLastEntry(tx, intake.source(), intake.to_position(), *entry);
}

}  // namespace

Ledger::Ledger(const Runtime* runtime)
    : runtime_(runtime),
      past_(runtime->charters.get(),
            [this](int64_t generation, int64_t as_of, State* state) {
              return Replay({generation, as_of}, state);
            }),
      rebuilds_(
          kRebuilds, [](const auto&) { return size_t{0}; },
          [this](std::function<void()> task) { return StartRebuild(std::move(task)); }),
      rebuilder_(1, 1) {}

Ledger::~Ledger() { Stop(); }

void Ledger::Stop() {
  stopping_ = true;
  rebuilder_.Stop();
  past_.Stop();
}

Call Ledger::OwnCall(const char* method, absl::Time deadline) const {
  Call call;
  call.runtime = runtime_;
  call.method = method;
  call.principal.workload = absl::StrCat("service/", runtime_->service);
  call.now = absl::Now();
  call.deadline = deadline;
  return call;
}

bool Ledger::loaded() const {
  absl::ReaderMutexLock lock(&state_mutex_);
  return state_ != nullptr;
}

Head Ledger::head() const {
  absl::ReaderMutexLock lock(&state_mutex_);
  return {generation_, state_ == nullptr ? 0 : state_->number()};
}

absl::Status Ledger::Load(Call& call, const Head& to, State* state) const {
  const auto take = [&](const Effects& effects) -> absl::Status {
    if (stopping_) return Unavailable("DRAINING", "the server is shutting down; retry elsewhere");
    state->Apply(effects);
    return absl::OkStatus();
  };
  return storage::Read(call, [&](storage::Reader& reader) {
    // A second run, on a new connection, goes on where the first one ended.
    return ReplayEffects(reader, to.generation, state->number(), to.number, take);
  });
}

absl::Status Ledger::CatchUpOnce(Call& call) {
  Head stored;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(stored, ReadHead(reader));
    return absl::OkStatus();
  }));
  const Head known = head();
  const bool is_same = loaded() && known.generation == stored.generation;
  if (is_same && known.number == stored.number) return absl::OkStatus();
  if (is_same) {
    absl::MutexLock lock(&state_mutex_);
    return Load(call, stored, state_.get());
  }
  auto state = std::make_unique<State>(runtime_->charters.get());
  COMITY_RETURN_IF_ERROR(Load(call, stored, state.get()));
  absl::MutexLock lock(&state_mutex_);
  state_ = std::move(state);
  generation_ = stored.generation;
  return absl::OkStatus();
}

absl::Status Ledger::CatchUp(Call& call) {
  for (int reloads = 0;; ++reloads) {
    absl::Status status = CatchUpOnce(call);
    if (Reason(status) != "CONCURRENT_CHANGE" || reloads == kMostReloads) return status;
  }
}

absl::Status Ledger::Refresh() {
  absl::MutexLock lock(&intake_mutex_);
  Call call = OwnCall("reporting/Load", absl::Now() + kLoadTimeout);
  return CatchUp(call);
}

absl::Status Ledger::Replay(const Head& to, State* state) {
  Call call = OwnCall("reporting/Replay", absl::Now() + kLoadTimeout);
  absl::Status status = Load(call, to, state);
  // Another replica has rebuilt. Whoever asks again finds the new generation.
  if (Reason(status) == "CONCURRENT_CHANGE") COMITY_RETURN_IF_ERROR(Refresh());
  return status;
}

absl::StatusOr<int64_t> Ledger::Position(const std::string& source) {
  absl::MutexLock lock(&intake_mutex_);
  Call call = OwnCall("reporting/Load", absl::Now() + kLoadTimeout);
  COMITY_RETURN_IF_ERROR(CatchUp(call));
  absl::ReaderMutexLock state_lock(&state_mutex_);
  return PositionIn(*state_, source);
}

absl::StatusOr<std::string> Ledger::LastEntry(const std::string& source, int64_t position) {
  Call call = OwnCall("reporting/Load", absl::Now() + kIntakeTimeout);
  std::string entry;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(entry, ReadLastEntry(reader, source, position));
    return absl::OkStatus();
  }));
  return entry.empty() ? entry : resource::IdToText(entry);
}

absl::Status Ledger::Store(Call& call, const Effects& effects) {
  const Head from = head();
  google::protobuf::Empty reply;
  return storage::TransactInto(
      call, {},
      [&](storage::Transaction& tx) -> absl::Status {
        COMITY_RETURN_IF_ERROR(MoveHead(tx, from, {from.generation, effects.intake.number()}));
        COMITY_RETURN_IF_ERROR(InsertIntake(tx, effects.intake, absl::ToUnixMicros(call.now)));
        COMITY_RETURN_IF_ERROR(InsertEffects(tx, from.generation, {effects}));
        COMITY_RETURN_IF_ERROR(NoteLastEntry(tx, effects.intake));
        tx.Append(EntryOf(effects.intake));
        return absl::OkStatus();
      },
      &reply);
}

absl::StatusOr<v1::Intake> Ledger::NextIntake(const std::string& source, const Batch& batch,
                                              absl::Time now) const {
  absl::ReaderMutexLock lock(&state_mutex_);
  const int64_t position = state_ == nullptr ? 0 : PositionIn(*state_, source);
  if (state_ == nullptr || (!batch.empty() && position != batch[0].position())) {
    return ConcurrentChange("the batch does not follow on what is in");
  }
  v1::Intake intake;
  intake.set_number(state_->number() + 1);
  intake.set_source(source);
  intake.set_from_position(position);
  intake.set_to_position(batch.empty() ? position : batch[batch.size() - 1].position() + 1);
  // Of two replicas, one may be the first to know it, or have the faster clock.
  intake.set_charter_revision(std::max(state_->revision(), runtime_->charters->At(now).revision()));
  return intake;
}

absl::Status Ledger::TakeIn(const std::string& source, const Batch& batch, absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(v1::Intake intake, NextIntake(source, batch, now));
  const Effects effects = Extract(batch, std::move(intake));
  Call call = OwnCall("reporting/TakeIn", absl::Now() + kIntakeTimeout);
  COMITY_RETURN_IF_ERROR(Store(call, effects));
  for (const std::string& note : effects.unreadable) server::LogMessage(runtime_->service, note);
  absl::MutexLock state_lock(&state_mutex_);
  state_->Apply(effects);
  return absl::OkStatus();
}

absl::Status Ledger::Take(const std::string& source, const Batch& batch) {
  absl::MutexLock lock(&intake_mutex_);
  for (int from = 0; from < batch.size(); from += kEntriesOfIntake) {
    const int to = std::min(from + kEntriesOfIntake, batch.size());
    const Batch part(batch.begin() + from, batch.begin() + to);
    COMITY_RETURN_IF_ERROR(TakeIn(source, part, absl::Now()));
  }
  return absl::OkStatus();
}

absl::StatusOr<Ledger::Present> Ledger::present() const {
  absl::ReaderMutexLock lock(&state_mutex_);
  if (state_ == nullptr) return Unavailable("NOT_READY", "reporting is still loading");
  return Present{{generation_, state_->number()}, state_->revision()};
}

absl::Status Ledger::TakeRevisionIn(absl::Time now) {
  Call call = OwnCall("reporting/Load", absl::Now() + kLoadTimeout);
  COMITY_RETURN_IF_ERROR(CatchUp(call));
  COMITY_ASSIGN_OR_RETURN(const Present last, present());
  if (last.revision >= runtime_->charters->At(now).revision()) return absl::OkStatus();
  return TakeIn(kCharterSource, {}, now);
}

absl::StatusOr<Head> Ledger::Newest(absl::Time now, absl::Time deadline) {
  const int in_force = runtime_->charters->At(now).revision();
  for (int tries = 0;;) {
    COMITY_ASSIGN_OR_RETURN(const Present last, present());
    if (last.revision >= in_force) return last.head;
    // Who takes in holds it for as long as the database needs: no reader waits longer than he said.
    if (!intake_mutex_.TryLock()) {
      if (absl::Now() >= deadline) return DeadlineExceeded();
      absl::SleepFor(kToTryAgain);
      continue;
    }
    const absl::Status taken = TakeRevisionIn(now);
    intake_mutex_.Unlock();
    if (taken.ok()) continue;
    if (Reason(taken) != "CONCURRENT_CHANGE" || tries++ == kMostTries) return taken;
  }
}

absl::StatusOr<bool> Ledger::ReadPresent(const Moment& moment, const ReadState& read,
                                         Present* present) {
  absl::ReaderMutexLock lock(&state_mutex_);
  if (state_ == nullptr) return Unavailable("NOT_READY", "reporting is still loading");
  *present = {{generation_, state_->number()}, state_->revision()};
  if (moment.as_of > state_->number()) {
    return MakeError(absl::StatusCode::kOutOfRange, "AS_OF_NOT_REACHED",
                     absl::StrCat("the last intake is ", state_->number()));
  }
  const bool is_last = moment.as_of == 0 || moment.as_of == state_->number();
  if (!is_last || moment.occurred_before != kNever) return false;
  COMITY_RETURN_IF_ERROR(ReadBy(read, *state_));
  return true;
}

absl::Status Ledger::Read(Call& call, const Moment& moment, const ReadState& read) {
  if (moment.as_of == 0) COMITY_RETURN_IF_ERROR(Newest(call.now, call.deadline).status());
  for (bool again = false;; again = true) {
    Present now;
    COMITY_ASSIGN_OR_RETURN(const bool done, ReadPresent(moment, read, &now));
    if (done) return absl::OkStatus();
    const int64_t generation = now.head.generation;
    const auto state = moment.as_of == 0
                           ? past_.GetLatest(generation, {now.head.number, moment.occurred_before},
                                             now.revision, call.deadline)
                           : past_.Get(generation, moment, call.deadline);
    if (state.ok()) return ReadBy(read, **state);
    if (again || Reason(state.status()) != "CONCURRENT_CHANGE") return state.status();
  }
}

void Ledger::Keep(int64_t as_of) {
  past_.Offer(head().generation, as_of, [&]() -> absl::StatusOr<State> {
    absl::ReaderMutexLock lock(&state_mutex_);
    if (state_ == nullptr || state_->number() != as_of) return absl::CancelledError("past");
    return *state_;
  });
}

}  // namespace comity::reporting
