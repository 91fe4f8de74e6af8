#include "services/runtime/server/readiness.h"

#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "services/runtime/status/macros.h"

namespace comity::server {
namespace {

constexpr absl::Duration kAsk = absl::Milliseconds(250);
constexpr absl::Duration kPublish = absl::Milliseconds(100);
constexpr absl::Duration kAnswerTime = absl::Seconds(1);
constexpr absl::Duration kSilence = absl::Milliseconds(1500);  // without an answer: away

absl::StatusOr<std::unique_ptr<storage::Session>> Connect(
    const storage::DatabaseOptions& options, const std::vector<storage::Migration>& migrations) {
  COMITY_ASSIGN_OR_RETURN(std::unique_ptr<storage::Session> session,
                          storage::Session::Open(options));
  COMITY_RETURN_IF_ERROR(session->SetDeadline(absl::Now() + kAnswerTime));
  COMITY_RETURN_IF_ERROR(storage::CheckSchema(*session, migrations));
  return session;
}

}  // namespace

absl::Status CheckDatabase(const storage::DatabaseOptions& options,
                           const std::vector<storage::Migration>& migrations) {
  return Connect(options, migrations).status();
}

Readiness::Readiness(Options options) : options_(std::move(options)) {
  asking_ = std::thread([this] { AskDatabase(); });
  publishing_ = std::thread([this] { Publish(); });
}

Readiness::~Readiness() { Stop(); }

void Readiness::AskDatabase() {
  std::unique_ptr<storage::Session> session;  // has seen the schema
  do {
    if (session == nullptr) {
      auto connected = Connect(options_.database, options_.migrations);
      if (!connected.ok()) continue;
      session = *std::move(connected);
    } else if (!session->SetDeadline(absl::Now() + kAnswerTime).ok() ||
               !session->Query("SELECT 1", {}).ok()) {
      session.reset();
      continue;
    }
    absl::MutexLock lock(&mutex_);
    last_answer_ = absl::Now();
  } while (Sleep(kAsk));
}

void Readiness::Publish() {
  bool serving = false;
  bool answered = true;  // it was asked before the first call
  do {
    bool answers;
    {
      absl::MutexLock lock(&mutex_);
      answers = absl::Now() - last_answer_ < kSilence;
    }
    if (answers != answered) options_.database_answers(answers);
    answered = answers;
    const bool now = answers && options_.parts_ready();
    if (now != serving) options_.published(now);
    serving = now;
  } while (Sleep(kPublish));
}

bool Readiness::Sleep(absl::Duration time) {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&stopped_), time);
}

void Readiness::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (publishing_.joinable()) publishing_.join();
  if (asking_.joinable()) asking_.join();
}

}  // namespace comity::server
