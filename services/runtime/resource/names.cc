#include "services/runtime/resource/names.h"

#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

constexpr size_t kIdBytes = 16;
constexpr size_t kIdText = 36;
constexpr uint64_t kCounterEnd = 1 << 12;
constexpr uint64_t kCounterStart = 1 << 11;  // a new millisecond starts below: room to count up

// Milliseconds and counter of the last id of this process.
struct Clock {
  absl::Mutex mutex;
  uint64_t milliseconds ABSL_GUARDED_BY(mutex) = 0;
  uint64_t counter ABSL_GUARDED_BY(mutex) = 0;
};

struct Tick {
  uint64_t milliseconds;
  uint64_t counter;
};

// Grows with every call, also when `now` does not: a full counter borrows the next millisecond.
Tick NextTick(uint64_t now, uint64_t start) {
  static Clock* const clock = new Clock;
  absl::MutexLock lock(&clock->mutex);
  if (now > clock->milliseconds) {
    clock->milliseconds = now;
    clock->counter = start;
  } else if (++clock->counter == kCounterEnd) {
    ++clock->milliseconds;
    clock->counter = 0;
  }
  return {clock->milliseconds, clock->counter};
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool IsDashPlace(size_t place) { return place == 8 || place == 13 || place == 18 || place == 23; }

// Canonical text into `id`; false if it is none.
bool ParseId(absl::string_view text, std::string* id) {
  if (text.size() != kIdText) return false;
  id->clear();
  id->reserve(kIdBytes);
  int high = -1;
  for (size_t i = 0; i < kIdText; ++i) {
    if (IsDashPlace(i)) {
      if (text[i] != '-') return false;
      continue;
    }
    const int digit = HexDigit(text[i]);
    if (digit < 0) return false;
    if (high < 0) {
      high = digit;
    } else {
      id->push_back(static_cast<char>(high << 4 | digit));
      high = -1;
    }
  }
  return true;
}

// What stands after `{collection}/`; empty if `name` is of another collection.
absl::string_view IdPart(absl::string_view name, absl::string_view collection) {
  if (name.size() <= collection.size() + 1 || !absl::StartsWith(name, collection) ||
      name[collection.size()] != '/') {
    return {};
  }
  return name.substr(collection.size() + 1);
}

bool HasChosenIds(absl::string_view collection) {
  return collection == "persons" || collection == "departments" || collection == "teams" ||
         collection == "questions";
}

bool IsChosenId(absl::string_view id) {
  if (id.empty() || id.size() > 63) return false;
  for (char c : id) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') return false;
  }
  return true;
}

}  // namespace

std::string NewId(absl::Time now) {
  thread_local absl::BitGen bits;
  const int64_t milliseconds = absl::ToUnixMillis(now);
  const Tick tick = NextTick(milliseconds < 0 ? 0 : static_cast<uint64_t>(milliseconds),
                             absl::Uniform<uint64_t>(bits, 0, kCounterStart));
  const uint64_t high = tick.milliseconds << 16 | uint64_t{7} << 12 | tick.counter;
  const uint64_t low = uint64_t{2} << 62 | absl::Uniform<uint64_t>(bits) >> 2;
  std::string id(kIdBytes, '\0');
  for (size_t i = 0; i < 8; ++i) {
    id[i] = static_cast<char>(high >> (56 - 8 * i));
    id[8 + i] = static_cast<char>(low >> (56 - 8 * i));
  }
  return id;
}

std::string IdToText(absl::string_view id) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(kIdText);
  for (char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsDashPlace(text.size())) text.push_back('-');
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

absl::StatusOr<std::string> IdFromText(absl::string_view text) {
  std::string id;
  if (!ParseId(text, &id)) {
    return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_NAME",
                     absl::StrCat("an id is a lower-case UUID such as ",
                                  "0190f3a1-0000-7000-8000-000000000000"));
  }
  return id;
}

std::string CollectionOf(absl::string_view name) {
  const size_t slash = name.find('/');
  if (slash == absl::string_view::npos || slash == 0 || slash + 1 == name.size()) return "";
  return std::string(name.substr(0, slash));
}

std::string SubjectOf(absl::string_view name) {
  const size_t first = name.find('/');
  if (first == absl::string_view::npos) return std::string(name);
  return std::string(name.substr(0, name.find('/', first + 1)));
}

absl::StatusOr<std::string> IdOf(absl::string_view name, absl::string_view collection) {
  std::string id;
  if (!ParseId(IdPart(name, collection), &id)) {
    return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_NAME",
                     absl::StrCat("a name here is `", collection, "/{uuid}`, in lower case"),
                     {{"collection", collection}});
  }
  return id;
}

std::string MakeName(absl::string_view collection, absl::string_view id) {
  return absl::StrCat(collection, "/", IdToText(id));
}

bool IsNameIn(absl::string_view name, absl::string_view collection) {
  const absl::string_view id = IdPart(name, collection);
  if (HasChosenIds(collection)) return IsChosenId(id);
  std::string bytes;
  return ParseId(id, &bytes);
}

}  // namespace comity::resource
