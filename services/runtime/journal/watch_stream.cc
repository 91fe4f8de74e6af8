#include "services/runtime/journal/watch_stream.h"

#include <utility>

#include "absl/time/clock.h"

namespace comity::journal {

WatchStream* WatchStream::Begin(WatchHub* hub, std::unique_ptr<server::AdmittedStream> admitted,
                                int64_t from) {
  auto stream = std::shared_ptr<WatchStream>(new WatchStream(hub, std::move(admitted), from));
  WatchStream* const reactor = stream.get();
  reactor->self_ = stream;
  hub->Add(std::move(stream));
  return reactor;
}

WatchStream* WatchStream::Refuse(const absl::Status& status) {
  auto stream = std::shared_ptr<WatchStream>(new WatchStream(nullptr, nullptr, 0));
  WatchStream* const reactor = stream.get();
  reactor->self_ = std::move(stream);
  reactor->Finish(status);
  return reactor;
}

int64_t WatchStream::next_position() const {
  absl::MutexLock lock(&mutex_);
  return next_;
}

bool WatchStream::idle() const {
  absl::MutexLock lock(&mutex_);
  return step_ == Step::kIdle && !left_;
}

void WatchStream::Send(v1::WatchJournalResponse response) {
  const absl::Status allowed = admitted_->CheckStillAllowed(absl::Now());
  if (!allowed.ok()) {
    Finish(allowed);
    return Leave();
  }
  {
    absl::MutexLock lock(&mutex_);
    if (step_ != Step::kIdle) return;
    step_ = Step::kWriting;
    if (next_ < 0) next_ = response.size();
    next_ += response.entries_size();
  }
  message_ = std::move(response);
  StartWrite(&message_);
}

void WatchStream::Finish(const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    if (step_ == Step::kWriting && last_word_ == nullptr) {
      last_word_ = std::make_unique<absl::Status>(status);
    }
    if (step_ != Step::kIdle) return;
    step_ = Step::kFinished;
  }
  End(status);
}

void WatchStream::End(const absl::Status& status) {
  ended_with_ = status;
  ServerWriteReactor::Finish(server::ToGrpcStatus(status));
}

void WatchStream::OnWriteDone(bool ok) {
  absl::Status last_word;
  {
    absl::MutexLock lock(&mutex_);
    if (last_word_ != nullptr) last_word = *last_word_;
    if (!ok && last_word.ok()) last_word = absl::CancelledError("the stream broke");
    step_ = last_word.ok() ? Step::kIdle : Step::kFinished;
  }
  if (last_word.ok()) return hub_->Poke();
  Leave();
  End(last_word);
}

void WatchStream::OnCancel() { Leave(); }

void WatchStream::Leave() {
  {
    absl::MutexLock lock(&mutex_);
    if (hub_ == nullptr || left_) return;
    left_ = true;
  }
  hub_->Remove(this);
}

// Nothing may touch the stream after this but the hub, which holds it.
void WatchStream::OnDone() {
  Leave();
  if (admitted_ != nullptr) admitted_->Ended(ended_with_);
  self_.reset();
}

}  // namespace comity::journal
