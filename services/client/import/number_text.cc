#include "services/client/import/number_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/runtime/resource/money.h"

namespace comity::client {
namespace {

constexpr size_t kGroup = 3;
constexpr size_t kCode = 3;
constexpr absl::string_view kFixedBlanks[] = {"\u00a0", "\u202f"};

struct CurrencySign {
  absl::string_view sign;
  absl::string_view code;
};
// `$` and others are of several currencies.
constexpr CurrencySign kSigns[] = {{"€", "EUR"}, {"£", "GBP"}};

absl::string_view StripBlanks(absl::string_view text) {
  for (bool found = true; found;) {
    text = absl::StripAsciiWhitespace(text);
    found = false;
    for (const absl::string_view blank : kFixedBlanks) {
      found = absl::ConsumePrefix(&text, blank) || absl::ConsumeSuffix(&text, blank) || found;
    }
  }
  return text;
}

bool IsCode(absl::string_view text) {
  return text.size() == kCode && resource::MinorDigits(text) >= 0;
}

bool AreDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// The sign that groups the digits of `whole`; empty: none does.
absl::string_view GroupSign(absl::string_view whole, char decimal) {
  static constexpr absl::string_view kBlankSigns[] = {" ", "\u00a0", "\u202f", "'", "\u2019"};
  for (const absl::string_view sign : kBlankSigns) {
    if (absl::StrContains(whole, sign)) return sign;
  }
  const absl::string_view other = decimal == ',' ? "." : ",";
  return absl::StrContains(whole, other) ? other : "";
}

std::optional<std::string> Ungrouped(absl::string_view whole, char decimal) {
  const absl::string_view sign = GroupSign(whole, decimal);
  if (sign.empty()) return AreDigits(whole) ? std::optional(std::string(whole)) : std::nullopt;
  std::string digits;
  for (const absl::string_view group : absl::StrSplit(whole, sign)) {
    if (!AreDigits(group)) return std::nullopt;
    // Nobody groups a number that begins with 0: `0.125` was meant otherwise.
    const bool fits =
        digits.empty() ? group.size() <= kGroup && group[0] != '0' : group.size() == kGroup;
    if (!fits) return std::nullopt;
    absl::StrAppend(&digits, group);
  }
  return digits;
}

}  // namespace

std::optional<std::string> PlainNumber(absl::string_view text, char decimal) {
  const bool is_negative = absl::ConsumePrefix(&text, "-");
  const size_t point = text.rfind(decimal);
  const std::optional<std::string> whole = Ungrouped(text.substr(0, point), decimal);
  if (!whole.has_value()) return std::nullopt;
  const std::string number = absl::StrCat(is_negative ? "-" : "", *whole);
  if (point == absl::string_view::npos) return number;
  const absl::string_view fraction = text.substr(point + 1);
  if (!AreDigits(fraction)) return std::nullopt;
  return absl::StrCat(number, ".", fraction);
}

PricedText SplitCurrency(absl::string_view text) {
  text = StripBlanks(text);
  for (const auto& [sign, code] : kSigns) {
    if (absl::ConsumePrefix(&text, sign) || absl::ConsumeSuffix(&text, sign)) {
      return {StripBlanks(text), std::string(code)};
    }
  }
  if (text.size() <= kCode) return {text, ""};
  const absl::string_view front = text.substr(0, kCode);
  if (IsCode(front)) return {StripBlanks(text.substr(kCode)), std::string(front)};
  const absl::string_view back = text.substr(text.size() - kCode);
  if (IsCode(back)) return {StripBlanks(text.substr(0, text.size() - kCode)), std::string(back)};
  return {text, ""};
}

bool IsGroupedOrNot(absl::string_view text) {
  absl::ConsumePrefix(&text, "-");
  const char decimal = absl::StrContains(text, '.') ? ',' : '.';
  const bool has_group = absl::StrContains(text, decimal == ',' ? '.' : ',');
  return has_group && Ungrouped(text, decimal).has_value();
}

}  // namespace comity::client
