#include "services/runtime/server/validate_value.h"

#include <cstdint>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

constexpr int64_t kFirstSecond = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253402300799;   // 9999-12-31T23:59:59Z
constexpr int kNanos = 1000000000;
constexpr int64_t kMostUnits = 1000000000000000;  // 10^15: its minor units fit an int64
constexpr char32_t kBad = 0xFFFFFFFF;

struct Lead {  // what the first byte of a character says
  int size;
  char32_t bits;
  char32_t least;  // anything below is an overlong form
};

Lead LeadOf(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if ((byte & 0xE0) == 0xC0) return {2, byte & 0x1Fu, 0x80};
  if ((byte & 0xF0) == 0xE0) return {3, byte & 0x0Fu, 0x800};
  if ((byte & 0xF8) == 0xF0) return {4, byte & 0x07u, 0x10000};
  return {0, 0, 0};
}

// The next character of `text`, which it consumes; kBad when it is none.
char32_t Next(absl::string_view* text) {
  const Lead lead = LeadOf(static_cast<unsigned char>(text->front()));
  if (lead.size == 0 || static_cast<size_t>(lead.size) > text->size()) return kBad;
  char32_t character = lead.bits;
  for (int i = 1; i < lead.size; ++i) {
    const auto byte = static_cast<unsigned char>((*text)[static_cast<size_t>(i)]);
    if ((byte & 0xC0) != 0x80) return kBad;
    character = character << 6 | (byte & 0x3Fu);
  }
  text->remove_prefix(static_cast<size_t>(lead.size));
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  return character < lead.least || surrogate || character > 0x10FFFF ? kBad : character;
}

bool IsControl(char32_t character) {
  if (character == '\n' || character == '\t') return false;
  return character < 0x20 || (character >= 0x7F && character <= 0x9F);
}

absl::Status ValidateTimestamp(const google::protobuf::Timestamp& time, const std::string& path) {
  if (time.seconds() >= kFirstSecond && time.seconds() <= kLastSecond && time.nanos() >= 0 &&
      time.nanos() < kNanos) {
    return absl::OkStatus();
  }
  return InvalidField("INVALID_TIMESTAMP", path,
                      "a time lies in the years 1 to 9999, with nanos from 0 to 999,999,999");
}

absl::Status ValidateDate(const google::type::Date& date, const std::string& path) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  if (date.year() >= 1 && date.year() <= 9999 && day.month() == date.month() &&
      day.day() == date.day()) {
    return absl::OkStatus();
  }
  return InvalidField("INVALID_DATE", path,
                      "a date is a day of the calendar with year, month and day");
}

absl::Status ValidateMoney(const google::type::Money& money, const std::string& path) {
  const std::string& code = money.currency_code();
  const bool is_code = code.size() == 3 && absl::ascii_isupper(code[0]) &&
                       absl::ascii_isupper(code[1]) && absl::ascii_isupper(code[2]);
  const bool in_range = money.units() >= -kMostUnits && money.units() <= kMostUnits &&
                        money.nanos() > -kNanos && money.nanos() < kNanos;
  const bool one_sign =
      (money.units() >= 0 && money.nanos() >= 0) || (money.units() <= 0 && money.nanos() <= 0);
  if (is_code && in_range && one_sign) return absl::OkStatus();
  return InvalidField("INVALID_MONEY", path,
                      "an amount has a currency code of three capitals, at most 10^15 units, and "
                      "nanos below one unit and of the same sign");
}

}  // namespace

absl::Status ValidateText(absl::string_view text, const std::string& path) {
  while (!text.empty()) {
    const char32_t character = Next(&text);
    if (character == kBad) return InvalidField("INVALID_UTF8", path, "text is UTF-8");
    if (IsControl(character)) {
      return InvalidField("CONTROL_CHARACTER", path,
                          "text has no control characters but newline and tab");
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateKnownType(const google::protobuf::Message& message, const std::string& path) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    return ValidateTimestamp(*time, path);
  }
  if (const auto* date = dynamic_cast<const google::type::Date*>(&message)) {
    return ValidateDate(*date, path);
  }
  if (const auto* money = dynamic_cast<const google::type::Money*>(&message)) {
    return ValidateMoney(*money, path);
  }
  return absl::OkStatus();
}

}  // namespace comity::server
