#include "services/runtime/charter/book.h"

#include <algorithm>
#include <utility>

namespace comity::charter {

Book::Book(Revision first) {
  first.effective = absl::InfinitePast();
  Put(std::move(first));
}

const Charter& Book::At(absl::Time time) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto found = std::find_if(current_.rbegin(), current_.rend(), [time](const auto* revision) {
    return revision->effective <= time;
  });
  return found == current_.rend() ? current_.front()->charter : (*found)->charter;
}

std::vector<const Revision*> Book::revisions() const {
  absl::ReaderMutexLock lock(&mutex_);
  return current_;
}

const Revision& Book::last() const {
  absl::ReaderMutexLock lock(&mutex_);
  return *current_.back();
}

int Book::FirstOpen() const {
  absl::ReaderMutexLock lock(&mutex_);
  for (const Revision* known : current_) {
    if (known->effective == absl::InfiniteFuture()) return known->charter.revision();
  }
  return current_.back()->charter.revision() + 1;
}

const Revision* Book::Find(int revision) const {
  absl::ReaderMutexLock lock(&mutex_);
  for (const Revision* known : current_) {
    if (known->charter.revision() == revision) return known;
  }
  return nullptr;
}

void Book::Put(Revision revision) {
  absl::MutexLock lock(&mutex_);
  const int number = revision.charter.revision();
  const auto known = std::find_if(current_.begin(), current_.end(), [number](const auto* other) {
    return other->charter.revision() == number;
  });
  if (known != current_.end() && (*known)->effective != absl::InfiniteFuture()) return;
  if (known != current_.end() && revision.effective == absl::InfiniteFuture()) return;
  all_.push_back(std::make_unique<const Revision>(std::move(revision)));
  if (known != current_.end()) {
    *known = all_.back().get();
  } else {
    current_.push_back(all_.back().get());
  }
}

std::shared_ptr<Book> MakeBook(Charter starting) {
  std::string digest = DigestOf(starting.document().SerializeAsString());
  return std::make_shared<Book>(Revision{std::move(starting), std::move(digest)});
}

}  // namespace comity::charter
